from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...engine.handling.own import Own, own
from ...engine.handling.status import ROLES, Changed, choices, transition

HANDLING_FIELDS = ["handling_status_id", "handling_role", "handling_status_since"]
#: What the rule says of a document, by what is in the database: read anew whenever its status is brought in line.
CHOICE_FIELDS = ["handling_choice_ids", "handling_offer_ids"]


class HandlingMixin(models.AbstractModel):
    """Gives a document its handling status.

    The status follows the document's own state: a host says in ``_handling_rule`` what
    its state allows, and names in ``_handling_triggers`` the fields that change it.
    Put the mixin before the host in ``_inherit``: it acts after all that the host does.
    """

    _name = "handling.mixin"
    _inherit = ["l2c.clock.mixin", "l2c.protected.mixin"]
    _description = "Handling Status Mixin"

    _writable = frozenset({"handling_status_id", "next_action_date"})
    _written_by = "action_log_attempt, action_close, action_reopen and the document's own buttons"

    handling_status_id = fields.Many2one(
        "handling.status",
        domain=lambda self: [("res_model", "=", self._name)],
        group_expand="_group_expand_handling_status",
        ondelete="restrict",
        index="btree_not_null",
        copy=False,
        groups="base.group_user",
    )
    handling_status_color = fields.Integer(
        related="handling_status_id.color", string="Handling Color", aggregator=None, groups="base.group_user"
    )
    handling_role = fields.Selection(ROLES, copy=False, readonly=True, groups="base.group_user")
    handling_status_since = fields.Datetime("In Status Since", copy=False, readonly=True, groups="base.group_user")
    handling_choice_ids = fields.Many2many(
        "handling.status",
        string="Possible Statuses",
        compute="_compute_handling_choice_ids",
        groups="base.group_user",
    )
    handling_offer_ids = fields.Many2many(
        "handling.status",
        string="Statuses to Choose",
        compute="_compute_handling_offer_ids",
        groups="base.group_user",
    )
    handling_change_ids = fields.One2many(
        "handling.status.change",
        "res_id",
        "Status History",
        domain=lambda self: [("res_model", "=", self._name)],
        readonly=True,
        copy=False,
        bypass_search_access=True,
        groups="base.group_user",
    )

    # What a host defines -----------------------------------------------------------

    def _handling_rule(self):
        """The :class:`Rule` of the model: what a document's state allows."""
        raise NotImplementedError

    def _handling_triggers(self):
        """Names of the fields on which the rule depends."""
        return set()

    def _handling_acts(self):
        """Roles that the document's own buttons lead to from where it stands."""
        return set()

    def _handling_documents(self):
        """Those of ``self`` that have a status."""
        return self

    def _handling_documents_sql(self):
        """The same as a condition on the row ``d``."""
        return SQL("TRUE")

    def _handling_timed_sql(self):
        """Condition on the row ``d`` for documents whose status depends on the date."""
        return SQL("FALSE")

    # Changing the status -----------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if chosen := {vals["handling_status_id"] for vals in vals_list if vals.get("handling_status_id")}:
            self._handling_refuse_strange(self.env["handling.status"].browse(chosen))
        records = super().create(vals_list)
        records._handling_sync()
        return records

    def write(self, vals):
        if "handling_status_id" not in vals:
            result = super().write(vals)
            waiting = own(self.env, "l2c_status_waits") or ()  # documents of which it follows later
            if not self._handling_triggers().isdisjoint(vals) and not set(self._ids) <= set(waiting):
                self._handling_sync()
            return result
        rest = {name: value for name, value in vals.items() if name != "handling_status_id"}
        if rest:
            self.write(rest)
        self._handling_choose(self.env["handling.status"].browse(vals["handling_status_id"]))
        return True

    @api.model
    def load(self, fields, data):
        return super(HandlingMixin, self.with_context(l2c_status_of=Own(self._name))).load(fields, data)

    def unlink(self):
        ids = tuple(self.ids)
        result = super().unlink()
        if ids:
            # The history goes with its document; the ORM would ask who may delete it.
            self.env.execute_query(
                SQL(
                    "DELETE FROM handling_status_change WHERE res_model = %s AND res_id IN %s RETURNING id",
                    self._name,
                    ids,
                )
            )
            self.env["handling.status.change"].invalidate_model(flush=False)
            # The attempts go with their document, whoever made them.
            attempts_sudo = self.env["contact.attempt"].sudo().with_context(active_test=False)
            attempts_sudo.search([("res_model", "=", self._name), ("res_id", "in", ids)]).unlink()
        return result

    def _set_handling_role(self, role):
        """Set the default status of ``role``.

        :raise UserError: when the state of a document doesn't allow it
        """
        documents = self._handling_documents()
        documents._handling_check(lambda document: role in document.handling_choice_ids.mapped("role"), role)
        documents._handling_update(chosen=role)

    def _handling_choose(self, status):
        """A person chose ``status``, in a form, a list or by dragging a card."""
        self.check_access("write")
        self._handling_refuse_strange(status)
        unfit = self.filtered(lambda document: status not in document.handling_choice_ids)
        if unfit:
            unfit._handling_act(status)
        self._handling_check(lambda document: status in document.handling_choice_ids, status.name)
        self._handling_update(chosen=status.id)

    def _handling_refuse_strange(self, statuses):
        """Refuse no status, and one that is no (more) status of the model."""
        strange = statuses.filtered(lambda status: status.res_model != self._name)
        if strange or not statuses:
            raise UserError(
                self.env._(
                    "Choose one of the statuses for this kind of document; %(name)s is none.",
                    name=strange[:1].name or "—",
                )
            )
        if archived := statuses.filtered(lambda status: not status.active):
            raise UserError(
                self.env._(
                    "The status %(name)s is archived: choose another, or restore it first.", name=archived[0].name
                )
            )

    def _handling_act(self, status):
        """Do what the document's own button would do, so that ``status`` fits."""

    def _handling_check(self, fits, name):
        """Refuse a choice that the state of a document doesn't allow."""
        for document in self:
            if not fits(document):
                raise UserError(
                    self.env._(
                        "%(document)s can't be set to “%(status)s” now: this status follows the document itself. "
                        "Change the document (win, lose, send, confirm, cancel, pay), and its status follows.",
                        document=document.display_name,
                        status=name,
                    )
                )

    def _handling_sync(self):
        """Bring the status in line with the document's state, where it doesn't fit."""
        self._handling_update()

    def _handling_update(self, chosen=None):
        documents = self._handling_documents()
        if not documents.ids:
            return
        documents.flush_recordset()
        documents.invalidate_recordset(CHOICE_FIELDS, flush=False)
        changed = documents._handling_transition(SQL("d.id IN %s", tuple(documents.ids)), chosen=chosen)
        documents._handling_changed(changed)

    def _handling_changed(self, changed):
        """The statuses of the documents ``changed``, as of :class:`Changed`, were changed in
        the database."""
        self._handling_written(changed)
        if changed:
            self._follow_status(changed)

    def _handling_written(self, changed):
        names = [*HANDLING_FIELDS, *CHOICE_FIELDS, "handling_change_ids"]
        documents = self.browse(row.id for row in changed)
        documents.invalidate_recordset(names, flush=False)
        documents.modified(HANDLING_FIELDS)

    def _follow_status(self, changed):
        """What entering a status entails, in this order. Decided by what ``changed`` says: a payment
        of an invoice for which nothing is planned costs no further query."""
        self._mail_on_entering(changed)
        self._stamp_closing(changed)
        self._plan_on_entering(changed)

    def _handling_transition(self, where, *, chosen=None, log=True):
        """Run the statement; returns what changed."""
        statement = transition(
            self._name,
            SQL.identifier(self._table),
            self._handling_rule(),
            SQL("%s AND %s", self._handling_documents_sql(), where),
            self._now(),
            self.env.uid,
            chosen=chosen,
            log=log,
        )
        return [Changed(*row) for row in self.env.execute_query(statement)]

    @api.model
    def _handling_install(self):
        """Give every document its first status. What happened before isn't known: no log."""
        self._handling_transition(SQL("d.handling_status_id IS NULL"), log=False)
        self.env[self._name].invalidate_model(HANDLING_FIELDS)

    @api.model
    def _handling_follow_time(self):
        """Statuses that the date alone changes."""
        self.env.flush_all()
        changed = self._handling_transition(self._handling_timed_sql())
        self._handling_changed(changed)

    # Reading -----------------------------------------------------------------------

    def _traverse_related_sql(self, alias, field, query):
        """The host sorts and groups by a related field without asking who may read it."""
        self._check_field_access(field, "read")
        return super()._traverse_related_sql(alias, field, query)

    # Not on the fields of the rule: a host computes some of them from every amount, and would look for these each time.
    @api.depends("handling_status_id")
    def _compute_handling_choice_ids(self):
        documents = self._handling_documents()
        found = defaultdict(list)
        if documents.ids:
            documents.flush_recordset()
            where = SQL("d.id IN %s", tuple(documents.ids))
            query = choices(self._name, SQL.identifier(self._table), self._handling_rule(), where)
            for record_id, status_id in self.env.execute_query(query):
                found[record_id].append(status_id)
        for record in self:
            record.handling_choice_ids = self.env["handling.status"].browse(found[record._origin.id])

    @api.depends("handling_choice_ids")
    def _compute_handling_offer_ids(self):
        statuses = self.env["handling.status"].search([("res_model", "=", self._name), ("situation", "=", False)])
        for document in self:
            acts = document._handling_acts()
            document.handling_offer_ids = document.handling_choice_ids | statuses.filtered(
                lambda status, acts=acts: status.role in acts
            )

    @api.model
    def _group_expand_handling_status(self, statuses, domain):
        return self.env["handling.status"].search([("res_model", "=", self._name)])
