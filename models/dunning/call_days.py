from datetime import timedelta

from odoo import models

from ...engine.dunning.call_days import spread


class DunningNotice(models.Model):
    """On which day calls are made: a collector makes so many a day, and who owes most is called first."""

    _inherit = "dunning.notice"

    def _call_days(self):
        """{notice: the day for its call} of those that are calls."""
        days = {}
        calls = self.filtered(lambda notice: notice.channel == "call")
        for (company, user), theirs in calls.grouped(lambda call: (call.company_id, call._responsible())).items():
            most = company.sudo().dunning_calls_a_day  # a setting of the company
            first = min(theirs.mapped("date"))
            ordered = theirs.sorted(lambda call: (-call._in_company_currency(), call.id))
            if not most:
                days |= {call: call.date for call in ordered}
                continue
            last = first + timedelta(days=31 + 2 * len(ordered))
            off = company.sudo()._dunning_holidays(first, last)  # its calendar is no secret
            found = spread([call.date for call in ordered], self._calls_planned(user, first), off, most)
            days |= dict(zip(ordered, found, strict=True))
        return days

    def _in_company_currency(self):
        company = self.company_id
        return self.currency_id._convert(self.amount_due, company.currency_id, company, self.date, round=False)

    def _calls_planned(self, user, first):
        """{day: how many calls of notices the user has on it} from ``first`` on."""
        kind = self.env.ref("mail.mail_activity_data_call")
        # Of all companies: the day of who calls is one.
        groups = (
            self.env["mail.activity"]
            .sudo()
            ._read_group(
                [
                    ("res_model", "=", self._name),
                    ("user_id", "=", user.id),
                    ("activity_type_id", "=", kind.id),
                    ("date_deadline", ">=", first),
                ],
                ["date_deadline:day"],
                ["__count"],
            )
        )
        return dict(groups)
