from odoo import fields, models


class DunningNotice(models.Model):
    """Who deals with a notice, and when the customer answered it."""

    _inherit = "dunning.notice"

    replied_date = fields.Date("Replied on", readonly=True, copy=False)
    collection_note = fields.Text(related="partner_id.collection_note", related_sudo=False)

    # Serves the watch list: who has not replied for long.
    _sent_mails_idx = models.Index("(company_id, partner_id, date) WHERE state = 'sent' AND channel = 'email'")

    def _heard_from(self):
        self.replied_date = self._today()
        return super()._heard_from()

    def _responsible(self):
        """Who stands in for the responsible, while that one is away."""
        return super()._responsible()._acting()
