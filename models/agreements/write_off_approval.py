from datetime import timedelta

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_amount

from ..handling.next_action import ONCE, PLANNED
from .write_off import PROPOSED

USER, MANAGER = "lead_to_cash.group_collections_user", "lead_to_cash.group_collections_manager"


class DunningWriteOff(models.Model):
    """Who may approve how much: within one's limit alone, above the managers' limit two of them."""

    _inherit = "dunning.write.off"

    def action_approve(self):
        """Approve; above the managers' limit, with a second manager.

        :raise UserError: above one's limit, when less is open by now, or without an account
        """
        self.check_access("read")  # who may is said in a sentence
        for proposal in self:
            proposal._check_approval()
        two_needed = self.filtered(lambda proposal: proposal._needs_two())
        proposals_sudo = self.sudo()  # what was approved is written by the buttons alone
        proposals_sudo.approver_ids |= self.env.user
        self._end_requests()
        first = two_needed.filtered(lambda proposal: len(proposal.approver_ids) < 2)
        first._ask_for_approval()
        (self - first)._approved()

    def action_refuse(self, reason=None):
        """Refuse, or take back one's own proposal; its draft entry goes."""
        self.check_access("write")
        for proposal in self:
            if proposal.state not in PROPOSED:
                raise UserError(self.env._("Only an open proposal can be refused."))
            if not (self.env.user.has_group(MANAGER) or proposal.requested_by_id == self.env.user):
                raise UserError(
                    self.env._("A Collections manager, or whoever made the proposal, can refuse it. Ask one of them.")
                )
            if proposal.sudo().move_state == "posted":  # whoever refuses need not see entries
                raise UserError(self.env._("The entry of the write-off is posted. Reset it to draft first."))
        self._refuse(reason)

    def _refuse(self, reason=None):
        """The proposals are over: nothing is left of what they planned. What is in the books
        isn't over.

        :param reason: a person's words; or a function of a proposal, as who made it reads it
        """
        # Whoever refuses, or pays, need not be allowed to write the proposal and its entry.
        proposals_sudo = self.sudo().filtered(lambda proposal: proposal.move_state != "posted")
        if not proposals_sudo:
            return
        proposals_sudo._end_requests()
        moves_sudo, promises_sudo = proposals_sudo.move_id, proposals_sudo.promise_id
        for proposal_sudo in proposals_sudo:
            why = reason(proposal_sudo.requested_by_id._reading(proposal_sudo)) if callable(reason) else reason
            proposal_sudo._set_state("refused", refusal_reason=why)
        moves_sudo.filtered(lambda move: move.state == "draft").unlink()
        promises_sudo.action_cancel()

    def _approved(self):
        """Two eyes or four have seen it: an entry is made, or, in a settlement, the customer
        is expected to pay its part first."""
        proposals_sudo = self.sudo()  # as in action_approve
        proposals_sudo._set_state("approved")
        for proposal in self:
            if proposal.kind == "settlement" and not proposal.currency_id.is_zero(proposal.amount_to_pay):
                promise = self.env["dunning.promise"].create(proposal._prepare_promise_values())
                proposal.sudo().promise_id = promise  # as in action_approve
            else:
                proposal._make_entry()
        self.env["dunning.notice"]._reasons_changed(self.move_line_ids)

    def _prepare_promise_values(self):
        return {
            "partner_id": self.partner_id.commercial_partner_id.id,
            "company_id": self.company_id.id,
            "currency_id": self.currency_id.id,
            "amount": self.amount_to_pay,
            "date": self.date,
            "move_line_ids": [(6, 0, self.move_line_ids.ids)],
        }

    # Limits ----------------------------------------------------------------------------------

    def _check_approval(self):
        """Whether the user may approve this proposal now."""
        if self.state != "proposed":
            raise UserError(self.env._("Only a proposal that nobody has decided about can be approved."))
        if self.env.user in self.approver_ids:
            raise UserError(self.env._("You have approved this already; above the limit another manager has to, too."))
        if self.kind == "write_off":
            self._check_still_open()
        if self.document == "entry":
            self._bad_debt_account()
        if not (self._is_within_own_limit() or (self._needs_two() and self.env.user.has_group(MANAGER))):
            raise UserError(self._who_may())

    def _is_within_own_limit(self):
        """Whether the user may approve it alone."""
        limit = self._limit()
        return limit is not None and self.company_id.currency_id.compare_amounts(self._weight(), limit) <= 0

    def _limit(self):
        """What the user may approve alone, in the company's currency; None: nothing at all."""
        company_sudo = self.company_id.sudo()  # its limits
        if self.env.user.has_group(MANAGER):
            return max(company_sudo.write_off_limit_manager, company_sudo.write_off_limit_user)
        return company_sudo.write_off_limit_user if self.env.user.has_group(USER) else None

    def _needs_two(self):
        company_sudo = self.company_id.sudo()  # its limits
        own = company_sudo.currency_id
        limit = max(company_sudo.write_off_limit_manager, company_sudo.write_off_limit_user)
        return own.compare_amounts(self._weight(), limit) > 0

    def _weight(self):
        """What a limit is compared with, in the company's currency: this proposal, and what was
        proposed, approved or written off of the same customer lately, so that slices don't get
        below a limit. Each at the rate of the day of its last step, this one at today's."""
        today, own = self._today(), self.company_id.currency_id
        company_sudo = self.company_id.sudo()  # its limits
        since = today - timedelta(days=company_sudo.write_off_window_days)
        recent_sudo = self.sudo().search(  # whoever made them
            self._customer_domain()
            & (Domain("state", "!=", "refused") | Domain("move_id.state", "=", "posted"))
            & Domain([("company_id", "=", self.company_id.id), ("state_since", ">", since), ("id", "!=", self.id)])
        )
        days = [(self, today), *((row_sudo, row_sudo.state_since) for row_sudo in recent_sudo)]
        return sum(row.currency_id._convert(row.amount, own, self.company_id, day) for row, day in days)

    def _customer_domain(self):
        """Of the same customer: whose items they are, whomever they were proposed for."""
        customers = (self.move_line_ids.partner_id | self.partner_id).commercial_partner_id
        return Domain("partner_id.commercial_partner_id", "in", customers.ids) | Domain(
            "move_line_ids.partner_id.commercial_partner_id", "in", customers.ids
        )

    def _who_may(self):
        """The sentence for those whose limit is too low."""
        company_sudo = self.company_id.sudo()  # its limits
        own = company_sudo.currency_id
        values = {
            "amount": format_amount(self.env, self._weight(), own),
            "limit": format_amount(self.env, self._limit() or 0, own),
        }
        if self._needs_two():
            return self.env._(
                "With what was given up lately it makes %(amount)s, above your limit of %(limit)s: two Collections "
                "managers have to approve it.",
                **values,
            )
        return self.env._(
            "With what was given up lately it makes %(amount)s, above your limit of %(limit)s: a Collections manager "
            "can approve it.",
            **values,
        )

    # Asking ------------------------------------------------------------------------------------

    def _ask_for_approval(self):
        """An activity for a manager who can approve, other than who asks or has approved."""
        for company, proposals in self.grouped("company_id").items():
            managers = self._managers(company)
            for proposal in proposals:
                others = managers - proposal.requested_by_id - proposal.approver_ids
                responsible = company.sudo().dunning_policy_id.user_id & others  # the company's settings
                proposal._plan(lambda one: one.env._("Approve or refuse"), responsible or others[:1])

    def _managers(self, company):
        group_sudo = self.env.ref(MANAGER).sudo()  # users may not read groups
        users = group_sudo.all_user_ids.filtered(lambda user: company in user.company_ids and not user.share)
        return users.sorted("id").with_env(self.env)

    def _plan(self, say, user):
        if user:
            theirs_sudo = user._reading(self.sudo())  # whoever pays may not write the proposal
            summary = say(theirs_sudo)
            theirs_sudo.activity_schedule(
                "mail.mail_activity_data_todo", self._today(), summary=summary, user_id=user.id, handling_step=ONCE
            )

    def _end_requests(self):
        self.sudo().activity_ids.filtered_domain(PLANNED).unlink()  # whomever they were for

    def _money_moved(self):
        """Money moved on the items of these proposals, or on their entries: what can no longer be written off as it was
        proposed is refused, a settlement whose part has come goes on, and what its entry no
        longer settles isn't written off."""
        for proposal in self:
            proposal._follow_entry()
            if proposal.state not in PROPOSED:
                continue
            open_amount = proposal._open_amount()
            if proposal.currency_id.compare_amounts(open_amount, 0) <= 0:
                proposal._refuse(lambda one: one.env._("It was paid."))
            elif proposal.kind == "settlement":
                proposal._part_arrived()
            elif proposal.currency_id.compare_amounts(open_amount, proposal.amount) < 0:
                proposal._refuse(lambda one: one._too_much())

    def _follow_entry(self):
        """Written off is what a posted entry settles; one that somebody took off its items can
        be posted, that is matched, again."""
        if self.move_id.state == "posted":
            settled = self._counterparts().matched_debit_ids.debit_move_id & self.move_line_ids
            self._set_state("done" if settled else "approved")

    def _part_arrived(self):
        """The customer has paid what was agreed: somebody writes off the rest."""
        if self.state == "approved" and self.currency_id.is_zero(self.amount_to_pay):
            self._end_requests()
            self._plan(lambda one: one.env._("The settlement was paid: write off the rest"), self.requested_by_id)

    @api.model
    def _lapse(self):
        """Settlements whose day has passed, and the days of grace, are over."""
        late = self.search([("kind", "=", "settlement"), ("state", "=", "approved"), ("date", "<", self._today())])
        late = late.filtered(lambda proposal: proposal.amount_to_pay > 0 and proposal.move_state != "posted")
        for proposal in late:
            policy = proposal.partner_id.with_company(proposal.company_id)._get_dunning_policy()
            if (proposal._today() - proposal.date).days > policy.grace_days:
                proposal._refuse(_did_not_pay)
                proposal._plan(_did_not_pay, proposal.requested_by_id)


def _did_not_pay(proposal):
    return proposal.env._("The customer did not pay its part in time.")
