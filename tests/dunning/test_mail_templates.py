"""The e-mails that are shipped: of each level, thanks, and the series of sales mails."""

import re

from lxml import html
from odoo.tests import tagged

from ..common import TODAY, HandlingCase, RunCase

NOTICES = ("notice", "before_due", "first_reminder", "second_reminder", "formal_demand", "final_notice")


@tagged("post_install", "-at_install")
class TestNoticeTemplates(RunCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.level_ids.write({"payment_deadline_days": 7})
        cls.moves = cls.given.invoice(due="2026-03-01", ref="PO-77") | cls.given.invoice(
            due="2026-03-02", amount=1234.5
        )
        cls.other = cls.given.invoice(partner_id=cls.env["res.partner"].create({"name": "B", "email": "b@x.com"}).id)
        cls.given.run_on(TODAY)
        cls.both = cls.given.notices(cls.moves) | cls.given.notices(cls.other)

    def template(self, name):
        return self.env.ref(
            f"lead_to_cash.mail_template_dunning_{name}" if name == "notice" else f"lead_to_cash.mail_template_{name}"
        )

    def test_each_level_that_sends_has_its_template(self):
        policies = self.env["dunning.policy"].with_context(active_test=False).search([("id", "!=", self.policy.id)])
        shipped = policies.filtered(lambda policy: policy.get_external_id()[policy.id].startswith("lead_to_cash."))
        mails = shipped.level_ids.filtered(lambda level: level.channel == "email")
        self.assertGreaterEqual(len(mails), 10)
        for level in mails:
            with self.subTest(f"{level.policy_id.name}: {level.name}"):
                self.assertTrue(level.mail_template_id)
                self.assertEqual(level.ask_rating, level.delay_days < 0 and level.delay_from == "due")

    def test_bodies(self):
        """All notices in one pass, each with its own amount, documents, deadline and absolute
        link."""
        notice, other = self.both
        for name in (*NOTICES, "returned_debit"):
            with self.subTest(name):
                mine, others = self.template(name)._render_bodies_at_once(self.both)
                for text in (*self.moves.mapped("name"), "PO-77", "1,334.50"):
                    self.assertIn(text, mine)
                    self.assertNotIn(text, others)
                self.assertEqual("03/17/2026" in mine, name != "before_due", "the day to pay by")
                for body, record in ((mine, notice), (others, other)):
                    [link] = set(re.findall(r'href="([^"]+/my/collection/[^"]+)"', body))
                    self.assertEqual(link.replace("&amp;", "&"), record.get_base_url() + record.get_portal_url())
                self.assertNotIn("/rate/", mine)

    def test_from_right_to_left(self):
        """In Hebrew, whatever the mail program would do; numbers and names keep their direction."""
        self.env["res.lang"]._activate_lang("he_IL")
        for lang, directed in (("he_IL", True), ("en_US", False), (False, False)):
            template = self.template("first_reminder").with_context(lang=lang)
            for body in template._render_bodies_at_once(self.both.with_context(lang=lang)):
                with self.subTest(lang):
                    self.assertEqual('dir="rtl"' in body, directed)
                    self.assertIn("text-align: left;" if directed else "text-align: right;", body)
                    for name in (*self.moves.mapped("name"), "Customer", "PO-77"):
                        self.assertTrue(name not in body or f"<bdi>{name}</bdi>" in body, name)

    def test_fits_a_phone(self):
        """Three columns: the customer's reference and the authority's number stand below the document's."""
        self.moves[0].allocation_number = "123456789"
        for name in (*NOTICES, "returned_debit"):
            body = html.fromstring(self.template(name)._render_bodies_at_once(self.both[:1])[0])
            with self.subTest(name):
                rows = [[" ".join(cell.text_content().split()) for cell in row] for row in body.iter("tr")]
                self.assertEqual(rows[0], ["Document", "Due date", "Open balance"])
                numbers = f"{self.moves[0].name} Your ref. PO-77 Allocation Number 123456789"
                self.assertIn([numbers, "03/01/2026", "$ 100.00"], [[c.replace("\xa0", " ") for c in r] for r in rows])

    def test_the_button_has_the_companys_colour(self):
        for colour, text in (("#0B6E4F", "#FFFFFF"), ("#F2E541", "#000000")):
            self.env.company.primary_color = colour
            [body] = self.template("first_reminder")._render_bodies_at_once(self.both[:1])
            with self.subTest(colour):
                self.assertIn(f"background-color: {colour}; color: {text};", body)

    def test_only_what_will_be_done(self):
        """The lawyer is named by those that warn, where the level hands over; a check of orders where it has one."""
        lawyer = self.env.ref("lead_to_cash.mail_activity_type_lawyer")
        self.both.level_id.next_activity_type_id = lawyer
        self.policy.level_ids.filtered(lambda level: level.name == "Second").unlink()
        for name in NOTICES:
            [body] = self.template(name)._render_bodies_at_once(self.both[:1])
            with self.subTest(name):
                self.assertEqual("lawyer" in body, name in ("second_reminder", "final_notice"))
        demand = self.template("formal_demand")
        self.assertNotIn("new orders", demand._render_bodies_at_once(self.both[:1])[0])
        self.both.level_id.hold_sales = True
        self.assertIn("new orders", demand._render_bodies_at_once(self.both[:1])[0])

    def test_smileys_where_asked(self):
        self.both.level_id.ask_rating = True
        for name, asks in (("before_due", True), ("notice", True), ("first_reminder", False)):
            with self.subTest(name):
                [body] = self.template(name)._render_bodies_at_once(self.both[:1])
                self.assertEqual(re.findall(r"/rate/\w+/(\d)", body), ["5", "3", "1"] * asks)


@tagged("post_install", "-at_install")
class TestSalesTemplates(HandlingCase):
    def test_series(self):
        """Chosen for the tries 2, 4 and 6, as drafts; as shipped nothing is sent."""
        lead = self.lead(contact_name="Ann <b>", email_from="ann@example.com", contact_basis="enquiry")
        names = ("missed_1", "missed_2", "missed_3", "reengage")
        templates = [self.env.ref(f"lead_to_cash.mail_template_{name}") for name in names]
        subjects = set()
        for template in templates:
            with self.subTest(template.name):
                body = template._render_field("body_html", lead.ids)[lead.id]
                self.assertIn("Ann &lt;b&gt;", body)
                self.assertTrue(template._render_field("email_from", lead.ids)[lead.id])
                subjects.add(template._render_field("subject", lead.ids)[lead.id])
        self.assertEqual(len(subjects), len(names))
        steps = self.env["handling.attempt.mail"].search([("mail_template_id", "in", [t.id for t in templates])])
        self.assertEqual([(step.number, step.as_draft) for step in steps], [(2, True), (4, True), (6, True)])
