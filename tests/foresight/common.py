"""Customers with a past: invoices that were paid on time or late."""

from datetime import timedelta

from odoo import Command, fields

from ..common import TODAY, HandlingCase


def analyse(env):
    """Let the planner know the tables, as in any database that has been in use: statements that ask for each document
    take minutes on tables of which it knows nothing."""
    env.flush_all()
    env.cr.execute("ANALYZE account_move, account_move_line, account_partial_reconcile, account_payment")


class ForesightCase(HandlingCase):
    """A company as customer, and short ways to give it a record and to let a night pass."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.is_company = True
        cls.day = fields.Date.to_date(TODAY)

    def settled(self, delays, partner=None, first="2025-10-01", company=None, amount=100.0):
        """Invoices of a customer, one every ten days, each paid so many days after it was due."""
        # By the class's name: some call it with the class in the place of a test.
        return ForesightCase.settled_by(self, {partner or self.customer: delays}, first, company, amount)

    def settled_by(self, delays, first="2025-10-01", company=None, amount=100.0):
        """The same of several customers at once, which takes a fraction of the time: ``{customer: delays}``."""
        env, start = self.env, fields.Date.to_date(first)
        if company:
            env = env(context=dict(env.context, allowed_company_ids=company.ids))
        rows, late = [], []
        for partner, days in delays.items():
            for number, delay in enumerate(days):
                day = start + timedelta(days=10 * number)
                due = day + timedelta(days=10)
                rows.append({"partner_id": partner.id, "invoice_date": day, "due": due, "amount": amount})
                late.append(due + timedelta(days=delay))
        moves = env["account.move"].create([HandlingCase.invoice_values(self, **row) for row in rows])
        moves.action_post()
        ForesightCase.settle_all(self, zip(moves, late, strict=True))
        return moves

    def settle(self, move, day):
        """Its money arrives on a day."""
        return ForesightCase.settle_all(self, [(move, day)])

    def settle_all(self, paid):
        """The money of documents of a company arrives, each on its day: pairs of both."""
        paid = list(paid)
        company, env = paid[0][0].company_id, paid[0][0].env
        journal = env["account.journal"].search([("type", "=", "general"), ("company_id", "=", company.id)], limit=1)
        cash = env["account.account"].search(
            [("account_type", "=", "asset_cash"), ("company_ids", "in", company.ids)], limit=1
        )
        items = [
            move.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")
            for move, _day in paid
        ]
        entries = env["account.move"].create(
            [
                {
                    "journal_id": journal.id,
                    "date": day,
                    "line_ids": [
                        Command.create({"account_id": cash.id, "debit": item.balance, "name": "Money"}),
                        Command.create(
                            {
                                "account_id": item.account_id.id,
                                "partner_id": move.partner_id.id,
                                "credit": item.balance,
                                "name": "Money",
                            }
                        ),
                    ],
                }
                for (move, day), item in zip(paid, items, strict=True)
            ]
        )
        entries.action_post()
        env["account.move.line"]._reconcile_plan(
            [
                item | entry.line_ids.filtered(lambda line, item=item: line.account_id == item.account_id)
                for entry, item in zip(entries, items, strict=True)
            ]
        )
        return entries

    def night(self, day=TODAY, company=None):
        """What the night writes of a company: (rows of grades, customers)."""
        company = company or self.env.company
        analyse(self.env)
        return self.env["payment.grade"]._refresh(company, fields.Date.to_date(day))

    def grades(self, partner=None, company=None):
        """The grades of a customer, oldest first: (grade, since, until)."""
        rows = self.env["payment.grade"].search(
            [
                ("partner_id", "=", (partner or self.customer).id),
                ("company_id", "=", (company or self.env.company).id),
            ],
            order="since, id",
        )
        return [(row.grade, str(row.since), row.until and str(row.until)) for row in rows]

    def present(self, partner=None):
        return (partner or self.customer).payment_grade_id

    def firm(self, name, **values):
        return self.env["res.partner"].create({"name": name, "is_company": True, **values})
