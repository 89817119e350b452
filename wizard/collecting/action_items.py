from collections import Counter

from odoo import models

from ...models.agreements.write_off import PROPOSED


class CollectionAction(models.TransientModel):
    """What is made of open items: promises, disputes, proposals to give them up."""

    _inherit = "collection.action"

    def _do_promise(self):
        self._require(self.date, self.env._("Choose the day on which the customer promised to pay."))
        return self._make("dunning.promise", ("open",), self.env._("Promises logged"), self._prepare_promise_values)

    def _prepare_promise_values(self, customer, company, currency, items):
        return {
            **self._prepare_values(customer, company, items),
            "currency_id": currency.id,
            "amount": sum(items.mapped("claimed_currency")),
            "date": self.date,
        }

    def _do_dispute(self):
        self._require(self.dispute_reason_id or self.reason, self.env._("Say what the customer objects to."))
        return self._make("dunning.dispute", ("open",), self.env._("Disputes opened"), self._prepare_dispute_values)

    def _prepare_dispute_values(self, customer, company, currency, items):
        user = self.user_id or (self.env["res.users"] if self.dispute_reason_id.user_id else self.env.user)
        return {
            **self._prepare_values(customer, company, items),
            "reason_id": (self.dispute_reason_id or self.env["dunning.dispute.reason"]._other()).id,
            "note": self.reason,
            **({"user_id": user.id} if user else {}),
            **({"revisit_date": self.date} if self.date else {}),
        }

    def _do_pause(self):
        self._require(self.date, self.env._("Choose the day until which nobody is reminded of it."))
        self._require(self.date >= self._today(), self.env._("An invoice can be paused until today or a later day."))
        self._require((self.reason or "").strip(), self.env._("Say why nobody is reminded of it."))
        moves = self._items().move_id
        moves._pause(self.date, self.reason.strip())
        closed = len(self._records() - moves) if self.res_model == "account.move" else 0
        return self._report(self.env._("Invoices paused"), len(moves), Counter({self.env._("Nothing open"): closed}))

    def _undo_pause(self):
        moves = self._items().move_id.filtered("dunning_paused_until")
        moves._pause(False, False)
        return self._report(self.env._("Reminded of again"), len(moves))

    def _do_write_off(self):
        return self._propose(self.env._("Write-offs proposed"))

    def _do_settlement(self):
        self._require(0 < self.percent_paid < 100, self.env._("In a settlement the customer pays a part: 1 to 99 %."))
        return self._propose(self.env._("Settlements proposed"))

    def _propose(self, done):
        self._require(self.reason, self.env._("Say why this is given up."))
        return self._make("dunning.write.off", PROPOSED, done, self._prepare_proposal_values)

    def _prepare_proposal_values(self, customer, company, currency, items):
        amount = sum(items.mapped("amount_residual_currency"))
        if self.kind == "settlement":
            amount -= currency.round(amount * self.percent_paid / 100)
        return {
            **self._prepare_values(customer, company, items),
            "kind": self.kind,
            "amount": amount,
            "date": self.date if self.kind == "settlement" else False,
            "reason": self.reason,
        }

    def _prepare_values(self, customer, company, items):
        return {"partner_id": customer.id, "company_id": company.id, "move_line_ids": [(6, 0, items.ids)]}

    def _make(self, model, states, done, prepare):
        """A record of ``model`` for each customer, company and currency, with their items but
        those that are in another one in one of ``states``; opened afterwards."""
        items = self._items()
        taken = self.env[model].search([("move_line_ids", "in", items.ids), ("state", "in", states)]).move_line_ids
        groups = self._groups(items - taken)
        records = self.env[model].create([prepare(*key, group) for key, group in groups.items()])
        self.env["dunning.notice"]._reasons_changed(records.move_line_ids)
        already = {item.partner_id.commercial_partner_id for item in items} - {key[0] for key in groups}
        left = Counter({self.env._("Has one already"): len(already)})
        left[self.env._("Nothing open")] = len(self._customers()) - len(already | {key[0] for key in groups})
        return self._report(done, len(records), left, records)

    def _groups(self, items):
        """``items`` by customer, company and currency."""
        return items.grouped(lambda item: (item.partner_id.commercial_partner_id, item.company_id, item.currency_id))
