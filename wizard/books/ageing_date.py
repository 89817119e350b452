from odoo import fields, models


class ReceivableAgeingDate(models.TransientModel):
    """Asks for the day of the ageing."""

    _name = "receivable.ageing.date"
    _inherit = ["l2c.clock.mixin"]
    _description = "Day of the Ageing"

    date = fields.Date("As at", required=True, default=lambda self: self._today())

    def action_open(self):
        """Show the ageing as at that day."""
        self.ensure_one()
        self.check_access("read")
        return self.env["receivable.ageing"].action_open(self.date)
