from datetime import timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...engine.handling.contact import CONTACTS, MOST_TRIES
from ...engine.handling.own import Own
from ...engine.sales.keeping_touch import TOUCH_INDEX, TOUCH_USER_INDEX, follow_touch
from ..handling.results import clicked_note, just_logged, result_dialog

#: What a try changes.
MOVED_FIELDS = ["spoken_date", "planned_date", "callback_at", "tries", "due_date"]


class KeepInTouch(models.Model):
    """When a customer is to be called because nobody has spoken to them for long: a row a customer and company,
    kept by the nightly job."""

    _name = "keep.in.touch"
    _inherit = ["call.claim.mixin", "l2c.clock.mixin"]
    _description = "Keep in Touch"
    _rec_name = "partner_id"
    _log_access = False

    partner_id = fields.Many2one("res.partner", "Customer", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="cascade")
    user_id = fields.Many2one("res.users", "Salesperson", related="partner_id.user_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    turnover = fields.Monetary(readonly=True, help="Of twelve months: what was invoiced or, if it is more, ordered.")
    spoken_date = fields.Date("Last Spoken to on", readonly=True, help="The last conversation, order or invoice.")
    planned_date = fields.Date("Next Try on", readonly=True)
    callback_at = fields.Datetime("Call Back at", readonly=True, help="When they asked to be called.")
    tries = fields.Integer(readonly=True, help="Without an answer, since somebody was spoken to.")
    due_date = fields.Date("Call on", readonly=True)
    call_hint = fields.Char(compute="_compute_call_hint")
    is_phone_blocked = fields.Boolean(compute="_compute_call_hint")
    contact_attempt_ids = fields.Many2many("contact.attempt", compute="_compute_contact_attempt_ids")

    _partner_company_uniq = models.Constraint(
        "UNIQUE(partner_id, company_id)", "There is one line for each customer and company."
    )
    # Serve the first page of the call list: of all, and of one salesperson.
    _touch_idx = models.Index(TOUCH_INDEX)
    _touch_user_idx = models.Index(TOUCH_USER_INDEX)

    @api.model
    def _follow_customers(self):
        """Bring the rows in line with what was bought and said, of all customers at once."""
        self.env.flush_all()
        self.env.execute_query(follow_touch(self._today()))
        self.invalidate_model(flush=False)

    def _follow_attempts(self, attempts):
        """Whoever was spoken to, waits for as many days again; whoever didn't answer, for the next working day,
        and after some tries as if spoken to."""
        of_customers = attempts.grouped(lambda attempt: attempt.partner_id.commercial_partner_id)
        for touch in self.search([("partner_id", "in", [customer.id for customer in of_customers])]):
            for attempt in of_customers[touch.partner_id]:
                if attempt.company_id in (attempt.company_id.browse(), touch.company_id):  # what others say isn't ours
                    touch._moved_by(attempt)

    def _moved_by(self, attempt):
        day = fields.Datetime.context_timestamp(self, attempt.date).date()
        later = timedelta(days=self.company_id.keep_in_touch_days)
        if attempt.outcome in CONTACTS:
            self.spoken_date = max(self.spoken_date, attempt.date.date())  # as the nightly job reads it
            self.tries = 0
            again = attempt.outcome == "callback" and attempt.res_model == "res.partner"
            self.callback_at = again and attempt.callback_at
            self.planned_date = again and (self._day_of(attempt.callback_at) or self.company_id._working_days_later(1))
        elif attempt.res_model == "res.partner" and self.due_date <= day:
            self.tries = self.tries % MOST_TRIES + 1
            given_up = self.tries == MOST_TRIES
            self.callback_at = False
            self.planned_date = day + later if given_up else self.company_id._working_days_later(1)
        self.due_date = self.planned_date or self.spoken_date + later

    def _day_of(self, moment):
        """The day of ``moment`` where the salesperson works."""
        zone = self.user_id.sudo().tz or self.env.tz.zone  # when a colleague works is no secret
        return moment and moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(zone)).date()

    # On the call list ------------------------------------------------------------------------

    @api.depends("partner_id.phone_sanitized")
    @api.depends_context("lang")
    def _compute_call_hint(self):
        for touch in self:
            touch.is_phone_blocked = touch.partner_id.phone_blacklisted
            touch.call_hint = touch.is_phone_blocked and self.env._("The number is blocked: do not call.")

    def _compute_contact_attempt_ids(self):
        """What was said to the customer, about whatever the reader may see."""
        attempts = self.env["contact.attempt"]
        for touch in self:
            touch.contact_attempt_ids = attempts.search(
                [("partner_id.commercial_partner_id", "=", touch.partner_id.id)], limit=20
            )

    def get_formview_action(self, access_uid=None):
        """Show the customer."""
        self.ensure_one()
        self.check_access("read")
        return self.partner_id.get_formview_action(access_uid=access_uid)

    def action_reached(self):
        """The customer was reached."""
        return self._say("reached")

    def action_no_answer(self):
        """Nobody answered."""
        return self._say("no_answer")

    def action_left_message(self):
        """A message was left."""
        return self._say("left_message")

    def action_call_back(self):
        """They ask for another call: ask when, of one customer."""
        if len(self) != 1:
            return self._say("callback")
        self.check_access("read")
        return result_dialog(self, "lead_to_cash.contact_result_action", outcome="callback")

    def action_not_interested(self):
        """They need nothing now."""
        return self._say("not_interested")

    def action_wrong_number(self):
        """Nobody of that name has that number: it is tried again when it was looked up."""
        return self._say("wrong_number")

    def _by_working_day(self, days):
        """As of a document."""
        return {self.company_id._working_days_later(days): self}

    def _log_result(self, outcome, note, *, callback_at=False, reason=None):
        """What a dialog says of the call; nothing is closed for a reason."""
        return self._say(outcome, note=note, callback_at=callback_at)

    def _say(self, outcome, note=None, callback_at=False):
        """Log the outcome on the customers, in the company where they have bought, and tell so, with a way back.
        What is clicked twice counts once."""
        self.check_access("read")
        attempts = self.env["contact.attempt"]
        attempts.check_access("create")
        moment = attempts._callback_moment(callback_at)
        self._refuse_taken()
        twice = made = attempts
        for company, touches in self.grouped("company_id").items():
            customers = touches.partner_id
            before = just_logged(customers, outcome).filtered(lambda row, company=company: row.company_id == company)
            twice |= before
            touches = touches.filtered(lambda touch, before=before: touch.partner_id not in before.partner_id)  # noqa: PLW2901
            made |= touches._log(company, outcome, note or clicked_note(self.env), moment)
        return made._toast() if made or not twice else twice[:1]._told_twice()

    def _log(self, company, outcome, note, moment):
        """The attempts, each with what its row was before. Such a call isn't about what they owe."""
        if not self:
            return self.env["contact.attempt"]
        was = self._moved_values()
        log = self.env["contact.attempt"].with_company(company).with_context(l2c_keeps_touch=Own(True))
        attempts = log._log(self.partner_id.with_company(company), outcome, "call", note, None, moment)
        now, until = self._moved_values(), self._now() + timedelta(minutes=company.sudo().undo_minutes)  # a setting
        for attempt_sudo in attempts.sudo() if until > self._now() else ():  # nobody writes it but this code
            touch = self.filtered(lambda touch, customer=attempt_sudo.partner_id: touch.partner_id == customer)
            known = {"touch_id": touch.id, "values": was[touch], "now": now[touch], "until": str(until)}
            attempt_sudo.snapshot = known
        return attempts.with_env(self.env)

    def _refuse_taken(self):
        """
        :raise UserError: when somebody else is calling
        """
        me = self.env.user
        for touch in self:
            is_taken = touch.claimed_until and touch.claimed_until > self._now()
            if is_taken and touch.claimed_by_id not in (me.browse(), me):
                raise UserError(touch._claim_refusal())

    # Taking back -----------------------------------------------------------------------------

    def _moved_values(self):
        """{row: what a try changes, as JSON has it}"""
        names = MOVED_FIELDS
        rows_sudo = self.sudo()  # whoever sees the row
        return {touch: {name: touch[name] and str(touch[name]) for name in names} for touch in rows_sudo}

    def _check_may_take_back(self):
        """Whoever sees the row may say what came of the call."""
        self.check_access("read")

    def _has_changed_since(self, was):
        """As of a document."""
        if not self.exists() or self._moved_values()[self] != was["now"]:
            return self.env._("Something has happened since: this try can't be taken back any more.")
        return ""

    def _take_back(self, was):
        """It is again as it was before."""
        self.sudo().write(was["values"])  # kept by what happens

    def _tell_taken_back(self, label):
        """The chatter of a customer is read by all employees: nothing of it stands there."""
