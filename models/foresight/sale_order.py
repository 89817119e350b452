from odoo import api, fields, models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """A quotation of a customer who has earned a discount offers to apply it: by Odoo's own dialog of discounts."""

    _inherit = "sale.order"

    loyalty_grant_id = fields.Many2one(
        "payment.loyalty.grant",
        "Reward",
        copy=False,
        readonly=True,
        index="btree_not_null",
        groups="base.group_user",
        help="Whose discount was applied to it.",
    )
    loyalty_discount = fields.Float(
        "Earned Discount (%)",
        digits=(5, 2),
        compute="_compute_loyalty_discount",
        groups="sales_team.group_sale_salesman",
        help="What the customer has earned by paying on time, and wasn't applied to this quotation yet.",
    )

    @api.depends("partner_id", "company_id", "state", "loyalty_grant_id")
    def _compute_loyalty_discount(self):
        waiting = self.filtered(lambda order: order.state in ("draft", "sent") and not order.loyalty_grant_id)
        found = {(grant.company_id, grant.partner_id): grant for grant in waiting._earned_sudo()}
        for order in self:
            grant = order in waiting and found.get((order.company_id, order.partner_id.commercial_partner_id))
            order.loyalty_discount = grant.discount if grant else 0.0

    def _earned_sudo(self):
        """The discounts that the customers have been granted: what is offered to them, whoever sells to them knows."""
        grants_sudo = self.env["payment.loyalty.grant"].sudo()  # as said above
        return grants_sudo.search(
            [
                ("partner_id", "in", self.partner_id.commercial_partner_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("state", "=", "granted"),
                ("reward", "=", "discount"),
            ]
        )

    def action_apply_loyalty(self):
        """Give the discount that the customer has earned, as a line of the quotation.

        :raise UserError: when there is none, or it was applied already
        """
        self.ensure_one()
        self.check_access("write")
        grant_sudo = self._earned_sudo()[:1]
        if self.state not in ("draft", "sent") or self.loyalty_grant_id or not grant_sudo:
            raise UserError(self.env._("There is no earned discount that %s doesn't have yet.", self.display_name))
        values = {"discount_type": "so_discount", "discount_percentage": grant_sudo.discount / 100}
        self.env["sale.order.discount"].create({"sale_order_id": self.id, **values}).action_apply_discount()
        self.sudo().loyalty_grant_id = grant_sudo  # written by this button alone
        return True
