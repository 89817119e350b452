"""What holds for every calendar and every time zone."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from odoo.tests import BaseCase, tagged

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
