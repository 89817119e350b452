from odoo import fields, models


class SmsSms(models.Model):
    """An SMS that follows a result waits as long as the result can be taken back."""

    _inherit = "sms.sms"

    waits_until = fields.Datetime(copy=False, readonly=True, groups="base.group_user")

    def _send(self, *args, **kwargs):
        now = self.env["res.company"]._now()
        free = self.filtered(lambda sms: not sms.waits_until or sms.waits_until <= now)
        return super(SmsSms, free)._send(*args, **kwargs) if free else None
