from odoo import api, fields, models
from odoo.exceptions import UserError


class DunningApproval(models.TransientModel):
    """Approving many notices: what would leave, and what can't and why, before anything does."""

    _name = "dunning.approval"
    _inherit = ["l2c.chosen.mixin", "dunning.summary.mixin", "l2c.real.records.mixin"]
    _description = "Approve Notices"

    plan = fields.Html("What Will Happen", compute="_compute_plan", sanitize=False)  # rendered: all is escaped
    notice_count = fields.Integer("Notices", compute="_compute_plan")

    @api.model
    def _open(self, notices):
        """The dialog about ``notices``."""
        if not notices.exists():
            raise UserError(self.env._("There is no such record. Choose one that exists."))
        action = self.env["ir.actions.act_window"]._for_xml_id("lead_to_cash.dunning_approval_action")
        return action | {"context": {"default_res_ids": notices.ids}}

    @api.depends("res_ids")
    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_plan(self):
        for wizard in self:
            good, refused = wizard._sorted()
            rows = self._rows_of(good)
            values = {
                "count": len(good),
                "rows": self._rows(rows),
                "total": self._amounts(rows),
                "first": len(good.filtered(lambda notice: notice.exception_kind == "first")),
                "look": self._looks(good),
                "refused": self._by_reason(refused),
            }
            wizard.plan = self.env["ir.qweb"]._render("lead_to_cash.dunning_approval_plan", values)
            wizard.notice_count = len(good)

    def _looks(self, notices):
        """[(reason, how many)] of those to look at, which are approved all the same."""
        texts = notices.filtered(lambda notice: notice.exception_kind not in (False, "first")).mapped("exception_text")
        return sorted(((text, texts.count(text)) for text in set(texts)), key=lambda pair: (-pair[1], pair[0]))

    def _by_reason(self, refused):
        """[(reason, [names])], the most frequent first; of those that don't wait for it, their state."""
        groups, states = {}, dict(self.env["dunning.notice"]._fields["state"]._description_selection(self.env))
        for notice, reason in refused.items():
            said = reason if notice.state == "to_approve" else states[notice.state]
            groups.setdefault(said, []).append(notice.display_name)
        return sorted(groups.items(), key=lambda group: -len(group[1]))

    def _sorted(self):
        """(those that can be approved, {notice: why not})."""
        notices = self._chosen("dunning.notice").exists()
        notices.check_access("write")
        refused = {}
        for theirs in notices.grouped("company_id").values():
            if obstacle := self._obstacle(theirs):
                refused |= dict.fromkeys(theirs, obstacle)
                notices -= theirs
        waiting = notices.filtered(lambda notice: notice.state == "to_approve")
        refused |= {notice: notice._no_way("queued") for notice in notices - waiting}
        archived = waiting.filtered(lambda notice: not notice.partner_id.active)
        refused |= {notice: self._archived_sentence(notice) for notice in archived}
        refused |= (waiting - archived)._approval_problems()
        return waiting.filtered(lambda notice: notice not in refused), refused

    def _archived_sentence(self, notice):
        return self.env._(
            "%(customer)s was archived. Open the notice, and approve or cancel it there.",
            customer=notice.partner_id.display_name,
        )

    def _obstacle(self, notices):
        """What is in the way of all notices of a company, in a sentence."""
        try:
            notices._require_release()
        except UserError as error:
            return str(error)
        return ""

    def action_approve(self):
        """Approve those that can be, and say how many, and why the others weren't."""
        self.ensure_one()
        self.check_access("write")
        good, refused = self._sorted()
        if not good:
            raise UserError(next(iter(refused.values())))
        good._approve()
        return good._said(good._approved_text(len(good), refused))
