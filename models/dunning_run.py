import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..engine import dunning_run as engine

_logger = logging.getLogger(__name__)

#: Notices that are written and queued together.
BATCH = 500


class DunningRun(models.Model):
    """One run of a company as of a day: it decides about every open item, makes the notices,
    and queues them."""

    _name = "dunning.run"
    _inherit = ["l2c.clock.mixin"]
    _description = "Dunning Run"
    _order = "date desc, id desc"
    _rec_name = "date"

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    date = fields.Date(required=True, default=lambda self: self._today())
    state = fields.Selection(
        [("draft", "New"), ("running", "Running"), ("done", "Done")], required=True, default="draft", readonly=True
    )
    notice_ids = fields.One2many("dunning.notice", "run_id", "Notices", readonly=True)
    notice_count = fields.Integer("Number of Notices", compute="_compute_notice_count")
    batch_count = fields.Integer("Batches", readonly=True)

    # Two processes can't run for one company at once.
    _running_uniq = models.UniqueIndex("(company_id) WHERE state = 'running'", "A run of this company is under way.")

    @api.depends("notice_ids")
    def _compute_notice_count(self):
        groups = self.env["dunning.notice"]._read_group([("run_id", "in", self.ids)], ["run_id"], ["__count"])
        counts = {run.id: count for run, count in groups}
        for run in self:
            run.notice_count = counts.get(run.id, 0)

    def action_run(self):
        """Do the whole run in this transaction, without committing."""
        for run in self:
            run._start()
            while run._process_batch():
                pass

    def _start(self):
        """Decide and make the notices: once, however often it is called."""
        if self.state != "draft":
            return
        if not self.try_lock_for_update():
            raise UserError(self.env._("This run is under way in another process."))
        self.state = "running"
        self.flush_recordset()
        self.with_context(l2c_today=fields.Date.to_string(self.date))._decide()

    def _decide(self):
        self.env.flush_all()
        question = self.company_id._dunning_question()
        uid, now = self.env.uid, self._now()
        self.env.cr.execute("DROP TABLE IF EXISTS dunning_decided")
        for statement in (
            engine.remember(question),
            SQL("ANALYZE dunning_decided"),
            engine.close_decisions(question),
            engine.move_decisions(question),
            engine.open_decisions(question, uid, now),
            engine.make_notices(self.id, question, uid, now),
            engine.make_lines(self.id, question, uid, now),
            engine.sum_lines(SQL("n.run_id = %s", self.id)),
        ):
            self.env.cr.execute(statement)
        self.env.cr.execute("DROP TABLE dunning_decided")
        self.env.invalidate_all()

    def _process_batch(self):
        """Write and queue the next notices; returns how many are left. The counter makes a
        process that saw an older state fail and try again."""
        if self.state != "running" or not self.try_lock_for_update():
            return 0
        self.batch_count += 1
        self.flush_recordset()
        waiting = [("run_id", "=", self.id), ("state", "=", "draft")]
        self.env["dunning.notice"].search(waiting, limit=BATCH)._queue()
        self.env.flush_all()
        self.env.invalidate_all()
        left = self.env["dunning.notice"].search_count(waiting)
        if not left:
            self.state = "done"
            self.flush_recordset()
        return left

    @api.model
    def _cron_run(self):
        """Today's run of each company in which a policy runs; what was begun is finished."""
        for company in self.env["res.company"].search([]):
            if company._dunning_policies():
                self.with_company(company)._run_today(company)

    def _run_today(self, company):
        today = self._today()
        begun = [("company_id", "=", company.id), "|", ("state", "=", "running"), ("date", "=", today)]
        run = self.search(begun, limit=1, order="state desc, id") or self.create(
            {"company_id": company.id, "date": today}
        )
        run._start()
        self.env["ir.cron"]._commit_progress(1)
        while left := run._process_batch():
            if not self.env["ir.cron"]._commit_progress(BATCH, remaining=left):
                return
        self.env["ir.cron"]._commit_progress(1)
