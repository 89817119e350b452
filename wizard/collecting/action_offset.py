from collections import Counter

from odoo import api, fields, models
from odoo.tools import format_amount


class CollectionAction(models.TransientModel):
    """Customers who are suppliers too: what they owe beside what they are owed. An accountant
    nets it, nothing by itself."""

    _inherit = "collection.action"

    offset_text = fields.Text("Receivable and Payable", compute="_compute_offset_text")

    @api.depends("res_model", "res_ids", "kind")
    @api.depends_context("lang")
    def _compute_offset_text(self):
        for wizard in self:
            rows = wizard._offsets() if wizard.kind == "offset" else []
            wizard.offset_text = "\n".join(wizard._offset_line(*row) for row in rows)

    def _offsets(self):
        """(customer, company, receivable, payable), in company currency, of those that are
        owed to as well."""
        rows = self.env["account.move.line"]._read_group(
            [
                ("partner_id.commercial_partner_id", "in", self._customers().ids),
                ("company_id", "in", [company.id for company in self._customers_by_company()]),
                ("account_type", "in", ("asset_receivable", "liability_payable")),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
            ],
            ["partner_id", "company_id", "account_type"],
            ["amount_residual:sum"],
        )
        sums = Counter()
        for partner, company, account_type, amount in rows:
            sums[partner.commercial_partner_id, company, account_type] += amount
        return [
            (customer, company, owed, -sums[customer, company, "liability_payable"])
            for (customer, company, account_type), owed in sums.items()
            if account_type == "asset_receivable" and owed > 0 and sums[customer, company, "liability_payable"] < 0
        ]

    def _offset_line(self, customer, company, receivable, payable):
        amounts = [
            format_amount(self.env, amount, company.currency_id)
            for amount in (receivable, payable, min(receivable, payable))
        ]
        return self.env._(
            "%(customer)s owes %(receivable)s, is owed %(payable)s; %(both)s could be offset.",
            customer=customer.display_name,
            receivable=amounts[0],
            payable=amounts[1],
            both=amounts[2],
        )

    def _do_offset(self):
        self._require(self.user_id, self.env._("Choose the accountant who offsets."))
        self._require(self.date, self.env._("Choose the day until which it is to be done."))
        rows = self._offsets()
        for customer, company, *sums in rows:
            spoken = self.user_id._reading(self)
            self._plan(
                customer.with_company(company),
                "mail.mail_activity_data_todo",
                spoken.env._("Propose offset"),
                self.user_id,
                spoken._offset_line(customer, company, *sums),
            )
        customers = {row[0] for row in rows}
        left = Counter({self.env._("Owes or is owed nothing"): len(self._customers()) - len(customers)})
        return self._report(self.env._("Offsets for the accountant"), len(rows), left)
