from odoo import api, fields, models
from odoo.tools import format_amount, format_date

from ...engine.sales.keeping_touch import TOUCH_MODEL


class CallListLine(models.Model):
    """Customers whom nobody has spoken to for long."""

    _inherit = "call.list.line"

    res_model = fields.Selection(selection_add=[(TOUCH_MODEL, "Keep in Touch")])

    _depends = {TOUCH_MODEL: ["partner_id", "company_id", "user_id", "turnover", "due_date", "claimed_until"]}

    def _touches(self):
        return self.filtered(lambda line: line.res_model == TOUCH_MODEL)

    @api.depends("res_model", "res_id", "reopened_date")
    def _compute_attempts(self):
        lines = self._touches()
        result = super(CallListLine, self - lines)._compute_attempts()
        for line in lines:
            attempts = line._document().contact_attempt_ids
            line.last_attempt_date = attempts[:1].date
            line.last_note = next((attempt.note for attempt in attempts if attempt.note), False)
            line.misses = line._document().tries
        return result

    def _reason_touch(self, _today):
        touch = self._document()
        values = {"date": format_date(self.env, touch.spoken_date)}
        if not touch.turnover:
            return self.env._("Nobody has spoken to them since %(date)s", **values)
        zeroes = bool(touch.turnover % 1)
        values["amount"] = format_amount(self.env, touch.turnover, touch.currency_id, trailing_zeroes=zeroes)
        return self.env._("Nobody has spoken to them since %(date)s; %(amount)s in twelve months", **values)
