from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

SCOPES = [("plan", "Instalments of a payment plan"), ("invoices", "All invoices when due")]


class PaymentConsent(models.Model):
    """What a customer has agreed to have charged by itself: to which card, and in which words, as they were shown."""

    _name = "payment.consent"
    _inherit = ["l2c.clock.mixin", "l2c.state.mixin"]
    _description = "Consent to Charging"
    _order = "agreed_on desc, id desc"

    _written_by = "the customer's page, and action_withdraw"
    _transitions = {"active": ("withdrawn",), "withdrawn": ()}

    partner_id = fields.Many2one("res.partner", "Customer", required=True, index=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    scope = fields.Selection(SCOPES, "For", required=True, readonly=True)
    plan_id = fields.Many2one(
        "dunning.plan", "Payment Plan", ondelete="cascade", index="btree_not_null", readonly=True, copy=False
    )
    # Who sees the consent need not see cards.
    token_id = fields.Many2one(
        "payment.token", "Saved Card", ondelete="restrict", index=True, readonly=True, groups="base.group_system"
    )
    card = fields.Char(readonly=True, help="How the card was called when the customer chose it.")
    text = fields.Text("What Was Agreed", required=True, readonly=True, help="As the page showed it.")
    lang = fields.Char("Language", readonly=True)
    notice_days = fields.Integer(
        readonly=True, help="Days before a charge for its announcement, as the text says: never fewer, by no setting."
    )
    agreed_on = fields.Datetime(required=True, readonly=True)
    agreed_from = fields.Char(readonly=True, help="The network address.")
    agreed_by_id = fields.Many2one("res.partner", "Agreed by", readonly=True)
    state = fields.Selection(
        [("active", "In Force"), ("withdrawn", "Withdrawn")], required=True, default="active", readonly=True
    )
    withdrawn_on = fields.Datetime(readonly=True)
    withdrawn_by_id = fields.Many2one(
        "res.partner", "Withdrawn by", readonly=True, help="Empty: by the link of an e-mail, without login."
    )
    withdrawn_from = fields.Char(readonly=True, help="The network address.")
    charge_ids = fields.One2many("payment.charge", "consent_id", "Charges", readonly=True)

    # What is agreed to counts once.
    _plan_uniq = models.UniqueIndex(
        "(plan_id) WHERE scope = 'plan' AND state = 'active'", "This plan is charged by itself already."
    )
    _invoices_uniq = models.UniqueIndex(
        "(partner_id, company_id) WHERE scope = 'invoices' AND state = 'active'",
        "The invoices of this customer are charged by themselves already.",
    )
    # Serves the job that charges: what is in force in a company.
    _active_idx = models.Index("(company_id) WHERE state = 'active'")

    @api.depends("partner_id", "agreed_on")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for consent in self:
            parts = [consent.partner_id.display_name, consent.agreed_on and format_date(self.env, consent.agreed_on)]
            consent.display_name = " · ".join(filter(None, parts))

    @api.model
    def _active_of(self, company, plan=None, customer=None):
        """The consent in force, for a plan, or for all invoices of a customer; none."""
        about = Domain("plan_id", "=", plan.id) if plan else Domain("partner_id", "=", customer.id)
        scope = Domain("scope", "=", "plan" if plan else "invoices")
        ours = Domain("company_id", "=", company.id) & Domain("state", "=", "active")
        return self.search(ours & scope & about, limit=1)

    def _is_owners(self):
        """Whether whose card it is still belongs to the customer: a contact may have left, with the card."""
        payer = self.sudo().token_id.partner_id  # the job's
        return payer.active and payer.commercial_partner_id == self.partner_id

    def action_withdraw(self):
        """The customer has said, not on the page, that nothing is to be charged any more.

        :raise UserError: when it was withdrawn already
        """
        self.check_access("write")
        if over := self.filtered(lambda consent: consent.state != "active"):
            raise UserError(over[0]._no_way("withdrawn"))
        self._withdraw(by=self.env.user.partner_id)

    def _withdraw(self, by=None, address=None):
        """Nothing is announced or charged by it any more; what the bank was asked for already goes on.

        :param by: a partner; none: whoever has the link
        """
        active_sudo = self.sudo().filtered(lambda consent: consent.state == "active")  # asked by the action
        if not active_sudo:
            return
        active_sudo._set_state(
            "withdrawn", withdrawn_on=self._now(), withdrawn_by_id=(by and by.id) or False, withdrawn_from=address
        )
        active_sudo.charge_ids.filtered(lambda charge: charge.state == "announced")._cancel("withdrawn")
        for consent in active_sudo:
            consent._log_on_plan(lambda env: env._("The customer has withdrawn the consent to charge the saved card."))

    def _log_on_plan(self, say):
        """A line in the chatter of the plan, in the language of who reads it."""
        if self.plan_id:
            noted = self.partner_id.with_company(self.company_id)._noted(self.plan_id)
            author = None if self.env.user._is_internal() else self.partner_id.id
            noted.message_post(body=say(noted.env), author_id=author, subtype_xmlid="mail.mt_note")
