from odoo import models
from odoo.exceptions import UserError
from odoo.tools import float_round, format_amount, format_date, formatLang

from ...engine.portal.amounts import UnclearAmount, read_amount, whole_parts
from ...engine.portal.answers import read_number, read_sent

#: Promises by the page of a notice, at most.
MOST_PROMISES = 3
#: Before the id of an item, in the address of the payment form; other ids are of documents.
ITEM = "i"
#: The same, of an item that is paid less its early-payment discount.
EARLY = "d"


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

    def _amount_said(self, form, filled_in, day=None):
        """The amount in a form of the page. When items are ticked, and it still is what the page filled in for
        all of them, it is what is asked for of those; by ``day``, when one is given.

        :raise UserError: as for any amount
        """
        amount = self._read_amount(form.get("amount", ""))
        if form.get("items") and not self.currency_id.compare_amounts(amount, filled_in):
            ticked = self.currency_id.round(sum(self._chosen(form["items"])._asked(day).values()))
            return min(amount, ticked) if ticked > 0 else amount
        return amount

    def _total(self, items):
        """What is asked for of these items, paid together today."""
        return self.currency_id.round(sum(items._asked(self._today_there()).values()))

    def _check_at_most(self, amount, most):
        if self.currency_id.compare_amounts(amount, most) > 0:
            money = format_amount(self.env, most, self.currency_id)
            raise UserError(self.env._("This is more than what is open. Enter at most %s.", money))

    # Paying ------------------------------------------------------------------------------

    def _to_pay(self, chosen, amount):
        """(items, amount, those that are paid early) of what a customer wants to pay: the chosen ones, or all.

        :param chosen: ids of items, texts
        :param amount: a text; all of what is asked for when it is empty
        :raise UserError: for other items, or more than what is asked for
        """
        items = self._payable(self._chosen(chosen))
        owed = self._total(items)
        paid = self._read_amount(amount) if amount.strip() else owed
        self._check_at_most(paid, owed)
        just = self._just(items, paid, self._today_there()) if paid < owed and not chosen else items
        if self._early_of(just, paid):
            items = just
        return items, paid, self._early_of(items, paid)

    def _early_of(self, items, paid):
        """Those of the items on which a discount is taken, when as much is paid as is asked for of all of them."""
        discounts = items._discounts(self._today_there())
        is_all = not self.currency_id.compare_amounts(paid, self._total(items))
        return items.filtered(lambda item: is_all and item in discounts)

    def _just(self, items, amount, day=None):
        """Those of the items, no credits, of which just ``amount`` is asked for: the first that fit, or none."""
        items = items.filtered(lambda item: item.balance > 0)
        units = [round(value / self.currency_id.rounding) for value in items._asked(day).values()]
        whole = whole_parts(round(amount / self.currency_id.rounding), units)
        return items.browse(items.ids[position] for position in whole or ())

    def _to_pay_named(self, names, amount):
        """The same, from the payment form.

        :param names: texts: ids of documents, or of items as `_names_to_pay` writes them
        :param amount: a number
        :raise UserError: also when a discount that the form showed is over
        """
        wanted, items = set(names), self._open_lines().move_line_id
        items = self._payable(items.filtered(lambda item: not wanted.isdisjoint(self._names(item))))
        if not (paid := read_sent(amount)):
            raise UserError(self.env._("Enter the amount, as a number above zero."))
        early = self._early_of(items, paid)
        shown = items.filtered(lambda item: f"{EARLY}{item.id}" in wanted)
        if over := shown - early:
            raise UserError(
                self.env._(
                    "The discount for paying %s early no longer applies. Open the link in your e-mail again: it shows "
                    "what is to pay now.",
                    ", ".join(over.move_id.mapped("name")),
                )
            )
        self._check_at_most(paid, self._total(items))
        return items, paid, early

    def _names(self, item):
        """What the address of the payment form may call an item."""
        return str(item.move_id.id), f"{ITEM}{item.id}", f"{EARLY}{item.id}"

    def _names_to_pay(self, chosen, items, early):
        """What the address of the payment form names: the chosen items, and all when some are paid early; else
        whole documents."""
        if chosen or early:
            return [f"{EARLY if item in early else ITEM}{item.id}" for item in items]
        return [str(move.id) for move in items.move_id]

    def _chosen(self, chosen):
        """The open items that a customer has ticked; all, when none is.

        :param chosen: ids, texts
        """
        wanted = {read_number(text) for text in chosen}
        return self._open_lines().move_line_id.filtered(lambda item: not wanted or item.id in wanted)

    def _payable(self, items):
        """Those of the items that can be paid here.

        :raise UserError: when nothing can be
        """
        items, owed = self._split_payable(items)
        if owed <= 0:
            raise UserError(self.env._("Nothing of this can be paid here. Please pay by bank transfer."))
        return items

    def _split_payable(self, items):
        """(items, amount): those that can be paid online by their documents, and what is asked for of them."""
        items = items.filtered(lambda item: item.move_id.is_invoice() and item.parent_state == "posted")
        return items, self._total(items)

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
        amount = min(sum(items.mapped("claimed_currency")), self._open_amount())
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

    def _promised_items(self, amount, day, chosen=()):
        """What a promise of ``amount`` by ``day`` is about: of what is ticked, or of all, the items whose sum it is,
        with or without the early-payment discounts that run until then; else all of them.

        :param chosen: ids of items, texts
        :raise UserError: when it is too much, or too little, or what is ticked is promised already
        """
        items, most = self._promisable()
        if chosen:
            items &= self._chosen(chosen)
            most = min(most, self.currency_id.round(sum(items.mapped("claimed_currency"))))
            if not items:
                raise UserError(self.env._("What you ticked is paid or promised already. Tick something else."))
        self._check_at_most(amount, most)
        if whole := self._just(items, amount) or self._just(items, amount, day):
            return whole
        if self.currency_id.compare_amounts(amount, least := self._least_promise(most)) < 0:
            money = format_amount(self.env, least, self.currency_id)
            raise UserError(self.env._("Promise at least %s, or the whole amount of a document.", money))
        return items
