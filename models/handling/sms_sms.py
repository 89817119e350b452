from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ...engine.handling.own import Own, own


class SmsSms(models.Model):
    """An SMS that follows a result waits as long as the result can be taken back."""

    _inherit = "sms.sms"

    waits_until = fields.Datetime(copy=False, readonly=True, groups="base.group_user")

    @api.model_create_multi
    def create(self, vals_list):
        """The host's queue is woken when they may leave: once for all of a minute, and for none before."""
        now = self.env["res.company"]._now()
        moments = [fields.Datetime.to_datetime(vals.get("waits_until")) for vals in vals_list]
        if not any(moments):
            return super().create(vals_list)
        wakes = {_full_minute(moment) if moment and moment > now else fields.Datetime.now() for moment in moments}
        making = self.with_context(l2c_wakes_sms_at=Own(frozenset(wakes)))
        return super(SmsSms, making).create(vals_list).with_env(self.env)

    def _send(self, *args, **kwargs):
        now = self.env["res.company"]._now()
        free = self.filtered(lambda sms: not sms.waits_until or sms.waits_until <= now)
        return super(SmsSms, free)._send(*args, **kwargs) if free else None

    def _process_queue(self):
        """Those that wait don't stand in the way of the others."""
        due = self.with_context(l2c_sms_due_at=Own(self.env["res.company"]._now()))
        return super(SmsSms, due)._process_queue()

    def _search(self, domain, *args, **kwargs):
        if now := own(self.env, "l2c_sms_due_at"):
            domain = Domain(domain) & (Domain("waits_until", "=", False) | Domain("waits_until", "<=", now))
        return super()._search(domain, *args, **kwargs)


class IrCron(models.Model):
    """Odoo wakes its queue of SMS with each that is made."""

    _inherit = "ir.cron"

    def _trigger_list(self, at_list):
        wakes = own(self.env, "l2c_wakes_sms_at")
        if wakes is not None and self == self.env.ref("sms.ir_cron_sms_scheduler_action"):
            pending = self.env["ir.cron.trigger"].sudo()  # as the host makes them
            pending = pending.search([("cron_id", "=", self.id), ("call_at", "in", list(wakes))])
            at_list = sorted(wakes - set(pending.mapped("call_at")))
        return super()._trigger_list(at_list)


def _full_minute(moment):
    """The next full minute: Odoo's jobs come no sooner."""
    return moment.replace(second=0, microsecond=0) + timedelta(minutes=bool(moment.second or moment.microsecond))
