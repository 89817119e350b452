from collections import Counter, defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...engine.collecting import matching, open_credits

#: So many are proposed at once.
MOST_CREDITS = 80


class CreditApply(models.TransientModel):
    """Open credits and payments of customers, each set against open items: of one customer or a few what the
    collector chooses; of all what is unambiguous. The host's own reconciliation does it, and undoes it."""

    _name = "credit.apply"
    _description = "Apply Credits"

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, readonly=True)
    line_ids = fields.One2many("credit.apply.line", "apply_id")
    is_for_all = fields.Boolean(readonly=True)

    @api.model
    def default_get(self, fields_list):
        """What is proposed for the customers that were chosen, else for all."""
        values = super().default_get(fields_list)
        chosen = self.env.context.get("active_model") == "res.partner" and self.env.context.get("active_ids")
        partners = self.env["res.partner"].browse(chosen or ()).exists().commercial_partner_id
        values["is_for_all"] = not partners
        values["line_ids"] = [(0, 0, line) for line in self._proposals(partners)]
        return values

    def action_apply(self):
        """Set each chosen credit against its items; one that can't be stays, and is told.

        :raise UserError: when nothing is chosen
        """
        self.ensure_one()
        self.check_access("write")
        lines = self.line_ids.filtered("is_chosen")
        if not lines:
            raise UserError(self.env._("Choose at least one credit to apply."))
        done, left = 0, Counter()
        for line in lines:
            try:
                with self.env.cr.savepoint():
                    line._apply()
                done += 1
            except UserError as error:
                left[str(error)] += 1
        return self.env["collection.action"]._report(self.env._("Credits applied"), done, left)

    # Proposing ----------------------------------------------------------------------------

    @api.model
    def _proposals(self, partners):
        """Values of a line for each open credit: the items that it makes to the cent, in one way; else, of chosen
        customers, the oldest ones."""
        self.env["account.move.line"].check_access("read")
        self.env.flush_all()
        company = self.env.company
        customers = partners.ids if partners else None
        currencies = defaultdict(list)
        for customer_id, currency_id in self.env.execute_query(open_credits.with_credits(company.id, customers)):
            currencies[currency_id].append(customer_id)
        lines = []
        for currency in self.env["res.currency"].browse(currencies):
            rows = self.env.execute_query(open_credits.items(company.id, currency.id, currencies[currency.id]))
            readable = set(self.env["account.move.line"].search([("id", "in", [row[0] for row in rows])]).ids)
            accounts = defaultdict(list)
            for item_id, customer_id, account_id, left in rows:
                if item_id in readable:
                    accounts[customer_id, account_id].append((item_id, round(left / currency.rounding)))
            for (customer_id, _account), items in accounts.items():
                lines += self._proposed(customer_id, currency, items, bool(partners))
                if len(lines) >= MOST_CREDITS:
                    return lines[:MOST_CREDITS]
        return lines

    @api.model
    def _proposed(self, customer_id, currency, items, oldest):
        """Of one customer, account and currency: each item pays for one credit only."""
        debits = [item for item in items if item[1] > 0]
        for credit_id, left in items:
            if left >= 0:
                continue
            found = matching.combinations([amount for _id, amount in debits], -left)
            is_plain = bool(found) and found[0].ways == 1
            if not (is_plain or oldest):
                continue
            chosen = [debits[position] for position in found[0].chosen] if is_plain else _oldest(debits, -left)
            if not chosen:
                continue
            debits = [item for item in debits if item not in chosen]
            yield {
                "partner_id": customer_id,
                "currency_id": currency.id,
                "credit_id": credit_id,
                "amount": -left * currency.rounding,
                "item_ids": [(6, 0, [item_id for item_id, _amount in chosen])],
                "is_plain": is_plain,
                "is_chosen": is_plain,
            }


def _oldest(debits, amount):
    """The first of the items, as many as the amount pays at least in part.

    >>> _oldest([(7, 50), (8, 60), (9, 10)], 80), _oldest([], 10)
    ([(7, 50), (8, 60)], [])
    """
    chosen = []
    for item in debits:
        if amount <= 0:
            break
        chosen.append(item)
        amount -= item[1]
    return chosen


class CreditApplyLine(models.TransientModel):
    """A credit, and the items that it shall pay."""

    _name = "credit.apply.line"
    _description = "Credit to Apply"

    apply_id = fields.Many2one("credit.apply", "Dialog", required=True, ondelete="cascade", index=True)
    partner_id = fields.Many2one("res.partner", "Customer")
    currency_id = fields.Many2one("res.currency")
    credit_id = fields.Many2one("account.move.line", required=True, ondelete="cascade")
    amount = fields.Monetary("Open Credit")
    item_ids = fields.Many2many("account.move.line", string="Pays")
    is_plain = fields.Boolean("To the Cent", help="These items alone make the credit.")
    is_chosen = fields.Boolean("Apply")

    def _apply(self):
        """
        :raise UserError: when it, or what it shall pay, isn't open any more, or not of one customer, account and
            currency
        """
        lines = self.credit_id | self.item_ids
        lines.check_access("read")
        if not self.item_ids:
            raise UserError(self.env._("No invoice is chosen"))
        is_open = all(not line.reconciled and line.parent_state == "posted" for line in lines)
        if not is_open or self.credit_id.amount_residual >= 0 or min(self.item_ids.mapped("amount_residual")) <= 0:
            raise UserError(self.env._("Not open any more"))
        if (
            len(lines.partner_id.commercial_partner_id) != 1
            or len(lines.account_id) != 1
            or len(lines.currency_id) != 1
            or lines.company_id != self.apply_id.company_id
            or lines.account_id.account_type != "asset_receivable"
        ):
            raise UserError(self.env._("Not of one customer, account and currency"))
        lines.reconcile()
