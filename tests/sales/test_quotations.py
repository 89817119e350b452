"""A quotation is followed until it is answered: from the lead's need to its renewal."""

import re

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, HttpCase, tagged

from ..common import TODAY, HandlingCase

#: What somebody wrote.
SAID = "Good day"


class QuotationCase(HandlingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls.user("follower", "sales_team.group_sale_salesman")
        cls.customer.write({"lang": "en_US", "phone": "+40215550120"})
        # A week of five days, without anybody's holidays.
        cls.env.company.resource_calendar_id.global_leave_ids.unlink()

    def sent(self, day=TODAY, **values):
        order = self.order(user_id=self.seller.id, **values).with_context(l2c_today=day)
        order.action_quotation_sent()
        return order.with_context(l2c_today=TODAY)

    def planned(self, order):
        self.env.invalidate_all()
        return [(str(a.date_deadline), a.summary, a.user_id.login) for a in order.activity_ids]

    def mails(self, order):
        """To the customer, not to colleagues."""
        mine = [("model", "=", "sale.order"), ("res_id", "=", order.id), ("body_html", "like", "opt-out")]
        return self.env["mail.mail"].search(mine)

    def at_night(self, day):
        self.nightly(day)


@tagged("post_install", "-at_install")
class TestFromTheLead(QuotationCase):
    def test_with_the_template_and_the_need(self):
        template = self.env["sale.order.template"].create(
            {
                "name": "Ours",
                "number_of_days": 20,
                "sale_order_template_line_ids": [Command.create({"product_id": self.product.id, "product_uom_qty": 3})],
            }
        )
        team = self.env["crm.team"].create({"name": "Team", "quotation_template_id": template.id})
        lead = self.lead(partner_id=self.customer.id, team_id=team.id, need="Three things", user_id=self.seller.id)
        self.seller.group_ids += self.env.ref("sale_management.group_sale_order_template")
        context = lead.with_user(self.seller).action_new_quotation()["context"]
        with Form(self.env["sale.order"].with_user(self.seller).with_context(**context)) as form:
            self.assertEqual((form.sale_order_template_id, form.customer_need), (template, "Three things"))
            self.assertEqual(len(form.order_line), 1)
            form.customer_need = "Three things, in blue"
        order = form.save()
        self.assertEqual(order.customer_need, "Three things, in blue")
        self.assertFalse(order.is_need_shown)
        lead.need = "Something else"
        self.assertEqual(order.customer_need, "Three things, in blue")

    def test_a_team_without_template_as_odoo_does(self):
        lead = self.lead(partner_id=self.customer.id)
        self.assertNotIn("default_sale_order_template_id", lead._prepare_opportunity_quotation_context())

    def test_the_need_of_a_lead_that_one_may_not_see(self):
        lead = self.lead(need="Secret", user_id=self.user("owner", "sales_team.group_sale_salesman").id)
        orders = self.env["sale.order"].with_user(self.seller)
        with self.assertRaises(AccessError):
            orders.create({"partner_id": self.customer.id, "opportunity_id": lead.id})
        seen = orders.new({"partner_id": self.customer.id, "opportunity_id": lead.id})
        self.assertFalse(seen.customer_need)


@tagged("post_install", "-at_install")
class TestFollowed(QuotationCase):
    def test_three_working_days_after_sending(self):
        order = self.sent()
        self.assertEqual(str(order.sent_date), f"{TODAY} 12:00:00")
        self.assertEqual(self.planned(order), [("2026-03-13", "Follow up", "follower")])

    def test_as_the_team_says(self):
        team = self.env["crm.team"].create({"name": "Quick", "quotation_followup_days": 1})
        self.assertEqual(self.planned(self.sent(team_id=team.id)), [("2026-03-11", "Follow up", "follower")])

    def test_never_behind_the_end_of_the_validity(self):
        for validity, day in (
            ("2026-03-12", "2026-03-12"),
            ("2026-03-15", "2026-03-13"),  # a Sunday: it was due on the Friday before anyway
            (TODAY, TODAY),
        ):
            with self.subTest(validity):
                self.assertEqual(self.planned(self.sent(validity_date=validity))[0][0], day)
        friday = self.sent(day="2026-03-12", validity_date="2026-03-15")
        self.assertEqual(self.planned(friday)[0][0], "2026-03-13")

    def test_not_when_the_validity_becomes_shorter(self):
        order = self.sent()
        order.validity_date = "2026-03-11"
        self.assertEqual(self.planned(order)[0][0], "2026-03-11")

    def test_nor_the_next_try(self):
        order = self.sent(validity_date=TODAY)
        order.action_log_attempt("no_answer")
        self.assertEqual(self.planned(order)[0][0], TODAY)

    def test_sent_again_and_cancelled(self):
        order = self.sent()
        order._action_cancel()
        order.action_draft()
        order = order.with_context(l2c_today="2026-03-12")
        order.action_quotation_sent()
        self.assertEqual(str(order.sent_date), "2026-03-12 12:00:00")

    def test_nobody_writes_the_dates(self):
        order = self.sent().with_user(self.seller)
        for name in ("sent_date", "viewed_date", "last_viewed_date", "warned_validity", "reminded_date", "revision"):
            with self.assertRaisesRegex(UserError, "can't be written directly"):
                order.write({name: False})
        order.write({"customer_need": "x", "is_need_shown": True})


@tagged("post_install", "-at_install")
class TestExpiry(QuotationCase):
    def test_the_salesperson_is_warned_once(self):
        order = self.sent(validity_date="2026-03-20")
        self.at_night("2026-03-14")
        self.assertEqual(self.planned(order), [("2026-03-13", "Follow up", "follower")])
        for night in ("2026-03-15", "2026-03-16"):
            self.at_night(night)
            self.assertEqual(self.planned(order), [("2026-03-15", "Valid until 03/20/2026 only: call", "follower")])
        self.assertFalse(self.mails(order))
        order.validity_date = "2026-03-21"
        self.at_night("2026-03-17")
        self.assertEqual(self.planned(order), [("2026-03-17", "Valid until 03/21/2026 only: call", "follower")])

    def test_the_customer_where_the_setting_says_so(self):
        self.env.company.warns_customers_of_expiry = True
        answered, silent = self.sent(validity_date="2026-03-20"), self.sent(validity_date="2026-03-20")
        answered.with_context(l2c_today="2026-03-12").action_log_attempt("reached")
        self.at_night("2026-03-16")
        self.assertFalse(self.mails(answered))
        [mail] = self.mails(silent)
        self.assertIn("03/20/2026", mail.body_html)
        self.assertIn("opt-out", mail.body_html)
        self.assertIn(f"/my/orders/{silent.id}", mail.body_html)

    def test_never_as_the_setting_says(self):
        self.env.company.quotation_warning_days = 0
        order = self.sent(validity_date="2026-03-20")
        self.at_night("2026-03-18")
        self.assertEqual(self.planned(order), [("2026-03-13", "Follow up", "follower")])
        with self.assertRaisesRegex(ValidationError, "can't be negative"):
            self.env.company.quotation_warning_days = -1

    def test_expired_leaves_a_task(self):
        order = self.sent(validity_date="2026-03-20")
        self.at_night("2026-03-21")
        self.assertEqual(order.handling_role, "dormant")
        self.assertEqual(self.planned(order), [("2026-03-21", "Expired: renew the quotation, or close it", "follower")])
        self.at_night("2026-03-22")
        self.assertEqual(len(order.activity_ids), 1)

    def test_many_cost_no_more_queries(self):
        counts = []
        for number in (2, 12):
            for _order in range(number):
                self.sent(validity_date="2026-03-20").user_id = self.env.user  # no e-mail for each
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["sale.order"]._at("2026-03-17")._warn_of_expiry()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 10, counts)


