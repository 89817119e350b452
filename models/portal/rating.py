from odoo import models
from odoo.fields import Domain


class Rating(models.Model):
    """What customers say of a reminder: for those who may read the reminder. Odoo's own ratings are
    for every employee."""

    _name = "rating.rating"
    _inherit = ["rating.rating", "l2c.document.access.mixin"]

    def _document_domain(self):
        others = Domain("res_model", "!=", "dunning.notice")
        notices = self.env["dunning.notice"]
        return others | Domain("res_id", "in", notices._search([])) if notices.has_access("read") else others
