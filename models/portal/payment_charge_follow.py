from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError

from ...engine.agreements.charges import ONE_OF, RETRIES, RETRY_DAYS
from ..handling.cron_step import cron_step

#: After so long without a word of the provider the customer, or whoever looks it up, is asked.
SILENT_AFTER = timedelta(hours=1)


class PaymentCharge(models.Model):
    """What follows from what the provider says, or doesn't say, of a charge."""

    _inherit = "payment.charge"

    is_confirmation_asked = fields.Boolean(readonly=True, help="The customer got the way to confirm it with the bank.")

    # Following ----------------------------------------------------------------------------

    def _follow_up(self):
        if self._lock("pending", "failed"):
            self._follow_transaction()

    def _follow_transaction(self):
        """What the provider has said decides; while it says nothing, nothing is asked again."""
        transaction_sudo = self.sudo().transaction_id  # whoever looked it up
        state = transaction_sudo.state
        if state == "done":
            self._paid()
        elif self.state == "failed":
            return  # it was over before
        elif state in ("error", "cancel"):
            self._declined(transaction_sudo.state_message)
        elif state in ("draft", "pending"):
            self._wait()

    def _paid(self):
        transaction_sudo = self.sudo().transaction_id  # as above
        if not transaction_sudo.is_post_processed:
            cron = self.env.ref("lead_to_cash.cron_charges")
            with cron_step(cron, f"Booking the charge {self.id}"):
                transaction_sudo._post_process()
            if not transaction_sudo.is_post_processed:  # the money came all the same: the host books it
                self.env.ref("payment.cron_post_process_payment_tx").sudo()._trigger()
        if not self._is_first():
            return
        self._set_state("done", is_unclear=False)
        self._log(lambda charge: charge.env._("Charged to the saved card: %(what)s.", what=charge._text()))
        self._reasons_changed()

    def _is_first(self):
        """Whether no other charge of the same has taken its place. One that was only announced meanwhile is moot."""
        about = [("promise_id", "=", self.promise_id.id), ("move_line_id", "=", self.move_line_id.id)]
        others_sudo = self.sudo().search([*about, ("id", "!=", self.id), ("state", "in", ONE_OF)])  # of any consent
        others_sudo.filtered(lambda charge: charge.state == "announced")._cancel("nothing")
        return all(charge.state == "cancelled" for charge in others_sudo)

    def _declined(self, said):
        """Announced anew, twice at most."""
        if self.attempts > RETRIES:
            self._fail("declined", said)
            return
        self._set_state("announced", reason="declined", error=said, date=self._today() + timedelta(days=RETRY_DAYS))
        said = said or ""
        self._log(
            lambda charge: charge.env._(
                "The bank declined: %(said)s. Tried again: %(what)s.", said=said, what=charge._text()
            )
        )
        self._announce("charge_again")

    def _fail(self, reason, said=None):
        """It isn't charged: the customer is told, and the item is reminded of as any other.

        :param reason: a key of ``REASONS``
        """
        self._set_state("failed", reason=reason, error=said, is_unclear=False)
        self._log(
            lambda charge: charge.env._(
                "Could not be charged to the saved card: %(what)s. %(why)s", what=charge._text(), why=charge._why()
            )
        )
        if reason != "unannounced":
            self.env["account.letter"]._announce_charges(self, "charge_failed")
        charge_sudo = self.sudo()  # whoever looked it up
        charge_sudo.partner_id.with_company(self.company_id)._tell_responsible(
            lambda customer: (
                customer.env._("A saved card could not be charged"),
                "\n".join(filter(None, (*charge_sudo.with_context(lang=customer.env.lang)._said(), said))),
            ),
            charge_sudo._items().move_id,
        )
        self._reasons_changed()

    def _said(self):
        """(what, why) of a charge that has failed, for people."""
        return self._text(), self._why()

    def _why(self):
        return dict(self._fields["reason"]._description_selection(self.env)).get(self.reason, "")

    def _wait(self):
        """The provider hasn't said how it went: the bank may ask the customer first, which is no default."""
        if self.asked_on > self._now() - SILENT_AFTER:
            return
        if not self.is_answered:
            if not self.is_unclear:
                self._tell_unclear()
            return
        if self._today() > self.company_id._dunning_working_days_after(self.asked_on.date()):
            self._fail("unconfirmed")
        elif not self.is_confirmation_asked:
            self.is_confirmation_asked = True
            self.env["account.letter"]._announce_charges(self, "charge_confirm")
            self._log(
                lambda charge: charge.env._("The bank wants the customer to confirm: %(what)s.", what=charge._text())
            )

    def _tell_unclear(self):
        self.is_unclear = True
        reference = self.reference
        self.partner_id.with_company(self.company_id)._tell_responsible(
            lambda customer: (
                customer.env._("Look up a charge at the payment provider"),
                customer.env._(
                    "The server stopped while a saved card was charged. Look up at the provider whether %(reference)s "
                    "was charged, and say so on the charge (Agreements ▸ Charges). Nothing is charged again until then.",
                    reference=reference,
                ),
            ),
            self.sudo()._items().move_id,  # the job's
        )

    # Looking up ---------------------------------------------------------------------------

    def action_was_charged(self):
        """Somebody has looked it up at the provider: it was charged.

        :raise UserError: when it isn't one that has to be looked up
        """
        self._look_up(lambda transaction: transaction._set_done(state_message=self.env._("Looked up at the provider")))

    def action_was_not_charged(self):
        """Somebody has looked it up at the provider: it wasn't charged. It goes on as after a decline.

        :raise UserError: when it isn't one that has to be looked up
        """
        self._look_up(lambda transaction: transaction._set_canceled(self.env._("Looked up at the provider")))

    def _look_up(self, settle):
        self.check_access("write")
        for charge in self:
            if charge.state != "pending" or not charge.is_unclear:
                raise UserError(
                    self.env._("%s needn't be looked up: the provider says itself how it went.", charge.display_name)
                )
        for charge_sudo in self.sudo():  # who does the books need not see transactions
            settle(charge_sudo.transaction_id)
            charge_sudo.write({"is_answered": True, "is_unclear": False})
            charge_sudo.with_company(charge_sudo.company_id)._follow_transaction()
