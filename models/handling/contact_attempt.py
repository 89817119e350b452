from datetime import timedelta

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_list

from ...engine.handling.contact import CONTACT_CHANNELS, CONTACTS, OUTCOMES, far_enough
from ...engine.handling.status import DOCUMENTS

#: Who sees the attempts on every customer: their work is with all.
ALL_CUSTOMERS = (
    "sales_team.group_sale_salesman_all_leads",
    "account.group_account_invoice",
    "account.group_account_readonly",
)


class ContactAttempt(models.Model):
    """One try to reach somebody, about a document or, for all that a customer owes, about
    the customer. Made by ``action_log_attempt`` of the document."""

    _name = "contact.attempt"
    _inherit = ["l2c.document.access.mixin", "l2c.clock.mixin", "l2c.protected.mixin"]
    _description = "Contact Attempt"
    _order = "date desc, id desc"
    _rec_name = "outcome"

    _writable = frozenset({"note"})
    _written_by = "action_log_attempt of the document or the customer"

    res_model = fields.Selection(
        [*DOCUMENTS, ("res.partner", "Customer")], "Document Type", required=True, readonly=True
    )
    res_id = fields.Many2oneReference("Document", model_field="res_model", required=True, readonly=True)
    partner_id = fields.Many2one("res.partner", "Contact", index="btree_not_null", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True, help="Of the document; of a customer: who called.")
    user_id = fields.Many2one("res.users", "By", default=lambda self: self.env.user, index=True, readonly=True)
    date = fields.Datetime(required=True, default=lambda self: self._now(), readonly=True)
    channel = fields.Selection(CONTACT_CHANNELS, required=True, default="call", readonly=True)
    outcome = fields.Selection(OUTCOMES, required=True, readonly=True)
    note = fields.Text()
    active = fields.Boolean(default=True, help="Off when it was taken back.")
    is_counted = fields.Boolean(
        "Counted", default=True, readonly=True, help="Not when it followed too soon after one that counts."
    )
    callback_at = fields.Datetime("Call Back at", readonly=True, help="When they asked to be called.")
    message_id = fields.Many2one(
        "mail.message", "Line in the Chatter", ondelete="set null", index="btree_not_null", readonly=True, copy=False
    )
    conversations = fields.Integer(compute="_compute_conversations", store=True, help="1 when somebody was spoken to.")

    # Serves the attempts of a document, in their order.
    _document_idx = models.Index("(res_id, res_model, date)")
    # Serves deleting old ones.
    _date_idx = models.Index("(date)")
    # Serves what a person did in a period.
    _user_date_idx = models.Index("(user_id, date)")

    @api.depends("outcome")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for attempt in self:
            attempt.display_name = attempt._label("outcome", attempt.outcome) if attempt.outcome else ""

    @api.depends("outcome")
    def _compute_conversations(self):
        for attempt in self:
            attempt.conversations = attempt.outcome in CONTACTS

    @api.model_create_multi
    def create(self, vals_list):
        attempts = super().create(vals_list)
        for attempt in attempts.filtered(lambda row: not row.company_id):
            attempt.company_id = self._company_of(self.env[attempt.res_model].browse(attempt.res_id))
        attempts._follow()
        return attempts

    def _company_of(self, document):
        """Whose attempt it is: of a customer, whom companies share, the current one's."""
        return self.env.company if document._name == "res.partner" else document.company_id

    def _judge(self):
        """Which of the new attempts on documents count: those with enough hours to all others that do."""
        first, last = min(self.mapped("date")), max(self.mapped("date"))
        hours = {company: company.sudo().hours_between_tries for company in self.company_id}  # a setting
        hours[self.env["res.company"]] = self.env.company.sudo().hours_between_tries  # as above
        most = timedelta(hours=max(hours.values()))
        near = Domain("date", ">", first - most) & Domain("date", "<", last + most) & Domain("is_counted", "=", True)
        near &= Domain("res_model", "in", self.mapped("res_model")) & Domain("res_id", "in", self.mapped("res_id"))
        # Whoever made them.
        found_sudo = self.sudo().search(near & Domain("id", "not in", self.ids))
        counted = {
            key: rows.mapped("date")
            for key, rows in found_sudo.grouped(lambda row: (row.res_model, row.res_id)).items()
        }
        for attempt in self:
            others = counted.setdefault((attempt.res_model, attempt.res_id), [])
            if far_enough(attempt.date, others, hours[attempt.company_id]):
                others.append(attempt.date)
            else:
                attempt.sudo().is_counted = False  # no fact that people write

    def _follow(self):
        """What follows from new attempts."""
        if any(attempt.date > attempt._now() for attempt in self):
            raise UserError(self.env._("An attempt can't lie in the future. Plan a next action instead."))
        for (model, outcome), group in self.grouped(lambda row: (row.res_model, row.outcome)).items():
            documents = self.env[model].browse(group.mapped("res_id"))
            documents.check_access("read" if model == "res.partner" else "write")
            documents._attempts_made(outcome, group)

    def write(self, vals):
        if not self.env.su and set(vals) - {"note"}:
            raise UserError(self.env._("An attempt is a fact: only its note can be changed."))
        return super().write(vals)

    @api.model
    def _log(self, documents, outcome, channel, note, date, callback_at=False):
        """One attempt for each of ``documents``, with a line in its chatter; a customer's chatter is
        read by every employee and company: what was said of debts stands on the attempt alone."""
        labels = self._label("channel", channel), self._label("outcome", outcome)
        moment = self._moment(date)
        # Attempts are made here alone: who may, was asked; what follows is by the rights of who asked.
        attempts = super(ContactAttempt, self.sudo()).create(  # pylint: disable=super-method-mismatch
            [
                {
                    "user_id": self.env.uid,
                    "res_model": document._name,
                    "res_id": document.id,
                    "partner_id": (document if document._name == "res.partner" else document.partner_id).id,
                    "company_id": self._company_of(document).id,
                    "outcome": outcome,
                    "channel": channel,
                    "note": note,
                    "date": moment,
                    "callback_at": callback_at,
                }
                for document in documents
            ]
        )
        line = Markup("<b>%s: %s</b>") % labels
        attempts = attempts.with_env(self.env)
        attempts._follow()
        if documents._name != "res.partner":
            body = line + Markup("<br/>%s") % note if note else line
            messages = documents._message_log_batch(bodies=dict.fromkeys(documents.ids, body))
            # It holds the note, and goes with the attempt.
            for attempt_sudo, message in zip(attempts.sudo(), messages, strict=True):
                attempt_sudo.message_id = message
        return attempts

    def _moment(self, date):
        """The moment ``date``, or now."""
        try:
            return fields.Datetime.to_datetime(date) or self._now()
        except (TypeError, ValueError) as error:
            raise UserError(self.env._("“%s” is no date and time; write it like 2026-03-10 09:30:00.", date)) from error

    def _callback_moment(self, moment):
        """The moment of a call that was asked for, a naive UTC datetime.

        :raise UserError: when it is none, or has passed
        """
        if not moment:
            return False
        moment = self._moment(moment)
        if moment < self._now():
            raise UserError(self.env._("The call can't be planned for a moment that has passed. Choose a later one."))
        return moment

    def _label(self, name, value):
        labels = dict(self._fields[name]._description_selection(self.env))
        if value not in labels:
            names = format_list(self.env, list(labels))
            raise UserError(self.env._("There is no “%(value)s”; choose one of %(names)s.", value=value, names=names))
        return labels[value]

    def _document_models(self):
        return [name for name, _label in self._fields["res_model"].selection]

    def _document_domain(self):
        """Salespeople with own documents only don't see the attempts on every customer, although they
        can read all partners."""
        domain = super()._document_domain()
        if any(self.env.user.has_group(group) for group in ALL_CUSTOMERS):
            return domain
        # Those of whose debts they are told.
        told = self.env["res.partner"].sudo().with_context(active_test=False)  # as in _told_debtors
        told = told._search(self.env["res.partner"]._told_debtors_domain())
        own = Domain("user_id", "=", self.env.uid) | Domain("partner_id.commercial_partner_id", "in", told)
        return domain & (Domain("res_model", "!=", "res.partner") | own)
