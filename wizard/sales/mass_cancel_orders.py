from odoo import fields, models

from ...engine.handling.own import Own


class SaleMassCancelOrders(models.TransientModel):
    """Odoo's own dialog for cancelling many quotations asks why."""

    _inherit = "sale.mass.cancel.orders"

    closure_reason_id = fields.Many2one("crm.lost.reason", groups="base.group_user")
    closure_note = fields.Text(groups="base.group_user")

    def action_mass_cancel(self):
        self.ensure_one()
        orders, reason = self.sale_order_ids, self.closure_reason_id
        if not reason:
            return super().action_mass_cancel()
        closed_on = orders.grouped("closure_date")
        closing = self.with_context(l2c_closure_reason=Own(reason.id))
        result = super(SaleMassCancelOrders, closing).action_mass_cancel()
        for date, group in closed_on.items():
            group._write_closure(reason.id, self.closure_note, date or group._now())
        orders._drop_automated_activities()
        return result
