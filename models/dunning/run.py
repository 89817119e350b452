import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date
from psycopg2 import OperationalError

from ...engine.dunning import recipients
from ...engine.dunning import run as engine
from ..handling.cron_step import come_again, cron_step
from .mail_template import first_lines

_logger = logging.getLogger(__name__)

#: Notices that are written and queued together.
BATCH = 500


class DunningRun(models.Model):
    """One run of a company as of a day: it decides about every open item, makes the notices,
    and queues them."""

    _name = "dunning.run"
    _inherit = ["l2c.clock.mixin", "l2c.state.mixin", "dunning.banner.mixin"]
    _description = "Dunning Run"
    _order = "date desc, id desc"

    _given = frozenset({"company_id", "date"})
    _written_by = "action_run, action_run_now, action_release or action_stop"
    _transitions = {
        "draft": ("draft", "waiting", "running", "done", "failed"),
        "waiting": ("draft", "waiting", "done", "failed"),
        "running": ("running", "done", "failed"),
        "failed": ("draft", "running", "done"),
        "done": ("running", "done"),  # released
    }

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    date = fields.Date(required=True, default=lambda self: self._today())
    state = fields.Selection(
        [
            ("draft", "Not started"),
            ("waiting", "Waiting"),
            ("running", "Running"),
            ("done", "Done"),
            ("failed", "Failed"),
        ],
        required=True,
        default="draft",
        readonly=True,
    )
    is_requested = fields.Boolean(readonly=True, copy=False)
    is_forced = fields.Boolean(readonly=True, copy=False)
    is_selective = fields.Boolean("For Some Customers", readonly=True, copy=False)
    partner_ids = fields.Many2many(
        "res.partner",
        "dunning_run_partner_rel",
        "run_id",
        "partner_id",
        "Only These Customers",
        readonly=True,
        context={"active_test": False},
    )
    state_reason = fields.Char("Why It Waits or Failed", readonly=True, copy=False)
    notice_ids = fields.One2many("dunning.notice", "run_id", "Notices", readonly=True)
    notice_count = fields.Integer("Number of Notices", compute="_compute_notice_count")
    to_approve_count = fields.Integer("To Approve", compute="_compute_notice_count")
    progress = fields.Float(compute="_compute_notice_count", help="Per cent of the notices that were handed over.")
    is_working = fields.Boolean(compute="_compute_is_working")
    is_to_release = fields.Boolean(compute="_compute_is_to_release")
    batch_count = fields.Integer("Batches", readonly=True)

    # Two processes can't run for one company at once.
    _running_uniq = models.UniqueIndex("(company_id) WHERE state = 'running'", "A run of this company is under way.")

    @api.depends("date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for run in self:
            run.display_name = format_date(self.env, run.date)

    @api.depends("notice_ids.state", "state")
    def _compute_notice_count(self):
        groups = self.env["dunning.notice"]._read_group([("run_id", "in", self.ids)], ["run_id", "state"], ["__count"])
        counts = {(run.id, state): count for run, state, count in groups}
        for run in self:
            by_state = {state: count for (run_id, state), count in counts.items() if run_id == run.id}
            run.notice_count = sum(by_state.values())
            run.to_approve_count = by_state.get("to_approve", 0)
            left = by_state.get("draft", 0)
            run.progress = 100.0 * (run.notice_count - left) / run.notice_count if run.notice_count else 0.0
            run.progress = 100.0 if run.state == "done" else run.progress

    @api.depends("state", "is_requested")
    def _compute_is_working(self):
        for run in self:
            run.is_working = run.state == "running" or (run.state == "draft" and run.is_requested)

    @api.depends("state", "company_id", "is_selective")
    def _compute_is_to_release(self):
        for run in self:
            company_sudo = run.company_id.sudo()  # a fact of the run, for whoever sees it
            is_daily = run.state == "done" and not run.is_selective
            run.is_to_release = is_daily and company_sudo.dunning_awaits_release

    # Buttons -------------------------------------------------------------------------

    def action_run(self):
        """Do the whole run in this transaction, without committing.

        :raise UserError: when it is for a future date
        """
        self.check_access("write")
        self._check_day()
        for run in self.filtered(lambda run: run._may_begin()):
            run._start()
            while run._process_batch():
                pass

    def action_run_now(self):
        """Have the scheduled action do the run at once, in the background."""
        self.check_access("write")
        runs = self.filtered(lambda run: run.state in ("draft", "waiting", "failed"))
        runs._check_day()
        if neutralized := self._neutralized():
            raise UserError(neutralized)
        for run in runs:
            run._set_state(
                "running" if run.batch_count else "draft",
                is_requested=True,
                is_forced=run.is_forced if run.waits_for_release else run.state == "waiting",
                state_reason=False,
            )
            if run.waits_for_release:
                run._let_go()
        self._cron()._trigger()

    @api.model
    def _neutralized(self):
        """That this is a copy in which nothing runs, in a sentence; empty in others."""
        if not self.env["ir.config_parameter"].sudo().get_param("database.is_neutralized"):  # no secret
            return ""
        return self.env._("This is a neutralized copy of a database: nothing runs by itself here, and nothing leaves.")

    def action_release(self):
        """A run that waits for it may begin. The first run is in order: its notices leave, and later
        ones need no approval beyond what their level asks for."""
        self.check_access("write")
        self.filtered("waits_for_release").action_run_now()
        for run in self.filtered("is_to_release"):
            company_sudo = run.company_id.sudo()  # collections managers need not administer companies
            company_sudo.write({"dunning_awaits_release": False, "dunning_rehearsal_user_id": False})
            held = run.notice_ids.filtered(lambda notice: notice.state == "to_approve")
            held.filtered(lambda notice: not notice.level_id.requires_approval)._set_state("draft")
            run._set_state("running")
        self._cron()._trigger()

    def action_open_notices(self):
        """Show the notices of these runs."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("lead_to_cash.dunning_notice_action")
        return action | {"domain": [("run_id", "in", self.ids)], "context": {"search_default_group_state": 1}}

    def _check_day(self):
        if any(run.date > run._today() for run in self):
            raise UserError(self.env._("A run can't be for a future date. The preview shows what comes next."))

    # The work ------------------------------------------------------------------------

    def _start(self):
        """Decide and make the notices: once, however often it is called."""
        if self.state != "draft":
            return
        if not self.try_lock_for_update(allow_referencing=True):
            raise UserError(self.env._("This run is under way in another process."))
        self._set_state("running")
        self.flush_recordset()
        run = self._at(self.date)
        run.env["dunning.notice"]._follow_waiting(run.company_id)
        run.env["dunning.promise"]._follow_time(run.company_id)
        run._decide()
        if not run.is_selective:
            run.env["dunning.notice"]._ask_collectors(run.company_id)

    def _decide(self):
        """Write the decisions, the notices and their lines, in one transaction."""
        self.env.flush_all()
        question = self._question()
        self._remember(question)
        for statement in (
            engine.close_decisions(question),
            engine.move_decisions(question),
            engine.open_decisions(question),
        ):
            self.env.cr.execute(statement)
        self._make_notices(question)
        self.env["dunning.decision"]._ask_for_certificates(self.company_id)

    def _question(self):
        """What the engine is asked."""
        return self.company_id._dunning_question(partners=self.partner_ids if self.is_selective else None)

    def _make_notices(self, question=None):
        """Write the notices and their lines; ask the engine when it was not asked yet."""
        if question is None:
            self.env.flush_all()
            question = self._question()
            self._remember(question)
        held = self.company_id.sudo().dunning_awaits_release  # a setting of the company
        for statement in (
            engine.list_items(question),
            engine.make_notices(self.id, question, self.env.uid, self._now(), held=held),
            engine.make_lines(self.id, question),
            recipients.make_recipients(SQL("n.run_id = %s", self.id)),
            recipients.make_copies(SQL("n.run_id = %s", self.id)),
            self._exceptions_statement(held=held),
            SQL("DROP TABLE dunning_decided, dunning_listed"),
        ):
            self.env.cr.execute(statement)
        self.env.invalidate_all()

    def _remember(self, question):
        """Keep the engine's answers in a table of this transaction."""
        self.env.cr.execute("DROP TABLE IF EXISTS dunning_decided, dunning_listed")
        self.env.cr.execute(engine.remember(question))
        self.env.cr.execute("ANALYZE dunning_decided")

    def _process_batch(self):
        """Write and queue the next notices; returns how many are left. The counter makes a
        process that saw an older state fail and try again."""
        # Its notices refer to it: whoever writes them meanwhile isn't held up.
        if self.state != "running" or not self.try_lock_for_update(allow_referencing=True):
            return 0
        self.sudo().batch_count += 1  # whoever may run
        self.flush_recordset()
        waiting = [("run_id", "=", self.id), ("state", "=", "draft")]
        self.env["dunning.notice"].search(waiting, limit=BATCH)._hand_over()
        self.env.flush_all()
        self.env.invalidate_all()
        left = self.env["dunning.notice"].search_count(waiting)
        if not left:
            self._set_state("done", is_requested=False, state_reason=False)
            self.flush_recordset()
        return left

    # The scheduled action --------------------------------------------------------------

    def _cron(self):
        return self.env.ref("lead_to_cash.cron_dunning_run").sudo()  # whoever may run may trigger it

    @api.model
    def _cron_run(self):
        """Today's run of each company in which a policy runs; what was begun or asked for is
        finished. A company whose run fails doesn't stop the others."""
        for company in self.env["res.company"].search([]):
            due = self.browse()
            with cron_step(self._cron(), f"Dunning of {company.name}"):
                # By the company's own day, whoever the job runs as.
                due = self.with_company(company).with_context(tz=company.sudo()._zone())._due(company)
                if not due and not company._dunning_obstacle():  # else a run does it, or waits for the bank
                    self.env["dunning.promise"]._follow_time(company)
            self.env["ir.cron"]._commit_progress()  # so that a run that fails is still there to say so
            for run in due:
                try:
                    if not run._work():
                        return
                except OperationalError:
                    self.env.cr.rollback()
                    come_again(self._cron(), f"The dunning run {run.id} of {company.name}")
                except Exception as error:
                    self.env.cr.rollback()
                    _logger.exception("The dunning run %s of %s failed", run.id, company.name)
                    run._set_state("failed", is_requested=False, state_reason=first_lines(error))
                self.env["ir.cron"]._commit_progress()

    def _due(self, company):
        """The runs of a company to work on now; today's is made when there is none."""
        today = self._today()
        own = [("company_id", "=", company.id), *self._daily_domain()]
        begun = self.search(
            [
                *own,
                "|",
                ("state", "in", ("running", "waiting")),
                "&",
                ("state", "=", "draft"),
                ("is_requested", "=", True),
            ],
            order="state desc, date, id",
        )
        if any(run.state == "waiting" or run.date == today for run in begun) or not company._dunning_policies():
            return begun
        todays = self.search([*own, ("date", "=", today)], order="id")
        if not todays:
            # One that this job has made, and whose process ended before it decided, is today's.
            ended = [("state", "=", "draft"), ("date", "<", today), ("create_uid", "=", self.env.uid)]
            todays = self.search([*own, *ended], order="id desc", limit=1)
            todays.sudo().date = today  # whoever the job runs as
        if not todays:
            todays = self.create({"company_id": company.id, "date": today})
        return begun | todays.filtered(lambda run: run.state == "draft")

    def _daily_domain(self):
        """The runs that are for all customers of their company."""
        return [("is_selective", "=", False)]

    def _work(self):
        """Do this run, committing each batch; False when the time is up. A run that waited
        takes the day on which it begins."""
        commit_progress = self.env["ir.cron"]._commit_progress
        if self._hold() or not self._may_begin():
            commit_progress()
            return True
        self._start()
        commit_progress(1)
        while left := self._process_batch():
            if not commit_progress(BATCH, remaining=left):
                return False
        commit_progress(1)
        return True

    def _may_begin(self):
        """Whether nothing is in the way of a run that has not begun, or a person said to
        begin all the same; else it waits, and says why."""
        if self.state not in ("draft", "waiting"):
            return True
        company = self.company_id._at(self.date)
        obstacle = not self.is_forced and self._reader()._reading(company)._dunning_obstacle()
        if obstacle:
            self._set_state("waiting", state_reason=obstacle, is_requested=False)
            return False
        self._set_state("draft", state_reason=False)
        return True
