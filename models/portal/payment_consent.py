import hashlib
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount, format_date

from ...engine.agreements.charges import RETRIES

#: Days for which the page can be opened after the consent was withdrawn.
OPEN_DAYS = 30


class PaymentConsent(models.Model):
    """How a customer agrees, sees what was agreed, and withdraws it with one click.

    A card is its owner's alone: who agrees has logged in. Withdrawing takes the link of any e-mail about it."""

    _name = "payment.consent"
    _inherit = ["l2c.token.page.mixin", "payment.consent"]

    expires_on = fields.Date(
        readonly=True, copy=False, help="Until then the customer can open the page: it was withdrawn."
    )

    def _compute_access_url(self):
        for consent in self:
            consent.access_url = f"/my/charging/{consent.id}"

    def _page_lang(self):
        return self.lang or self.partner_id.lang

    def _page_link(self):
        self._portal_ensure_token()
        return self.get_base_url() + self.get_portal_url()

    def _stamp(self, target):
        if target == "withdrawn":
            return {"expires_on": self._today() + timedelta(days=OPEN_DAYS)}
        return {}

    def _coming(self):
        """What is announced or being charged."""
        return self.charge_ids.filtered(lambda charge: charge.state in ("announced", "pending")).sorted("date")

    # What a contact of a customer can agree to ----------------------------------------------

    @api.model
    def _offers(self, partner):
        """What the contacts of a customer can agree to, or have agreed to: for each of its open plans, and for all
        invoices of each company that charges cards: ``key, company, plan, text, shown`` (which text it is),
        ``consent`` (in force, or none)."""
        customer = partner.commercial_partner_id
        # A portal user reads no plans and settings; those of their own company are shown to them.
        companies_sudo = self.env["res.company"].sudo().search([("charges_saved_cards", "=", True)])
        plans_sudo = self.env["dunning.plan"].sudo()  # as above
        plans_sudo = plans_sudo.search(
            [("partner_id", "=", customer.id), ("company_id", "in", companies_sudo.ids), ("state", "=", "open")]
        )
        items_sudo = self.env["account.move"].sudo()  # as above
        invoiced = items_sudo._read_group(
            [
                ("commercial_partner_id", "=", customer.id),
                ("company_id", "in", companies_sudo.ids),
                ("move_type", "in", ("out_invoice", "out_receipt")),
                ("state", "=", "posted"),
            ],
            ["company_id"],
        )
        offers = [self._offer(plan.company_id, customer, plan) for plan in plans_sudo]
        return offers + [self._offer(company, customer) for [company] in invoiced]

    @api.model
    def _offer(self, company, customer, plan=None):
        text = self._plan_text(plan) if plan else self._invoices_text(company)
        return {
            "key": f"plan-{plan.id}" if plan else f"company-{company.id}",
            "company": company,
            "plan": plan,
            "text": text,
            "shown": hashlib.sha256(text.encode()).hexdigest(),
            "consent": self.sudo()._active_of(company, plan, customer),  # as in _offers
        }

    @api.model
    def _plan_text(self, plan):
        """What is agreed to, for a plan, in the language of the page."""
        rows = [
            f"{format_date(self.env, row.date)}: {format_amount(self.env, row.amount, row.currency_id)}"
            for row in plan._rows()
            if row.state == "open"
        ]
        first = self.env._(
            "I allow %(company)s to charge the card that I choose here for the instalments of my payment plan that are "
            "still open, each on its day, for what is then still open of it:",
            company=plan.company_id.name,
        )
        return "\n".join([first, *rows, self._rules_text(plan.company_id)])

    @api.model
    def _invoices_text(self, company):
        """The same for all invoices of a company."""
        first = self.env._(
            "I allow %(company)s to charge the card that I choose here for its invoices to us, each when it falls due, "
            "for what is then still open of it. What is open and due already is charged once it was announced.",
            company=company.name,
        )
        return "\n".join([first, self._rules_text(company)])

    @api.model
    def _rules_text(self, company):
        days = company._days_text(company.charge_notice_days)
        return self.env._(
            "Each charge is announced by e-mail %(days)s before, with its amount and its day; an instalment that falls due "
            "sooner is announced at once. What I object to in time isn't charged. When the bank declines, it is tried at "
            "most %(tries)s times more, and each time announced. I can withdraw this at any time, with one click and "
            "without giving a reason; what is open then is paid in another way.",
            days=days,
            tries=RETRIES,
        )

    @api.model
    def _cards(self, company, partner):
        """The saved cards of a contact that can be charged for a company."""
        usable_sudo = self.env["payment.provider"]._usable(company, partner, company.currency_id, 0)
        # Not every user may read even their own.
        cards_sudo = self.env["payment.token"].sudo()
        return cards_sudo.search([("partner_id", "=", partner.id), ("provider_id", "in", usable_sudo.ids)])

    @api.model
    def _agree(self, partner, key, card_id, shown, address):
        """A contact of a customer agrees, with one of their own cards.

        :param key: of the offer
        :param card_id: id of the card
        :param shown: which text the page has shown
        :param address: the network address
        :return: the consent
        :raise UserError: with what to do, when it can't be agreed to so
        """
        offer = next((offer for offer in self._offers(partner) if offer["key"] == key), None)
        if not offer:
            raise UserError(self.env._("There is nothing to agree to here any more."))
        if offer["consent"]:
            return offer["consent"]
        if offer["shown"] != shown:
            raise UserError(self.env._("What you would agree to has changed meanwhile. Please read it again."))
        card_sudo = self._cards(offer["company"], partner).filtered(lambda card: card.id == card_id)
        if not card_sudo:
            raise UserError(self.env._("Choose one of your saved cards, or save one first."))
        # Who agrees need not be allowed to make one.
        consent_sudo = self.sudo().create(self._prepare_consent_values(partner, offer, card_sudo, address))
        consent_sudo._log_on_plan(lambda env: env._("The customer has agreed that the saved card is charged."))
        self.env.ref("lead_to_cash.cron_charges").sudo()._trigger()  # whoever agrees may wake it
        return consent_sudo

    @api.model
    def _prepare_consent_values(self, partner, offer, card, address):
        return {
            "partner_id": partner.commercial_partner_id.id,
            "company_id": offer["company"].id,
            "scope": "plan" if offer["plan"] else "invoices",
            "plan_id": offer["plan"] and offer["plan"].id,
            "token_id": card.id,
            "card": card.display_name,
            "text": offer["text"],
            "notice_days": offer["company"].charge_notice_days,
            "lang": self.env.lang,
            "agreed_on": self._now(),
            "agreed_from": address,
            "agreed_by_id": partner.id,
        }
