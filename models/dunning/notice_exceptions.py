from odoo import api, fields, models

from ...engine.dunning.exceptions import CHANGED, FIRST

#: What a person looks at before a notice is approved; the first reminder ever is usual, the others are not.
EXCEPTION_KINDS = [
    ("changed", "Changed after its text was written"),
    ("amount", "More than three times the usual amount"),
    ("key", "Key account"),
    ("details", "New address, e-mail or bank account"),
    ("sister", "Reminded by a sister company last week"),
    ("several", "Several reasons"),
    ("first", "First reminder ever"),
]


class DunningNotice(models.Model):
    """Why somebody should look at a notice before it is approved."""

    _inherit = "dunning.notice"

    exceptions = fields.Char("Codes of Exceptions", readonly=True, copy=False)
    exception_kind = fields.Selection(
        EXCEPTION_KINDS,
        "Exception",
        compute="_compute_exception_kind",
        store=True,
        help="The first reminder ever to a customer is one only when nothing else is.",
    )
    exception_text = fields.Char("Look at It Because", compute="_compute_exception_text")

    @api.depends("exceptions")
    def _compute_exception_kind(self):
        """As ``engine.dunning.exceptions.find_exceptions`` writes it for a run."""
        for notice in self:
            codes = notice._exception_codes()
            real = [code for code in codes if code != FIRST]
            notice.exception_kind = "several" if len(real) > 1 else next(iter(real or codes), False)

    @api.depends("exceptions")
    @api.depends_context("lang")
    def _compute_exception_text(self):
        labels = dict(self._fields["exception_kind"]._description_selection(self.env))
        for notice in self:
            notice.exception_text = " · ".join(labels[code] for code in notice._exception_codes())

    def _exception_codes(self):
        return [code for code in (self.exceptions or "").split(",") if code]

    def _looked_at(self):
        """A person has seen what changed after the text was written."""
        for notice in self.sudo():  # whoever may approve it
            codes = notice._exception_codes()
            if CHANGED in codes:
                notice.exceptions = ",".join(code for code in codes if code != CHANGED) or False

    @api.model
    def _look_counts(self, domain):
        """(plain, first reminders, to look at): how many of the domain are of each."""
        counts = dict(self._read_group(domain, ["exception_kind"], ["__count"]))
        plain, first = counts.pop(False, 0), counts.pop(FIRST, 0)
        return plain, first, sum(counts.values())
