from odoo import api, fields, models


class WatchDealtWith(models.TransientModel):
    """Say what was done about watched customers."""

    _name = "watch.dealt.with"
    _inherit = ["l2c.chosen.mixin"]
    _description = "Watched Customers Are Dealt With"

    note = fields.Text("What Was Done")

    @api.model
    def _open(self, watches):
        """The dialog for these reasons of the watch list."""
        self.check_access("create")
        watches.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("lead_to_cash.watch_dealt_with_action")
        return action | {"context": {"default_res_ids": watches.ids}}

    def action_done(self):
        """The customers' alerts go, until there is a new reason, or the days of the settings have passed."""
        self.ensure_one()
        self.check_access("write")
        watches = self._chosen("dunning.watch")
        watches.check_access("read")
        watches._dealt_with(self.note)
        return {"type": "ir.actions.act_window_close"}
