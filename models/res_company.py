from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

from ..engine.dunning import Question
from ..engine.workdays import last_working_day, next_working_day


class ResCompany(models.Model):
    _name = "res.company"
    _inherit = ["l2c.clock.mixin", "res.company"]

    dunning_policy_id = fields.Many2one("dunning.policy", "Default Dunning Policy")
    dunning_calendar_id = fields.Many2one(
        "resource.calendar", "Working Days of Dunning", help="Empty: the working hours of the company."
    )

    def _dunning_question(self):
        """What the engine is asked for this company, as of today."""
        self.ensure_one()
        company_sudo = self.sudo()  # policies and domains are the engine's, not the reader's
        partner = company_sudo.env["res.partner"].with_company(self)
        today = self._today()
        return Question(
            company_id=self.id,
            today=today,
            working_day=last_working_day(today, company_sudo._dunning_holidays(today - timedelta(days=31), today)),
            moved=company_sudo._dunning_moved(today),
            policy=company_sudo._dunning_policy_sql(),
            hold_until=partner._field_to_sql("cp", "dunning_hold_until"),
            state=partner._field_to_sql("cp", "collection_state"),
            trust=partner._field_to_sql("cp", "trust"),
            rate=company_sudo._dunning_rate_sql(today),
        )

    def _dunning_holidays(self, start, end):
        """The days from ``start`` to ``end`` on which nobody works here."""
        calendar = self.dunning_calendar_id or self.resource_calendar_id
        begin, finish = (fields.Datetime.to_datetime(day) for day in (start, end + timedelta(days=1)))
        unusual = calendar._get_unusual_days(begin, finish, self) if calendar else {}
        return {fields.Date.to_date(day) for day, none_works in unusual.items() if none_works}

    def _dunning_moved(self, today):
        """The holidays of the next year, with the working day after each."""
        holidays = self._dunning_holidays(today, today + timedelta(days=366))
        return {day: next_working_day(day, holidays) for day in sorted(holidays)}

    def _dunning_policies(self):
        """The policies that run today, and those that are previewed, in their order."""
        today = self._today()
        as_if = self.env.context.get("l2c_as_if_running") or []
        policies = self.env["dunning.policy"].search([("company_id", "parent_of", self.id)])
        return policies.filtered(
            lambda policy: (
                policy.id in as_if or (policy.is_running and (not policy.start_date or policy.start_date <= today))
            )
        )

    def _dunning_policy_sql(self):
        """The policy of a customer ``cp``: its own choice on the company, then on its parents;
        the first that it fits; the company's default."""
        policies = self._dunning_policies()
        if not policies:
            return SQL("NULL::integer")
        partner = self.env["res.partner"].with_context(active_test=False)
        own = [
            partner.with_company(company)._field_to_sql("cp", "dunning_policy_id")
            for company in self.parent_ids.sorted(lambda company: len(company.parent_path), reverse=True)
        ]
        fits = [
            SQL("WHEN cp.id IN %s THEN %s", partner._search(policy._partner_domain()).subselect(), policy.id)
            for policy in policies
        ]
        default = next((c.dunning_policy_id for c in self.parent_ids[::-1] if c.dunning_policy_id in policies), None)
        chosen = SQL("COALESCE(%s)", SQL(", ").join(own))
        return SQL(
            "CASE WHEN %(chosen)s IS NOT NULL THEN CASE WHEN %(chosen)s IN %(running)s THEN %(chosen)s END %(fits)s"
            " ELSE %(default)s END",
            chosen=chosen,
            running=tuple(policies.ids),
            fits=SQL(" ").join(fits),
            default=default.id if default else SQL("NULL::integer"),
        )

    def _dunning_rate_sql(self, today):
        """One unit of the currency ``currency_id`` in the company's currency."""
        currencies = self.env["res.currency"].search([])
        rates = currencies._get_rates(self, today)
        own = rates[self.currency_id.id]
        rows = [SQL("WHEN %s THEN %s::numeric", currency.id, own / rates[currency.id]) for currency in currencies]
        return SQL("CASE currency_id %s ELSE 1 END", SQL(" ").join(rows))
