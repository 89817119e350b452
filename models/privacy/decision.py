from odoo import models


class DunningDecision(models.Model):
    _inherit = "dunning.decision"

    # Serves deleting old ones.
    _old_idx = models.Index("(company_id, date) WHERE current IS NOT TRUE")
