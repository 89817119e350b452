from odoo import api, fields, models


class DunningLevel(models.Model):
    """A company's own action when a level is reached."""

    _inherit = "dunning.level"

    # What is attached runs with all rights: administrators choose it.
    server_action_id = fields.Many2one(
        "ir.actions.server",
        "Own Action",
        domain=[("model_name", "=", "dunning.notice")],
        ondelete="set null",
        groups="base.group_system",
        help="Run for the notices of this level when they were sent, or their task was done.",
    )

    @api.constrains("server_action_id")
    def _check_server_action(self):
        for level in self:
            level.server_action_id._check_is_for("dunning.notice")


class DunningNotice(models.Model):
    _inherit = "dunning.notice"

    def _after_sending(self):
        result = super()._after_sending()
        for level, notices in self.grouped("level_id").items():
            level.sudo().server_action_id._run_after_the_fact(notices)  # chosen by an administrator
        return result

    def _heard_from(self):
        result = super()._heard_from()
        self.env["res.company"]._dunning_fire("answer_received", self)
        return result
