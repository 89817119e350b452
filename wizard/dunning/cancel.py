from odoo import api, fields, models
from odoo.exceptions import UserError

from ...models.dunning.notice import PENDING


class DunningCancel(models.TransientModel):
    """Cancelling notices, or all of a run that has not left: what it is about, and why."""

    _name = "dunning.cancel"
    _inherit = ["l2c.chosen.mixin", "dunning.summary.mixin", "l2c.real.records.mixin"]
    _description = "Cancel Notices"

    run_id = fields.Many2one("dunning.run", readonly=True)
    reason = fields.Char("Why", help="It stands with each of the notices.")
    plan = fields.Html("What Will Happen", compute="_compute_plan", sanitize=False)  # rendered: all is escaped
    notice_count = fields.Integer("Notices", compute="_compute_plan")

    @api.model
    def _open(self, notices, run=None):
        """The dialog about ``notices``, or about a run and its notices.

        :raise UserError: when there is nothing to cancel
        """
        waiting = notices.exists().filtered(lambda notice: notice.state in PENDING)
        if not waiting:
            raise UserError(self.env._("Nothing to cancel: what was sent stays, and the others are cancelled already."))
        action = self.env["ir.actions.act_window"]._for_xml_id("lead_to_cash.dunning_cancel_action")
        return action | {"context": {"default_res_ids": waiting.ids, "default_run_id": run.id if run else False}}

    @api.depends("res_ids")
    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_plan(self):
        for wizard in self:
            notices = wizard._notices()
            rows = self._rows_of(notices)
            values = {"rows": self._rows(rows), "count": len(notices), "total": self._amounts(rows)}
            wizard.plan = self.env["ir.qweb"]._render("lead_to_cash.dunning_sums", values) if notices else ""
            wizard.notice_count = len(notices)

    def _notices(self):
        notices = self._chosen("dunning.notice").exists()
        notices.check_access("write")
        return notices.filtered(lambda notice: notice.state in PENDING)

    def action_cancel(self):
        """Cancel them; a run is stopped.

        :raise UserError: without a reason
        """
        self.ensure_one()
        self.check_access("write")
        reason = " ".join((self.reason or "").split())
        if not reason:
            raise UserError(self.env._("Say why: it stands with the notice, for whoever asks later."))
        if self.run_id:
            return self.run_id._stop(reason)
        notices = self._notices()
        notices._cancel_by_hand(reason)
        if len(notices) == 1:
            return notices._said(self.env._("One notice is cancelled."))
        return notices._said(self.env._("%s notices are cancelled.", len(notices)))
