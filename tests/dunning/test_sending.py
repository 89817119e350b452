"""When a notice leaves, in whose name, with what; and what comes back."""

import re

from odoo.exceptions import ValidationError
from odoo.tests import new_test_user, tagged

from ..common import TODAY, RunCase


@tagged("post_install", "-at_install")
class TestWindow(RunCase):
    def leaves_at(self, moment, **partner):
        """When the mail of a run at ``moment`` leaves."""
        self.customer.write(partner)
        move = self.invoice(due="2026-03-02")
        self.run_on(moment)
        notice = self.notices(move)
        self.assertEqual((notice.state, notice.mail_ids.id), ("queued", False), "written when its moment has come")
        return str(notice.send_at)

    def run_on(self, moment):
        run = self.env["dunning.run"].with_context(l2c_today=moment).create({})
        run.action_run()
        return run

    def test_in_the_hours_at_once(self):
        self.assertEqual(self.leaves_at("2026-03-10 12:00:00"), "2026-03-10 12:00:00")

    def test_before_the_hours_in_the_time_zone_of_the_customer(self):
        self.assertEqual(self.leaves_at("2026-03-10 05:00:00", tz="Europe/Bucharest"), "2026-03-10 06:00:00")

    def test_the_same_moment_elsewhere(self):
        self.assertEqual(self.leaves_at("2026-03-10 05:00:00", tz="Asia/Tokyo"), "2026-03-10 05:00:00")

    def test_after_the_hours_on_the_next_working_day(self):
        self.assertEqual(self.leaves_at("2026-03-13 20:00:00", tz="Europe/Bucharest"), "2026-03-16 06:00:00")

    def test_hours_of_the_company(self):
        self.env.company.write({"dunning_hour_from": 13.5, "dunning_hour_to": 14})
        self.assertEqual(self.leaves_at("2026-03-10 05:00:00", tz="UTC"), "2026-03-10 13:30:00")

    def test_a_mail_that_comes_late_waits_for_the_next_window(self):
        self.leaves_at("2026-03-10 12:00:00", tz="UTC")
        self.mails_due("2026-03-10 12:00:00")
        notice = self.customer.dunning_notice_ids
        mail = notice.mail_ids
        self.assertFalse(mail.with_context(l2c_today="2026-03-10 21:00:00")._claim_notice())
        self.assertEqual((mail.state, notice.state, notice.mail_ids.id), ("cancel", "queued", False))
        self.assertEqual(str(notice.send_at), "2026-03-11 08:00:00")
        self.mails_due("2026-03-11 08:00:00")
        self.assertTrue(notice.mail_ids.with_context(l2c_today="2026-03-11 08:00:00")._claim_notice())

    def test_a_mail_of_yesterday_is_written_anew(self):
        """Its text counts from the day on which it leaves."""
        self.policy.level_ids.payment_deadline_days = 7
        self.leaves_at("2026-03-10 12:00:00", tz="UTC")
        self.mails_due("2026-03-10 12:00:00")
        notice = self.customer.dunning_notice_ids
        mail = notice.mail_ids
        self.assertIn("03/17/2026", mail.body_html)
        self.assertTrue(mail.with_context(l2c_today="2026-03-10 13:00:00")._claim_notice())
        self.assertFalse(mail.with_context(l2c_today="2026-03-11 09:00:00")._claim_notice())
        self.mails_due("2026-03-11 09:00:00")
        self.assertIn("03/18/2026", notice.mail_ids.body_html)
        self.assertEqual((mail.state, notice.mail_ids.state), ("cancel", "outgoing"))

    def test_a_mail_that_the_server_may_have_goes_again_as_it_is(self):
        self.leaves_at("2026-03-10 12:00:00", tz="UTC")
        self.mails_due("2026-03-10 12:00:00")
        mail = self.customer.dunning_notice_ids.mail_ids
        mail.dunning_is_uncertain = True
        self.assertFalse(mail.with_context(l2c_today="2026-03-10 21:00:00")._claim_notice())
        self.assertEqual((mail.state, str(mail.scheduled_date)), ("outgoing", "2026-03-11 08:00:00"))
        self.assertTrue(mail.with_context(l2c_today="2026-03-11 08:00:00")._claim_notice())

    def test_a_mail_that_the_server_refused_for_now_is_written_anew_on_another_day(self):
        """And its tries count on."""
        self.leaves_at("2026-03-10 12:00:00", tz="UTC")
        self.mails_due("2026-03-10 12:00:00")
        notice = self.customer.dunning_notice_ids
        mail = notice.mail_ids
        mail.dunning_tries = 3
        self.assertTrue(mail.with_context(l2c_today="2026-03-10 13:00:00")._claim_notice())
        self.assertFalse(mail.with_context(l2c_today="2026-03-11 09:00:00")._claim_notice())
        self.mails_due("2026-03-11 09:00:00")
        self.assertNotEqual(notice.mail_ids, mail)
        self.assertEqual((notice.mail_ids.dunning_tries, mail.state), (3, "cancel"))

    def test_a_time_zone_that_nobody_knows(self):
        """Of a customer from an old list: the company's hours count."""
        self.customer.tz = "UTC"
        self.env.flush_all()
        self.env.cr.execute("UPDATE res_partner SET tz = 'US/Pacific-New' WHERE id = %s", [self.customer.id])
        self.env.invalidate_all()
        self.assertEqual(self.leaves_at("2026-03-10 12:00:00"), "2026-03-10 12:00:00")
        self.mails_due("2026-03-10 12:00:00")
        self.assertEqual(self.customer.dunning_notice_ids.mail_ids.state, "outgoing")

    def test_the_deadline_is_of_the_companys_day(self):
        """Also far from where the server's clock is set."""
        self.policy.level_ids.payment_deadline_days = 7
        self.env.company.write({"dunning_hour_from": 0, "dunning_hour_to": 24})
        for zone, moment, deadline in (
            ("Pacific/Auckland", "2026-03-09 21:00:00", "03/17/2026"),
            ("America/Los_Angeles", "2026-03-12 03:00:00", "03/18/2026"),
        ):
            with self.subTest(zone):
                self.env.company.resource_calendar_id.tz = zone
                customer = self.env["res.partner"].create({"name": zone, "email": "far@example.com"})
                move = self.invoice(due="2026-03-02", partner_id=customer.id)
                with self.enter_registry_test_mode(), self.registry.cursor() as cr:
                    self.env(cr=cr)["dunning.run"].with_context(l2c_today=moment)._cron_run()
                self.env.invalidate_all()
                self.mails_due(moment)
                notice = self.notices(move).with_context(l2c_today=moment)
                self.assertEqual(re.findall(r" by <strong[^>]*>([^<]*)<", notice.mail_ids.body_html), [deadline])
                notice.mail_ids.write({"state": "sent"})
                day = notice.payment_deadline.strftime("%m/%d/%Y")
                self.assertEqual((day, notice.noticed_on, notice.state), (deadline, notice.date, "sent"))

    def test_impossible_hours_are_refused(self):
        for hours in ({"dunning_hour_from": 18}, {"dunning_hour_to": 25}, {"dunning_hour_from": -1}):
            with self.subTest(hours), self.assertRaisesRegex(ValidationError, "from an earlier to a later hour"):
                self.env.company.write(hours)
        with self.assertRaisesRegex(ValidationError, "can't be negative"):
            self.env.company.dunning_daily_limit = -1


