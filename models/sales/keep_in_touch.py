from datetime import timedelta

from odoo import api, fields, models

from ...engine.handling.contact import CONTACTS, MOST_TRIES
from ...engine.sales.keeping_touch import TOUCH_INDEX, TOUCH_USER_INDEX, follow_touch


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
            self.spoken_date = max(self.spoken_date, day)
            self.tries = 0
            again = attempt.outcome == "callback" and attempt.res_model == "res.partner"
            self.planned_date = again and self.company_id._working_days_later(1)
        elif attempt.res_model == "res.partner" and self.due_date <= day:
            self.tries = self.tries % MOST_TRIES + 1
            given_up = self.tries == MOST_TRIES
            self.planned_date = day + later if given_up else self.company_id._working_days_later(1)
        self.due_date = self.planned_date or self.spoken_date + later

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
        """They ask for another call: on the next working day."""
        return self._say("callback")

    def action_not_interested(self):
        """They need nothing now."""
        return self._say("not_interested")

    def action_wrong_number(self):
        """Nobody of that name has that number: it is tried again when it was looked up."""
        return self._say("wrong_number")

    def _say(self, outcome):
        """Log the outcome on the customer, in the company where they have bought."""
        self.check_access("read")
        note = self.env.context.get("l2c_note")  # what was written beside the button
        for company, touches in self.grouped("company_id").items():
            customers = touches.partner_id.with_company(company)
            customers.action_log_attempt(outcome, note=note.strip() if isinstance(note, str) else None)
        return True
