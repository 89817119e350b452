from collections import defaultdict

from odoo import fields, models
from odoo.exceptions import UserError

from ...engine.books import statement as engine
from ...engine.books.receivables import age_labels


def _upwards(partner):
    """The partner and all above it."""
    while partner:
        yield partner
        partner = partner.parent_id


class AccountLetters(models.AbstractModel):
    """What customers' accounts show; the one place that asks for it, for all of them at once."""

    _name = "l2c.account.letters"
    _inherit = ["l2c.letter.mixin"]
    _description = "Letters about Customers' Accounts"

    def _accounts(self, customers, rows, forward=()):
        """The sections of each customer, one a currency: from ``rows`` (item's id, amount, what is disputed of it
        where it is known) and what was brought ``forward`` (partner's id, currency's id, amount)."""
        items = self.env["account.move.line"].browse(row[0] for row in rows)
        items.check_access("read")  # the statements read the ledger itself
        partners = self.env["res.partner"].browse(row[0] for row in forward)
        owners = self._owners(customers, items.partner_id | partners)
        sections = defaultdict(dict)
        for partner_id, currency_id, amount in forward:
            section = self._section(sections[owners[partner_id]], currency_id)
            section["forward"] += float(amount)
        for item, (_id, amount, *disputed) in zip(items, rows, strict=True):
            section = self._section(sections[owners[item.partner_id.id]], item.currency_id.id)
            row = {"item": item, "amount": float(amount), "due": item.date_maturity or item.date}
            section["rows"].append(row | {"disputed": float(disputed[0]) if disputed else 0.0})
        return {customer: list(sections[customer].values()) for customer in customers}

    def _section(self, sections, currency_id):
        currency = self.env["res.currency"].browse(currency_id)
        return sections.setdefault(currency_id, {"currency": currency, "forward": 0.0, "rows": []})

    def _owners(self, customers, partners):
        """Which of ``customers`` each of ``partners`` belongs to: the nearest above it."""
        return {partner.id: next(filter(customers.__contains__, _upwards(partner)), None) for partner in partners}

    def _members(self, customers):
        """The ids of ``customers`` and all below them, archived ones too."""
        partners = self.env["res.partner"].with_context(active_test=False)
        return partners.search([("id", "child_of", customers.ids)]).ids

    def _ask(self, statement):
        self.env.flush_all()
        return self.env.execute_query(statement)

    def _open_sections(self, customers, members, day):
        """What was open at the end of ``day``: debits by branch, credits apart, ageing, total, what is disputed of it
        and what is asked for."""
        limits = self.env.company.sudo()._ageing_limits()  # its columns are no secret
        rows = self._ask(engine.open_items(self.env.company.id, members, day))
        accounts = self._accounts(customers, rows)
        for sections in accounts.values():
            for section in sections:
                rows = section["rows"]
                section["credits"] = [row for row in rows if row["amount"] < 0]
                section["branches"] = self._branches([row for row in rows if row["amount"] > 0], day)
                section["total"] = section["currency"].round(sum(row["amount"] for row in rows))
                section["disputed"] = section["currency"].round(sum(row["disputed"] for row in rows))
                section["asked"] = max(section["currency"].round(section["total"] - section["disputed"]), 0.0)
                section["ages"] = age_labels(limits)
                section["ageing"], section["credit_total"] = engine.ageing(
                    [(row["due"], row["amount"]) for row in rows], day, limits
                )
        return accounts

    def _branches(self, rows, day=None):
        """The rows of each contact or company below the customer, with their sum."""
        branches = defaultdict(list)
        for row in rows:
            row["days"] = day and max((day - row["due"]).days, 0)
            branches[self._branch(row["item"])].append(row)
        return [
            {"partner": partner, "rows": rows, "total": sum(row["amount"] for row in rows)}
            for partner, rows in branches.items()
        ]

    def _branch(self, item):
        """Whose it is: Odoo books on the customer; the document knows to whom it went."""
        return item.move_id.partner_id or item.partner_id

    def _day(self, data, name):
        return fields.Date.to_date(data.get(name)) or self._today()


