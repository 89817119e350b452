"""How content customers are: smileys in e-mails, thanks after paying, answers on the phone."""

import re

from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools.safe_eval import safe_eval

from ..common import TODAY, RunCase


class SatisfactionCase(RunCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.level_ids[0].ask_rating = True
        cls.policy.thanks_template_id = cls.env.ref("lead_to_cash.mail_template_thanks")

    def sent(self, due, day=TODAY, **values):
        """The notice of an invoice, sent."""
        move = self.invoice(due=due, **values)
        self.run_on(day)
        notice = self.notices(move)
        notice.mail_ids.state = "sent"
        return notice

    def thanks(self):
        self.env["dunning.notice"]._thank()
        mails = self.env["mail.mail"].search([("subject", "like", "%thank you for your payment")])
        return mails.filtered(lambda mail: self.customer in mail.partner_ids)

    def collector(self):
        return self.user("satisfied_collector", "lead_to_cash.group_collections_user")


@tagged("post_install", "-at_install")
class TestSatisfaction(SatisfactionCase):
    def test_asked_before_the_due_date_only(self):
        for due, asked in (("2026-03-14", True), ("2026-03-01", False)):
            with self.subTest(due):
                customer = self.env["res.partner"].create({"name": due, "email": "a@example.com"})
                notice = self.sent(due, partner_id=customer.id)
                self.assertEqual(len(notice.rating_ids), int(asked))
                links = re.findall(r'href="(https?://[^"]+/rate/[^"]+)"', notice.mail_ids.body_html)
                self.assertEqual(len(links), 3 * asked)
                self.assertTrue(all(notice.rating_ids.access_token in link for link in links))

    def test_asking_many_takes_no_more_queries(self):
        """Ratings are made together: 3 or 30 notices, the same statements."""
        counts = []
        for number in (3, 30):
            customers = self.env["res.partner"].create(
                [{"name": f"C{index}", "email": f"c{index}@example.com"} for index in range(number)]
            )
            moves = self.invoices([{"due": "2026-03-14", "partner_id": customer.id} for customer in customers])
            self.policy.level_ids[0].ask_rating = False
            self.run_on(TODAY)
            notices = self.notices(moves)
            self.policy.level_ids[0].ask_rating = True
            notices._ask_ratings()
            notices.rating_ids.unlink()
            self.env.flush_all()
            self.env.invalidate_all()
            notices.mapped("is_thanked"), notices.mapped("level_id.ask_rating"), notices.mapped("partner_id.name")
            before = self.env.cr.sql_log_count
            notices._ask_ratings()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(len(notices.rating_ids), number)
            self.assertEqual(set(notices.rating_ids.mapped("partner_id")), set(customers))
        self.assertLessEqual(counts[1], counts[0] + 1)

    def test_thanks_once(self):
        """After the last overdue item; neither before it nor twice; again after a new debt."""
        first, second = self.invoices([{"due": "2026-03-01"}, {"due": "2026-03-02"}])
        notice = self.sent("2026-03-03")
        self.pay(first | notice.line_ids.move_id - second)
        self.assertFalse(self.thanks())
        self.pay(second)
        [mail] = self.thanks()
        self.assertIn("/rate/", mail.body_html)
        self.assertIn("nothing that was due is open", mail.body_html)
        self.assertEqual(self.thanks(), mail)
        self.policy.minimum_days_between = 0
        again = self.sent("2026-02-20", day="2026-03-20")
        self.pay(again.line_ids.move_id)
        self.assertEqual(len(self.thanks()), 2)

    def test_no_thanks(self):
        """For what was paid in time, credited, or where nobody chose a template."""

        def credited(notice):
            credit = self.invoice(move_type="out_refund", amount=notice.amount_due, partner_id=notice.partner_id.id)
            self.items(credit | notice.line_ids.move_id).reconcile()

        def without_template(notice):
            self.policy.thanks_template_id = False
            self.pay(notice.line_ids.move_id)

        cases = (
            ("in time", "2026-03-14", lambda notice: self.pay(notice.line_ids.move_id)),
            ("credited", "2026-03-01", credited),
            ("no template", "2026-03-01", without_template),
        )
        for name, due, settle in cases:
            with self.subTest(name):
                self.customer = self.env["res.partner"].create({"name": name, "email": "x@example.com"})
                notice = self.sent(due, partner_id=self.customer.id)
                settle(notice)
                self.assertTrue(notice.expires_on, "all is paid")
                self.assertFalse(self.thanks())

    def test_thanks_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("ro_RO")
        template = self.env.ref("lead_to_cash.mail_template_thanks")
        template.with_context(lang="ro_RO").body_html = "<p>Mulțumim</p>"
        self.customer.lang = "ro_RO"
        self.pay(self.sent("2026-03-01").line_ids.move_id)
        self.env["dunning.notice"]._thank()
        mails = self.env["mail.mail"].search([("body_html", "like", "Mulțumim")])
        self.assertEqual(mails.partner_ids, self.customer)

    def test_on_the_phone(self):
        collector = self.collector()
        customer = self.customer.with_user(collector)
        for answer, expected in (("happy", 100), ("unhappy", 50), ("neutral", 33)):
            with self.subTest(answer):
                context = customer.action_rate()["context"]
                dialog = self.env["satisfaction.dialog"].with_user(collector).with_context(**context)
                getattr(dialog.create({"note": "<b>Fine</b>"}), f"action_{answer}")()
                customer.invalidate_recordset()
                self.assertEqual(customer.satisfaction, expected)
        self.assertEqual(customer.satisfaction_count, 3)
        ratings = self.env["rating.rating"].with_user(collector).search(customer.action_satisfaction()["domain"])
        self.assertEqual(ratings.mapped("feedback"), ["<b>Fine</b>"] * 3)
        self.assertIn("&lt;b&gt;Fine", "".join(self.customer.message_ids.mapped("body")))

    def test_report(self):
        """All answers in one place; questions without an answer are none."""
        notice = self.sent("2026-03-14")
        action = self.env["ir.actions.act_window"]._for_xml_id("lead_to_cash.satisfaction_action")
        domain = safe_eval(action["domain"])
        self.assertNotIn(notice.rating_ids, self.env["rating.rating"].search(domain))
        notice.rating_apply(5, rating=notice.rating_ids)
        self.assertIn(notice.rating_ids, self.env["rating.rating"].search(domain))
        self.assertEqual(self.customer.satisfaction, 100)


@tagged("post_install", "-at_install")
@freeze_time(f"{TODAY} 12:00:00")
class TestSmiley(SatisfactionCase, HttpCase):
    def test_an_unhappy_answer(self):
        """Odoo's page takes it; a call is planned before the due date, once."""
        notice = self.sent("2026-03-14")
        token = notice.rating_ids.access_token
        page = self.url_open(f"/rate/{token}/1")
        self.assertEqual(page.status_code, 200)
        self.assertFalse(notice.activity_ids, "a link that a mail program follows is no answer")
        csrf = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
        for feedback in ("Broken", "<script>alert(1)</script>"):
            form = {"rate": "1", "feedback": feedback, "csrf_token": csrf}
            self.assertEqual(self.url_open(f"/rate/{token}/submit_feedback", data=form).status_code, 200)
        self.env.invalidate_all()
        [call] = notice.activity_ids
        self.assertLess(call.date_deadline, notice.line_ids.date_maturity)
        self.assertEqual(call.summary, "Not content: call before the due date")
        self.assertNotIn("<script>", call.note + "".join(notice.message_ids.mapped("body")))
        self.assertEqual((self.customer.satisfaction_count, self.customer.satisfaction), (1, 0))
