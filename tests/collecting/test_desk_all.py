"""*All* on the desk: who owes something stands there too; and what is planned is told in the reader's language."""

from odoo.tests import tagged
from odoo.tools.translate import code_translations

from ..common import TODAY
from .test_desk import DeskCase


@tagged("post_install", "-at_install")
class TestDeskAll(DeskCase):
    def all(self, user=None):
        """The desk with the filter *All*, as its search view asks."""
        search = self.env.ref("lead_to_cash.desk_view_search")._get_combined_arch()
        [node] = search.xpath("//filter[@name='all']")
        self.assertEqual(node.get("domain"), "[]")
        self.assertEqual(node.get("context"), "{'l2c_all_customers': 1}")
        # With "Mine", which is there anyway, the search is one or the other: all of them.
        return self.lines(user, l2c_all_customers=1)

    def test_who_owes_comes_after_who_waits(self):
        called, quiet = self.called("called"), self.owing("quiet", due="2026-03-09")
        not_due, paid = self.owing("not due", due="2026-04-01"), self.owing("paid")
        self.pay(paid)
        nobody = self.env["res.partner"].create({"name": "Owes nothing"})
        self.assertEqual(self.lines().partner_id, called.partner_id)
        lines = self.all()
        self.assertEqual(lines[0].partner_id, called.partner_id)
        self.assertLessEqual((quiet | not_due).partner_id, lines.partner_id)
        self.assertFalse((paid.partner_id | nobody) & lines.partner_id)
        line = lines.filtered(lambda line: line.partner_id == quiet.partner_id)
        self.assertEqual((line.kind, line.reason, line.overdue_amount), (False, False, 100.0))

    def test_starting_to_call_is_for_who_waits(self):
        self.owing("quiet")
        model = self.env["call.list.line"].with_user(self.collector)
        action = model.with_context(l2c_desk=1, l2c_all_customers=1).action_start()
        self.assertNotEqual(action.get("view_mode"), "form")
        self.assertFalse(action.get("res_id"))

    def test_leads_are_not_shown_by_it(self):
        lead = self.lead(user_id=self.env.user.id)
        lead.action_set_lost(lost_reason_id=self.env.ref("lead_to_cash.lost_reason_not_interested").id)
        model = self.env["call.list.line"].with_user(self.env.user).with_context(l2c_all_customers=1)
        self.assertFalse(model.search([("res_model", "=", "crm.lead"), ("res_id", "=", lead.id)]))

    def test_only_of_the_companies_at_hand(self):
        quiet = self.owing("quiet")
        other = self.env["res.company"].create({"name": "Other"})
        self.collector.company_ids |= other
        model = self.env["call.list.line"].with_user(self.collector)
        there = model.with_context(l2c_desk=1, l2c_all_customers=1, allowed_company_ids=other.ids)
        found = there.search([("res_model", "=", "res.partner")])
        self.assertNotIn(quiet.partner_id, found.partner_id)


@tagged("post_install", "-at_install")
class TestReadersLanguage(DeskCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("he_IL")
        cls.level = cls.policy.level_ids[1]
        cls.level.with_context(lang="he_IL").name = "שיחת גבייה"

    def test_a_call_is_named_as_its_level(self):
        invoice = self.called("called")
        self.assertTrue(self.line(invoice).reason.startswith("Call; overdue for"))
        self.collector.lang = "he_IL"
        self.assertTrue(self.line(invoice, lang="he_IL").reason.startswith("שיחת גבייה"))

    def test_the_next_step_is_named_by_its_type(self):
        invoice = self.owing("planned")
        call = self.env.ref("mail.mail_activity_data_call")
        call.with_context(lang="he_IL").name = "שיחה"
        for summary, said in ((False, "שיחה"), (call.name, "שיחה"), ("Ask Ms. Cohen", "Ask Ms. Cohen")):
            with self.subTest(summary):
                invoice.activity_ids.unlink()
                invoice.activity_schedule("mail.mail_activity_data_call", "2026-03-12", summary=summary)
                self.env.flush_all()
                self.env.invalidate_all()
                lines = self.env["collections.customer"].with_user(self.collector).with_context(lang="he_IL")
                line = lines.search([("partner_id", "=", invoice.partner_id.id)])
                self.assertEqual((line.next_step, str(line.next_step_date)), (said, "2026-03-12"))

    def test_the_addons_own_words_are_the_readers(self):
        invoice = self.owing("planned")
        hebrew = self.env(context={**self.env.context, "lang": "he_IL"})
        said = code_translations.get_python_translations("lead_to_cash", "he_IL")["Offer a payment plan"]
        for summary, lang, expected in (
            ("Offer a payment plan", "he_IL", said),
            (said, "en_US", "Offer a payment plan"),
            (said, "he_IL", said),
        ):
            with self.subTest(summary=summary, lang=lang):
                invoice.activity_ids.unlink()
                invoice.activity_schedule("mail.mail_activity_data_todo", "2026-03-12", summary=summary)
                self.env.flush_all()
                self.env.invalidate_all()
                lines = hebrew["collections.customer"].with_user(self.collector).with_context(lang=lang)
                self.assertEqual(lines.search([("partner_id", "=", invoice.partner_id.id)]).next_step, expected)

    def test_other_words_of_a_reminders_task_stay(self):
        invoice = self.called("called")
        self.notices(invoice).activity_id.summary = "Call Ms. Cohen"
        self.assertTrue(self.line(invoice, lang="he_IL", l2c_today=TODAY).reason.startswith("Call Ms. Cohen"))
