from odoo import api, models
from odoo.addons.rating.models.rating_data import (
    RATING_HAPPY_VALUE,
    RATING_NEUTRAL_VALUE,
    RATING_UNHAPPY_VALUE,
)
from odoo.tools import SQL


class DunningNotice(models.Model):
    """How content the customer is: asked before the due date, and once all overdue is paid."""

    _inherit = "dunning.notice"

    def _ask_ratings(self):
        """A question for each notice whose level asks one, made together: the e-mails link to it."""
        model_id = self.env["ir.model"]._get_id(self._name)
        asking = self.filtered("level_id.ask_rating")
        # Whoever approves a notice need not write ratings of customers.
        self.env["rating.rating"].sudo().create(
            [
                {"res_model_id": model_id, "res_id": notice.id, "partner_id": notice.partner_id.id}
                for notice in asking - asking.filtered("rating_ids")
            ]
        )

    def _rating_urls(self):
        """Where each smiley leads; nothing when no answer is asked for."""
        rates = {"happy": RATING_HAPPY_VALUE, "neutral": RATING_NEUTRAL_VALUE, "unhappy": RATING_UNHAPPY_VALUE}
        if not self.ids or not (self.level_id.ask_rating or self.is_thanked):
            return {}
        token = self._rating_get_access_token()
        return {name: f"{self.get_base_url()}/rate/{token}/{rate}" for name, rate in rates.items()}

    def rating_apply(self, rate, token=None, rating=None, feedback=None, subtype_xmlid=None, notify_delay_send=False):
        result = super().rating_apply(rate, token, rating, feedback, subtype_xmlid, notify_delay_send)
        if rate < RATING_NEUTRAL_VALUE:
            self.activity_schedule(
                "mail.mail_activity_data_call",
                summary=self.env._("Not content: call before the due date"),
                note=feedback,
                date_deadline=self._today(),
                user_id=self._responsible().id,
            )
        return result

    @api.model
    def _thank(self):
        """Thank customers who were reminded and now owe nothing overdue: once for what they were
        reminded of, with the template of their policy."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT n.id
                  FROM dunning_notice n JOIN dunning_policy p ON p.id = n.policy_id AND p.thanks_template_id IS NOT NULL
                 WHERE n.state = 'sent' AND n.expires_on IS NOT NULL AND n.is_thanked IS NOT TRUE
                   AND NOT EXISTS (
                       SELECT 1 FROM account_move_line l
                         JOIN account_account a ON a.id = l.account_id AND a.account_type = 'asset_receivable'
                         JOIN res_partner c ON c.id = l.partner_id
                        WHERE c.commercial_partner_id = n.partner_id AND l.company_id = n.company_id
                          AND l.parent_state = 'posted' AND l.reconciled IS NOT TRUE AND l.balance > 0
                          AND COALESCE(l.date_maturity, l.date) < %s)
              ORDER BY n.partner_id, n.company_id, n.id DESC
                """,
                self._today(),
            )
        )
        notices = self.browse(row[0] for row in rows)
        notices.is_thanked = True
        newest = self.union(*(group[:1] for group in notices.grouped(lambda n: (n.partner_id, n.company_id)).values()))
        for template, group in newest.grouped("policy_id.thanks_template_id").items():
            for notice in group.filtered(lambda notice: notice._addressee().email_normalized):
                template.send_mail(notice.id, email_values={"recipient_ids": [(4, notice._addressee().id)]})
