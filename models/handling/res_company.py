import uuid
from collections import defaultdict
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.date_utils import subtract

from ...engine.handling.colours import colour, readable_on
from ...engine.handling.mail_frame import Frame
from ...engine.handling.workdays import add_working_days, last_working_day, working_days_before

A_DAY = timedelta(days=1)
#: A day on which people work less than this part of the longest one is a half day.
SHORT = 0.75
#: The colour of Odoo's own buttons in e-mails, which nobody has chosen.
UNCHOSEN = "#875A7B"


class Colours(NamedTuple):
    """Of buttons and lines in a company's e-mails, and of what is written on them: ``#rrggbb``."""

    fill: str
    text: str


class ResCompany(models.Model):
    """Today, and the working days of a company; how its e-mails look; how long it keeps what it knows
    about people."""

    _name = "res.company"
    _inherit = ["l2c.clock.mixin", "res.company"]

    undo_minutes = fields.Integer(
        "Results Can Be Taken Back for",
        default=10,
        help="Minutes. The e-mails that a result sends wait as long. 0: never, and e-mails leave at once.",
        groups="base.group_user",
    )
    hours_between_tries = fields.Integer(
        default=4,
        help="Tries of the same lead, quotation or invoice that are nearer to each other count once. 0: each counts.",
        groups="base.group_user",
    )
    keep_attempts_months = fields.Integer(
        "Keep Attempts",
        default=24,
        help="Months, with their notes; and why customers were watched. 0: for ever.",
        groups="base.group_user",
        audited=True,
    )
    keep_answers_months = fields.Integer(
        "Keep Answers",
        default=24,
        help="Months, with their proofs. 0: for ever.",
        groups="base.group_user",
        audited=True,
    )
    keep_notices_years = fields.Integer(
        "Keep Notices",
        default=7,
        help="Years, with their e-mails; and what was agreed. What is about open items stays. 0: for ever.",
        groups="base.group_user",
        audited=True,
    )
    is_deletion_confirmed = fields.Boolean(
        "Old Data Are Deleted",
        default=True,
        copy=False,
        readonly=True,
        help="After an upgrade a manager of collections looks first at what would go.",
        groups="base.group_user",
        audited=True,
    )

    @api.constrains("keep_attempts_months", "keep_answers_months", "keep_notices_years")
    def _check_keeping(self):
        for company in self:
            if min(company.keep_attempts_months, company.keep_answers_months, company.keep_notices_years) < 0:
                raise ValidationError(self.env._("What is kept is kept for a number of months or years; 0: for ever."))

    @api.constrains("undo_minutes", "hours_between_tries")
    def _check_tries(self):
        for company in self:
            if min(company.undo_minutes, company.hours_between_tries) < 0:
                raise ValidationError(self.env._("Minutes and hours can't be negative; 0 switches one off."))

    def _kept_since(self, setting):
        """The first day of which is kept what ``setting`` names (keep_…_months or keep_…_years); None:
        all is kept."""
        company_sudo = self.sudo()  # a setting, whoever is asked to follow it
        number = company_sudo[setting]
        unit = setting.rpartition("_")[2]
        today = self.with_context(tz=company_sudo._zone())._today()
        return subtract(today, **{unit: number}) if number else None

    def _days_off(self, calendar, start, end):
        """The days from ``start`` to ``end`` on which ``calendar`` has no hours; none when it has
        no hours at all: nobody has told then when people work."""
        begin, finish = (fields.Datetime.to_datetime(day) for day in (start, end + timedelta(days=1)))
        unusual = calendar._get_unusual_days(begin, finish, self) if calendar else {}
        if all(unusual.values()) and not calendar.attendance_ids:
            return set()
        return {fields.Date.to_date(day) for day, none_works in unusual.items() if none_works}

    def _early_ends(self, calendar, start, end):
        """{day: the moment, naive UTC, at which its work ends}: of the days from ``start`` to ``end`` on
        which people work clearly less than on the longest of them, as on a Friday or the eve of a holiday."""
        if not calendar or calendar.flexible_hours:
            return {}
        # A day more on each side: what is cut off there isn't short.
        begin, finish = (datetime.combine(day, time(), UTC) for day in (start - A_DAY, end + 2 * A_DAY))
        worked, ends = defaultdict(timedelta), {}
        company = [("company_id", "in", (self.id, False))]
        for opens, closes, _meta in calendar._work_intervals_batch(begin, finish, domain=company)[False]:
            worked[opens.date()] += closes - opens
            ends[opens.date()] = closes.astimezone(UTC).replace(tzinfo=None)
        longest = max(worked.values(), default=timedelta())
        return {
            day: ends[day]
            for day, time_of_day in worked.items()
            if start <= day <= end and time_of_day < SHORT * longest
        }

    def _working_days_later(self, days, calendar=None):
        """The date that is so many working days after today, of the company or of ``calendar``."""
        today = self._today()
        horizon = today + timedelta(days=2 * days + 31)
        return add_working_days(today, days, self._days_off(calendar or self.resource_calendar_id, today, horizon))

    def _working_days_before(self, days):
        """The date that is so many working days of the company before today."""
        today = self._today()
        off = self._days_off(self.resource_calendar_id, today - timedelta(days=2 * days + 31), today)
        return working_days_before(today, days, off)

    def _last_working_day(self, day):
        """The last working day of the company up to ``day``, but not before today."""
        off = self._days_off(self.resource_calendar_id, day - timedelta(days=31), day)
        return max(last_working_day(day, off), min(day, self._today()))

    def _days_off_from(self, day):
        """The days off of the company in the month after ``day``, and the day before it."""
        return self._days_off(self.resource_calendar_id, day - timedelta(days=1), day + timedelta(days=31))

    def _zone(self):
        """The name of the company's time zone."""
        return self.resource_calendar_id.tz or self.partner_id.tz or "UTC"

    # Who has its work -------------------------------------------------------------------

    def _working_salesperson(self, *responsible):
        """Who has a lead or a quotation of the company: the first of ``responsible``, users or teams, the
        latter by their leader, who still works here; else who manages sales."""
        users = [some.user_id if some._name == "crm.team" else some for some in responsible]
        return next((found for user in users if (found := user.filtered("active"))), self._sales_manager())

    def _sales_manager(self):
        """Who gets what nobody else has: of the managers of sales in the company, the first who doesn't
        administer the system; nobody where there are none."""
        group = self.env.ref("sales_team.group_sale_manager")
        managers = [("all_group_ids", "in", group.ids), ("company_ids", "in", self.ids), ("share", "=", False)]
        managers_sudo = self.env["res.users"].sudo().search(managers, order="id")  # who manages is no secret
        return managers_sudo.sorted(lambda user: user.has_group("base.group_system"))[:1].with_env(self.env)

    # How its e-mails look ---------------------------------------------------------------

    def _mail_colours(self):
        """The colours of its e-mails: those chosen for e-mails, else that of its documents, else Odoo's. What
        can't be read on the button is black or white."""
        chosen = colour(self.email_secondary_color)
        fill = (chosen if chosen != UNCHOSEN else None) or colour(self.primary_color) or UNCHOSEN
        return Colours(fill, readable_on(fill, colour(self.email_primary_color) or "#FFFFFF"))

    def _mail_frame(self, lang):
        """Logo, name, address and particulars around the e-mails to customers.

        :param lang: of the e-mails; English where it isn't installed
        """
        known = self.env["res.lang"]._get_data(code=lang)
        # Its logo, address and particulars are for everybody who gets an e-mail.
        company_sudo = self.sudo().with_context(lang=known.code or "en_US")
        mark = uuid.uuid4().hex
        values = {
            "company": company_sudo,
            "colours": company_sudo._mail_colours(),
            "direction": known.direction or "ltr",
            "language": known.code and known.code.replace("_", "-"),
            "body": mark,
        }
        page = company_sudo.env["ir.qweb"]._render("lead_to_cash.mail_frame", values).strip()
        return Frame(*(Markup("<!DOCTYPE html>") + page).split(mark))
