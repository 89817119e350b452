from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

#: So much of an error is told.
MOST_OF_REASON = 500


class Automation(models.Model):
    """What this addon does without anybody's click: a scheduled action of the host's, in plain words, with its
    switch and how its last run went. Administrators switch; managers read."""

    _name = "l2c.automation"
    _inherit = ["l2c.audited.mixin", "l2c.protected.mixin"]
    _description = "What Runs by Itself"
    _order = "sequence, id"

    _written_by = "the buttons of the list"

    name = fields.Char(required=True, readonly=True, translate=True)
    description = fields.Text("What It Does", readonly=True, translate=True)
    sequence = fields.Integer(readonly=True)
    cron_id = fields.Many2one(
        "ir.cron",
        "Scheduled Action",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        groups="base.group_system",
    )
    is_on = fields.Boolean("Switched On", compute="_compute_run", compute_sudo=True)
    last_run = fields.Datetime(compute="_compute_run", compute_sudo=True)
    next_run = fields.Datetime(compute="_compute_run", compute_sudo=True)
    result = fields.Char("Last Result", compute="_compute_result", compute_sudo=True)
    failure = fields.Char(
        "Last Failure",
        readonly=True,
        groups="base.group_system",  # it may name what is another company's
        help="A part that failed while the others went on.",
    )
    failed_on = fields.Datetime("Failed on", readonly=True)

    _cron_unique = models.Constraint("UNIQUE(cron_id)", "A scheduled action is told in one line.")

    @api.depends("cron_id.active", "cron_id.lastcall", "cron_id.nextcall")
    def _compute_run(self):
        for automation in self:
            cron = automation.cron_id
            automation.is_on = cron.active
            automation.last_run = cron.lastcall
            automation.next_run = cron.active and cron.nextcall

    @api.depends_context("lang", "tz")
    @api.depends("is_on", "last_run", "failed_on", "cron_id.failure_count")
    def _compute_result(self):
        progress = self._last_progress()
        for automation in self:
            automation.result = automation._result_text(*progress.get(automation.cron_id.id, (0, 0)))

    def _last_progress(self):
        """{id of a scheduled action: (done, remaining) of its last run}"""
        self.env["ir.cron.progress"].flush_model()
        query = SQL(
            "SELECT DISTINCT ON (cron_id) cron_id, done, remaining FROM ir_cron_progress WHERE cron_id IN %s"
            " ORDER BY cron_id, id DESC",
            tuple(self.cron_id.ids) or (0,),
        )
        return {cron: (done, remaining) for cron, done, remaining in self.env.execute_query(query)}

    def _result_text(self, done, remaining):
        cron = self.cron_id
        if not cron.active:
            return self.env._("Switched off")
        if cron.failure_count:
            day = format_date(self.env, cron.first_failure_date)
            if cron.failure_count == 1:
                return self.env._("Has failed on %(day)s: the server's log says why", day=day)
            return self.env._(
                "Has failed %(count)s times since %(day)s: the server's log says why", count=cron.failure_count, day=day
            )
        if not cron.lastcall:
            return self.env._("Hasn't run yet")
        if self.failed_on and self.failed_on >= cron.lastcall:
            return self.env._("A part failed, the others went on")
        if remaining:
            return self.env._("%(done)s done, %(remaining)s to go on with", done=done, remaining=remaining)
        return self.env._("%(done)s done", done=done) if done else self.env._("Done")

    def action_switch(self):
        """Switch it off, or on again; who did is in the audit log."""
        self._check_switching()
        before = self._audit_texts({"is_on"})
        for automation_sudo in self.sudo():  # _check_switching
            automation_sudo.cron_id.active = not automation_sudo.cron_id.active
        self.invalidate_recordset(["is_on", "next_run", "result"])
        self._audit(before)

    def action_run(self):
        """Run it as soon as the scheduler has a worker for it.

        :raise UserError: when it is switched off
        """
        self._check_switching()
        if off := self.filtered(lambda automation: not automation.is_on):
            raise UserError(self.env._("“%(name)s” is switched off. Switch it on first.", name=off[0].name))
        for automation_sudo in self.sudo():  # _check_switching
            automation_sudo.cron_id._trigger()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "info", "message": self.env._("It begins within a minute.")},
        }

    def _check_switching(self):
        self.check_access("write")
        self.env["ir.cron"].check_access("write")

    def _audit_company(self, _field):
        return self.env["res.company"]

    @api.model
    def _note_failure(self, cron, what, error):
        """A part of ``cron`` failed: the first line of ``error`` stands in its line."""
        row_sudo = self.sudo().search([("cron_id", "=", cron.id)])  # jobs run as users who need not administer them
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        row_sudo.write({"failure": f"{what}: {reason}"[:MOST_OF_REASON], "failed_on": fields.Datetime.now()})
