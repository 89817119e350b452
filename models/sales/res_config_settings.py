from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    invoices_at_once = fields.Boolean(related="company_id.invoices_at_once", readonly=False)
    proforma_before_days = fields.Integer(related="company_id.proforma_before_days", readonly=False)
    proforma_first_days = fields.Integer(related="company_id.proforma_first_days", readonly=False)
    proforma_every_days = fields.Integer(related="company_id.proforma_every_days", readonly=False)
    proforma_most = fields.Integer(related="company_id.proforma_most", readonly=False)
    planned_invoice_days = fields.Integer(related="company_id.planned_invoice_days", readonly=False)
