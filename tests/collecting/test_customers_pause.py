"""*Pause everything until …*: of chosen customers, or of all: one dialog, one banner, logged; *Resume* ends it."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..common import TODAY
from .test_customers import CustomersCase


@tagged("post_install", "-at_install")
class TestPauseEverything(CustomersCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.user("pause_manager", "lead_to_cash.group_collections_manager")
        cls.one, cls.two = cls.given.owing("One"), cls.given.owing("Two")

    def model(self, user=None):
        return self.env["collections.customer"].with_user(user or self.manager)

    def pause(self, until="2026-03-31", reason="Migration", lines=None):
        action = (self.model() if lines is None else lines).action_pause_everything()
        context = {**action["context"], "l2c_today": TODAY}
        form = Form(self.env["collection.action"].with_user(self.manager).with_context(**context))
        form.date, form.reason = until, reason
        dialog = form.save()
        dialog.action_do()
        return dialog

    def test_all(self):
        self.run_on(TODAY)
        self.assertEqual(set(self.notices(self.one | self.two).mapped("state")), {"queued"})
        dialog = self.pause()
        # What has not left yet is withdrawn; what would go now is on hold.
        self.assertEqual(set(self.notices(self.one | self.two).mapped("state")), {"cancelled"})
        self.assertEqual({self.code(self.one), self.code(self.two)}, {"on_hold"})
        self.assertEqual(self.preview(self.one).next_date.isoformat(), "2026-04-01")
        self.assertEqual(set(self.customers().mapped("badge")), {"hold"})
        self.assertIn(self.of(self.one), self.customers([("badge", "=", "hold")]))
        new = self.owing("New customer")
        self.assertEqual(self.code(new), "on_hold")
        self.assertFalse(self.run_on("2026-03-20").notice_ids)
        logged = self.env["l2c.audit.log"].search([("field_name", "=", "dunning_paused_until")], limit=1)
        self.assertEqual((logged.user_id, logged.reason, logged.new_value), (self.manager, "Migration", "2026-03-31"))
        dialog.action_undo()
        self.assertEqual(self.code(self.one), "reminded")

    def test_what_it_concerns_is_said_before(self):
        self.owing("Not due", due="2026-04-01")
        called = self.called("Called")
        planned = self.owing("Planned")
        planned.activity_schedule("mail.mail_activity_data_call", "2026-03-20")
        self.pay(self.owing("Paid"))
        self.run_on(TODAY)
        action = self.model().action_pause_everything()
        model = self.env["collection.action"].with_user(self.manager)
        form = Form(model.with_context(**action["context"], l2c_today=TODAY))
        customers = {line.partner_id for line in self.customers([("company_id", "=", self.env.company.id)])}
        pending = self.env["dunning.notice"].search(
            [("company_id", "=", self.env.company.id), ("state", "=", "queued")]
        )
        calls = pending.filtered(lambda notice: notice.channel == "call")
        self.assertTrue(self.notices(called) <= calls)
        self.assertEqual(
            form.pause_text,
            f"Customers: {len(customers)}. Withdrawn are notices: {len(pending - calls)}, and calls of reminders: "
            f"{len(calls)}. Planned calls that stay: 1.",
        )
        form.date, form.reason = "2026-03-31", "Migration"
        said = form.save().action_do()["params"]["message"]
        self.assertEqual(said, f"Everything is paused: {len(customers)}.")
        self.assertEqual(set(pending.mapped("state")), {"cancelled"})
        self.assertFalse(calls.activity_id.filtered("active"))
        self.assertTrue(planned.activity_ids)

    def test_what_it_concerns_of_the_chosen(self):
        self.run_on(TODAY)
        lines = self.of(self.one, user=self.manager)
        action = lines.action_pause_everything()
        model = self.env["collection.action"].with_user(self.manager)
        form = Form(model.with_context(**action["context"], l2c_today=TODAY))
        self.assertIn("Customers: 1. Withdrawn are notices: 1, and calls of reminders: 0.", form.pause_text)
        form.scope = "all"
        self.assertNotIn("Customers: 1.", form.pause_text)

    def test_it_ends_by_itself(self):
        self.pause(until="2026-03-12")
        self.assertEqual(self.code(self.one, today="2026-03-12"), "on_hold")
        self.assertEqual(self.code(self.one, today="2026-03-13"), "reminded")

    def test_banner_and_resume(self):
        self.pause()
        desk = self.env["call.list.line"]
        [banner] = [row for row in desk.with_user(self.manager).get_desk()["banners"] if "paused" in row["text"]]
        self.assertEqual(banner["text"], "Everything is paused until 03/31/2026: Migration")
        self.assertEqual(banner["action"], "action_resume")
        [seen] = [row for row in desk.with_user(self.collector).get_desk()["banners"] if "paused" in row["text"]]
        self.assertFalse(seen["action"])
        customer = self.one.partner_id.with_user(self.collector)
        self.assertEqual(customer.hold_text, "Nobody is reminded until 03/31/2026: Migration")
        self.assertFalse(customer.is_held_alone)
        with self.assertRaises(AccessError):
            desk.with_user(self.collector).action_resume()
        desk.with_user(self.manager).action_resume()
        self.assertEqual(self.code(self.one), "reminded")
        self.assertFalse([row for row in desk.with_user(self.manager).get_desk()["banners"] if "paused" in row["text"]])

    def test_of_the_chosen(self):
        lines = self.of(self.one, user=self.manager)
        self.pause(lines=lines)
        self.assertEqual((self.code(self.one), self.code(self.two)), ("on_hold", "reminded"))
        customer = self.one.partner_id.with_user(self.collector)
        self.assertTrue(customer.is_held_alone)
        customer.action_resume()
        self.assertEqual(self.code(self.one), "reminded")
        self.assertFalse(customer.hold_text)

    def test_only_its_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.pause()
        self.assertFalse(other.dunning_paused_until)

    def test_bad_input_and_rights(self):
        for until, reason in ((False, "x"), ("2026-03-09", "x"), ("2026-03-31", "  ")):
            with self.subTest(until=until, reason=reason), self.assertRaises(UserError):
                self.pause(until, reason)
        with self.assertRaises(AccessError):
            self.model(self.collector).action_pause_everything()
        dialog = self.env["collection.action"].with_user(self.collector)
        values = {
            "kind": "hold",
            "res_model": "res.partner",
            "res_ids": self.one.partner_id.ids,
            "scope": "all",
            "reason": "x",
        }
        with self.assertRaises(AccessError):
            dialog.create({**values, "date": "2026-03-31"}).action_do()
        with self.assertRaises(AccessError):
            dialog.create(values).action_undo()
        with self.assertRaises(AccessError):
            self.one.partner_id.with_user(self.books).action_resume()
        self.assertFalse(self.env.company.dunning_paused_until)
