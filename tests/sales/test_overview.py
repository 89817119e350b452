"""The leader's morning: figures of what one may see, each of which opens what it counts; conversions by hand."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..common import TODAY, HandlingCase


class OverviewCase(HandlingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls.user("seller1", "sales_team.group_sale_salesman")
        cls.other = cls.user("seller2", "sales_team.group_sale_salesman")
        cls.leader = cls.user("leader1", "sales_team.group_sale_salesman_all_leads")
        team = cls.env["crm.team"].create({"name": "Overview"})
        cls.env["crm.team.member"].create(
            [{"crm_team_id": team.id, "user_id": user.id} for user in (cls.seller, cls.other)]
        )
        cls.env["crm.lead"].search([]).unlink()
        cls.env["sale.order"].search([]).state = "cancel"

    def overview(self, user):
        return self.env["l2c.overview"].with_user(user).get_overview()

    def tiles(self, user):
        return {tile["key"]: tile["count"] for tile in self.overview(user)["tiles"]}


@tagged("post_install", "-at_install")
class TestOverview(OverviewCase):
    def test_each_figure_opens_what_it_counts(self):
        self.lead(user_id=self.seller.id)
        self.lead(user_id=self.other.id).activity_schedule("mail.mail_activity_data_call", "2026-03-09")
        contacted = self.lead(user_id=self.seller.id)
        contacted.action_log_attempt("reached")
        contacted.activity_ids.unlink()
        sent = self.order(user_id=self.seller.id, validity_date="2026-03-12")
        sent.action_quotation_sent()
        self.order(user_id=self.seller.id, validity_date="2026-03-01")
        self.env.flush_all()
        expected = {
            "waiting": 2,
            "late": 0,
            "lead_late": 1,
            "lead_without": 1,
            "order_late": 0,
            "order_without": 0,
            "expiring": 1,
            "expired": 1,
            "leak": 0,
        }
        self.assertEqual(self.tiles(self.leader), expected)
        self.assertEqual(self.tiles(self.seller), expected | {"waiting": 1, "lead_late": 0})
        for user in (self.leader, self.seller):
            overview = self.env["l2c.overview"].with_user(user)
            shown = overview.get_overview()
            opened = [(tile["key"], False, tile["count"]) for tile in shown["tiles"]]
            opened += [(kind["model"], row["id"], row["count"]) for kind in shown["statuses"] for row in kind["rows"]]
            opened += [
                (period, person["id"], person[period]) for person in shown["people"] for period in ("today", "week")
            ]
            self.assertGreater(len(opened), 12)
            for key, record_id, count in opened:
                with self.subTest(user=user.login, key=key, id=record_id):
                    action = overview.action_overview(key, record_id)
                    found = self.env[action["res_model"]].with_user(user).search_count(action["domain"])
                    self.assertEqual(found, count)

    def test_who_called_when_against_the_goals(self):
        self.env.company.write({"calls_per_day": 5, "calls_per_week": 20})
        lead = self.lead(user_id=self.seller.id).with_user(self.seller)
        for outcome, moment in (
            ("no_answer", "10 08:00"),
            ("reached", "10 10:00"),
            ("no_answer", "09 10:00"),
            ("no_answer", "08 10:00"),
        ):
            lead.action_log_attempt(outcome, date=f"2026-03-{moment}:00")
        shown = self.overview(self.leader)
        self.assertEqual(shown["goals"], {"day": 5, "week": 20})
        people = {person["id"]: person for person in shown["people"]}
        mine = people[self.seller.id]
        week = 3 if self.env["res.lang"]._get_data(code=self.env.user.lang).week_start == "1" else 4
        self.assertEqual((mine["today"], mine["talks"], mine["week"], mine["last"]), (2, 1, week, "2 hours"))
        self.assertEqual((people[self.other.id]["today"], people[self.other.id]["last"]), (0, ""))
        self.assertEqual([person["id"] for person in self.overview(self.seller)["people"]], [self.seller.id])
        with self.assertRaisesRegex(ValidationError, "can't be negative"):
            self.env.company.calls_per_day = -1

    def test_open_by_status_with_how_long(self):
        lead = self.lead(user_id=self.seller.id).with_context(l2c_today="2026-03-04")
        lead.action_log_attempt("reached")
        self.lead(user_id=self.seller.id).action_log_attempt("reached")
        self.lead(user_id=self.seller.id).action_set_won()
        [leads, orders] = self.overview(self.leader)["statuses"]
        self.assertEqual(
            [(row["label"], row["count"], row["since"]) for row in leads["rows"]], [("First contact", 2, "6 days")]
        )
        self.assertEqual((leads["model"], orders["rows"]), ("crm.lead", []))

    def test_bad_input(self):
        overview = self.env["l2c.overview"].with_user(self.seller)
        for key, record_id in (("nothing", None), ("today", "1"), ("crm.lead", [1]), ("res.users", 1)):
            with self.subTest(key), self.assertRaisesRegex(UserError, "no such figure"):
                overview.action_overview(key, record_id)
        employee = self.env["l2c.overview"].with_user(self.user("nobody1", "base.group_user"))
        with self.assertRaises(AccessError):
            employee.get_overview()
        with self.assertRaises(AccessError):
            employee.action_overview("waiting")


@tagged("post_install", "-at_install")
class TestConversion(OverviewCase):
    def test_by_hand(self):
        """Four leads: one is won by way of first contact, one lost from there, one reached and open, one new."""
        source = self.env["utm.source"].create({"name": "Fair"})
        won, lost, reached, _new = (self.lead(user_id=self.seller.id, source_id=source.id) for _number in range(4))
        (won | lost | reached).action_log_attempt("reached")
        won.with_context(l2c_today="2026-03-12").action_set_won()
        lost.action_set_lost()
        rows = (
            self.env["lead.conversion.report"]
            .with_user(self.leader)
            ._read_group(
                [("source_id", "=", source.id)],
                ["status_id"],
                ["entered_count:sum", "onward_count:sum", "lost_count:sum", "open_count:sum", "onward_rate:avg"],
            )
        )
        found = {status.role: numbers for status, *numbers in rows}
        self.assertEqual(found["new"], [4, 3, 0, 1, 75.0])
        entered, onward, gone, still, rate = found["contacted"]
        self.assertEqual((entered, onward, gone, still, round(rate, 1)), (3, 1, 1, 1, 33.3))
        to_status = self.env["lead.conversion.report"]._read_group(
            [("source_id", "=", source.id), ("status_id.role", "=", "contacted")],
            ["next_status_id", "user_id", "date:month"],
            ["__count"],
        )
        self.assertEqual(
            {(status.role, user, count) for status, user, _month, count in to_status},
            {("won", self.seller, 1), ("lost", self.seller, 1), (False, self.seller, 1)},
        )
        self.assertEqual({str(month) for *_rest, month, _count in to_status}, {"2026-03-01"})
        row = self.env["lead.conversion.report"].search([("lead_id", "=", won.id)], limit=1)
        self.assertEqual(row.action_open_document()["res_id"], won.id)

    def test_leaders_alone(self):
        with self.assertRaises(AccessError):
            self.env["lead.conversion.report"].with_user(self.seller).search([])
        self.assertEqual(TODAY, "2026-03-10")
