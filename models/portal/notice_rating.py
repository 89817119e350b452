from odoo import api, models
from odoo.addons.rating.models.rating_data import (
    RATING_HAPPY_VALUE,
    RATING_NEUTRAL_VALUE,
    RATING_UNHAPPY_VALUE,
)
from odoo.tools import plaintext2html

from ...engine.dunning.run import overdue_paid, show_mails
from ..handling.isolated import isolated


class DunningNotice(models.Model):
    """How content the customer is: asked before the due date, and once all overdue is paid."""

    _inherit = "dunning.notice"

    def _ask_ratings(self):
        """A question for each notice that asks one, made together: the e-mails link to it."""
        model_id = self.env["ir.model"]._get_id(self._name)
        asking = self.filtered(lambda notice: notice._asks_rating())
        # Whoever approves a notice need not write ratings of customers.
        asked = asking.filtered(lambda notice: not all(notice.sudo().rating_ids.mapped("consumed")))
        self.env["rating.rating"].sudo().create(  # as above
            [
                {"res_model_id": model_id, "res_id": notice.id, "partner_id": notice.partner_id.id}
                for notice in asking - asked
            ]
        )

    def _asks_rating(self):
        return self.level_id.ask_rating or self.is_thanked

    def _rating_urls(self):
        """Where each smiley leads; nothing when no answer is asked for."""
        rates = {"happy": RATING_HAPPY_VALUE, "neutral": RATING_NEUTRAL_VALUE, "unhappy": RATING_UNHAPPY_VALUE}
        if not self.ids or not self._asks_rating():
            return {}
        token = self._rating_get_access_token()
        return {name: f"{self.get_base_url()}/rate/{token}/{rate}" for name, rate in rates.items()}

    def rating_apply(self, rate, token=None, rating=None, feedback=None, subtype_xmlid=None, notify_delay_send=False):
        self.check_access("write")  # the page behind a smiley has all rights
        result = super().rating_apply(rate, token, rating, feedback, subtype_xmlid, notify_delay_send)
        if rate < RATING_NEUTRAL_VALUE:
            self._ask_what_is_wrong(feedback)
        return result

    def _ask_what_is_wrong(self, feedback):
        """One call, also when the customer says it twice."""
        summary = self.env._("Not content: call before the due date")
        if self.is_thanked:
            summary = self.env._("Not content: call")
        if known := self.activity_ids.filtered(lambda activity: activity.summary == summary)[:1]:
            known.note = plaintext2html(feedback or "")
            return
        self.activity_schedule(
            "mail.mail_activity_data_call",
            summary=summary,
            note=plaintext2html(feedback or ""),
            date_deadline=self._today(),
            user_id=self._responsible().id,
        )

    @api.model
    def _thank(self):
        """Thank customers who were reminded of what was overdue, have paid, and now owe nothing
        overdue: once for all they were reminded of, with the template of their policy."""
        self.env.flush_all()
        rows = self.env.execute_query(overdue_paid(self._today()))
        by_customer = self.browse(row[0] for row in rows).grouped(lambda notice: (notice.partner_id, notice.company_id))
        newest = self.union(*(notices[:1] for notices in by_customer.values()))
        groups = newest.grouped(lambda notice: (notice.policy_id.thanks_template_id, notice.partner_id.lang))
        for (template, lang), group in groups.items():
            with isolated(self.env.ref("lead_to_cash.cron_follow_time"), f"Thanking by {template.name}"):
                self.union(*(by_customer[n.partner_id, n.company_id] for n in group)).is_thanked = True
                group.filtered(lambda notice: notice._addressee().email_normalized)._send_thanks(template, lang)

    def _send_thanks(self, template, lang):
        if not self:
            return
        mails = self.env["mail.mail"].create(self._prepare_mail_values(template, lang))
        self.env.flush_all()
        self.env.cr.execute(show_mails(mails.ids))
        mails.invalidate_recordset(["body"], flush=False)
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger(at=set(mails.mapped("scheduled_date")))
