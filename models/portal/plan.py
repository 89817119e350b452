from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...engine.agreements.charges import LIVE
from ..handling.cron_step import cron_step
from .account_letter import AUTOMATIC

#: Days before an instalment on which it is announced.
ANNOUNCED_BEFORE = 3
#: Days for which the page can be opened after the plan is over.
OPEN_DAYS = 30


class DunningPlan(models.Model):
    """What a customer is told of a plan, in writing: the agreement, each instalment, and how it ends; and the page
    on which it agrees."""

    _name = "dunning.plan"
    _inherit = ["l2c.token.page.mixin", "dunning.plan"]

    expires_on = fields.Date(
        readonly=True, copy=False, help="Until then the customer can open the page: the plan is over."
    )
    confirmed_on = fields.Datetime("Confirmed on", readonly=True, copy=False, help="The customer agreed on the page.")
    confirmed_from = fields.Char("Confirmed from", readonly=True, copy=False, help="The network address.")
    confirmation = fields.Selection(
        [("confirmed", "Confirmed by the customer"), ("waiting", "Not confirmed yet")],
        "Customer's Confirmation",
        compute="_compute_confirmation",
        search="_search_confirmation",
    )
    letter_ids = fields.One2many("account.letter", "plan_id", "E-mails", readonly=True)
    is_ended_told = fields.Boolean(readonly=True, copy=False, help="The customer was told how it ended.")

    # Serves the job that tells how plans ended.
    _untold_idx = models.Index("(company_id) WHERE agreed_on IS NOT NULL AND is_ended_told IS NOT TRUE")

    def _compute_access_url(self):
        for plan in self:
            plan.access_url = f"/my/plan/{plan.id}"

    @api.depends("confirmed_on")
    def _compute_confirmation(self):
        for plan in self:
            plan.confirmation = "confirmed" if plan.confirmed_on else "waiting"

    def _search_confirmation(self, operator, value):
        if operator != "in":
            return NotImplemented
        domains = {"confirmed": [("confirmed_on", "!=", False)], "waiting": [("confirmed_on", "=", False)]}
        return Domain.OR(domains[key] for key in value if key in domains)

    # The page ------------------------------------------------------------------------------

    def _take_agreement(self, address):
        """The customer agrees, on the page: kept with the moment and the network ``address``; once.

        :raise UserError: when the plan is over
        """
        # Of two at once, the second fails here, is repeated by Odoo, and then sees the first.
        self.env.cr.execute(SQL("UPDATE dunning_plan SET number = number WHERE id = %s", self.id))
        if self.confirmed_on:
            return
        if self.state != "open":
            raise UserError(self.env._("This plan is over. Please write to us, or call."))
        self.write({"confirmed_on": self._now(), "confirmed_from": address})
        self.message_post(
            body=self.env._("The customer has agreed on the page."),
            author_id=self.partner_id.id,
            subtype_xmlid="mail.mt_note",
        )

    # In writing ------------------------------------------------------------------------------

    def action_send_agreement(self):
        """Send the agreement to the customer, once more or to an address that was entered since.

        :raise UserError: for a plan that is over, or when nobody can be written to
        :raise AccessError: for who only reads the books
        """
        self.ensure_one()
        self.check_access("write")
        self.env["account.letter"]._check_may_send()
        if self.state != "open":
            raise UserError(self.env._("The plan is over: there is nothing to agree on."))
        there = self.with_company(self.company_id)
        if not (letters := there._write_letters("plan") or there._waiting_letters("plan")):
            raise UserError(
                self.env._("%s has no e-mail address. Enter one, or print the plan.", self.partner_id.display_name)
            )
        return letters and True

    def _waiting_letters(self, kind):
        return self.letter_ids.filtered(lambda letter: letter.kind == kind and letter.state == "queued")

    def _write_agreement(self):
        """A new plan goes to its customer in writing; of one that has no address somebody is told."""
        for company, plans in self.grouped("company_id").items():
            for plan in plans.with_company(company):
                if not plan._write_letters("plan"):
                    plan._tell_no_address()

    def _tell_no_address(self):
        self.partner_id.with_company(self.company_id)._tell_responsible(
            lambda customer: (
                customer.env._("Give the customer the payment plan"),
                customer.env._("There is no e-mail address: print the plan. Instalments aren't announced by e-mail."),
            ),
            self.move_line_ids.move_id,
        )

    def _write_letters(self, kind, promises=None):
        """Queue what is written of a plan, in its company: the agreement, or, of each of ``promises``, its
        announcement; none when nobody can be written to, or the same waits."""
        letters, partner = self.env["account.letter"], self.partner_id.commercial_partner_id
        readers = letters._readers(partner)
        if partner not in readers or (kind == "plan" and self._waiting_letters(kind)):
            return letters
        user = self._letter_user() if kind in AUTOMATIC or self.env.su else self.env.user
        made = letters.browse()
        for promise in promises or [self.env["dunning.promise"]]:
            values = {"plan_id": self.id, "promise_id": promise.id}
            made |= letters._queue(readers, kind, False, promise.date or self._today(), user=user, **values)
        return made

    def _letter_user(self):
        """Whose name stands under what is written by itself."""
        customer = self.partner_id.commercial_partner_id
        return customer._collection_responsibles().get(customer) or self.create_uid

    def _drop_moot_letters(self):
        """What waits to be sent of what is no longer so, isn't: an instalment that is paid, an agreement called off.
        What another process is sending leaves."""
        waiting = Domain("mail_id", "=", False) | Domain("mail_id.state", "=", "outgoing")
        # Whoever changes a plan need not write letters and mails.
        letters_sudo = self.sudo().env["account.letter"].search(Domain("plan_id", "in", self.ids) & waiting)
        moot_sudo = letters_sudo.filtered(lambda letter: letter.state == "queued" and letter._is_moot())
        moot_sudo = moot_sudo.try_lock_for_update(allow_referencing=True)
        mails_sudo = moot_sudo.mail_id
        free_sudo = mails_sudo.try_lock_for_update(allow_referencing=True)
        moot_sudo = moot_sudo.filtered(lambda letter: letter.mail_id in free_sudo or not letter.mail_id)
        free_sudo.unlink()
        moot_sudo.unlink()

    # By the days ---------------------------------------------------------------------------

    @api.model
    def _cron_follow(self):
        """Announce instalments, thank for the last one, tell of plans that broke; each once, a plan at a time."""
        cron = self.env.ref("lead_to_cash.cron_plans")
        companies = self.env["res.company"].search([])
        for number, company in enumerate(companies, 1):
            plans = self.with_company(company).with_context(tz=company._zone())
            if not company._dunning_elsewhere():
                for plan in plans.search(plans._to_follow(company), order="id"):
                    with cron_step(cron, f"Following the payment plan {plan.id}"):
                        plan._follow_days()
                    self.env["ir.cron"]._commit_progress()
            self.env["ir.cron"]._commit_progress(1, remaining=len(companies) - number)

    @api.model
    def _to_follow(self, company):
        """Plans of which something may have to be told; those of earlier releases are followed as they were."""
        promises = self.env["dunning.promise"]._search(self._to_announce_domain())
        ours = Domain("company_id", "=", company.id) & Domain("agreed_on", "!=", False)
        over = Domain("state", "!=", "open") & Domain("is_ended_told", "=", False)
        return ours & (over | Domain("promise_ids", "in", promises))

    def _to_announce_domain(self):
        today = self._today()
        return (
            Domain("state", "=", "open")
            & Domain("plan_id", "!=", False)
            & Domain("is_announced", "=", False)
            & Domain("date", ">=", today)
            & Domain("date", "<=", today + timedelta(days=ANNOUNCED_BEFORE))
        )

    def _follow_days(self):
        """What the day asks for, of one plan; what is told is noted with it."""
        if not self.try_lock_for_update(allow_referencing=True):
            return  # another process does it
        self.invalidate_recordset()
        if self.state == "open":
            self._announce()
        elif not self.is_ended_told:
            self.write({"is_ended_told": True, "expires_on": self._today() + timedelta(days=OPEN_DAYS)})
            if self.state in ("kept", "broken"):
                self._write_letters(f"plan_{self.state}")

    def _announce(self):
        """The agreement itself announces what falls due right after it; what is charged by itself was announced as
        that."""
        due = self.promise_ids.filtered_domain(self._to_announce_domain())
        due.is_announced = True
        due -= self.env["payment.charge"].search([("promise_id", "in", due.ids), ("state", "in", LIVE)]).promise_id
        agreed = self.agreed_on + timedelta(days=ANNOUNCED_BEFORE)
        if due := due.filtered(lambda promise: promise.date > agreed):
            self._write_letters("instalment", due)

    # What letters say ------------------------------------------------------------------------

    def _rows(self):
        """The instalments, by their days."""
        return self.promise_ids.sorted(lambda promise: (promise.date, promise.id))

    def _page_link(self):
        self._portal_ensure_token()
        return self.get_base_url() + self.get_portal_url()

    def _documents(self):
        return self.move_line_ids.move_id
