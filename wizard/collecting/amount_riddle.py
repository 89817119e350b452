from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount

from ...engine.collecting import matching, open_credits

#: So many customers are looked at, and so many sums made, at most: about two seconds.
CUSTOMERS, SUMS = 5000, 2_000_000
#: So many answers are shown, of a customer and of all.
OF_ONE, OF_ALL = 5, 40


class AmountRiddle(models.TransientModel):
    """*Which invoices make 17,320.50?* Finds the customers and the open documents whose sum an amount is: whole,
    less the discount for paying early, less tax that was withheld, or less what a bank kept."""

    _name = "amount.riddle"
    _inherit = ["l2c.clock.mixin"]
    _description = "Find an Amount"

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, default=lambda self: self.env.company.currency_id)
    amount = fields.Monetary()
    partner_id = fields.Many2one("res.partner", "Customer", help="Empty: all customers.")
    fee = fields.Monetary("Bank Fee up to", default=25.0, help="What a bank may have kept. 0: nothing.")
    line_ids = fields.One2many("amount.riddle.line", "riddle_id", readonly=True)
    summary = fields.Char(readonly=True)

    def action_find(self):
        """Look for the documents, and show what was found.

        :raise UserError: without an amount above zero
        """
        self.ensure_one()
        self.check_access("write")
        self.env["account.move.line"].check_access("read")
        if self.currency_id.compare_amounts(self.amount, 0) <= 0:
            raise UserError(self.env._("Enter the amount that came in, above zero."))
        self.line_ids.unlink()
        lines, skipped = self._answers()
        self.env["amount.riddle.line"].create(lines[:OF_ALL])
        self.summary = self._prepare_summary(len(lines), skipped)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Find an Amount"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [[False, "form"]],
            "target": "new",
        }

    def _prepare_summary(self, found, skipped):
        amount = format_amount(self.env, self.amount, self.currency_id)
        if not found:
            text = self.env._("No open documents make %(amount)s.", amount=amount)
        elif found > OF_ALL:
            text = self.env._(
                "%(amount)s fits in %(count)s ways; the likeliest %(shown)s are shown.",
                amount=amount,
                count=found,
                shown=OF_ALL,
            )
        elif found == 1:
            text = self.env._("%(amount)s fits in one way.", amount=amount)
        else:
            text = self.env._("%(amount)s fits in %(count)s ways.", amount=amount, count=found)
        if skipped:
            text += " " + self.env._(
                "Customers with many open documents that were not looked at: %(count)s. Choose the customer.",
                count=skipped,
            )
        return text

    # Looking -------------------------------------------------------------------------------

    def _answers(self):
        """(values of lines, the likeliest first; how many customers were left out)"""
        self.env.flush_all()
        customers, skipped = self._customers()
        ledger = defaultdict(list)
        query = open_credits.items(self.company_id.id, self.currency_id.id, customers)
        for item_id, customer_id, _account, left in self.env.execute_query(query):
            ledger[customer_id].append((item_id, left))
        # What a reader of the books may see, by the host's rules.
        ids = [item_id for rows in ledger.values() for item_id, _left in rows]
        readable = set(self.env["account.move.line"].search([("id", "in", ids)]).ids)
        less = self._discounts(readable)
        taxes = self._withheld(ledger)
        found = []
        for customer_id, rows in ledger.items():
            seen = [row for row in rows if row[0] in readable]
            found += self._explained(customer_id, seen, less, taxes)
        found.sort(key=lambda answer: answer[0])
        return [values for _likely, values in found], skipped

    def _customers(self):
        """(ids of the customers to look at, how many more there are)"""
        if self.partner_id:
            return self.partner_id.commercial_partner_id.ids, 0
        query = open_credits.able_to_make(self.company_id.id, self.currency_id.id, self.amount, CUSTOMERS + 1)
        customers, sums = [], 0
        rows = self.env.execute_query(query)
        for customer_id, number in rows[:CUSTOMERS]:
            sums += 2 ** (min(number, matching.MOST_AMOUNTS) // 2 + 2)
            if sums > SUMS:
                break
            customers.append(customer_id)
        return customers, len(rows) - len(customers)

    def _withheld(self, ledger):
        """{id of an item: (tax that its customer withholds of its total, of its amount before tax)}"""
        partners = self.env["res.partner"].with_company(self.company_id).browse(ledger)
        rates = {partner.id: partner.withholding_rate / 100 for partner in partners if partner.withholding_rate}
        ids = [item_id for customer_id in rates for item_id, left in ledger[customer_id] if left > 0]
        taxes = {}
        for item in self.env["account.move.line"].search([("id", "in", ids)]):
            move, rate = item.move_id, rates[item.partner_id.commercial_partner_id.id]
            share = move.amount_untaxed / move.amount_total if move.amount_total else 1
            taxes[item.id] = item.amount_currency * rate, item.amount_currency * share * rate
        return taxes

    def _discounts(self, item_ids):
        """{id of an item: what is asked for until today's discounts end}"""
        today = self._today()
        early = self.env["account.move.line"].search(
            [("id", "in", [*item_ids]), ("discount_date", ">=", today), ("amount_residual_currency", ">", 0)]
        )
        return {item.id: item.left_currency - less for item, less in early._discounts(today).items()}

    def _cents(self, amount):
        return round(amount / self.currency_id.rounding)

    def _explained(self, customer_id, rows, less, taxes):
        """(how likely, values of a line) of each way in which the items of a customer make the amount."""
        items = [
            matching.Item(
                self._cents(left),
                self._cents(less[item_id]) if item_id in less else None,
                *(self._cents(left - tax) for tax in taxes.get(item_id, ())),
            )
            for item_id, left in rows
        ]
        found = matching.explain(items, self._cents(self.amount), self._cents(self.fee), OF_ONE)
        for kind, match in found:
            chosen = [rows[position][0] for position in match.chosen]
            likely = (_LIKELY.index(kind), match.over, len(chosen), match.ways, customer_id)
            yield (
                likely,
                {
                    "riddle_id": self.id,
                    "partner_id": customer_id,
                    "kind": kind,
                    "item_ids": [(6, 0, chosen)],
                    "over": match.over * self.currency_id.rounding,
                    "ways": match.ways,
                },
            )


RIDDLE_KINDS = [
    ("exact", "To the cent"),
    ("discount", "Less discount"),
    ("withheld", "Less tax withheld"),
    ("fee", "Less a bank fee"),
]
_LIKELY = [kind for kind, _label in RIDDLE_KINDS]


class AmountRiddleLine(models.TransientModel):
    """One way in which open documents of a customer make an amount."""

    _name = "amount.riddle.line"
    _description = "Documents That Make an Amount"

    riddle_id = fields.Many2one("amount.riddle", "Dialog", required=True, readonly=True, ondelete="cascade", index=True)
    currency_id = fields.Many2one(related="riddle_id.currency_id")
    partner_id = fields.Many2one("res.partner", "Customer", required=True, readonly=True)
    kind = fields.Selection(RIDDLE_KINDS, "Fits", required=True, readonly=True)
    item_ids = fields.Many2many("account.move.line", readonly=True)
    documents = fields.Char(compute="_compute_documents")
    over = fields.Monetary("Left Over", readonly=True, help="By how much the documents make more.")
    ways = fields.Integer(readonly=True, help="In how many ways documents of this customer make the same.")

    @api.depends("item_ids")
    def _compute_documents(self):
        for line in self:
            line.documents = ", ".join(item.move_name or item.name or "" for item in line.item_ids)

    def action_open(self):
        """The documents."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.partner_id.display_name,
            "res_model": "account.move",
            "domain": [("id", "in", self.item_ids.move_id.ids)],
            "views": [[False, "list"], [False, "form"]],
        }

    def action_pay(self):
        """The host's own dialog, for these items and the amount that came in.

        :raise UserError: when credits are among them, which that dialog would leave open
        """
        self.ensure_one()
        self.check_access("read")
        debits = self.item_ids.filtered(lambda item: item.amount_residual > 0)
        if debits != self.item_ids:
            raise UserError(
                self.env._("Credits of the customer are among them: apply these first, then find the rest.")
            )
        context = {"default_group_payment": True}
        if self.kind in ("withheld", "fee"):  # else the host finds the amount by itself
            amount = self.riddle_id.amount
            context |= {"default_amount": amount, "default_custom_user_amount": amount}
            context["default_custom_user_currency_id"] = self.currency_id.id
        return debits.action_register_payment(context)
