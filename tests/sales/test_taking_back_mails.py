"""What waits to be sent while a result can be taken back; the same result twice."""

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .test_sales_messages import NUMBER
from .test_taking_back import TakingBackCase


@tagged("post_install", "-at_install")
class TestMailsWait(TakingBackCase):
    """What a try sends waits as long as the try can be taken back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        model_id = cls.env["ir.model"]._get_id("crm.lead")
        mail = {"name": "Missed", "model_id": model_id, "subject": "Missed you", "body_html": "<p>Hello</p>"}
        sms = {"name": "Missed", "model_id": model_id, "body": "Hello"}
        step = {
            "number": 1,
            "mail_template_id": cls.env["mail.template"].create(mail).id,
            "sms_template_id": cls.env["sms.template"].create(sms).id,
        }
        cls.given.status("crm.lead", "no_answer").series_ids = [(0, 0, step)]

    def waiting(self, lead):
        about = [("model", "=", "crm.lead"), ("res_id", "=", lead.id), ("subject", "=", "Missed you")]
        sms = [("mail_message_id.model", "=", "crm.lead"), ("mail_message_id.res_id", "=", lead.id)]
        return self.env["mail.mail"].search(about), self.env["sms.sms"].search(sms)

    def asked(self):
        return self.called("Asked", email_from="lead@example.com", phone=NUMBER, contact_basis="notified")

    def test_they_wait(self):
        lead = self.asked()
        self.click(lead, "action_no_answer")
        mail, sms = self.waiting(lead)
        self.assertEqual((mail.state, str(mail.scheduled_date)), ("outgoing", "2026-03-10 12:10:00"))
        self.assertEqual((sms.state, str(sms.waits_until)), ("outgoing", "2026-03-10 12:10:00"))
        sms.with_context(l2c_today="2026-03-10 12:09:00")._send()
        self.assertEqual(sms.state, "outgoing")

    def wakes(self):
        """When Odoo's queue of SMS is woken."""
        queue = self.env.ref("sms.ir_cron_sms_scheduler_action")
        return self.env["ir.cron.trigger"].search([("cron_id", "=", queue.id)]).mapped("call_at")

    def test_many_wake_the_queue_of_sms_once(self):
        """When they may leave, and at none of the clicks before."""
        self.env["ir.cron.trigger"].search([]).unlink()
        sms = self.env["sms.sms"]
        for _click in range(250):
            sms.create({"number": NUMBER, "body": "Hello", "waits_until": "2026-03-10 12:10:00"})
        sms.create([{"number": NUMBER, "body": "Hello", "waits_until": "2026-03-10 12:09:20"}] * 250)
        self.assertEqual([str(moment) for moment in self.wakes()], ["2026-03-10 12:10:00"])
        self.click(self.asked(), "action_no_answer")
        self.assertEqual(len(self.wakes()), 1)
        sms.create({"number": NUMBER, "body": "Hello"})
        self.assertEqual(len(self.wakes()), 2, "one that doesn't wait leaves at once")

    def test_those_that_wait_stand_in_nobodys_way(self):
        self.env["ir.config_parameter"].set_param("sms.session.batch.size", 3)
        values = {"number": NUMBER, "body": "Hello"}
        waiting = self.env["sms.sms"].create([{**values, "waits_until": "2026-03-10 12:10:00"}] * 4)
        free = self.env["sms.sms"].create(values)
        self.at_the_queue("2026-03-10 12:05:00")
        self.assertEqual(free.state, "error", "it was tried: no test reaches Odoo's service")
        self.assertEqual(set(waiting.mapped("state")), {"outgoing"})
        self.at_the_queue("2026-03-10 12:10:00")
        self.assertEqual(sorted(waiting.mapped("state")), ["error"] * 3 + ["outgoing"])

    def at_the_queue(self, moment):
        self.env.flush_all()
        quiet = mute_logger("odoo.addons.sms.models.sms_sms", "odoo.addons.iap.tools.iap_tools")
        with quiet, self.enter_registry_test_mode(), self.registry.cursor() as cr:
            self.env(cr=cr)["sms.sms"].with_context(l2c_today=moment)._process_queue()
        self.env.invalidate_all()

    def test_they_never_leave(self):
        lead = self.asked()
        params = self.click(lead, "action_no_answer")
        self.undo(params)
        self.assertEqual([len(rows) for rows in self.waiting(lead)], [0, 0])

    def test_what_closing_sends(self):
        bye = self.status("crm.lead", "no_answer").series_ids.filtered("mail_template_id")[:1].mail_template_id
        self.status("crm.lead", "lost").mail_template_id = bye.copy({"subject": "Missed you"})
        lead = self.asked()
        dialog = {"res_model": "crm.lead", "res_id": lead.id, "outcome": "not_interested"}
        params = self.env["contact.result"].with_user(self.seller).create(dialog).action_log()["params"]
        mail, _sms = self.waiting(lead)
        self.assertEqual((lead.handling_role, str(mail.scheduled_date)), ("lost", "2026-03-10 12:10:00"))
        self.undo(params)
        self.assertFalse(mail.exists())
        self.assertEqual(lead.handling_role, "new")

    def test_at_once_where_nothing_can_be_taken_back(self):
        self.env.company.undo_minutes = 0
        lead = self.asked()
        self.click(lead, "action_no_answer")
        mail, sms = self.waiting(lead)
        self.assertEqual((mail.scheduled_date, sms.waits_until), (False, False))


