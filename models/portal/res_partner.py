from odoo import api, fields, models
from odoo.addons.rating.models.rating_data import RATING_HAPPY_VALUE

from ...engine.portal.answers import RATED
from ..handling.searching import check_searched


class ResPartner(models.Model):
    """How content a customer says it is."""

    _inherit = "res.partner"

    # Customers read the messages of their own documents on the portal's pages, without internal notes.
    message_ids = fields.One2many(groups="base.group_user")
    website_message_ids = fields.One2many(groups="base.group_user")

    satisfaction_count = fields.Integer("Number of Ratings", compute="_compute_satisfaction", groups="base.group_user")
    satisfaction = fields.Integer(
        compute="_compute_satisfaction",
        help="Per cent of the answers that say all was well.",
        groups="base.group_user",
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_satisfaction(self):
        groups = self.env["rating.rating"]._read_group(
            self._satisfaction_domain(), ["partner_id"], ["__count", "rating:array_agg"]
        )
        ratings = {}
        for partner, _count, values in groups:
            ratings.setdefault(partner.commercial_partner_id, []).extend(values)
        for partner in self:
            values = ratings.get(partner.commercial_partner_id, [])
            happy = sum(value >= RATING_HAPPY_VALUE for value in values)
            partner.satisfaction_count = len(values)
            partner.satisfaction = round(100 * happy / len(values)) if values else 0

    @api.model
    def _satisfaction_domain(self):
        return [
            ("res_model", "in", RATED),
            ("consumed", "=", True),
            ("partner_id", "child_of", self.commercial_partner_id.ids),
        ]

    def action_satisfaction(self):
        """Show the customer's answers."""
        self.check_access("read")
        self.env["rating.rating"].check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("lead_to_cash.satisfaction_action")
        return action | {"domain": self._satisfaction_domain()}

    def action_rate(self):
        """Ask on the phone, and write down what the customer says."""
        self.check_access("read")
        self.env["satisfaction.dialog"].check_access("create")
        action = self.env["ir.actions.act_window"]._for_xml_id("lead_to_cash.satisfaction_dialog_action")
        return action | {"context": {"default_partner_id": self.commercial_partner_id.id}}

    def _search_activity_state(self, operator, value):
        check_searched(self, "activity_state")
        return super()._search_activity_state(operator, value)

    def _wished_plan(self):
        """What the customer has asked for on the page, last and not dealt with yet: values of a plan."""
        answers = self.env["dunning.answer"]
        if not answers.has_access("read"):
            return {}
        ours = [("partner_id", "=", self.commercial_partner_id.id), ("company_id", "=", self.env.company.id)]
        asked = answers.search([*ours, ("kind", "=", "plan"), ("is_handled", "=", False)], order="id desc", limit=1)
        wish = {"number": max(asked.number, 2), "deposit": asked.amount}
        if asked.day and asked.day >= self.env.company._today():
            wish["first_date"] = asked.day
        return wish if asked else {}
