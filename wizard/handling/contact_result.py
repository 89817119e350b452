from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...engine.handling.contact import OUTCOMES
from ...engine.handling.status import DOCUMENTS
from .contact_dialog import AS_READER

#: The hour that is proposed for a call.
HOUR = 10


class ContactResult(models.TransientModel):
    """What one click can't say of a call: when they want to be called, or why they don't want it."""

    _name = "contact.result"
    _inherit = ["l2c.real.records.mixin"]
    _description = "Result of a Call about a Lead or Quotation"

    res_model = fields.Selection(DOCUMENTS, required=True)
    res_id = fields.Many2oneReference(model_field="res_model", required=True)
    outcome = fields.Selection(OUTCOMES, required=True, readonly=True)
    note = fields.Text(help="What was said.")
    callback_at = fields.Datetime(
        "Call Back at", compute="_compute_callback_at", readonly=False, help="It is on the list then.", **AS_READER
    )
    reason_id = fields.Many2one("crm.lost.reason", compute="_compute_reason_id", store=True, readonly=False)

    @api.depends("res_model", "res_id", "outcome")
    def _compute_callback_at(self):
        """The next working day, in the morning of who calls."""
        for result in self.filtered(lambda result: result.outcome == "callback" and not result.callback_at):
            day = next(iter(result._document()._by_working_day(1)))
            moment = datetime.combine(day, time(HOUR), ZoneInfo(self.env.tz.zone))
            result.callback_at = moment.astimezone(UTC).replace(tzinfo=None)

    @api.depends("outcome")
    def _compute_reason_id(self):
        for result in self.filtered(lambda result: result.outcome == "not_interested" and not result.reason_id):
            result.reason_id = self.env.ref("lead_to_cash.lost_reason_not_interested", raise_if_not_found=False)

    def _document(self):
        return self.env[self.res_model].browse(self.res_id)

    def action_log(self):
        """Log the result; who isn't interested is closed with the reason."""
        self.ensure_one()
        self.check_access("write")
        if self.outcome == "callback" and not self.callback_at:
            raise UserError(self.env._("Say when they want to be called."))
        return self._document()._log_result(
            self.outcome, self.note, callback_at=self.callback_at, reason=self.reason_id
        )
