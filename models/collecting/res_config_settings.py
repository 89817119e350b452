from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    watch_silent_mails = fields.Integer(related="company_id.watch_silent_mails", readonly=False)
    watch_habit_days = fields.Integer(related="company_id.watch_habit_days", readonly=False)
    hold_sales_disputed = fields.Boolean(related="company_id.hold_sales_disputed", readonly=False)
    hold_sales_promised = fields.Boolean(related="company_id.hold_sales_promised", readonly=False)
