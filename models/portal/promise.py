from odoo import fields, models


class DunningPromise(models.Model):
    """What the customer was told of an instalment."""

    _inherit = "dunning.promise"

    is_announced = fields.Boolean(readonly=True, copy=False, help="The customer was reminded of it before its day.")

    # Serves the job that announces instalments.
    _announce_idx = models.Index("(date) WHERE state = 'open' AND plan_id IS NOT NULL AND is_announced IS NOT TRUE")
