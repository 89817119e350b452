from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.date_utils import subtract

from ...engine.dunning import run as engine
from ...engine.dunning.exceptions import FIRST, find_exceptions
from .notice import PENDING


class DunningRun(models.Model):
    """A person's say over a run: approve all but the exceptions, stop what hasn't left, or run for
    some customers at once."""

    _inherit = "dunning.run"

    exception_count = fields.Integer("To Look at", compute="_compute_left_counts")
    first_count = fields.Integer("First Reminders Ever", compute="_compute_left_counts")
    plain_count = fields.Integer("To Send", compute="_compute_left_counts")
    pending_count = fields.Integer("Not Left Yet", compute="_compute_left_counts")
    stopped_count = fields.Integer("Cancelled by People", compute="_compute_left_counts")

    def _compute_left_counts(self):
        by_hand = [("run_id", "in", self.ids), ("state", "=", "cancelled"), ("cancelled_on", "!=", False)]
        stopped = dict(self.env["dunning.notice"]._read_group(by_hand, ["run_id"], ["__count"]))
        pending = [("run_id", "in", self.ids), ("state", "in", PENDING)]
        groups = self.env["dunning.notice"]._read_group(pending, ["run_id", "state", "exception_kind"], ["__count"])
        for run in self:
            own = [(state, kind, count) for found, state, kind, count in groups if found == run]
            run.stopped_count = stopped.get(run, 0)
            run.pending_count = sum(count for _state, _kind, count in own)
            looked_at = [(kind, count) for state, kind, count in own if state == "to_approve"]
            run.plain_count = sum(count for kind, count in looked_at if not kind)
            run.first_count = sum(count for kind, count in looked_at if kind == FIRST)
            run.exception_count = sum(count for kind, count in looked_at if kind and kind != FIRST)

    def _exceptions_statement(self, *, held):
        category = self.env.ref("lead_to_cash.partner_category_key_accounts", raise_if_not_found=False)
        return find_exceptions(
            self.id,
            category.id if category else None,
            self.date - timedelta(days=7),
            subtract(self.date, months=12),
            held=held,
        )

    def action_approve_plain(self):
        """Approve all notices of the run but those to look at."""
        self.check_access("read")
        return self.env["dunning.notice"]._approve_plain([("run_id", "in", self.ids)])

    def action_open_exceptions(self):
        """The notices of the run that a person looks at, with the reasons."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("lead_to_cash.dunning_notice_action_approve")
        domain = [("run_id", "in", self.ids), ("state", "=", "to_approve"), ("exceptions", "!=", False)]
        return action | {"domain": domain, "context": {}}

    def action_ask_start(self):
        """The dialog that says what a run would make, or a release sends, before it does.

        :raise UserError: when it can't begin
        """
        self.ensure_one()
        self.check_access("write")
        self._check_day()
        if neutralized := self._neutralized():
            raise UserError(neutralized)
        action = self.env["ir.actions.act_window"]._for_xml_id("lead_to_cash.dunning_run_start_action")
        return action | {"context": {"default_run_id": self.id}}

    def _planned(self):
        """Rows of the notices that the run would make, or has made and not handed over; nothing is written but
        tables of this transaction."""
        if self.batch_count or self.state == "running":
            drafts = self.notice_ids.filtered(lambda notice: notice.state == "draft")
            return [
                {
                    "partner_id": notice.partner_id.id,
                    "level_id": notice.level_id.id,
                    "currency_id": notice.currency_id.id,
                    "amount": notice.amount_due,
                }
                for notice in drafts
            ]
        self.env.flush_all()
        run_sudo = self.sudo()._at(self.date)  # the engine's tables are not for people to write
        run_sudo._remember(question := run_sudo._question())
        self.env.cr.execute(engine.list_items(question))
        rows = self.env.execute_query_dict(engine.planned_notices())
        self.env.cr.execute(SQL("DROP TABLE dunning_decided, dunning_listed"))
        return rows

    def action_ask_stop(self):
        """The dialog that says what is cancelled, and asks why."""
        self.ensure_one()
        self.check_access("write")
        pending = self.env["dunning.notice"].search([("run_id", "=", self.id), ("state", "in", PENDING)])
        if not pending:
            raise UserError(self.env._("Everything of this run has left already."))
        return self.env["dunning.cancel"]._open(pending, self)

    def action_stop(self):
        """Cancel what has not left yet, and say how much; the next run decides about the items
        anew.

        :raise UserError: when nothing is left to stop, or another process works on the run
        """
        return self._stop("")

    def action_undo_stop(self):
        """What people cancelled of this run is to approve again, but for what something newer took the place of."""
        self.ensure_one()
        self.check_access("write")
        by_hand = [("run_id", "=", self.id), ("state", "=", "cancelled"), ("cancelled_on", "!=", False)]
        stopped = self.env["dunning.notice"].search(by_hand)
        problems = stopped._undo_problems()
        stopped.filtered(lambda notice: notice not in problems)._undo_cancel()
        again = stopped.filtered(lambda notice: notice.state == "to_approve")
        text = self.env._("%s notices are to approve again.", len(again))
        if len(again) == 1:
            text = self.env._("One notice is to approve again.")
        if left := len(stopped) - len(again):
            text = self.env._(
                "Notices to approve again: %(count)s. Paid meanwhile, or something newer took their place: %(left)s.",
                count=len(again),
                left=left,
            )
        return again._said(text)

    def _stop(self, reason):
        self.ensure_one()
        self.check_access("write")
        if not self.try_lock_for_update(allow_referencing=True):
            raise UserError(self.env._("The run is being worked on. Try again in a moment."))
        pending = self.env["dunning.notice"].search([("run_id", "=", self.id), ("state", "in", PENDING)])
        stopped = pending._not_leaving()
        if not stopped:
            raise UserError(self.env._("Everything of this run has left already."))
        stopped._cancel()
        stopped._note_cancel(reason)
        # What is at the server doesn't go again, should the server not take it.
        leaving = pending.filtered(lambda notice: notice.state not in ("sent", "cancelled"))
        leaving._set_state("cancelled")
        self._set_state("done", is_requested=False, state_reason=False)
        left = self.env["dunning.notice"].search_count([("run_id", "=", self.id), ("state", "=", "sent")])
        left += len(leaving)
        if left:
            text = self.env._("Notices cancelled: %(count)s. Left already: %(left)s.", count=len(stopped), left=left)
            return stopped._said(text)
        return stopped._said(
            self.env._("One notice is cancelled.")
            if len(stopped) == 1
            else self.env._("%s notices are cancelled.", len(stopped))
        )

    # For some customers at once, beside the daily run --------------------------------------

    @api.model
    def _reminding_obstacle(self, company):
        """What is in the way of reminding anybody of the company now, in a sentence; empty when nothing is. A
        long gap isn't: a person has pressed."""
        running = [("company_id", "=", company.id), ("state", "=", "running")]
        if self.sudo().search_count(running, limit=1):  # whose it is doesn't matter
            return self.env._("A dunning run is under way. Try again when it is done.")
        return self._neutralized() or company._dunning_elsewhere() or company._dunning_obstacle()

    @api.model
    def _would_remind(self, company, partners):
        """What :meth:`_remind_now` would do of its own: (rows of notices, {customer: decision that is in their
        way}). The engine is asked the same; nothing is written but tables of this transaction."""
        self.env.flush_all()
        question = company._dunning_question(partners=partners)
        self._remember(question)
        self.env.cr.execute(engine.list_items(question))
        notices = self.env.execute_query_dict(engine.planned_notices())
        reasons = self.env.execute_query_dict(engine.reasons_against())
        self.env.cr.execute(SQL("DROP TABLE dunning_decided, dunning_listed"))
        decisions = self.env["dunning.decision"]
        decided = (decisions.new(decisions._prepare_values(company, row)) for row in reasons)
        return notices, {decision.partner_id._origin: decision for decision in decided}

    def _remind_now(self, company, partners):
        """Decide about the commercial ``partners`` now, and queue their notices, which are
        returned. The engine's own rules hold: who escalates, daily limits, hours for sending.

        :raise UserError: when something is in the way of every run
        """
        # Users may remind their customers, not make runs for all of them.
        runs_sudo = self.sudo().with_company(company)
        if obstacle := self._reminding_obstacle(company):
            raise UserError(obstacle)
        run_sudo = runs_sudo.create(
            {"company_id": company.id, "is_selective": True, "partner_ids": [(6, 0, partners.ids)]}
        )
        run_sudo.action_run()
        notices = self.env["dunning.notice"].browse(run_sudo.notice_ids.ids)
        if not notices:
            run_sudo.unlink()
        return notices
