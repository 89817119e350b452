from odoo import api, fields, models

from ...engine.agreements.following import CALL_BACK
from ...engine.handling.contact import OUTCOMES


class CallResult(models.TransientModel):
    """What came of a call to a customer, and when it is called again."""

    _name = "call.result"
    _inherit = ["l2c.real.records.mixin"]
    _description = "Result of a Call"

    partner_id = fields.Many2one("res.partner", "Customer", required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    outcome = fields.Selection(OUTCOMES, required=True, readonly=True)
    note = fields.Text(help="What was said.")
    day = fields.Date("Call again on", compute="_compute_day", store=True, readonly=False)

    @api.depends("outcome", "company_id")
    def _compute_day(self):
        for result in self:
            callback = result.outcome == "callback"
            result.day = callback and result.company_id._working_days_later(1)

    def action_log(self):
        """Log the result; from the desk, go on to the next customer, or, in hardship, to
        a payment plan."""
        self.ensure_one()
        self.check_access("write")
        customer = self.partner_id.with_company(self.company_id)
        attempts = customer._log_attempts(self.outcome, note=self.note)
        if self.day:
            customer._plan_step(lambda document: document.env._("Call back"), self.day, "call", CALL_BACK)
            attempts._keep_what_followed()
        told = attempts._toast()
        if self.outcome == "hardship" and customer._promisable():
            told["params"]["next"] = customer.action_plan()
        return told
