from odoo import api, fields, models
from odoo.fields import Domain

from ..handling.searching import check_searched
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
        check_searched(self, "is_watched")
        if operator != "in":
            return NotImplemented
        watches = self.env["dunning.watch"]._search(self._watched_domain())
        return Domain("commercial_partner_id", "in", watches.subselect("partner_id"))

    @api.model
    def _watched_domain(self):
        return Domain("until", "=", False) & Domain("company_id", "=", self.env.company.id)
