from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    grade_persons = fields.Boolean(related="company_id.grade_persons", readonly=False)