@tagged("post_install", "-at_install")
class TestTwice(TakingBackCase):
    def test_six_clicks_in_a_second(self):
        lead = self.called("Clicked")
        self.click(lead, "action_no_answer")
        for _click in range(5):
            params = self.click(lead, "action_no_answer")
            self.assertEqual(params["attempt_ids"], [])
            self.assertIn("list_seller", params["message"])
            self.assertIn("nothing was counted", params["message"])
        self.assertEqual((lead.attempt_count, len(lead.contact_attempt_ids)), (1, 1))

    def test_two_people(self):
        lead = self.called("Wanted")
        colleague = self.user("colleague", "sales_team.group_sale_salesman_all_leads")
        self.line(lead, self.seller).action_take()
        with self.assertRaisesRegex(UserError, "has taken Wanted until"):
            lead.with_user(colleague).action_no_answer()
        self.assertEqual(lead.attempt_count, 0)
        free = self.called("Free")
        self.click(free, "action_no_answer")
        params = self.click(free, "action_no_answer", colleague, l2c_today="2026-03-10 12:09:59")
        self.assertEqual((params["attempt_ids"], free.attempt_count), ([], 1))

    def test_hours_between_tries_that_count(self):
        """By whatever way they are logged: nobody is given up after six tries of one morning."""
        lead = self.called("Hunted")
        for hour in range(6, 12):
            lead.action_log_attempt("no_answer", date=f"2026-03-10 {hour:02}:00:00")
        counted = lead.contact_attempt_ids.sorted("date").mapped("is_counted")
        self.assertEqual((counted, lead.attempt_count), ([True, False, False, False, True, False], 2))
        self.assertEqual((lead._misses(), lead.handling_role), (2, "no_answer"))
        self.assertEqual(self.env["call.list.line"].browse(lead.id * 10 + 1).misses, 2)

    def test_the_company_says_how_many_hours(self):
        self.env.company.hours_between_tries = 0
        lead = self.called("Hunted")
        for _try in range(2):
            lead.action_log_attempt("no_answer")
        self.assertEqual(lead.attempt_count, 2)

    def test_who_is_reached_after_a_miss(self):
        """The try isn't counted, but the conversation is."""
        lead = self.called("Called back")
        lead.action_log_attempt("no_answer")
        lead.action_log_attempt("reached")
        self.assertEqual((lead.attempt_count, lead.handling_role), (1, "contacted"))
        self.assertTrue(lead.first_contact_date)

    def test_merged_leads_count_what_counts(self):
        first, second = self.called("First"), self.called("Second")
        for _try in range(2):
            first.action_log_attempt("no_answer")
        second.action_log_attempt("no_answer")
        kept = (first | second).merge_opportunity()
        self.assertEqual(kept.attempt_count, 2)