class Statement(models.AbstractModel):
    """The statement of account: open items, or all movements between two days."""

    _name = "report.lead_to_cash.statement"
    _inherit = ["l2c.account.letters"]
    _description = "Statement of Account"

    def _letters(self, records, data):
        company = self.env.company
        customers = self._heads(records.commercial_partner_id)
        members = self._members(customers)
        day = self._day(data, "date_to")
        accounts = self._open_sections(customers, members, day)
        first = data.get("date_from") and self._day(data, "date_from")
        if first:
            self._check_period(first, day)
        moved = self._moved_sections(customers, members, first, day) if first else {}
        return [
            self._letter(
                customer,
                customer,
                company,
                lang=data.get("lang"),
                day=day,
                first=first,
                sections=accounts[customer],
                moved=moved.get(customer, []),
                ways=self._ways_to_pay(company, customer, accounts[customer], data.get("lang")),
            )
            for customer in customers
        ]

    def _check_period(self, first, last):
        """What is brought forward names no items that could be refused: who may ask for a statement
        of all movements at all may see it.

        :raise UserError: when the first day lies after the last
        """
        self.env["statement.wizard"].check_access("create")
        if first > last:
            raise UserError(self.env._("The first day lies after the last. Choose an earlier one."))

    def _ways_to_pay(self, company, customer, sections, lang):
        """Our ways to be paid, and a code for the first currency in which the transfer can be made."""
        customer = customer.with_context(lang=lang or customer.lang or self.env.lang)
        currencies = [section["currency"] for section in sections] or [company.currency_id]
        ways = customer.env["l2c.payment.way"]._told(company, currencies[0], reference=customer.ref)
        for section in sections:
            if not any(way.get("qr_code") for way in ways):
                self._add_payment_codes(ways, section["asked"], section["currency"], customer, customer.name)
        return ways

    def _heads(self, customers):
        """A branch stands on its parent's statement, where both were chosen."""
        return customers.filtered(
            lambda customer: not any(above in customers for above in _upwards(customer.parent_id))
        )

    def _moved_sections(self, customers, members, first, last):
        company_id = self.env.company.id
        rows = self._ask(engine.movements(company_id, members, first, last))
        forward = self._ask(engine.balances_before(company_id, members, first))
        accounts = self._accounts(customers, rows, forward)
        for customer, sections in accounts.items():
            for section in sections:
                self._add_up(section)
            accounts[customer] = [section for section in sections if section["rows"] or section["total"]]
        return accounts

    def _add_up(self, section):
        """Movements in the order of their days: the balance after each, and whose it is where branches have some."""
        rows, rounded = section["rows"], section["currency"].round
        balances = engine.running(section["forward"], [row["amount"] for row in rows])
        branches = {row["item"]: self._branch(row["item"]) for row in rows}
        several = len(set(branches.values())) > 1
        for row, balance in zip(rows, balances, strict=True):
            row |= {"balance": rounded(balance), "branch": several and branches[row["item"]].sudo()}  # its name
        section["debit"] = rounded(sum(row["amount"] for row in rows if row["amount"] > 0))
        section["credit"] = rounded(-sum(row["amount"] for row in rows if row["amount"] < 0))
        section["total"] = rounded([section["forward"], *balances][-1])


class BalanceConfirmation(models.AbstractModel):
    """Asks customers to confirm what they owed at the end of a day."""

    _name = "report.lead_to_cash.balance_confirmation"
    _inherit = ["l2c.account.letters"]
    _description = "Balance Confirmation"

    def _letters(self, records, data):
        customers = records.commercial_partner_id
        day = self._day(data, "date_to")
        accounts = self._accounts_at(customers, day)
        asked = customers.filtered(lambda customer: accounts[customer])
        if not asked:
            raise UserError(self.env._("These customers had no balance on that day. Choose another day."))
        balances = {
            customer: {str(section["currency"].id): section["total"] for section in accounts[customer]}
            for customer in asked
        }
        confirmation = self.env["balance.confirmation"]
        # Who only reads the books asks nobody, and gets no way to answer for the customer.
        asks = confirmation._has_field_access(confirmation._fields["access_token"], "read")
        questions = confirmation._asked(self.env.company, day, balances) if asks else {}
        return [
            self._letter(
                customer,
                customer,
                self.env.company,
                lang=data.get("lang"),
                day=day,
                sections=accounts[customer],
                **self._way_to_answer(questions.get(customer)),
            )
            for customer in asked
        ]

    def _accounts_at(self, customers, day):
        """What was open of each customer, branches without those that owe for themselves."""
        members = self.env["res.partner"].with_context(active_test=False)
        members = members.search([("commercial_partner_id", "in", customers.ids)]).ids
        return self._open_sections(customers, members, day)

    def _with_balance(self, customers, day):
        """Those of the customers who can be asked."""
        accounts = self._accounts_at(customers, day)
        return customers.filtered(lambda customer: accounts[customer])

    def _way_to_answer(self, question):
        """The page on which the customer answers, and the same as a picture for a phone."""
        if not question:
            return {"url": False}
        url = question.get_base_url() + question.get_portal_url()
        return {"url": url, "picture": self._qr_picture(url)}
