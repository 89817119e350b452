from odoo import fields, models


class CrmLostReason(models.Model):
    """Why a lead, a quotation or an invoice was closed."""

    _inherit = "crm.lost.reason"

    reengage_days = fields.Integer(
        "Ask Again after",
        default=180,
        help="Days after closing for this reason, each time they have passed. 0: never.",
        groups="base.group_user",
    )
    reengage_template_id = fields.Many2one(
        "mail.template",
        "Ask Again by",
        domain=[("model", "=", "crm.lead")],
        help="Empty: a call is planned for the salesperson.",
        groups="base.group_user",
    )
