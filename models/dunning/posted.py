from zlib import crc32

from odoo import models

#: What goes by post.
POSTED = ("letter", "registered_letter")


class DunningNotice(models.Model):
    """The letter of a notice that goes by post: kept as an attachment when it is printed for posting, and
    printed again from there."""

    _inherit = "dunning.notice"

    def _letter_file(self):
        """The name under which the letter is kept; empty: it isn't, since the notice doesn't go by post, may
        change before it does, or went on another day. As long as it hasn't left, what says something else is
        another letter."""
        self.ensure_one()
        if self.channel not in POSTED or self.state not in ("queued", "failed", "sent"):
            return ""
        if self.state == "sent":
            if kept := self._kept_letters()[-1:]:
                return kept.name
            if self.noticed_on < self._in_company(self.company_id)._today():
                return ""
        return f"{self._letter_stem()}{crc32(self._letter_says().encode()):08x}.pdf"

    def _kept_letters(self):
        """As they were printed, the last one last."""
        about = [("res_model", "=", self._name), ("res_id", "=", self.id), ("name", "=like", f"{self._letter_stem()}%")]
        return self.env["ir.attachment"].search(about, order="id")

    def _letter_stem(self):
        return f"letter-{self.date}-{self.id}-"

    def _letter_says(self):
        """To whom and about what, but for the day on which it is printed."""
        reader = self._addressee()
        lines = [(line.move_line_id.id, line.amount_residual, line.is_also_due) for line in self.line_ids.sorted("id")]
        return repr((reader.display_name, reader._display_address(), self._lang(), self.level_id.id, lines))
