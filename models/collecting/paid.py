from collections import defaultdict
from datetime import timedelta

from markupsafe import Markup
from odoo import api, fields, models
from odoo.tools import format_amount

from ...engine.collecting.paid import PAID_WITHIN, paid_after_calls
from ..handling.cron_step import cron_step


class ContactAttempt(models.Model):
    """Who has spoken to a customer is told what it pays then."""

    _inherit = "contact.attempt"

    paid_told_on = fields.Date(readonly=True, copy=False, help="When its caller was told last what was paid after it.")
    told_matching = fields.Integer(readonly=True, copy=False, aggregator=None, groups=fields.NO_ACCESS)

    # Serves telling it: with whom somebody has spoken.
    _contacts_idx = models.Index("(company_id, date) WHERE conversations = 1 AND active")

    @api.model
    def _cron_tell_paid(self):
        """Tell each caller in one message what was paid after their calls: each customer once a day, and each
        payment once."""
        cron = self.env.ref("lead_to_cash.cron_paid")
        companies = self.env["res.company"].search([])
        for number, company in enumerate(companies, 1):
            with cron_step(cron, f"Telling what was paid after calls for {company.name}"):
                self.with_company(company).with_context(tz=company._zone())._tell_paid(company)
            self.env["ir.cron"]._commit_progress(1, remaining=len(companies) - number)

    def _tell_paid(self, company):
        today, paid = self._today(), defaultdict(list)
        self.env.flush_all()
        query = paid_after_calls(company.id, today - timedelta(days=PAID_WITHIN), today, company._zone())
        for attempt_id, *row in self.env.execute_query(query):
            paid[self.browse(attempt_id)].append(row)
        by_user = self.union(*paid).grouped("user_id")
        for user, attempts in by_user.items():
            if user.active and not user.share:
                attempts._tell_caller(user, {attempt: paid[attempt] for attempt in attempts})
        for attempt, rows in paid.items():
            attempt.write({"paid_told_on": today, "told_matching": max(row[-1] for row in rows)})

    def _tell_caller(self, user, paid):
        """One message, as the caller reads it.

        :param paid: {attempt: (currency's id, amount, day, number of the matching) of each currency}
        """
        lines = [attempt._paid_line(user, rows) for attempt, rows in paid.items()]
        reader = user._reading(self)
        self.env["mail.thread"].message_notify(
            subject=reader.env._("Paid after your call: 1 customer")
            if len(lines) == 1
            else reader.env._("Paid after your calls: %s customers", len(lines)),
            body=Markup("<br/>").join(lines),
            partner_ids=user.partner_id.ids,
        )

    def _paid_line(self, user, rows):
        reader = user._reading(self)
        currencies = self.env["res.currency"]
        amounts = [format_amount(reader.env, amount, currencies.browse(number)) for number, amount, *_rest in rows]
        days = (max(row[2] for row in rows) - fields.Datetime.context_timestamp(self, self.date).date()).days
        customer = self.partner_id.commercial_partner_id
        when = (
            reader.env._("%s after your call", reader._days_text(days))
            if days
            else reader.env._("on the day of your call")
        )
        said = reader.env._("Paid: %(amount)s, %(when)s", amount=" + ".join(amounts), when=when)
        return Markup("%s · %s") % (customer._get_html_link(title=customer.name), said)