@tagged("post_install", "-at_install")
class TestReminded(QuotationCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.quotation_reminder_days = 2

    def test_once_some_working_days_after_sending(self):
        order = self.sent(day="2026-03-06")  # a Friday
        for night, count in (("2026-03-09", 0), ("2026-03-10", 1), ("2026-03-11", 1), ("2026-03-12", 1)):
            self.at_night(night)
            self.assertEqual(len(self.mails(order)), count, night)

    def test_stops_on_any_answer(self):
        wrote, reached, negotiating, colleague, called = orders = [self.sent(day="2026-03-06") for _number in range(5)]
        wrote.message_post(body=SAID, message_type="email", author_id=self.customer.id, date="2026-03-07 09:00:00")
        reached.action_log_attempt("callback", date="2026-03-09 09:00:00")
        negotiating.handling_status_id = self.status("sale.order", "in_progress")
        colleague.message_post(body=SAID, message_type="comment", author_id=self.seller.partner_id.id)
        called.action_log_attempt("no_answer", date="2026-03-09 09:00:00")
        self.at_night("2026-03-10")
        self.assertEqual([len(self.mails(order)) for order in orders], [0, 0, 0, 1, 1])

    def test_only_with_a_basis(self):
        blocked = self.env["res.partner"].create({"name": "B", "email": "blocked@example.com"})
        self.env["mail.blacklist"].create({"email": "blocked@example.com"})
        cold = self.lead(partner_id=self.customer.id)
        orders = [
            self.sent(day="2026-03-06", **values)
            for values in ({"partner_id": blocked.id}, {"opportunity_id": cold.id})
        ]
        self.at_night("2026-03-10")
        self.assertEqual([len(self.mails(order)) for order in orders], [0, 0])

    def test_not_what_is_old_or_closed(self):
        old, expired, won = (
            self.sent(day=day, validity_date=end)
            for day, end in (("2026-02-02", "2026-12-31"), ("2026-03-06", "2026-03-09"), ("2026-03-06", "2026-12-31"))
        )
        won.action_confirm()
        self.at_night("2026-03-10")
        self.assertFalse(any(self.mails(order) for order in (old, expired, won)))


@tagged("post_install", "-at_install")
class TestRenewed(QuotationCase):
    def expired(self):
        order = self.sent(validity_date="2026-03-05", day="2026-03-02", opportunity_id=False)
        self.at_night(TODAY)
        self.assertEqual(order.handling_role, "dormant")
        return order

    def dialog(self, order):
        action = order.with_user(self.seller).action_renew_dialog()
        return Form(
            self.env[action["res_model"]].with_user(self.seller).with_context(l2c_today=TODAY, **action["context"])
        )

    def test_with_a_new_validity(self):
        order = self.expired()
        order._look()
        dialog = self.dialog(order)
        dialog.validity_date = "2026-04-30"
        self.assertFalse(dialog.price_changes)
        dialog.save().action_renew()
        self.env.invalidate_all()
        self.assertEqual((order.state, order.handling_role, str(order.validity_date)), ("draft", "new", "2026-04-30"))
        self.assertEqual((order.revision, order.viewed_date), (2, False))
        self.assertEqual(self.planned(order), [("2026-03-13", "Follow up", "follower")])
        said = " ".join(order.message_ids.mapped("body"))
        self.assertRegex(said, r"Revision 1, valid until 03/05/2026: .*100\.00")
        order.action_quotation_sent()
        self.assertEqual(order.handling_role, "contacted")
        self.assertEqual(self.planned(order), [("2026-03-13", "Follow up", "follower")])

    def test_it_is_followed_up_as_its_team_says_and_not_behind_its_validity(self):
        team = self.env["crm.team"].create({"name": "Slow", "quotation_followup_days": 6})
        for validity, day in (("2026-04-30", "2026-03-18"), ("2026-03-16", "2026-03-16"), ("2026-03-15", "2026-03-13")):
            order = self.expired()
            order.team_id = team
            order.with_user(self.seller).action_renew(validity)
            with self.subTest(validity):
                self.assertEqual(self.planned(order), [(day, "Follow up", "follower")])

    def test_what_somebody_has_planned_for_it_stays_alone(self):
        order = self.expired()
        order.activity_ids.unlink()
        order.activity_schedule("mail.mail_activity_data_todo", fields.Date.to_date("2026-03-20"), "Ask the boss")
        order.action_renew("2026-04-30")
        self.assertEqual([row[:2] for row in self.planned(order)], [("2026-03-20", "Ask the boss")])

    def test_prices_are_checked(self):
        order = self.expired()
        order.order_line = [
            Command.create({"product_id": self.product.id, "price_unit": 90.0, "technical_price_unit": 100.0})
        ]
        self.product.list_price = 120.0
        dialog = self.dialog(order)
        self.assertRegex(dialog.price_changes, r"Thing: .*100\.00.* → .*120\.00\nThing: .*→.*agreed: .*90\.00")
        dialog.updates_prices = True
        dialog.save().action_renew()
        self.assertEqual(order.order_line.mapped("price_unit"), [120.0, 90.0])

    def test_prices_stay_where_they_are_not_taken(self):
        order = self.expired()
        self.product.list_price = 120.0
        self.dialog(order).save().action_renew()
        self.assertEqual(order.order_line.price_unit, 100.0)

    def test_bad_input(self):
        order = self.expired()
        for day in (False, "2026-03-09"):
            with self.assertRaisesRegex(UserError, "today or later"):
                order.action_renew(day)
        with self.assertRaisesRegex(UserError, "nothing to renew"):
            self.sent().action_renew("2026-04-30")
        with self.assertRaises(AccessError):
            order.with_user(self.user("stranger", "sales_team.group_sale_salesman")).action_renew("2026-04-30")


@tagged("post_install", "-at_install")
class TestDeclined(QuotationCase):
    def test_the_reason_stands_in_the_chatter(self):
        order = self.sent()
        order.action_close(self.env.ref("lead_to_cash.lost_reason_not_interested"), "Too <b>dear</b>")
        body = "".join(order.message_ids.mapped("body"))
        self.assertIn("<b>Declined: Not interested</b><br>Too &lt;b&gt;dear&lt;/b&gt;", body)
        form, listed = (self.env["sale.order"].get_view(view_type=kind)["arch"] for kind in ("form", "list"))
        for arch in (form, listed):
            self.assertIn('name="closure_reason_id"', arch)


@tagged("post_install", "-at_install")
class TestLookedAt(QuotationCase, HttpCase):
    def page(self, order, **headers):
        return self.url_open(order.get_portal_url(), headers=headers)

    def told(self):
        """The ids in what was sent to the salesperson."""
        self.env.cr.precommit.run()
        rows = self.env["bus.bus"].search([("message", "like", "lead_to_cash.quotation_viewed")])
        return [re.findall(r'"ids": ?\[(\d+)\]', row.message) for row in rows]

    def test_the_first_look(self):
        order = self.sent(customer_need="Three <things>")
        self.env.flush_all()
        page = self.page(order)
        self.assertEqual(page.status_code, 200)
        self.assertNotIn("Three &lt;things&gt;", page.text)
        self.env.invalidate_all()
        first = order.viewed_date
        self.assertTrue(first)
        self.assertEqual(order.last_viewed_date, first)
        self.page(order)
        self.env.invalidate_all()
        self.assertEqual((order.viewed_date, order.last_viewed_date), (first, first))
        order.is_need_shown = True
        self.env.flush_all()
        self.assertIn("Three &lt;things&gt;", self.page(order).text)

    def test_neither_a_preview_nor_a_colleague_nor_without_the_link(self):
        order = self.sent()
        url = order.get_portal_url()
        self.env.flush_all()
        self.page(order, **{"Odoo-Link-Preview": "True"})
        self.page(order, **{"User-Agent": "WhatsApp/2.24"})
        self.url_open(url.partition("?")[0])
        self.authenticate("admin", "admin")
        self.page(order)
        self.env.invalidate_all()
        self.assertFalse(order.viewed_date)

    def test_the_salesperson_is_told_once_in_a_while(self):
        order = self.sent()
        for moment, count in (("09:00", 1), ("09:10", 1), ("09:30", 2)):
            order.with_context(l2c_today=f"{TODAY} {moment}:00")._look()
            self.assertEqual(self.told(), [[str(order.id)]] * count, moment)
        self.assertEqual(str(order.viewed_date), f"{TODAY} 09:00:00")

    def test_what_is_told_is_what_one_may_see(self):
        order = self.sent()
        [told] = order.with_user(self.seller).get_viewed()
        self.assertEqual(told["message"], f"Customer is looking at your quotation {order.name} now.")
        self.assertEqual(told["phone"], "+40215550120")
        self.assertEqual(order.with_user(self.user("other", "sales_team.group_sale_salesman")).get_viewed(), [])
        self.env["phone.blacklist"].create({"number": "+40215550120"})
        self.env.invalidate_all()
        self.assertFalse(order.with_user(self.seller).get_viewed()[0]["phone"])

    def test_who_has_left_is_not_told(self):
        order = self.sent()
        self.seller.active = False
        order._look()
        self.assertEqual(self.told(), [])
        self.assertTrue(order.viewed_date)

    def test_the_paper_shows_the_need(self):
        order = self.sent(customer_need="Three <things>", is_need_shown=True)
        html = self.env["ir.actions.report"]._render_qweb_html("sale.report_saleorder", order.ids)[0]
        self.assertIn(b"Three &lt;things&gt;", html)
