from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .res_partner_collector import BOOKKEEPERS


class ResPartner(models.Model):
    """Whether a customer is watched, and what others outside think of it."""

    _inherit = "res.partner"

    external_rating = fields.Selection(
        [("good", "Good"), ("fair", "Fair"), ("poor", "Poor")],
        company_dependent=True,
        groups=BOOKKEEPERS,
        help="What a credit agency or another source says. Poor puts the customer on the watch list.",
    )
    external_rating_source = fields.Char("Rated by", company_dependent=True, groups=BOOKKEEPERS)
    external_rating_date = fields.Date("Rated on", company_dependent=True, groups=BOOKKEEPERS)
    watch_ids = fields.One2many(
        "dunning.watch", "partner_id", "Watched for", domain=[("until", "=", False)], readonly=True, groups=BOOKKEEPERS
    )
    is_watched = fields.Boolean(
        "Watched", compute="_compute_is_watched", search="_search_is_watched", groups=BOOKKEEPERS
    )

    @api.depends("watch_ids.until", "watch_ids.company_id")
    @api.depends_context("company")
    def _compute_is_watched(self):
        groups = self.env["dunning.watch"]._read_group(
            self._watched_domain() & Domain("partner_id", "in", self.commercial_partner_id.ids), ["partner_id"]
        )
        watched = {partner for [partner] in groups}
        for partner in self:
            partner.is_watched = partner.commercial_partner_id in watched

    def _search_is_watched(self, operator, value):
        if operator != "in":
            return NotImplemented
        watches = self.env["dunning.watch"]._search(self._watched_domain())
        return Domain("commercial_partner_id", "in", watches.subselect("partner_id"))

    @api.model
    def _watched_domain(self):
        return Domain("until", "=", False) & Domain("company_id", "=", self.env.company.id)

    def _collection_responsible(self):
        """By customer, who deals with it in the current company: the collector, else who is
        responsible for its policy; or who stands in for them. Customers of nobody are left out."""
        if not self:
            return {}
        self.env.flush_all()
        policy = self.env.company.sudo()._dunning_policy_sql()  # policies are the engine's, not the reader's
        rows = self.env.execute_query(SQL("SELECT cp.id, %s FROM res_partner cp WHERE cp.id IN %s", policy, self._ids))
        policies = {partner_id: self.env["dunning.policy"].sudo().browse(policy_id) for partner_id, policy_id in rows}
        found = {}
        for partner in self:
            users = (partner.sudo().collector_id, policies[partner.id].user_id)  # facts, as above
            user = next((user for user in users if user.active), None)
            if user:
                found[partner] = user.with_env(self.env)._acting()
        return found
