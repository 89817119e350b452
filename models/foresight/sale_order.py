from odoo import Command, api, fields, models
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
    loyalty_line_ids = fields.Many2many(
        "sale.order.line",
        "sale_order_loyalty_line_rel",
        "order_id",
        "line_id",
        "Lines of the Reward",
        copy=False,
        readonly=True,
        groups="base.group_user",
    )
    loyalty_discount = fields.Float(
        "Earned Discount (%)",
        digits=(5, 2),
        compute="_compute_loyalty_discount",
        groups="sales_team.group_sale_salesman",
        help="What the customer has earned by paying on time, and this quotation doesn't have, or not on all its lines.",
    )

    def _read_group_groupby(self, alias, groupby_spec, query):
        """Grouping by the lines of a reward is reading them: of a list of records the host doesn't ask."""
        if groupby_spec.startswith("loyalty_line_ids"):
            self._check_field_access(self._fields["loyalty_line_ids"], "read")
        return super()._read_group_groupby(alias, groupby_spec, query)

    @api.depends(
        "partner_id", "company_id", "state", "loyalty_grant_id", "loyalty_line_ids", "order_line.price_subtotal"
    )
    def _compute_loyalty_discount(self):
        waiting = self.filtered(lambda order: order.state in ("draft", "sent"))
        found = {(grant.company_id, grant.partner_id): grant for grant in waiting._earned_sudo()}
        for order in self:
            grant_sudo = order in waiting and found.get((order.company_id, order.partner_id.commercial_partner_id))
            due = grant_sudo and not order._has_all_of(grant_sudo)
            order.loyalty_discount = grant_sudo.discount if due else 0.0

    def _has_all_of(self, grant_sudo):
        """Whether the lines of the reward are on the quotation, and are its discount of all the others."""
        order_sudo = self.sudo()  # of a quotation that the reader has
        given = order_sudo._loyalty_lines()
        if order_sudo.loyalty_grant_id != grant_sudo or not given:
            return False
        others = order_sudo.order_line - given
        missing = sum(others.mapped("price_subtotal")) * grant_sudo.discount / 100 + sum(given.mapped("price_subtotal"))
        # Each line is rounded.
        return abs(missing) < order_sudo.currency_id.rounding * (len(order_sudo.order_line) + 1)

    def _loyalty_lines(self):
        """Those of the quotation's lines, as they are on the screen, that the reward has made."""
        return self.order_line.filtered(lambda line: line._origin in self.loyalty_line_ids._origin)

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
        """Give the discount that the customer has earned, as a line of the quotation, in the place of a former one.

        :raise UserError: when there is none, it was applied already, or there is nothing to discount
        """
        self.ensure_one()
        self.check_access("write")
        grant_sudo = self._earned_sudo()[:1]
        if self.state not in ("draft", "sent") or not grant_sudo or self._has_all_of(grant_sudo):
            raise UserError(self.env._("There is no earned discount that %s doesn't have yet.", self.display_name))
        former = self._loyalty_lines()
        if sum((self.order_line - former).mapped("price_subtotal")) <= 0:
            raise UserError(
                self.env._("There is nothing to discount on %s yet. Add products first.", self.display_name)
            )
        former.unlink()
        others = self.order_line
        values = {"discount_type": "so_discount", "discount_percentage": grant_sudo.discount / 100}
        self.env["sale.order.discount"].create({"sale_order_id": self.id, **values}).action_apply_discount()
        # Written by this button alone.
        self.sudo().write(
            {"loyalty_grant_id": grant_sudo.id, "loyalty_line_ids": [Command.set((self.order_line - others).ids)]}
        )
        return True
