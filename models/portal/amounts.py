from odoo import models
from odoo.exceptions import UserError
from odoo.tools import float_round, format_amount, format_date, formatLang

from ...engine.portal.amounts import UnclearAmount, read_amount, whole_parts
from ...engine.portal.answers import read_number, read_sent

#: Promises by the page of a notice, at most.
MOST_PROMISES = 3
#: Before the id of an item, in the address of the payment form; other ids are of documents.
ITEM = "i"


class DunningNotice(models.Model):
    """Amounts on the page of a notice: read as its reader writes them, paid, and promised."""

    _inherit = "dunning.notice"

    # Reading and writing -----------------------------------------------------------------

    def _amount_text(self, amount):
        """An amount as it stands in a field of the page, without the currency."""
        return formatLang(self.env, amount, digits=self.currency_id.decimal_places)

    def _read_amount(self, text):
        """The amount that a customer wrote, in the language of the page.

        :raise UserError: with a question, when it can be two; with what to do, when it is none
        """
        language = self.env["res.lang"]._get_data(code=self.env.lang or "en_US")
        currency = self.currency_id
        signs = (currency.symbol, currency.name)
        try:
            amount = read_amount(
                text, language.decimal_point, language.thousands_sep, currency.decimal_places, filter(None, signs)
            )
        except UnclearAmount as unclear:
            many, few = (self._amount_text(float(reading)) for reading in unclear.readings)
            raise UserError(
                self.env._(
                    "Does “%(text)s” mean %(many)s or %(few)s? Please write it like one of these.",
                    text=str(unclear),
                    many=many,
                    few=few,
                )
            ) from None
        if not amount:
            raise UserError(self.env._("Enter the amount, as a number above zero."))
        return float(amount)

    def _amount_said(self, form, filled_in):
        """The amount in a form of the page. When items are ticked, and it still is what the page filled in for
        all of them, it is what is open of those.

        :raise UserError: as for any amount
        """
        amount = self._read_amount(form.get("amount", ""))
        if form.get("items") and not self.currency_id.compare_amounts(amount, filled_in):
            ticked = self.currency_id.round(sum(self._chosen(form["items"]).mapped("left_currency")))
            return min(amount, ticked) if ticked > 0 else amount
        return amount

    def _check_at_most(self, amount, most):
        if self.currency_id.compare_amounts(amount, most) > 0:
            money = format_amount(self.env, most, self.currency_id)
            raise UserError(self.env._("This is more than what is open. Enter at most %s.", money))

    # Paying ------------------------------------------------------------------------------

    def _to_pay(self, chosen, amount):
        """(items, amount) of what a customer wants to pay: the chosen ones, or all.

        :param chosen: ids of items, texts
        :param amount: a text; all of what is open when it is empty
        :raise UserError: for other items, or more than what is open
        """
        items, owed = self._payable(self._chosen(chosen))
        paid = self._read_amount(amount) if amount.strip() else owed
        self._check_at_most(paid, owed)
        return items, paid

    def _to_pay_named(self, names, amount):
        """The same, from the payment form.

        :param names: texts: ids of documents, or of items as `_names_to_pay` writes them
        :param amount: a number
        """
        wanted, items = set(names), self._open_lines().move_line_id
        items, owed = self._payable(
            items.filtered(lambda item: not wanted.isdisjoint((str(item.move_id.id), f"{ITEM}{item.id}")))
        )
        if not (paid := read_sent(amount)):
            raise UserError(self.env._("Enter the amount, as a number above zero."))
        self._check_at_most(paid, owed)
        return items, paid

    def _names_to_pay(self, chosen, items):
        """What the address of the payment form names: the chosen items, else whole documents."""
        return [f"{ITEM}{item.id}" for item in items] if chosen else [str(move.id) for move in items.move_id]

    def _chosen(self, chosen):
        """The open items that a customer has ticked; all, when none is.

        :param chosen: ids, texts
        """
        wanted = {read_number(text) for text in chosen}
        return self._open_lines().move_line_id.filtered(lambda item: not wanted or item.id in wanted)

    def _payable(self, items):
        """Those of the items that can be paid here, and what is open of them.

        :raise UserError: when nothing can be
        """
        items = items.filtered(lambda item: item.move_id.is_invoice() and item.parent_state == "posted")
        owed = self.currency_id.round(sum(items.mapped("left_currency")))
        if owed <= 0:
            raise UserError(self.env._("Nothing of this can be paid here. Please pay by bank transfer."))
        return items, owed

    def _label(self, item):
        """What an item is called on the page: its document, and of several instalments the due date."""
        number = item.move_id.name or ""
        instalments = item.move_id.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        if len(instalments) < 2:
            return number
        return f"{number} · {format_date(self.env, item.date_maturity or item.date)}"

    # Promising ---------------------------------------------------------------------------

    def _promisable(self):
        """(items, amount) of what is open and not promised yet, oldest first."""
        items = self._open_lines().move_line_id - self._suspended("dunning.promise")
        items = items.filtered(lambda item: item.balance > 0)
        amount = min(sum(items.mapped("left_currency")), self._open_amount())
        return items.sorted(lambda item: (item.date_maturity or item.date, item.id)), self.currency_id.round(amount)

    def _least_promise(self, most):
        """The least that can be promised on the page, of what is open, when it is no whole document."""
        least = most * self.policy_id.promise_min_percent / 100
        return float_round(least, precision_rounding=self.currency_id.rounding, rounding_method="UP")

    def _least_hint(self, most):
        """What the page says of the least promise, before anybody tries; nothing where there is none."""
        if not (least := self._least_promise(most)):
            return ""
        money = format_amount(self.env, least, self.currency_id)
        return self.env._("At least %s, or the whole amount of a document.", money)

    def _promise_problem(self, most):
        """Why nothing can be promised on the page any more; nothing when it can."""
        if len(self.answer_ids.filtered(lambda answer: answer.kind == "promise")) >= MOST_PROMISES:
            return self.env._("You have promised %s times already. Please pay, or call us.", MOST_PROMISES)
        if most <= 0:
            return self.env._("You have promised to pay. We wait for your payment.")
        return ""

    def _promised_items(self, amount, chosen=()):
        """What a promise of ``amount`` is about: of what is ticked, or of all, the items whose sum it is, else
        all of them.

        :param chosen: ids of items, texts
        :raise UserError: when it is too much, or too little, or what is ticked is promised already
        """
        items, most = self._promisable()
        if chosen:
            items &= self._chosen(chosen)
            most = min(most, self.currency_id.round(sum(items.mapped("left_currency"))))
            if not items:
                raise UserError(self.env._("What you ticked is paid or promised already. Tick something else."))
        self._check_at_most(amount, most)
        units = [round(value / self.currency_id.rounding) for value in items.mapped("left_currency")]
        whole = whole_parts(round(amount / self.currency_id.rounding), units)
        if whole:
            return items.browse(items.ids[position] for position in whole)
        if self.currency_id.compare_amounts(amount, least := self._least_promise(most)) < 0:
            money = format_amount(self.env, least, self.currency_id)
            raise UserError(self.env._("Promise at least %s, or the whole amount of a document.", money))
        return items
