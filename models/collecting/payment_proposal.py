from datetime import date

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_amount
from odoo.tools.date_utils import subtract

from ...engine.collecting import proposals as engine


class PaymentProposal(models.Model):
    """What we propose to a customer who pays late as a rule: one thing at a time. Nothing happens before a
    person accepts it; what was accepted can be ended."""

    _name = "payment.proposal"
    _inherit = ["l2c.clock.mixin", "l2c.state.mixin"]
    _description = "Proposal to a Late Payer"
    _order = "day desc, turnover desc, id desc"
    _rec_name = "partner_id"
    _written_by = "Accept, Refuse and End on the proposal"
    _transitions = {"proposed": ("accepted", "refused", "ended"), "accepted": ("ended",), "refused": (), "ended": ()}

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(engine.PROPOSAL_KINDS, "Proposal", required=True, readonly=True)
    params = fields.Json(readonly=True, help="What the rule knew of the customer.")
    sentence = fields.Char("Why", compute="_compute_sentence")
    turnover = fields.Monetary("Invoiced in 12 Months", readonly=True)
    day = fields.Date("Proposed on", required=True, readonly=True)
    state = fields.Selection(
        [("proposed", "Proposed"), ("accepted", "Accepted"), ("refused", "Refused"), ("ended", "Ended")],
        required=True,
        default="proposed",
        readonly=True,
    )
    decided_on = fields.Date(readonly=True)
    decided_by_id = fields.Many2one("res.users", "Decided by", readonly=True, ondelete="set null")
    payment_term_id = fields.Many2one(
        "account.payment.term", "New Terms", readonly=True, help="What the customer got when it was accepted."
    )
    old_payment_term_id = fields.Many2one("account.payment.term", "Terms Before", readonly=True)

    # A customer has one proposal at a time; serves looking for who has none.
    _open_uniq = models.UniqueIndex(
        "(company_id, partner_id) WHERE state IN ('proposed', 'accepted')", "A customer has one proposal at a time."
    )

    @api.depends("kind", "params")
    @api.depends_context("lang")
    def _compute_sentence(self):
        for proposal in self:
            proposal.sentence = getattr(proposal, f"_sentence_{proposal.kind}")(proposal._named())

    def _named(self):
        """What the sentences name, in the reader's words."""
        params = {name: int((self.params or {}).get(name) or 0) for name in ("late", "lag", "documents", "term")}
        days = {name: self._days_text(params[name]) for name in ("late", "lag", "term")}
        amount = format_amount(self.env, self.turnover, self.currency_id)
        return {**days, "documents": params["documents"], "amount": amount}

    def _sentence_direct_debit(self, values):
        return self.env._(
            "Is expected to pay %(late)s late, and gets %(documents)s documents a year: have them collected.", **values
        )

    def _sentence_deposit(self, values):
        return self.env._("Is expected to pay %(late)s late, with %(amount)s invoiced in a year.", **values)

    def _sentence_shorter_term(self, values):
        return self.env._("Is expected to pay %(late)s late, with terms of %(term)s.", **values)

    def _sentence_earlier_invoice(self, values):
        return self.env._(
            "Is expected to pay %(late)s late, and gets its invoices %(lag)s after the order: send them earlier.",
            **values,
        )

    # Every night ----------------------------------------------------------------------

    @api.model
    def _propose(self, company):
        """A proposal for each chronic late payer of a company who has none; those of who pays on time
        again end by themselves, unless somebody has accepted them."""
        self.env.flush_all()
        late = self.env["dunning.watch"]._search(
            [("company_id", "=", company.id), ("kind", "=", "chronic"), ("until", "=", False)]
        )
        over = Domain("company_id", "=", company.id) & Domain("state", "=", "proposed")
        self.search(over & Domain("partner_id", "not in", late.subselect("partner_id")))._end_by_rule()
        today, days = company._today(), company.late_proposal_days
        since = subtract(today, days=days) if days else date.min
        rows = self.env.execute_query_dict(engine.candidates(company.id, today, since))
        self.create([self._prepare_proposal_values(company, today, row) for row in rows])

    def _end_by_rule(self):
        """What they are made of doesn't hold any more: decided by nobody, so that they can be made again."""
        self._set_state("ended", decided_by_id=False)

    @api.model
    def _prepare_proposal_values(self, company, today, row):
        """Values of the proposal that the rule makes of what is known of a customer."""
        known = {name: float(row[name]) if row[name] is not None else None for name in ("late", "lag", "term")}
        known |= {"grade": row["grade"], "documents": row["documents"]}
        return {
            "partner_id": row["partner_id"],
            "company_id": company.id,
            "kind": engine.propose(**known),
            "params": known,
            "turnover": row["turnover"],
            "day": today,
        }

    # Deciding -------------------------------------------------------------------------

    def _stamp(self, target):
        return {"decided_on": self.env.company._today(), "decided_by_id": self.env.uid}

    def action_accept(self):
        """The customer gets what is proposed, where it is a setting of ours: shorter terms, or the mark that
        new quotations ask for a deposit.

        :raise UserError: when it was decided before
        """
        self.check_access("write")
        self._set_state("accepted")
        for proposal in self:
            # Who collects need not be allowed to change customers.
            customer_sudo = proposal.partner_id.sudo().with_company(proposal.company_id)
            if proposal.kind == "deposit":
                customer_sudo.asks_deposit = True
            elif proposal.kind == "shorter_term":
                # The settings say what is offered to late payers; who collects needn't see them.
                term = proposal.company_id.sudo()._late_payment_term()
                old = customer_sudo.property_payment_term_id
                proposal.sudo().write({"payment_term_id": term.id, "old_payment_term_id": old.id})  # asked above
                customer_sudo.property_payment_term_id = term
        return True

    def action_refuse(self):
        """It isn't proposed again for the days of the settings."""
        self.check_access("write")
        self._set_state("refused")
        return True

    def action_end(self):
        """What was accepted doesn't hold any more, and isn't proposed again for the days of the settings: the customer
        gets its old terms, unless somebody has changed them since, and new quotations ask for no deposit."""
        self.check_access("write")
        accepted = self.filtered(lambda proposal: proposal.state == "accepted")
        self._set_state("ended")
        for proposal in accepted:
            # As when it was accepted.
            customer_sudo = proposal.partner_id.sudo().with_company(proposal.company_id)
            if proposal.kind == "deposit":
                customer_sudo.asks_deposit = False
            elif proposal.kind == "shorter_term" and customer_sudo.property_payment_term_id == proposal.payment_term_id:
                customer_sudo.property_payment_term_id = proposal.old_payment_term_id
        return True
