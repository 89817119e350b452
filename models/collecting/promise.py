from odoo import models


class DunningPromise(models.Model):
    _name = "dunning.promise"
    _inherit = ["dunning.promise", "collector.mine.mixin"]
