"""What holds for every calendar and every time zone."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from odoo import Command
from odoo.tests import BaseCase, TransactionCase, tagged

from ...engine.handling.window import next_moment
from ...engine.handling.workdays import add_working_days, last_working_day, next_working_day
from ..common import TODAY

FIRST_DAY = date.fromisoformat(TODAY)
A_DAY = timedelta(days=1)

pure = settings(max_examples=300, derandomize=True, deadline=None)

#: Days close together, so that holidays are met.
days = st.integers(0, 60).map(lambda number: FIRST_DAY + timedelta(days=number))
calendars = st.frozensets(days)
ZONES = ("UTC", "Europe/Bucharest", "Asia/Jerusalem", "America/New_York", "Asia/Kathmandu", "Pacific/Kiritimati")
#: Both changes of the clock lie in the year.
moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)).map(lambda moment: moment.replace(microsecond=0))
#: By quarters of an hour; nobody opens or closes in the hour in which clocks change.
windows = st.tuples(st.sampled_from((0, *range(16, 53))), st.integers(53, 96)).map(lambda q: (q[0] / 4, q[1] / 4))


def days_between(start, end):
    return {start + A_DAY * number for number in range((end - start).days)}


@tagged("post_install", "-at_install")
class TestWorkingDays(BaseCase):
    @pure
    @given(days, calendars)
    def test_next(self, day, holidays):
        found = next_working_day(day, holidays)
        self.assertGreaterEqual(found, day)
        self.assertNotIn(found, holidays)
        self.assertLessEqual(days_between(day, found), holidays)

    @pure
    @given(days, calendars)
    def test_last(self, day, holidays):
        found = last_working_day(day, holidays)
        self.assertLessEqual(found, day)
        self.assertNotIn(found, holidays)
        self.assertLessEqual(days_between(found + A_DAY, day + A_DAY), holidays)

    @pure
    @given(days, st.integers(1, 20), calendars)
    def test_add(self, day, count, holidays):
        found = add_working_days(day, count, holidays)
        self.assertNotIn(found, holidays)
        self.assertEqual(len(days_between(day + A_DAY, found + A_DAY) - holidays), count)

    @pure
    @given(days, st.integers(0, 10), st.integers(0, 10), calendars)
    def test_adding_in_two_steps(self, day, first, second, holidays):
        halfway = add_working_days(day, first, holidays)
        self.assertEqual(add_working_days(halfway, second, holidays), add_working_days(day, first + second, holidays))


@tagged("post_install", "-at_install")
class TestWindow(BaseCase):
    def is_open(self, moment, zone, hours, holidays):
        local = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
        return local.date() not in holidays and hours[0] <= local.hour + local.minute / 60 < hours[1]

    @pure
    @given(moments, st.sampled_from(ZONES), windows, st.frozensets(st.integers(-1, 9)))
    def test_the_first_open_moment(self, now, zone, hours, closed):
        holidays = {now.date() + timedelta(days=number) for number in closed}
        found = next_moment(now, zone, hours, holidays)
        self.assertGreaterEqual(found, now)
        self.assertTrue(self.is_open(found, zone, hours, holidays))
        self.assertEqual(next_moment(found, zone, hours, holidays), found)
        waited = range(0, int((found - now).total_seconds()), 900)
        earlier = [now + timedelta(seconds=seconds) for seconds in waited]
        self.assertFalse([moment for moment in earlier if self.is_open(moment, zone, hours, holidays)])


#: Holidays in Israel in 2026, and days of which the afternoon is one.
HOLIDAYS = (
    *("2026-04-02", "2026-04-08", "2026-04-22", "2026-05-22", "2026-09-12", "2026-09-13", "2026-09-21", "2026-09-26"),
    "2026-10-03",
)
EVES = ("2026-04-01", "2026-04-07", "2026-04-21", "2026-05-21", "2026-09-11", "2026-09-20", "2026-09-25", "2026-10-02")
JERUSALEM = ZoneInfo("Asia/Jerusalem")


@tagged("post_install", "-at_install")
class TestHalfDays(TransactionCase):
    """A calendar from Sunday to Friday noon."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        attendances = [("6", 9, 18), *((str(day), 9, 18) for day in range(4)), ("4", 8.5, 12.5)]
        cls.calendar = cls.env["resource.calendar"].create(
            {
                "name": "Israel",
                "tz": "Asia/Jerusalem",
                "attendance_ids": [
                    Command.create({"name": day, "dayofweek": day, "hour_from": start, "hour_to": end})
                    for day, start, end in attendances
                ],
            }
        )
        afternoons = [(day, 13) for day in EVES]
        cls.env["resource.calendar.leaves"].create(
            [
                {
                    "name": day,
                    "calendar_id": cls.calendar.id,
                    "date_from": cls.local(day, hour),
                    "date_to": cls.local(day, 23, 59),
                }
                for day, hour in [*((day, 0) for day in HOLIDAYS), *afternoons]
            ]
        )
        cls.company = cls.env.company
        cls.company.dunning_calendar_id = cls.calendar

    @staticmethod
    def local(day, hour, minute=0):
        moment = datetime.combine(date.fromisoformat(day), time(hour, minute), JERUSALEM)
        return moment.astimezone(UTC).replace(tzinfo=None)

    def test_every_hour_of_a_year(self):
        days = date(2026, 1, 1), date(2027, 1, 31)
        holidays = self.company._dunning_holidays(*days)
        ends = self.company._early_ends(self.calendar, *days)
        self.assertLessEqual({date.fromisoformat(day) for day in HOLIDAYS}, holidays)
        wrong = []
        for hour in range(365 * 24):
            now = datetime(2026, 1, 1) + timedelta(hours=hour, minutes=30)
            found = next_moment(now, "Asia/Jerusalem", (8, 18), holidays, ends)
            there = found.replace(tzinfo=UTC).astimezone(JERUSALEM)
            day, clock = str(there.date()), there.hour + there.minute / 60
            closes = 12.5 if there.weekday() == 4 else 13 if day in EVES else 18
            is_open = there.weekday() != 5 and day not in HOLIDAYS and 8 <= clock < closes
            if found < now or not is_open:
                wrong.append((now, there))
        self.assertEqual(wrong, [])

    def test_on_a_friday_and_on_an_eve(self):
        for now, expected in (
            (self.local("2026-03-13", 12), self.local("2026-03-13", 12)),
            (self.local("2026-03-13", 16, 30), self.local("2026-03-15", 8)),
            (self.local("2026-04-01", 12, 59), self.local("2026-04-01", 12, 59)),
            (self.local("2026-04-01", 13), self.local("2026-04-03", 8)),
        ):
            company = self.company._at(str(now))
            with self.subTest(now=now):
                self.assertEqual(company._dunning_send_moments({"Asia/Jerusalem"})["Asia/Jerusalem"], expected)

    def test_shorter_fridays_are_whole_days(self):
        """Some work a little less on a Friday: the hours for sending are the company's."""
        self.calendar.attendance_ids.filtered(lambda row: row.dayofweek == "4").hour_to = 17
        days = date(2026, 1, 1), date(2026, 1, 31)
        self.assertEqual(self.company._early_ends(self.calendar, *days), {})
