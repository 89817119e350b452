from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    customer_inactive_months = fields.Integer(
        "Inactive after",
        default=12,
        help="Months without an order, after which a customer is inactive. 0: never.",
        groups="base.group_user",
    )

    asks_for_referrals = fields.Boolean(
        help="Plan a call with content customers who have agreed to be addressed: whom do they know?",
        groups="base.group_user",
    )

    do_not_call_days = fields.Integer(
        "Do-not-call Check Valid for",
        help="Days. Before calling, a number is looked up again. 0: never.",
        groups="base.group_user",
    )
