from odoo import fields, models
from odoo.tools import SQL

from ...engine.books.receivables import metrics


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
    _rec_name = "month"

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    month = fields.Date(readonly=True)
    day_end = fields.Date("As at", readonly=True, help="The end of the month; of the current month, today.")
    day_count = fields.Integer("Days", readonly=True)
    sales = fields.Monetary("Credit Sales", readonly=True, help="Invoices less credit notes, taxes included.")
    opening = fields.Monetary("Opening Receivables", readonly=True, aggregator=None)
    closing = fields.Monetary("Closing Receivables", readonly=True, aggregator=None)
    not_due = fields.Monetary("Receivables Not Due", readonly=True, aggregator=None)
    dso = fields.Float("DSO", readonly=True, aggregator="avg", help="Days sales outstanding.")
    count_back = fields.Float(
        "DSO, Count-back", readonly=True, aggregator="avg", help="Days whose sales make up the receivables."
    )
    best_dso = fields.Float(
        "Best Possible DSO", readonly=True, aggregator="avg", help="The DSO, had everybody paid when due."
    )
    days_delinquent = fields.Float("Average Days Delinquent", readonly=True, aggregator="avg")
    cei = fields.Float(
        "CEI (%)", readonly=True, aggregator="avg", help="Collection effectiveness index: 100 when all due was paid."
    )

    _depends = {
        "account.move": ["amount_total_signed", "company_id", "invoice_date", "move_type", "state"],
        "account.move.line": ["account_id", "balance", "company_id", "date", "date_maturity", "parent_state"],
        "account.partial.reconcile": ["amount", "debit_move_id", "max_date"],
        "res.company": ["currency_id"],
    }

    @property
    def _table_query(self) -> SQL:
        return metrics(self.env.companies.ids, self._today())
