"""By when a lead is answered: what holds for every deadline."""

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from odoo.tests import BaseCase, tagged

from ...engine.sales.response import deadline

pure = settings(max_examples=300, derandomize=True, deadline=None)

FIRST_DAY = datetime(2026, 3, 2)
A_DAY = timedelta(days=1)
#: Quarters of an hour in some weeks; few enough days off that a working day comes.
starts = st.integers(0, 30 * 96).map(lambda number: FIRST_DAY + timedelta(minutes=15 * number))
holidays = st.frozensets(st.integers(0, 60).map(lambda number: (FIRST_DAY + A_DAY * number).date()))
hours = st.integers(0, 96 * 3).map(lambda number: number / 4)
zones = st.sampled_from(("UTC", "Europe/Bucharest", "Asia/Jerusalem", "America/New_York", "Asia/Kathmandu"))


@tagged("post_install", "-at_install")
class TestDeadline(BaseCase):
    @pure
    @given(starts, hours)
    def test_without_days_off_it_is_elapsed_time(self, start, number):
        self.assertEqual(deadline(start, number, "UTC", frozenset()), start + timedelta(hours=number))

    @pure
    @given(starts, hours, holidays)
    def test_it_lies_on_a_working_day(self, start, number, days_off):
        found = deadline(start, number, "UTC", days_off)
        self.assertGreaterEqual(found, start + timedelta(hours=number))
        if found != datetime.combine(found.date(), datetime.min.time()):
            self.assertNotIn(found.date(), days_off)
        else:
            # The end of a working day is midnight of the next one, whatever that is.
            self.assertFalse({found.date(), (found - A_DAY).date()} <= days_off)

    @pure
    @given(starts, starts, hours, hours, holidays)
    def test_later_and_longer_is_never_earlier(self, start, other, number, more, days_off):
        early, late = sorted((start, other))
        short, long = sorted((number, more))
        self.assertLessEqual(deadline(early, short, "UTC", days_off), deadline(late, short, "UTC", days_off))
        self.assertLessEqual(deadline(early, short, "UTC", days_off), deadline(early, long, "UTC", days_off))

    @pure
    @given(st.integers(0, 365 * 96).map(lambda number: FIRST_DAY + timedelta(minutes=15 * number)), hours, zones)
    def test_never_before_its_start(self, start, number, zone):
        """Also where clocks change."""
        self.assertGreaterEqual(deadline(start, number, zone, frozenset()), start)

    def test_the_hour_that_comes_twice(self):
        """In Jerusalem, where Sunday is a working day, clocks go back on Sunday at 2:00."""
        second_half_past_one = datetime(2026, 10, 24, 23, 30)
        self.assertEqual(
            deadline(second_half_past_one, 0.25, "Asia/Jerusalem", frozenset()), datetime(2026, 10, 24, 23, 45)
        )

    def test_same_time_on_the_next_day_where_clocks_change(self):
        saturday = datetime(2026, 10, 24, 9)  # 12:00 in Bucharest, of which the next day has 25 hours
        self.assertEqual(deadline(saturday, 24, "Europe/Bucharest", frozenset()), datetime(2026, 10, 25, 10))
