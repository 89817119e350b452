from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, email_normalize

from ...engine.dunning.deciding import Question
from ...engine.handling.own import own
from ...engine.handling.window import known_zone, next_moment
from ...engine.handling.workdays import add_working_days, last_working_day, next_working_day

#: Addons that also follow up customers; none of them may run beside us.
OTHER_FOLLOW_UPS = ("account_followup", "account_credit_control")


class ResCompany(models.Model):
    _inherit = "res.company"

    dunning_policy_id = fields.Many2one(
        "dunning.policy", "Default Dunning Policy", groups="base.group_user", audited=True
    )
    dunning_calendar_id = fields.Many2one(
        "resource.calendar",
        "Working Days of Dunning",
        help="Empty: the working hours of the company.",
        groups="base.group_user",
        audited=True,
    )
    dunning_hour_from = fields.Float(
        "Send from", default=8.0, help="In the customer's time zone.", groups="base.group_user", audited=True
    )
    dunning_hour_to = fields.Float(
        "Send until", default=18.0, help="In the customer's time zone.", groups="base.group_user", audited=True
    )
    insolvency_claim_days = fields.Integer(
        "Claim in an Insolvency within",
        default=30,
        help="Days. 0: no activity is planned.",
        groups="base.group_user",
        audited=True,
    )
    dunning_reply_hold_days = fields.Integer(
        "Wait after a Reply",
        default=5,
        help="Working days without reminders after a customer's reply. 0: none.",
        groups="base.group_user",
        audited=True,
    )
    dunning_bank_freshness_days = fields.Integer(
        "Bank Data Not Older Than",
        help="Days. A run waits while the last bank statement line is older. 0: never.",
        groups="base.group_user",
        audited=True,
    )
    dunning_daily_limit = fields.Integer(
        "Most Notices a Day",
        help="Who owes most comes first, the others on the next days. 0: no limit.",
        groups="base.group_user",
        audited=True,
    )
    dunning_calls_a_day = fields.Integer(
        "Most Calls a Day",
        default=10,
        help="Of notices, for each collector: who owes most is called first, the others on the next working days. "
        "0: no limit.",
        groups="base.group_user",
        audited=True,
    )
    dunning_awaits_release = fields.Boolean(
        "First Run to Release",
        help="Every notice needs approval until a run is released.",
        groups="base.group_user",
        audited=True,
    )
    dunning_rehearsal_user_id = fields.Many2one(
        "res.users",
        "All E-mails First to",
        help="Until a run is released, its e-mails go to this person only.",
        groups="base.group_user",
        audited=True,
    )

    dunning_paused_until = fields.Date(
        "Everything Paused until",
        readonly=True,
        help="Until then nobody is reminded of anything, as if each customer were on hold.",
        groups="base.group_user",
        audited=True,
    )
    dunning_pause_reason = fields.Char(
        "Why Everything Is Paused", readonly=True, groups="base.group_user", audited=True
    )

    dunning_books_email = fields.Char(
        "Copies of Reminders to",
        help="An address of the company, for levels that send a copy there.",
        groups="base.group_user",
        audited=True,
    )

    def write(self, vals):
        """Policies as they are shipped have their minimum in the company's currency, when it is another, too."""
        policies = self.env["dunning.policy"].sudo().with_context(active_test=False)  # whoever sets the company up
        changing = "currency_id" in vals and policies.search([("company_id", "in", self.ids)])
        shipped = [policy for policy in changing or () if policy._has_shipped_minimum()]
        result = super().write(vals)
        policies.union(*shipped)._set_shipped_minimum()
        if "grade_persons" in vals:
            self._persons_switched()
        return result

    @api.constrains("dunning_books_email")
    def _check_books_email(self):
        for company in self:
            if company.dunning_books_email and not email_normalize(company.dunning_books_email):
                raise ValidationError(
                    self.env._(
                        "%s is no e-mail address. Write one, like books@example.com.", company.dunning_books_email
                    )
                )

    @api.constrains("dunning_rehearsal_user_id")
    def _check_rehearsal(self):
        self.env["res.users"]._check_colleagues(self.dunning_rehearsal_user_id)

    @api.constrains("dunning_hour_from", "dunning_hour_to")
    def _check_dunning_hours(self):
        for company in self:
            if not 0 <= company.dunning_hour_from < company.dunning_hour_to <= 24:
                raise ValidationError(
                    self.env._("Reminders leave from an earlier to a later hour of one day, between 0:00 and 24:00.")
                )

    @api.constrains(
        "dunning_reply_hold_days",
        "dunning_bank_freshness_days",
        "dunning_daily_limit",
        "dunning_calls_a_day",
        "insolvency_claim_days",
    )
    def _check_dunning_numbers(self):
        for company in self:
            numbers = (
                company.dunning_reply_hold_days,
                company.dunning_bank_freshness_days,
                company.dunning_daily_limit,
                company.dunning_calls_a_day,
                company.insolvency_claim_days,
            )
            if min(numbers) < 0:
                raise ValidationError(self.env._("Days and limits of dunning can't be negative; 0 switches one off."))

    # What the engine is asked ---------------------------------------------------------

    def _dunning_question(self, partners=None):
        """What the engine is asked for this company, as of today; about all customers, or
        about the commercial ``partners`` alone."""
        self.ensure_one()
        company_sudo = self.sudo()  # policies and domains are the engine's, not the reader's
        partner = company_sudo.env["res.partner"].with_company(self)
        today = self._today()
        holidays = company_sudo._dunning_holidays(today - timedelta(days=31), today)
        return Question(
            company_id=self.id,
            today=today,
            working_day=last_working_day(today, holidays),
            payment_states=tuple(self.env["account.payment"]._valid_payment_states()),
            moved=company_sudo._dunning_moved(today),
            policy=company_sudo._dunning_policy_sql(),
            hold_until=company_sudo._dunning_hold_sql(partner),
            state=partner._field_to_sql("cp", "collection_state"),
            trust=partner._field_to_sql("cp", "trust"),
            payment_days=partner._field_to_sql("cp", "payment_days"),
            rate=company_sudo._dunning_rate_sql(today),
            zone=company_sudo._zone(),
            most_notices=company_sudo._dunning_most_notices(today),
            partner_ids=None if partners is None else tuple(partners.ids),
            withholding=partner._field_to_sql("cp", "withholding_rate"),
            nets=self._dunning_nets(),
        )

    def _dunning_hold_sql(self, partners):
        """Until when a customer ``cp`` is on hold: it alone, or everybody."""
        own = partners._field_to_sql("cp", "dunning_hold_until")
        return SQL("GREATEST(%s, %s::date)", own, self.dunning_paused_until) if self.dunning_paused_until else own

    def _dunning_nets(self):
        """Whether a policy in force sets what we owe a customer against what it owes."""
        return "hold" in self.sudo()._dunning_policies().mapped("net_position")  # the engine's, as above

    def _dunning_most_notices(self, today):
        """How many notices may still be made today; None for any number."""
        if not self.dunning_daily_limit:
            return None
        made = self.env["dunning.notice"].search_count(
            [("company_id", "=", self.id), ("date", "=", today), ("state", "!=", "cancelled")]
        )
        return max(self.dunning_daily_limit - made, 0)

    def _dunning_policies(self):
        """The policies that run today, and those that are previewed, in their order."""
        today = self._today()
        as_if = own(self.env, "l2c_as_if_running") or []
        policies = self.env["dunning.policy"].with_context(active_test=True)
        policies = policies.search([("company_id", "parent_of", self.id)])
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
        # What a customer has by company, it has in this one, whichever company is at hand.
        partner = self.env["res.partner"].with_company(self).with_context(active_test=False)
        own = [
            partner.with_company(company)._field_to_sql("cp", "dunning_policy_id")
            for company in self.parent_ids.sorted(lambda company: len(company.parent_path), reverse=True)
        ]
        fits = [
            SQL("WHEN %s THEN %s", self._dunning_fits_sql(partner, policy._partner_domain()), policy.id)
            for policy in policies
        ]
        default = next((c.dunning_policy_id for c in self.parent_ids[::-1] if c.dunning_policy_id in policies), None)
        # What is chosen stands here once: PostgreSQL plans its sub-selects anew for each place.
        return SQL(
            "CASE COALESCE(%(own)s, CASE %(fits)s ELSE %(default)s END) %(running)s END",
            own=SQL(", ").join(own),
            fits=SQL(" ").join(fits),
            default=default.id if default else SQL("NULL::integer"),
            running=SQL(" ").join(SQL("WHEN %s THEN %s", policy.id, policy.id) for policy in policies),
        )

    def _dunning_fits_sql(self, partners, domain):
        """Whether the customer ``cp`` is matched by ``domain``; where that is anybody, nobody is looked up."""
        return SQL("TRUE") if domain.is_true() else SQL("cp.id IN %s", partners._search(domain).subselect())

    def _dunning_rate_sql(self, today):
        """One unit of the currency ``currency_id`` in the company's currency."""
        # Items may be in a currency that was archived since; without a rate it counts as 1 anyway.
        currencies = self.env["res.currency"].with_context(active_test=False)
        currencies = currencies.search(["|", ("active", "=", True), ("rate_ids", "!=", False)])
        rates = currencies._get_rates(self, today)
        own = rates[self.currency_id.id]
        rows = [SQL("WHEN %s THEN %s::numeric", currency.id, own / rates[currency.id]) for currency in currencies]
        return SQL("CASE currency_id %s ELSE 1 END", SQL(" ").join(rows))

    # Working days ---------------------------------------------------------------------

    def _dunning_holidays(self, start, end):
        """The days from ``start`` to ``end`` on which nobody works here."""
        return self._days_off(self.dunning_calendar_id or self.resource_calendar_id, start, end)

    def _dunning_working_days_later(self, days):
        """The same by the calendar of dunning."""
        return self._working_days_later(days, self.dunning_calendar_id)

    def _dunning_working_days_after(self, day):
        """The day that is as many working days after ``day`` as a customer who answered is left alone."""
        company_sudo = self.sudo()  # whoever pays
        waits = company_sudo.dunning_reply_hold_days
        return add_working_days(day, waits, company_sudo._dunning_holidays(day, day + timedelta(days=2 * waits + 31)))

    def _dunning_moved(self, today):
        """The holidays of the next year, with the working day after each."""
        holidays = self._dunning_holidays(today, today + timedelta(days=366))
        return {day: next_working_day(day, holidays) for day in sorted(holidays)}

    def _dunning_send_moments(self, zones):
        """By name of a time zone (False: the company's): when a notice may leave there next. In another
        database than that of the last run, not now: it is asked again in an hour."""
        self.ensure_one()
        now = self._now()
        if self._dunning_elsewhere():
            return dict.fromkeys(zones, now + timedelta(hours=1))
        days = now.date() - timedelta(days=1), now.date() + timedelta(days=31)
        calendar = self.dunning_calendar_id or self.resource_calendar_id
        holidays, ends = self._dunning_holidays(*days), self._early_ends(calendar, *days)
        own = calendar.tz or self.partner_id.tz or "UTC"
        hours = (self.dunning_hour_from, self.dunning_hour_to)
        return {
            zone: next_moment(now, zone if zone and known_zone(zone) else own, hours, holidays, ends) for zone in zones
        }

    # Whether a run may begin ------------------------------------------------------------

    def _dunning_obstacle(self):
        """Why today's run has to wait, in a sentence; empty when nothing is in its way."""
        self.ensure_one()
        if other := self._dunning_other_follow_up(running=True):
            return self.env._(
                "%(addon)s follows up customers too. Switch its scheduled action off, or uninstall it.", addon=other
            )
        if not self.dunning_bank_freshness_days:
            return ""
        limit = self._today() - timedelta(days=self.dunning_bank_freshness_days)
        newest = self.env["account.bank.statement.line"].search(
            [("company_id", "=", self.id), ("state", "=", "posted")], order="internal_index desc", limit=1
        )
        if newest and newest.date >= limit:
            return ""
        return self.env._(
            "The last bank statement line is older than %(days)s: what was paid since isn't known. "
            "Import the bank statements.",
            days=self._days_text(self.dunning_bank_freshness_days),
        )

    def _dunning_elsewhere(self):
        """That this isn't the database of the company's last run, in a sentence; empty while it is."""
        self.ensure_one()
        # Where the last run was is a fact of the company, for whoever sends.
        runs_sudo = self.env["dunning.run"].sudo()
        known = runs_sudo.search([("company_id", "=", self.id), ("database", "!=", False)], order="id desc", limit=1)
        if not known or known.database == runs_sudo._database_identity():
            return ""
        return self.env._(
            "This database isn't the one in which the last run was: it was copied, moved, or restored from a backup. "
            "What has left since isn't known here, and nothing leaves by itself. Look at the preview and at what is "
            "queued, then press Release on the run that waits."
        )

    @api.model
    def _dunning_other_follow_up(self, running=False):
        """The name of another addon for following up that is installed, and, with ``running``,
        has a scheduled action switched on."""
        # Whoever looks need not administer modules and crons.
        modules_sudo = self.env["ir.module.module"].sudo()
        modules_sudo = modules_sudo.search([("name", "in", OTHER_FOLLOW_UPS), ("state", "=", "installed")])
        if running:
            data_sudo = self.env["ir.model.data"].sudo()  # as above
            data = data_sudo.search([("module", "in", modules_sudo.mapped("name")), ("model", "=", "ir.cron")])
            crons_sudo = self.env["ir.cron"].sudo().with_context(active_test=True)  # as above
            active = crons_sudo.search([("id", "in", data.mapped("res_id"))])
            names = data.filtered(lambda row: row.res_id in active.ids).mapped("module")
            modules_sudo = modules_sudo.filtered(lambda module: module.name in names)
        return ", ".join(modules_sudo.mapped("shortdesc"))

    # Opening balances -------------------------------------------------------------------

    def _dunning_opening_domain(self):
        """Open items of miscellaneous entries (opening balances, mostly) that are excluded."""
        return [
            ("company_id", "in", self.ids),
            ("account_type", "=", "asset_receivable"),
            ("parent_state", "=", "posted"),
            ("reconciled", "=", False),
            ("amount_residual", "!=", 0),
            ("move_id.move_type", "=", "entry"),
            ("no_followup", "=", True),
            ("partner_id", "!=", False),
        ]
