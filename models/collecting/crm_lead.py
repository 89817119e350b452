from odoo import models


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["crm.lead", "collection.banner.mixin"]


class KeepInTouch(models.Model):
    _name = "keep.in.touch"
    _inherit = ["keep.in.touch", "collection.banner.mixin"]
