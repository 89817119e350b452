from odoo import api, fields, models
from odoo.tools import SQL, format_date

from ...engine.books.receivables import metrics
from ..handling.ratio import Ratio


class ReceivableMetrics(models.Model):
    """How a company's receivables did in a month: one row a company and month, until today.

    Amounts in company currency, days as floats, the CEI in per cent. See ``engine.books.receivables``
    for how each is made.
    """

    _name = "receivable.metrics"
    _inherit = ["l2c.clock.mixin"]
    _description = "DSO and Collection Effectiveness"
    _auto = False
    _order = "month desc, company_id"

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    month = fields.Date(readonly=True)
    day_end = fields.Date("As at", readonly=True, help="The end of the month; of the current month, today.")
    day_count = fields.Integer("Days", readonly=True)
    sales = fields.Monetary(
        "Credit Sales", readonly=True, help="Invoices and receipts less credit notes, taxes included."
    )
    opening = fields.Monetary("Opening Receivables", readonly=True, aggregator=None)
    closing = fields.Monetary("Closing Receivables", readonly=True, aggregator=None)
    not_due = fields.Monetary(
        "Receivables Not Due", readonly=True, aggregator=None, help="Less credits that were not allocated."
    )
    dso = Ratio("DSO", readonly=True, aggregator="avg", help="Days sales outstanding.")
    count_back = Ratio(
        "DSO, Count-back", readonly=True, aggregator="avg", help="Days whose sales make up the receivables."
    )
    best_dso = Ratio("Best Possible DSO", readonly=True, aggregator="avg", help="The DSO, had everybody paid when due.")
    days_delinquent = Ratio("Average Days Delinquent", readonly=True, aggregator="avg")
    cei = Ratio(
        "CEI (%)", readonly=True, aggregator="avg", help="Collection effectiveness index: 100 when all due was paid."
    )

    @api.depends("month")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for row in self:
            row.display_name = format_date(self.env, row.month, date_format="MMMM y")

    _depends = {
        "account.account": ["account_type"],
        "account.move": ["amount_total_signed", "company_id", "invoice_date", "move_type", "state"],
        "account.move.line": ["account_id", "balance", "company_id", "date", "date_maturity", "parent_state"],
        "account.partial.reconcile": ["amount", "credit_move_id", "debit_move_id", "max_date"],
        "res.company": ["currency_id"],
    }

    @property
    def _table_query(self) -> SQL:
        return metrics(self.env.companies.ids, self._today())
