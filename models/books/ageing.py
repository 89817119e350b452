from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from ...engine.books.receivables import age_labels, ageing, day_of, number_of

#: The columns of the ages; credits and what is not due have their own.
AGES = ("age_1", "age_2", "age_3", "age_4")


class ReceivableAgeing(models.Model):
    """Each open item of the receivable accounts as at a day, its amount in the column of its
    age. The context key ``l2c_as_at`` (a date) names the day; today without it."""

    _name = "receivable.ageing"
    _inherit = ["l2c.clock.mixin"]
    _description = "Ageing of Receivables"
    _auto = False
    _order = "due, id"
    _rec_name = "move_id"

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    parent_id = fields.Many2one(
        "res.partner", "Parent Company", readonly=True, help="The company at the top of the customer's group."
    )
    country_id = fields.Many2one("res.country", readonly=True)
    move_id = fields.Many2one("account.move", "Document", readonly=True)
    account_id = fields.Many2one("account.account", readonly=True)
    date = fields.Date("Accounting Date", readonly=True)
    due = fields.Date("Due Date", readonly=True)
    as_at = fields.Date("As at", readonly=True)
    days_overdue = fields.Integer("Days Past Due", readonly=True, aggregator="max", help="Credits have none.")
    not_due = fields.Monetary(readonly=True)
    age_1 = fields.Monetary("First Age", readonly=True)
    age_2 = fields.Monetary("Second Age", readonly=True)
    age_3 = fields.Monetary("Third Age", readonly=True)
    age_4 = fields.Monetary("Oldest", readonly=True)
    overdue = fields.Monetary(readonly=True, help="All that is past due, whatever its age.")
    credits = fields.Monetary("Unallocated Credits", readonly=True)
    residual = fields.Monetary("Open Balance", readonly=True)
    disputed = fields.Monetary(readonly=True, help="Disputed still, of what was open and disputed on that day.")

    _depends = {
        "account.account": ["account_type"],
        "account.move.line": [
            "account_id",
            "amount_residual",
            "amount_residual_currency",
            "company_id",
            "date",
            "date_maturity",
            "disputed_currency",
            "matching_number",
            "move_id",
            "parent_state",
            "partner_id",
            "reconciled",
            "under_way_currency",
        ],
        "account.partial.reconcile": [
            *("amount", "credit_amount_currency", "credit_move_id", "debit_amount_currency", "debit_move_id"),
            "max_date",
        ],
        "dunning.dispute": ["move_line_ids", "opened_date", "state"],
        "res.company": ["ageing_days_1", "ageing_days_2", "ageing_days_3", "currency_id"],
        "res.partner": ["commercial_partner_id", "country_id", "parent_id"],
    }

    @property
    def _table_query(self) -> SQL:
        # The limits of the columns are no secret of a company's administrators.
        return ageing({company.id: company.sudo()._ageing_limits() for company in self.env.companies}, self._as_at())

    def _as_at(self):
        """The day that the reader named; or the address of the page, where it stands as a number.

        :raise UserError: when it is none
        """
        context = self.env.context
        try:
            return fields.Date.to_date(context.get("l2c_as_at")) or day_of(context.get("active_id")) or self._today()
        except (TypeError, ValueError):
            raise UserError(
                self.env._("The ageing is as at a day. Choose it with the button “As at Another Day”.")
            ) from None

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        """The columns are called by the days that the companies have chosen, where they agree."""
        result = super().fields_get(allfields, attributes)
        limits = {company.sudo()._ageing_limits() for company in self.env.companies}  # as in _table_query
        if len(limits) > 1:
            return result  # each row's company has its own: the first, the second…
        labels = age_labels(limits.pop())
        is_rtl = self.env["res.lang"]._get_data(code=self.env.lang).direction == "rtl"
        # The mark keeps the order of the numbers in a right-to-left text.
        mark = "\N{LEFT-TO-RIGHT MARK}" if is_rtl else ""
        for name, label in zip(AGES, labels, strict=True):
            if "string" in result.get(name, {}):
                result[name]["string"] = mark + label
        return result

    @api.model
    def action_open(self, as_at=None):
        """The ageing as at a day (a date; today when left out), by customer."""
        self.browse().check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("lead_to_cash.receivable_ageing_action")
        as_at = self.with_context(l2c_as_at=as_at)._as_at()
        return action | {
            "name": self.env._("Ageing as at %s", format_date(self.env, as_at)),
            "context": {
                "search_default_group_partner": 1,
                "l2c_as_at": fields.Date.to_string(as_at),
                "active_id": number_of(as_at),  # so that the day is a part of the page's address
                "active_ids": [number_of(as_at)],
            },
        }

    def action_open_document(self):
        """Open what the item belongs to."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "views": [(False, "form")],
        }
