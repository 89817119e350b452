from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date


class DunningSalesRelease(models.Model):
    """A sales manager lets orders of a customer go on although its debts hold them, until a day
    and with a reason. Stays as it was made."""

    _name = "dunning.sales.release"
    _inherit = ["l2c.clock.mixin"]
    _description = "Release of Sales"
    _order = "until desc, id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one("res.partner", "Customer", required=True, ondelete="cascade", readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True, readonly=True
    )
    order_id = fields.Many2one("sale.order", ondelete="set null", index="btree_not_null", readonly=True)
    until = fields.Date("Released until", required=True)
    reason = fields.Char(required=True)

    # Serves confirming orders, and the banner above them.
    _customer_idx = models.Index("(partner_id, company_id, until)")

    @api.constrains("until")
    def _check_until(self):
        for release in self:
            if release.until < release._today():
                raise ValidationError(
                    self.env._("Sales can't be released until a day in the past. Choose a later day.")
                )

    @api.constrains("partner_id", "company_id", "order_id")
    def _check_order(self):
        for release in self.filtered("order_id"):
            order = release.order_id
            if (order.partner_id.commercial_partner_id, order.company_id) != (release.partner_id, release.company_id):
                raise ValidationError(
                    self.env._(
                        "%(order)s isn't an order of %(customer)s.", order=order.name, customer=release.partner_id.name
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        releases = super().create(vals_list)
        for release in releases:
            values = {
                "user": self.env.user.name,
                "company": release.company_id.name,
                "day": format_date(self.env, release.until),
                "reason": release.reason,
            }
            body = self.env._("%(user)s released sales of %(company)s until %(day)s: %(reason)s", **values)
            if release.order_id:  # not in the customer's chatter, which every employee reads
                release.order_id.message_post(body=body)
        return releases

    def action_release(self):
        """Close the dialog; saving it was the release."""
        self.check_access("read")
        return {"type": "ir.actions.act_window_close"}

    def action_release_and_confirm(self):
        """Confirm the order for which the release was made."""
        self.check_access("read")
        return self.order_id.action_confirm()
