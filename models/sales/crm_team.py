from odoo import fields, models


class CrmTeam(models.Model):
    """How a team makes and follows its quotations."""

    _inherit = "crm.team"

    quotation_template_id = fields.Many2one(
        "sale.order.template",
        domain="['|', ('company_id', '=', False), ('company_id', '=', company_id)] if company_id else []",
        help="Proposed for quotations that are made from leads of the team. Empty: as the company says.",
        groups="base.group_user",
    )
    quotation_followup_days = fields.Integer(
        "Follow up Quotations after",
        help="Working days after sending. 0: as the status says.",
        groups="base.group_user",
    )


class CrmLead(models.Model):
    """A quotation begins with the template of the lead's team."""

    _inherit = "crm.lead"

    def _prepare_opportunity_quotation_context(self):
        context = super()._prepare_opportunity_quotation_context()
        if not self.env.user.has_group("sale_management.group_sale_order_template"):
            return context
        template = self.team_id.quotation_template_id
        companies = (False, context["default_company_id"])
        if template.active and template.company_id.id in companies:
            context["default_sale_order_template_id"] = template.id
        return context
