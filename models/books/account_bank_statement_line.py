from odoo import Command, models


class AccountBankStatementLine(models.Model):
    """Money that came by the bank alone, without a payment, and money that the bank took back."""

    _inherit = "account.bank.statement.line"

    def action_payment_returned(self):
        """The bank gave this money back, or, of money out, says with it that a payment came back: ask
        which, when and why."""
        self.check_access("read")
        return self.env["payment.return"]._ask(lines=self)

    def _can_return(self):
        """Those that have paid what customers owe."""
        return self.filtered(lambda line: line.amount > 0 and line._of_customers()._paid_items())

    def _of_customers(self):
        """What they hold for customers."""
        lines = self.move_id.line_ids
        return lines.filtered(lambda line: line.account_type == "asset_receivable" and line.balance < 0)

    def _may_have_returned(self):
        """(payments, lines of the bank) of the same amount that can have come back with this money out."""
        self.ensure_one()
        domain = [("company_id", "=", self.company_id.id), ("amount", "=", -self.amount), ("date", "<=", self.date)]
        if customer := self.partner_id.commercial_partner_id:
            domain.append(("partner_id", "child_of", customer.id))
        payments = self.env["account.payment"].search([*domain, ("currency_id", "=", self.currency_id.id)])
        return payments._can_return(), self.search([*domain, ("is_reconciled", "=", True)])._can_return()

    def _return(self, day, reason):
        """Take this money back on ``day``: what it paid is owed again, what was promised with it is broken,
        and the responsible knows at once. The bank's own line stays: an entry says that money is to go out.

        :return: the line of that entry that is to be matched with the bank's
        """
        self.ensure_one()
        lines = self._of_customers()
        items = lines._paid_items()
        lines.remove_move_reconcile()
        entry = self._opposite_entry(day, lines)
        entry._post(soft=False)
        for line, back in zip(lines, entry.line_ids[1:], strict=True):
            if not line.reconciled:  # the host matches what it can when the entry is posted
                (line | back).reconcile()
        items._came_back(day, self.payment_ref or self.move_id.name, reason)
        return entry.line_ids[:1]

    def _opposite_entry(self, day, lines):
        """An entry that takes back what the ``lines`` hold; first, its line for the bank."""
        payments = self.env["account.payment"]
        outstanding = payments.new({"company_id": self.company_id.id})._get_outstanding_account("inbound")
        back = [
            {
                "account_id": line.account_id.id,
                "partner_id": line.partner_id.id,
                "currency_id": line.currency_id.id,
                "amount_currency": -line.amount_currency,
                "balance": -line.balance,
            }
            for line in lines
        ]
        bank = {
            **back[0],
            "account_id": outstanding.id,
            "amount_currency": sum(lines.mapped("amount_currency")),
            "balance": sum(lines.mapped("balance")),
        }
        values = {
            "move_type": "entry",
            "date": day,
            "ref": self.env._("Returned: %s", self.move_id.name),
            "reversed_entry_id": self.move_id.id,
            "journal_id": self.move_id._general_journal(self.company_id).id,
            "line_ids": [Command.create(line) for line in (bank, *back)],
        }
        return self.env["account.move"].create(values)

    def _match_return(self, lines):
        """This money out is what the entry of a return was waiting for: its amount goes to that entry's
        account, and is matched."""
        _bank, suspense, _others = self._seek_for_lines()
        if len(suspense) == len(lines) == 1 and not suspense.company_currency_id.compare_amounts(
            suspense.balance, -lines.balance
        ):
            suspense.write({"account_id": lines.account_id.id, "partner_id": lines.partner_id.id})
            (suspense | lines).reconcile()
