from odoo import api, fields, models


class DunningRunStart(models.TransientModel):
    """Before a run begins, or its notices are released: how many, to how many customers, and how much."""

    _name = "dunning.run.start"
    _inherit = ["dunning.summary.mixin", "l2c.real.records.mixin"]
    _description = "Start or Release a Run"

    run_id = fields.Many2one("dunning.run", required=True, readonly=True)
    is_release = fields.Boolean(compute="_compute_is_release")
    plan = fields.Html("What Will Happen", compute="_compute_plan", sanitize=False)  # rendered: all is escaped

    @api.depends("run_id")
    def _compute_is_release(self):
        for wizard in self:
            wizard.is_release = wizard.run_id.is_to_release

    @api.depends("run_id")
    @api.depends_context("uid", "lang", "l2c_today")
    def _compute_plan(self):
        for wizard in self:
            rows = wizard._planned()
            values = {
                "rows": self._rows(rows),
                "count": len(rows),
                "total": self._amounts(rows),
                "notices": wizard._notices_text(rows),
                "is_release": wizard.is_release,
                "waits_for_release": wizard.run_id.waits_for_release,
                "left": len(wizard._kept()),
            }
            wizard.plan = self.env["ir.qweb"]._render("lead_to_cash.dunning_run_start_plan", values)

    def _planned(self):
        """A row for each notice that would leave, or be made."""
        self.run_id.check_access("write")
        if not self.is_release:
            return self.run_id._planned()
        leaving = self._held() - self._kept()
        rows = self._rows_of(leaving)
        return [row | {"partner_id": one.partner_id.id} for row, one in zip(rows, leaving, strict=True)]

    def _held(self):
        return self.run_id.notice_ids.filtered(lambda notice: notice.state == "to_approve")

    def _kept(self):
        """Those that still wait after the release, since their level wants it so."""
        held = self._held() if self.is_release else self.env["dunning.notice"]
        return held.filtered(lambda notice: notice.level_id.requires_approval)

    def action_start(self):
        """Begin, or release; says how many and how much."""
        self.ensure_one()
        self.check_access("write")
        rows, run = self._planned(), self.run_id
        told = {"notices": self._notices_text(rows), "amount": self._amounts(rows)}
        if run.is_to_release or run.waits_for_release:
            text = (
                self.env._("Released: %(notices)s, %(amount)s.", **told) if rows else self.env._("Released: no notice.")
            )
            run.action_release()
        else:
            text = self.env._("The run begins: no notice for now.")
            if rows:
                text = self.env._("The run begins: %(notices)s, %(amount)s.", **told)
            run.action_run_now()
        return self.env["dunning.notice"]._said(text)
