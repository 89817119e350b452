from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.tools import groupby

from ...engine.agreements.charges import RETRY_DAYS, announced, not_announced, planned_day
from ..handling.cron_step import cron_step

#: What was announced for a day longer ago is announced anew.
STALE_DAYS = 3


class PaymentCharge(models.Model):
    """How charges are announced, made, and followed until the money is there, or isn't.

    The row is *pending*, with its transaction, before the provider is asked, each committed by itself: whatever stops
    in between, nothing is asked twice. What nobody knows then is told by the provider, or looked up by a person."""

    _inherit = "payment.charge"

    letter_id = fields.Many2one(
        "account.letter", "Announcement", ondelete="set null", index="btree_not_null", readonly=True, copy=False
    )

    # The job ------------------------------------------------------------------------------

    @api.model
    def _cron_charge(self):
        """Follow what was asked, announce what falls due, and charge what was announced; a charge in transactions of
        its own."""
        cron = self.env.ref("lead_to_cash.cron_charges")
        companies = self.env["res.company"].search([])
        for number, company in enumerate(companies, 1):
            self.with_company(company).with_context(tz=company._zone())._charge_company(cron)
            self.env["ir.cron"]._commit_progress(1, remaining=len(companies) - number)

    def _charge_company(self, cron):
        company, commit = self.env.company, self.env["ir.cron"]._commit_progress
        ours = [("company_id", "=", company.id)]
        late = [("state", "=", "failed"), ("transaction_id.state", "=", "done")]
        for charge in self.search([*ours, "|", ("state", "=", "pending"), *["&", *late]], order="id"):
            with cron_step(cron, f"Following the charge {charge.id}"):
                charge._follow_up()
            commit()
        left = {}
        with cron_step(cron, f"Charges of {company.name} that are moot"):
            left = self._drop_moot()
        commit()
        if not company.charges_saved_cards:
            return
        consents = []
        with cron_step(cron, f"Announcing charges of {company.name}"):
            consents = self._to_announce()
        for consent_id, rows in consents:
            with cron_step(cron, f"Announcing charges of the consent {consent_id}"):
                self._announce_consent(self.env["payment.consent"].browse(consent_id), rows)
            commit()
        for charge in self.search(
            [*ours, ("state", "=", "announced"), ("date", "<=", self._today())], order="date, id"
        ):
            if charge.id in left:
                charge._charge_singly(cron, left[charge.id])

    def _charge_singly(self, cron, most):
        commit, begun = self.env["ir.cron"]._commit_progress, False
        with cron_step(cron, f"Beginning the charge {self.id}"):
            begun = self._begin(most)
        commit()  # before the provider is asked
        if not begun:
            return
        with cron_step(cron, f"The charge {self.id}"):
            self._ask()
        commit()  # what the provider said, whatever follows
        with cron_step(cron, f"Following the charge {self.id}"):
            self._follow_up()
        commit(1)

    def _lock(self, *states):
        """Whether the charge is still in one of these states, and no other process has it."""
        if not self.try_lock_for_update(allow_referencing=True):
            return False
        self.invalidate_recordset()
        return self.state in states

    # Announcing ---------------------------------------------------------------------------

    @api.model
    def _to_announce(self):
        """Rows of what falls due soon, by their consents."""
        company = self.env.company
        self.env.flush_all()
        question = company._dunning_question()
        rows = self.env.execute_query_dict(not_announced(question, company.charge_notice_days))
        return groupby(rows, lambda row: row["consent_id"])

    def _announce_consent(self, consent, rows):
        """With one e-mail for all, if it is still in force."""
        if not consent.try_lock_for_update(allow_referencing=True):
            return  # it is being withdrawn
        consent.invalidate_recordset(["state"])
        if consent.state == "active" and not consent._is_owners():
            consent._withdraw(by=self.env.user.partner_id)
        elif consent.state == "active":
            charges = self.create([self._prepare_values(consent, row) for row in rows])
            charges._announce("charge_announced")
            charges._reasons_changed()

    def _prepare_values(self, consent, row):
        company, today = self.env.company, self._today()
        notice_days = max(company.charge_notice_days, consent.notice_days)
        return {
            "consent_id": consent.id,
            "partner_id": consent.partner_id.id,
            "company_id": company.id,
            "promise_id": row["promise_id"],
            "move_line_id": row["move_line_id"],
            "currency_id": row["currency_id"],
            "amount": row["amount"],
            "date": planned_day(row["due"], today, notice_days, bool(row["promise_id"])),
        }

    def _announce(self, kind):
        """Tell the customer of these charges of one consent; of whom nobody can be written to, nothing is charged."""
        self.announced_on = self._today()
        self.letter_id = self.env["account.letter"]._announce_charges(self, kind)
        self._log(lambda charge: charge.env._("Announced to the customer: to charge %(what)s.", what=charge._text()))
        for charge in self.filtered(lambda charge: not charge.letter_id):
            charge._fail("unannounced")

    @api.model
    def _drop_moot(self):
        """What was announced and needn't, or mustn't, be charged any more, isn't.

        :return: {id of a charge: how much of it may be charged}
        """
        company = self.env.company
        if not company.charges_saved_cards:
            self.search([("company_id", "=", company.id), ("state", "=", "announced")])._cancel("off")
            return {}
        self.env.flush_all()
        left = dict(self.env.execute_query(announced(company._dunning_question())))
        self.browse(charge_id for charge_id, amount in left.items() if amount <= 0)._cancel("nothing")
        return left

    def _left_to_charge(self):
        """How much of it may be charged now, without asking once more what of all customers is on its way."""
        self.env.flush_all()
        question = self.env.company._dunning_question()
        return dict(self.env.execute_query(announced(question, self.consent_id.ids))).get(self.id, 0)

    def _documents_to_pay(self):
        """The documents that are open of what it is for."""
        documents = self.sudo()._items().move_id  # whoever is written to
        return documents.filtered(lambda move: move.amount_residual > 0).sorted("invoice_date_due")

    # Charging -----------------------------------------------------------------------------

    def _begin(self, most):
        """Make the transaction by which the provider is asked next; whether it is to be asked.

        :param most: how much may be charged, by what was on its way when the job began
        """
        if not self._lock("announced") or self.date > self._today():
            return False
        if not self.letter_id or self.letter_id.state == "failed":
            self._fail("unannounced")
            return False
        if self.letter_id.state == "queued":
            return False  # not before the customer knows
        if (amount := min(most, self._left_to_charge())) <= 0:
            self._cancel("nothing")
            return False
        if self.date < self._today() - timedelta(days=STALE_DAYS):
            self.date = self._today() + timedelta(days=RETRY_DAYS)
            self._announce("charge_announced")
            return False
        return self._make_transaction(amount)

    def _make_transaction(self, amount):
        token_sudo = self.consent_id.sudo().token_id  # the job's
        payer = token_sudo.partner_id
        usable_sudo = self.env["payment.provider"]._usable(self.company_id, payer, self.currency_id, amount)
        is_usable = token_sudo.active and token_sudo.provider_id in usable_sudo
        if not is_usable or not self.consent_id._is_owners():
            self._fail("unusable")
            return False
        number = self.attempts + 1
        items = self._items().filtered(lambda item: not item.reconciled)
        name = (self.move_line_id.move_id or items.move_id)[:1].name
        transactions_sudo = self.env["payment.transaction"].sudo()  # as above
        transaction_sudo = transactions_sudo.create(
            {
                "provider_id": token_sudo.provider_id.id,
                "payment_method_id": token_sudo.payment_method_id.id,
                "token_id": token_sudo.id,
                "partner_id": payer.id,
                "operation": "offline",
                "reference": f"{name}-C{self.id}-{number}",  # unique: of each try there is one
                "amount": amount,
                "currency_id": self.currency_id.id,
                "invoice_ids": [Command.set(items.move_id.ids)],
                "collection_item_ids": [Command.set(items.ids)],
            }
        )
        asked = {"is_answered": False, "is_unclear": False, "is_confirmation_asked": False, "asked_on": self._now()}
        asked |= {"transaction_id": transaction_sudo.id, "reference": transaction_sudo.reference}
        self._set_state("pending", amount=amount, attempts=number, error=False, reason=False, **asked)
        return True

    def _ask(self):
        """Ask the provider, once."""
        if not self._lock("pending") or self.is_answered:
            return
        transaction_sudo = self.sudo().transaction_id  # the job's
        if transaction_sudo.state == "draft":
            transaction_sudo._charge_with_token()
        self.is_answered = True