@tagged("post_install", "-at_install")
class TestSender(RunCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.level = cls.policy.level_ids[1]
        cls.colleague = new_test_user(
            cls.env, "colleague", groups="account.group_account_invoice", signature="<p>Colleague, Collections</p>"
        )

    def notice(self, **values):
        move = self.invoice(due="2026-03-02", **values)
        self.run_on(TODAY)
        return self.notices(move)

    def test_the_company(self):
        self.env.company.email = "us@example.com"
        mail = self.notice().mail_ids
        self.assertIn("us@example.com", mail.email_from)
        self.assertIn(self.env.company.name, mail.body_html)

    def test_persons(self):
        self.customer.collector_id = self.colleague
        self.level.sender = "collector"
        mail = self.notice().mail_ids
        self.assertEqual(mail.email_from, self.colleague.email_formatted)
        self.assertIn("Colleague, Collections", mail.body_html)

    def test_salesperson_and_responsible(self):
        self.level.sender = "salesperson"
        notice = self.notice(invoice_user_id=self.colleague.id)
        self.assertEqual(notice.sender_id, self.colleague)
        self.level.sender = "responsible"
        self.policy.user_id = self.colleague
        self.env.invalidate_all()
        self.assertEqual(notice.sender_id, self.colleague)

    def test_whose_task_it_is(self):
        self.level.channel = "call"
        salesperson, collector = self.colleague, new_test_user(self.env, "l2c_collector")
        self.policy.user_id = new_test_user(self.env, "l2c_responsible")
        nobody = self.notice(invoice_user_id=False)
        self.assertEqual(nobody.activity_id.user_id, self.policy.user_id)
        nobody.action_cancel()
        second = self.notice(invoice_user_id=salesperson.id)
        self.assertEqual(second.activity_id.user_id, salesperson)
        second.action_cancel()
        self.customer.collector_id = collector
        self.assertEqual(self.notice().activity_id.user_id, collector)

    def test_deadline(self):
        self.level.payment_deadline_days = 14
        notice = self.notice()
        self.assertEqual(str(notice.payment_deadline), "2026-03-24")
        self.assertIn("03/24/2026", notice.mail_ids.body_html)

    def test_invoices_attached_when_it_leaves(self):
        self.level.attach_invoices = True
        move, sent = self.invoices([{"due": "2026-03-02"}, {"due": "2026-03-03", "move_type": "out_invoice"}])
        self.env["ir.attachment"].create(
            {
                "name": "the-original.pdf",
                "raw": b"%PDF-original",
                "res_model": "account.move",
                "res_id": sent.id,
                "res_field": "invoice_pdf_report_file",
            }
        )
        self.invoice(due="2026-03-09")  # listed only
        self.env.invalidate_all()
        self.run_on(TODAY)
        mail = self.notices(move).mail_ids
        self.assertFalse(mail.attachment_ids)
        with self.allow_pdf_render():
            self.assertTrue(mail._claim_notice())
        names = mail.attachment_ids.sorted("name").mapped("name")
        self.assertEqual(names, [f"{move.name.replace('/', '_')}.pdf", "the-original.pdf"])
        self.assertEqual(mail.attachment_ids.filtered(lambda file: "orig" in file.name).raw, b"%PDF-original")

    def test_what_can_not_be_attached_fails_with_its_reason(self):
        self.level.attach_invoices = True
        notice = self.notice()
        self.env.ref("account.account_invoices").report_name = "no.such.report"
        with self.allow_pdf_render():
            self.assertFalse(notice.mail_ids._claim_notice())
        self.assertEqual(notice.state, "failed")
        self.assertIn("no.such.report", notice.failure_reason)

    def test_then(self):
        self.level.write(
            {
                "payment_deadline_days": 14,
                "next_activity_type_id": self.env.ref("lead_to_cash.mail_activity_type_lawyer").id,
            }
        )
        notice = self.notice()
        self.assertFalse(notice.activity_ids)
        notice.mail_ids.write({"state": "sent"})
        activity = notice.activity_ids
        self.assertEqual((activity.summary or activity.activity_type_id.name), "Hand-over to lawyer")
        self.assertEqual(str(activity.date_deadline), "2026-03-24")
        self.assertFalse(self.customer.collection_state == "lawyer")
        self.pay(notice.line_ids.move_id)
        self.assertFalse(notice.activity_ids)
