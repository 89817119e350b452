from odoo import api, fields, models

from ...engine.handling.status import DOCUMENTS


class ContactDialog(models.TransientModel):
    """After the first contact: what is needed, what was said, and what comes next."""

    _name = "contact.dialog"
    _inherit = ["l2c.real.records.mixin"]
    _description = "First Contact"

    res_model = fields.Selection(DOCUMENTS, required=True)
    res_id = fields.Many2oneReference(model_field="res_model", required=True)
    need = fields.Char(help="What the customer needs, in a few words.")
    note = fields.Text(help="What was said.")
    day = fields.Date("Next Action on", compute="_compute_day", store=True, readonly=False)

    @api.depends("res_model", "res_id")
    def _compute_day(self):
        for dialog in self:
            dialog.day = dialog.day or next(iter(dialog._document()._by_working_day(2)))

    def _document(self):
        return self.env[self.res_model].browse(self.res_id)

    def action_demo(self):
        """Log the contact; a demonstration comes next."""
        return self._log(self.env._("Demo call"), "mail.mail_activity_data_call")

    def action_meeting(self):
        """Log the contact; a meeting comes next."""
        return self._log(self.env._("Meeting"), "mail.mail_activity_data_meeting")

    def action_call(self):
        """Log the contact; a call about the quotation comes next."""
        return self._log(self.env._("Call after quotation"), "mail.mail_activity_data_call")

    def _log(self, summary, activity_type):
        self.ensure_one()
        self.check_access("write")
        document = self._document()
        document.action_log_attempt("reached", note=self.note)
        if self.need and "need" in document._fields:
            document.need = self.need
        document._drop_automated_activities()
        user = document._handling_user() or self.env.user
        document.activity_schedule(activity_type, self.day, summary, user_id=user.id, automated=False)
        return {"type": "ir.actions.act_window_close"}
