"""Saved cards, consents, and the jobs that charge, for tests."""

from odoo import Command
from odoo.tools import mute_logger

from ..agreements.test_plans import PlanCase

PAYMENT_LOG = "odoo.addons.payment.models.payment_transaction"


class ChargeCase(PlanCase):
    """A company that charges cards, and a customer's contact with a login and a saved card. What the provider says is
    said as its notifications do."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.charges_saved_cards = True
        cls.provider = cls.only_provider(allow_tokenization=True)
        cls.provider.payment_method_ids.support_tokenization = True
        journal = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.env.company.id)], limit=1
        )
        method = cls.env.ref("account.account_payment_method_manual_in").copy({"code": cls.provider.code})
        line = {"payment_method_id": method.id, "payment_provider_id": cls.provider.id}
        journal.inbound_payment_method_line_ids = [Command.create(line)]
        cls.contact = cls.user("portal_payer", "base.group_portal")
        cls.contact.partner_id.write({"parent_id": cls.customer.id, "email": "payer@example.com"})
        cls.card = cls.save_card(cls.contact.partner_id)

    @classmethod
    def save_card(cls, partner, **values):
        return cls.env["payment.token"].create(
            {
                "provider_id": cls.provider.id,
                "payment_method_id": cls.provider.payment_method_ids[:1].id,
                "partner_id": partner.id,
                "payment_details": "4242",
                "provider_ref": "card",
                **values,
            }
        )

    def consent(self, plan=None, contact=None, card=None, **context):
        """The contact agrees, as on the page."""
        partner = (contact or self.contact).partner_id.with_context(**context)
        consents = partner.env["payment.consent"]
        key = f"plan-{plan.id}" if plan else f"company-{self.env.company.id}"
        [offer] = [offer for offer in consents._offers(partner) if offer["key"] == key]
        return consents._agree(partner, key, (card or self.card).id, offer["shown"], "127.0.0.1")

    def charge(self, day, moment="12:00:00"):
        """The job, and what makes its e-mails leave."""
        with mute_logger(PAYMENT_LOG):
            self.cron(("payment.charge", "_cron_charge"), day, moment)
        self.mail(day, moment)

    def mail(self, day, moment="12:00:00"):
        self.cron(("account.letter", "_cron_write"), day, moment)
        mails = self.env["account.letter"].search([]).mail_id.filtered(lambda mail: mail.state == "outgoing")
        mails.state = "sent"

    def says(self, charge, state, text=None):
        """The provider says how it went."""
        transaction = charge.transaction_id
        with mute_logger(PAYMENT_LOG):
            if state == "done":
                transaction._set_done()
            elif state == "error":
                transaction._set_error(text or "Insufficient funds")
            else:
                transaction._set_pending()

    def charges(self, records):
        """Of invoices, or of a plan."""
        self.env.invalidate_all()
        field = "promise_id.plan_id" if records._name == "dunning.plan" else "move_line_id.move_id"
        return self.env["payment.charge"].search([(field, "in", records.ids)], order="date, id")

    def told_kinds(self, records):
        """The e-mails about charges."""
        letters = self.env["account.letter"].search([("charge_ids", "in", self.charges(records).ids)], order="id")
        return letters.mapped("kind")
