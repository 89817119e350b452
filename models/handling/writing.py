from odoo import api, models


class MailComposeMessage(models.TransientModel):
    """In its mode for many records, the host asks for the right to read them alone."""

    _inherit = "mail.compose.message"

    def _action_send_mail(self, auto_commit=False):
        for composer in self.filtered("model"):
            self.env["mail.template"]._check_may_write_about(composer.model, composer._evaluate_res_ids())
        return super()._action_send_mail(auto_commit=auto_commit)


class MailTemplate(models.Model):
    """Whoever may not write about a record of ours sends nobody a template about it."""

    _name = "mail.template"
    _inherit = ["l2c.real.records.mixin", "mail.template"]

    def send_mail_batch(self, res_ids, *args, **kwargs):
        self.check_access("read")
        self._check_may_write_about(self.model, res_ids)
        return super().send_mail_batch(res_ids, *args, **kwargs)

    @api.model
    def _check_may_write_about(self, model, res_ids):
        """
        :raise AccessError: for who may only read records of ours
        """
        if model in self.env and self.env[model]._original_module == "lead_to_cash":
            records = self.env[model].browse(res_ids)
            records.check_access(records._mail_post_access if "message_ids" in records._fields else "read")
