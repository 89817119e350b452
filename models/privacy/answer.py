from odoo import models


class DunningAnswer(models.Model):
    """What becomes of answers that have been kept long enough."""

    _inherit = "dunning.answer"

    def _forget(self):
        """They go, with their proofs, and with what repeats them on their notices. Who said that they
        aren't the customer doesn't get to see the page again."""
        self.filtered(lambda answer: answer.kind == "wrong_person").notice_id.access_token = False
        self._forget_words()
        self.unlink()

    def _forget_words(self):
        """What they wrote and sent, here and wherever it was repeated."""
        self.attachment_ids.unlink()
        self.message_id.unlink()
        for answer in self:
            answer.notice_id._forget_tasks(answer.date)
