from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import html2plaintext

from ...engine.handling.own import ids_of
from ...engine.sales.keeping_touch import TOUCH_MODEL

#: Characters of what the lead wrote, and quotations, that the call screen shows.
LENGTH, QUOTATIONS = 2000, 10


class CallListLine(models.Model):
    """What is needed while calling: what they wrote, where they come from, their quotations, and how many are
    left. Not in the query, so that it costs nothing where it isn't shown."""

    _inherit = "call.list.line"

    email = fields.Char("E-mail", compute="_compute_call")
    source_id = fields.Many2one("utm.source", compute="_compute_call")
    campaign_id = fields.Many2one("utm.campaign", compute="_compute_call")
    written = fields.Text("What They Wrote", compute="_compute_written")
    order_ids = fields.Many2many("sale.order", string="Quotations", compute="_compute_order_ids")
    left_count = fields.Integer("Left Today", compute="_compute_left_count", help="Lines of the list after this one.")

    @api.depends("res_model", "res_id")
    def _compute_call(self):
        for line in self:
            document = line._document() if line.res_model in ("crm.lead", "sale.order") else self.env["crm.lead"]
            if line.res_model == TOUCH_MODEL:
                document = self.env["sale.order"].new({"partner_id": line.partner_id.id})
            line.email = document.email_from if document._name == "crm.lead" else document.partner_id.email
            # Where a lead comes from is told with it.
            line.source_id, line.campaign_id = document.source_id.sudo(), document.campaign_id.sudo()

    @api.depends("res_model", "res_id")
    def _compute_written(self):
        """The description of the lead, else the first e-mail from outside; of a quotation, its lead's."""
        for line in self:
            document = line._document()
            lead = document if line.res_model == "crm.lead" else self.env["crm.lead"]
            if line.res_model == "sale.order":
                lead = document.opportunity_id._filtered_access("read")  # it may be a colleague's
            line.written = lead._what_was_written()[:LENGTH]

    @api.depends("res_model", "res_id")
    def _compute_order_ids(self):
        """Those of the lead or its customer that the reader may see, latest first."""
        orders = self.env["sale.order"]
        for line in self:
            document = line._document() if line.res_model in ("crm.lead", "sale.order") else orders
            customer = (document if line.res_model != TOUCH_MODEL else line).partner_id.commercial_partner_id
            own = Domain("opportunity_id", "=", document.id) if document._name == "crm.lead" else Domain.FALSE
            own |= Domain("partner_id.commercial_partner_id", "=", customer.id) if customer else Domain.FALSE
            line.order_ids = orders.search(own, limit=QUOTATIONS) if orders.has_access("read") else orders

    @api.depends_context("uid")
    def _compute_left_count(self):
        """Of the list as it was filtered when calling began, without those that were open already."""
        for line in self:
            domain = Domain(line._asked_domain("l2c_call_domain"))
            done = [*ids_of(self.env, "l2c_called"), line._origin.id]
            line.left_count = self.search_count(domain & Domain("id", "not in", done))

    def action_wrong_number(self):
        """Nobody of that name has that number."""
        return self._log("action_wrong_number")

    def action_not_interested(self):
        """They don't want it: ask why."""
        return self._log("action_not_interested")

    def action_whatsapp(self):
        """Write to them by WhatsApp."""
        return self._log("action_whatsapp")


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def _what_was_written(self):
        """What the lead wrote, as text."""
        told = html2plaintext(self.description or "").strip()
        if told or not self:
            return told
        first = self.env["mail.message"].search(
            [("model", "=", self._name), ("res_id", "=", self.id), ("message_type", "in", ("email", "comment"))],
            order="id",
            limit=1,
        )
        from_outside = first.message_type == "email" or first.author_id.partner_share
        return html2plaintext(first.body or "").strip() if from_outside else ""
