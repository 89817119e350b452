from odoo import api, fields, models
from odoo.fields import Domain

from ..handling.searching import check_searched

BOOKKEEPERS = "account.group_account_invoice,account.group_account_readonly"


class ResPartner(models.Model):
    """Whose customer it is, and what its collector should know."""

    _inherit = "res.partner"

    collection_note = fields.Text(
        groups=BOOKKEEPERS,
        help="What to know when asking for money: pays on the 10th, needs the order number on the invoice.",
    )
    is_mine_to_collect = fields.Boolean(
        "Mine to Collect",
        compute="_compute_is_mine_to_collect",
        search="_search_is_mine_to_collect",
        groups=BOOKKEEPERS,
        help="Customers whose collector is the reader, or somebody whom the reader stands in for.",
    )
    has_no_collector = fields.Boolean(
        "Without Collector",
        compute="_compute_has_no_collector",
        search="_search_has_no_collector",
        groups=BOOKKEEPERS,
        help="Customers without a collector, or whose collector has left.",
    )

    @api.depends("collector_id")
    @api.depends_context("uid", "company")
    def _compute_is_mine_to_collect(self):
        mine = self.env.user._acting_for()
        for partner in self:
            partner.is_mine_to_collect = partner.commercial_partner_id.collector_id in mine

    def _search_is_mine_to_collect(self, operator, value):
        check_searched(self, "is_mine_to_collect")
        if operator != "in":
            return NotImplemented
        return Domain("commercial_partner_id.collector_id", "in", self.env.user._acting_for().ids)

    @api.depends("collector_id.active")
    @api.depends_context("company")
    def _compute_has_no_collector(self):
        for partner in self:
            partner.has_no_collector = not partner.commercial_partner_id.collector_id.active

    def _search_has_no_collector(self, operator, value):
        check_searched(self, "has_no_collector")
        if operator != "in":
            return NotImplemented
        active = self.env["res.users"].sudo()._search([("active", "=", True)])  # a fact, not the users
        return Domain("commercial_partner_id.collector_id", "not in", active)

    def _set_collectors(self, chosen):
        """Write the collectors ``{customer id: user id}``, at once for each collector; returns
        how many customers."""
        by_user = {}
        for partner_id, user_id in chosen.items():
            by_user.setdefault(user_id, []).append(partner_id)
        for user_id, partner_ids in by_user.items():
            self.browse(partner_ids).collector_id = user_id
        return len(chosen)
