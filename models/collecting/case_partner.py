from odoo import api, fields, models
from odoo.exceptions import UserError

from ..books.res_partner import BOOKKEEPERS


class ResPartner(models.Model):
    """What of a customer is with a lawyer or a collection agency."""

    _inherit = "res.partner"

    case_count = fields.Integer("Cases", compute="_compute_cases", groups=BOOKKEEPERS)
    open_case_count = fields.Integer("Open Cases", compute="_compute_cases", groups=BOOKKEEPERS)

    @api.depends_context("company")
    def _compute_cases(self):
        """Of the customer in the company at hand: with a lawyer or an agency, now and before."""
        cases = self.env["collection.case"]
        domain = [("partner_id", "in", self.commercial_partner_id.ids), ("company_id", "=", self.env.company.id)]
        counts = {
            (partner.id, state): count
            for partner, state, count in cases._read_group(domain, ["partner_id", "state"], ["__count"])
        }
        for partner in self:
            customer = partner.commercial_partner_id.id
            partner.open_case_count = counts.get((customer, "with_them"), 0)
            partner.case_count = sum(count for (owner, _state), count in counts.items() if owner == customer)

    def action_hand_over(self):
        """Hand these customers over to a lawyer or an agency.

        :raise AccessError: when the user isn't of Collections
        """
        self.check_access("read")
        self.env["collection.case"].check_access("create")
        return self.env["collection.hand.over"]._open(self)

    def action_take_back(self):
        """They are reminded again: nobody outside works on their debts any more.

        :raise UserError: when nothing is handed over
        """
        self.check_access("read")
        cases = self.env["collection.case"]
        cases.check_access("write")
        found = cases.search(cases._open_domain(self.commercial_partner_id, self.env.company))
        if not found:
            raise UserError(self.env._("Nothing of this customer is handed over."))
        found.action_take_back()

    def action_cases(self):
        """What was handed over of these customers."""
        self.check_access("read")
        self.env["collection.case"].check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("lead_to_cash.collection_case_action")
        return action | {"domain": [("partner_id", "in", self.commercial_partner_id.ids)], "context": {}}
