from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, plaintext2html
from odoo.tools.sql import add_index, column_exists, index_exists

from ...engine.handling.own import Own
from ...engine.handling.status import OPEN_ROLES, Rule, role_array
from ...engine.sales.call_list import LEAD_COLUMNS, LEAD_INDEXES, add_lead_columns
from ..handling.next_action import ONCE, PLANNED
from ..handling.searching import check_searched

HANDOVER_STATES = [("waiting", "Handed over"), ("accepted", "Accepted by sales"), ("returned", "Returned")]
QUALIFICATION_FIELDS = ["need", "interest_level", "budget", "decision_maker", "decision_when"]
HANDOVER_FIELDS = ["handover_state", "handed_over_by_id", "handed_over_date", "handover_note"]


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["handling.mixin", "crm.lead", "call.claim.mixin"]

    _writable = frozenset(
        {
            *("handling_status_id", "next_action_date", *QUALIFICATION_FIELDS),
            *("contact_basis", "consent_date", "do_not_call_checked_on"),
        }
    )
    _moved_by_results = True
    _written_by = "action_log_attempt, action_close, action_reopen, action_hand_over, action_accept or action_return"

    _asks_why = True

    # On a lead the reason for closing is Odoo's own.
    closure_reason_id = fields.Many2one(
        string="Closure Reason",
        related="lost_reason_id",
        readonly=False,
        index=False,
        tracking=False,  # Odoo's own is tracked
        groups="base.group_user",
    )

    # Customers read the messages of their own documents on the portal's pages, without internal notes.
    message_ids = fields.One2many(groups="base.group_user")
    website_message_ids = fields.One2many(groups="base.group_user")

    need = fields.Char(help="What the customer needs, in a few words.", groups="base.group_user")
    budget = fields.Monetary(currency_field="company_currency", groups="base.group_user")
    interest_level = fields.Selection(
        [("low", "Low"), ("medium", "Medium"), ("high", "High")], groups="base.group_user"
    )
    decision_maker = fields.Char(help="Who decides.", groups="base.group_user")
    decision_when = fields.Char("Decides When", help="In the customer's words.", groups="base.group_user")
    qualified_date = fields.Date(
        compute="_compute_qualified_date",
        store=True,
        copy=False,
        help="The day on which all was known that makes a lead qualified.",
        groups="base.group_user",
    )

    handover_state = fields.Selection(
        HANDOVER_STATES, "Hand-over", copy=False, readonly=True, index="btree_not_null", groups="base.group_user"
    )
    handed_over_by_id = fields.Many2one(
        "res.users", "Handed over by", copy=False, readonly=True, groups="base.group_user"
    )
    handed_over_date = fields.Datetime("Handed over on", copy=False, readonly=True, groups="base.group_user")
    handover_note = fields.Text(
        "Hand-over Note",
        copy=False,
        readonly=True,
        help="What was said when it was handed over, or returned.",
        groups="base.group_user",
    )

    def init(self):
        """Make the columns of the call list, which no field is, and its indexes, which need them."""
        if missing := [name for name in LEAD_COLUMNS if not column_exists(self.env.cr, self._table, name)]:
            self.env.cr.execute(add_lead_columns(missing))
        for name, definition in LEAD_INDEXES.items():
            if not index_exists(self.env.cr, name):
                add_index(self.env.cr, name, self._table, definition, unique=False)
        return super().init()

    @api.depends(*QUALIFICATION_FIELDS, "tag_ids")
    def _compute_qualified_date(self):
        asked = self.env["lead.qualification"]._asked()
        for lead in self:
            known = bool(asked) and all(lead[name] for name in asked)
            lead.qualified_date = known and (lead.qualified_date or lead._today())

    @api.model_create_multi
    def create(self, vals_list):
        """The status is that of the stage; who has asked may be answered, and is called soon."""
        both = [vals for vals in vals_list if self._with_both(vals) is not self]
        making = self._with_both(both[0]) if both else self
        leads = super(CrmLead, making).create(self._with_status_of_stage(vals_list)).with_env(self.env)
        if both:
            rows = zip(leads, vals_list, strict=True)
            self.browse(lead.id for lead, vals in rows if vals not in both)._go_to_stage()
        leads._take_basis()
        leads._take_goal()
        return leads

    def write(self, vals):
        """The status follows the stage; who gets an enquiry is told."""
        moved = self._moved_by(vals)
        is_given = not {"user_id", "team_id"}.isdisjoint(vals)
        if is_given:
            self._recount()  # who had them
        result = super(CrmLead, self._with_both(vals) if "stage_id" in vals else self).write(vals)
        moved._take_status_of_stage()
        if vals.get("user_id"):
            self._announce()
        if is_given:
            self._recount()
        return result

    def _handling_rule(self):
        return Rule(
            SQL(
                "CASE d.won_status WHEN 'won' THEN %s WHEN 'lost' THEN %s ELSE %s END",
                role_array("won", "dormant"),
                role_array("lost"),
                role_array(*OPEN_ROLES),
            )
        )

    def _handling_triggers(self):
        return {"active", "probability", "stage_id"}

    def _handling_acts(self):
        return {"won", *OPEN_ROLES} if self.won_status == "won" else {"won", "lost", *OPEN_ROLES}

    def _handling_act(self, status):
        if status.role == "won":
            self.action_set_won()
        elif status.role == "lost":
            self._required_reason(status)
            self.action_set_lost()
        elif status.role in OPEN_ROLES:
            self._reopen()

    def action_set_lost(self, **additional_values):
        """The lead is lost; a reason is asked for where its status wants one."""
        self.check_access("write")
        if not additional_values.get("lost_reason_id"):
            self._required_reason(self._lost_status())
            additional_values["lost_reason_id"] = self._unstated_reason().id
        self._series_is_closed(additional_values["lost_reason_id"])
        closing = self.with_context(l2c_closure_reason=Own(True))  # the host writes it after archiving
        return super(CrmLead, closing).action_set_lost(**additional_values)

    def action_restore(self):
        """Odoo writes each lead by itself: the status follows once, of all."""
        self.check_access("write")
        waiting = self.with_context(l2c_status_waits=Own(frozenset(self._ids)))
        result = super(CrmLead, waiting).action_restore()
        self._handling_sync()
        return result

    def _close(self, reason):
        self.action_set_lost(lost_reason_id=reason.id)

    def _reopen(self):
        self.filtered(lambda lead: lead.won_status == "lost").action_restore()
        for lead in self.filtered(lambda lead: lead.won_status == "won"):
            lead.stage_id = lead._stage_find(domain=[("is_won", "=", False)])
            lead.probability = lead.automated_probability

    def _closure_column(self):
        return "lost_reason_id"

    def _search_activity_state(self, operator, value):
        check_searched(self, "activity_state")
        return super()._search_activity_state(operator, value)

    # Handing over: dialogs -----------------------------------------------------------------
    def action_hand_over_dialog(self):
        """Ask to whom, then hand over."""
        self.check_access("write")
        return self._handover_dialog("lead_to_cash.lead_hand_over_action")

    def action_return_dialog(self):
        """Ask for the reason, then return."""
        self.check_access("write")
        self._check_handed_over()
        return self._handover_dialog("lead_to_cash.lead_return_action")

    def _handover_dialog(self, xmlid):
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        return action | {"context": {"default_lead_ids": self.ids}}

    # The three steps -----------------------------------------------------------------------
    def action_hand_over(self, user=None, team=None, note=None):
        """Hand the leads over to a salesperson; or to a team, of which Odoo's own assignment
        chooses one, or the first who accepts.

        :param user: a ``res.users``, or its id
        :param team: a ``crm.team``, or its id
        :param note: what sales is to know
        :raise UserError: without anybody to hand over to, or when a lead is closed
        """
        self.check_access("write")
        user, team = self._record_of("res.users", user), self._record_of("crm.team", team)
        self._check_hand_over(user, team)
        values = {
            "handover_state": "waiting",
            "handed_over_by_id": self.env.uid,
            "handed_over_date": self._now(),
            "handover_note": note,
            "user_id": user.id,
        }
        line = self.env._("Handed over to %s", (user or team).name)
        self._pass_on(values | ({"team_id": team.id} if team else {}), line)
        return True

    def action_accept(self):
        """Take over what was handed over; a lead of nobody becomes one's own.

        :raise UserError: when a lead waits for no acceptance
        """
        self.check_access("write")
        self._check_handed_over()
        self.sudo().handover_state = "accepted"  # whoever may write the lead
        self.filtered(lambda lead: not lead.user_id).user_id = self.env.user
        self._log_handover(self.env._("Accepted by sales"))
        return True

    def action_return(self, reason):
        """Return the leads to those who handed them over, or who lead their teams: the lead is
        theirs again, and an activity tells them.

        :param reason: why
        :raise UserError: without a reason, or when a lead waits for no acceptance
        """
        self.check_access("write")
        if not str(reason or "").strip():
            raise UserError(self.env._("Say why you return the lead."))
        self._check_handed_over()
        for sender, leads in self.grouped(lambda lead: lead._returned_to()).items():
            values = {"handover_state": "returned", "handover_note": reason, "user_id": sender.id}
            leads._pass_on(values, self.env._("Returned by sales"))
            if sender:
                theirs_sudo = sender._reading(leads.sudo())  # as in _pass_on
                theirs_sudo.activity_schedule(
                    "mail.mail_activity_data_todo",
                    self._today(),
                    theirs_sudo.env._("Returned by sales"),
                    note=plaintext2html(reason),
                    user_id=sender.id,
                    handling_step=ONCE,
                )
        return True

    def _pass_on(self, values, line):
        """Write ``values``, with the next salesperson, and ``line`` with the note in the chatter."""
        leads_sudo = self.sudo()  # who gives a lead away may see no more of it
        leads_sudo.write(values)
        user = leads_sudo.user_id
        planned = leads_sudo.activity_ids.filtered("active").filtered_domain(PLANNED)
        if user and planned:
            planned.with_context(mail_activity_quick_update=True).user_id = user
        leads_sudo._log_handover(line, values["handover_note"])

    def _log_handover(self, line, note=None):
        body = Markup("<b>%s</b>") % line
        if note:
            body += Markup("<br/>%s") % note
        self._message_log_batch(bodies=dict.fromkeys(self.ids, body))

    def _returned_to(self):
        """To whom the lead goes back: who handed it over, else who leads the team, else who manages sales."""
        company = self.company_id or self.env.company
        return company._working_salesperson(self.handed_over_by_id, self.team_id)

    # Checks ----------------------------------------------------------------------------------
    @api.model
    def _record_of(self, model, value):
        return value if isinstance(value, models.BaseModel) else self.env[model].browse(value or ())

    def _check_hand_over(self, user, team):
        if not (user or team):
            raise UserError(self.env._("Choose the salesperson or the team to hand over to."))
        if user and not (user.active and user.has_group("sales_team.group_sale_salesman")):
            raise UserError(self.env._("%s does not work with leads. Choose a salesperson, or a team.", user.name))
        closed = self.filtered(lambda lead: not lead.active or lead.won_status != "pending")[:1]
        if closed:
            raise UserError(self.env._("%s is closed. Restore it before you hand it over.", closed.display_name))

    def _check_handed_over(self):
        other = self.filtered(lambda lead: lead.handover_state != "waiting")[:1]
        if other:
            raise UserError(self.env._("%s was not handed over, or somebody has answered already.", other.display_name))
