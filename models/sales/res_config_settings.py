from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    invoices_at_once = fields.Boolean(related="company_id.invoices_at_once", readonly=False)
