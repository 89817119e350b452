"""What customers see on paper: PDFs made by the converter, and their text read back."""

import subprocess

from lxml import html
from odoo.tests import HttpCase, tagged

from ..common import TODAY, RunCase

LETTER = "lead_to_cash.action_report_dunning_letter"
STATEMENT = "lead_to_cash.action_report_statement"
CONFIRMATION = "lead_to_cash.action_report_balance_confirmation"
CALL_SHEET = "lead_to_cash.action_report_call_sheet"


class LetterCase(RunCase, HttpCase):
    """Prints, and reads what was printed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].set_param("report.url", cls.base_url())
        # The converter draws fonts of the web as pictures; text can be read of the system's only.
        style = "<style>body, body * { font-family: 'DejaVu Sans' !important; }</style>"
        cls.env["ir.ui.view"].create(
            {
                "name": "Readable",
                "type": "qweb",
                "inherit_id": cls.env.ref("web.minimal_layout").id,
                "arch": f'<xpath expr="//head" position="inside">{style}</xpath>',
            }
        )
        cls.env.company.external_report_layout_id = cls.env.ref("web.external_layout_standard")

    def pdf(self, report, records, **data):
        reports = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        return reports._render_qweb_pdf(report, records.ids, data=data or None)[0]

    def pages(self, pdf):
        """The text of each page, as a reader sees its lines."""
        command = ["pdftotext", "-layout", "-", "-"]
        done = subprocess.run(command, input=pdf, capture_output=True, check=True)
        return [" ".join(page.replace("\u200b", "").split()) for page in done.stdout.decode().split("\f")[:-1]]

    def text(self, report, records, **data):
        return " ".join(self.pages(self.pdf(report, records, **data)))

    def html(self, report, records, **data):
        """What is printed, before it is converted."""
        reports = self.env["ir.actions.report"]
        return html.fromstring(reports._render_qweb_html(report, records.ids, data=data or None)[0])

    def words(self, report, records, **data):
        """What is printed, in one line: for what says the same on any paper."""
        return " ".join(self.html(report, records, **data).text_content().split())

    def assertTells(self, text, *parts):
        for part in parts:
            self.assertIn(part, text)

    def notice(self, *moves, day=TODAY):
        self.run_on(day)
        return self.notices(moves[0])[-1:]


@tagged("post_install", "-at_install")
class TestDunningLetter(LetterCase):
    def test_all_items(self):
        """Numbers, references, dates, days, amounts, credits, total; how to pay."""
        self.env["res.partner.bank"].create(
            {"acc_number": "RO49AAAA1B31007593840000", "partner_id": self.env.company.partner_id.id}
        )
        old = self.invoice(due="2026-03-01", amount=1234.5, ref="PO-77")
        self.pay(old, 234.5)
        credit = self.invoice(due="2026-03-05", move_type="out_refund", amount=50)
        text = self.text(LETTER, self.notice(old))
        self.assertTells(text, "First", "PO-77", old.name, "02/01/2026", "03/01/2026", "$ 1,234.50", "$ 1,000.00")
        self.assertTells(text, credit.name, "$ -50.00", "$ 950.00")
        self.assertTells(text, "RO49 AAAA 1B31 0075 9384 0000", "Dear Customer", " 9 ")

    def contact(self, **values):
        company = self.env["res.partner"].create({"name": "Müller S.R.L.", "is_company": True, "ref": "C-17", **values})
        address = {
            "name": "Ann",
            "type": "invoice",
            "email": "a@example.com",
            "parent_id": company.id,
            "street": "5 High Street",
            "city": "Iasi",
        }
        return self.env["res.partner"].create({**address, **values})

    def opening(self, lang):
        """The letter to a contact: what of it stands where, and in what order."""
        self.env["res.lang"]._activate_lang(lang)
        notice = self.notice(self.invoice(partner_id=self.contact(lang=lang).commercial_partner_id.id))
        page = self.html(LETTER, notice)
        self.assertFalse("".join(title.text_content() for title in page.iter("h2")).strip(), "no big title")
        self.assertTrue(notice)
        [subject] = page.xpath("//*[@name='subject']")
        [address] = page.xpath("//address[div/bdi]")  # not our own
        self.assertEqual(
            [line.text_content().strip() for line in address], ["Müller S.R.L.", "Ann", "5 High Street", "Iasi"]
        )
        self.assertEqual(len(address.xpath("div/bdi")), 4)
        self.assertIn(notice.with_context(lang=lang).level_id.name, subject.text_content())
        return page, subject

    def test_the_subject_line(self):
        page, subject = self.opening("en_US")
        self.assertEqual(" ".join(subject.text_content().split()), "Re: First")
        self.assertIn("Dear Ann", subject.getnext().text_content())
        self.assertTrue(page.xpath("//*[@id='informations']"))

    def test_the_form_of_a_hebrew_letter(self):
        """Date at the left end, to whom, salutation, subject: centred, bold, underlined; then the text."""
        page, subject = self.opening("he_IL")
        self.assertFalse(page.xpath("//*[@id='informations']"))
        [date], [to] = page.xpath("//*[@name='letter_date']"), page.xpath("//*[@name='letter_to']")
        self.assertIn("text-end", date.get("class"))
        self.assertTells(date.text_content(), "10.03.2026", "C-17")
        self.assertEqual(date.getnext(), to)
        self.assertEqual(to.getnext().getnext(), subject)
        self.assertIn("text-center fw-bold", subject.get("class"))
        self.assertEqual(subject[0].tag, "u")
        self.assertFalse(page.xpath("//div[@name='address']"), "not in the place of other languages' letters")

    def test_what_comes_next(self):
        self.policy.level_ids[1].payment_deadline_days = 3
        text = self.words(LETTER, self.notice(self.invoice(due="2026-03-01")))
        self.assertTells(text, "Please pay $ 100.00 by 03/13/2026", "open on 03/16/2026, the next step follows: Second")

    def test_before_due_date_nothing_is_demanded(self):
        text = self.words(LETTER, self.notice(self.invoice(due="2026-03-14")))
        self.assertTells(text, "These items will be due soon", "Friendly")
        self.assertNotIn("next step", text)

    def test_each_from_its_own_page_by_one_process(self):
        others = self.env["res.partner"].create(
            [{"name": f"Customer {n}", "email": f"c{n}@example.com"} for n in range(5)]
        )
        moves = self.invoices([{}, *({"partner_id": partner.id} for partner in others)])
        self.run_on(TODAY)
        notices = self.notices(moves)
        pages = self.pages(self.pdf(LETTER, notices))
        self.assertEqual(len(pages), 6)
        for notice, page in zip(notices, pages, strict=True):
            self.assertTells(page, f"Dear {notice.partner_id.name},")

    def test_every_layout(self):
        notice = self.notice(self.invoice())
        layouts = self.env["report.layout"].search([])
        self.assertGreaterEqual(len(layouts), 7)
        for layout in layouts:
            with self.subTest(layout.name):
                self.env.company.external_report_layout_id = layout.view_id
                title = "" if layout.name == "Folder" else "First"  # there in the header, which Debian's build has not
                self.assertTells(self.text(LETTER, notice), notice.line_ids.move_id.name, "$ 100.00", title)
                self.assertTells(self.words(STATEMENT, self.customer), notice.line_ids.move_id.name, "> 90 days")

    def test_from_right_to_left(self):
        self.env["res.lang"]._activate_lang("he_IL")
        self.customer.write({"lang": "he_IL", "name": "לקוח בדיקה"})
        notice = self.notice(self.invoice(ref="Order 12/B"))
        html = self.env["ir.actions.report"]._render_qweb_html(LETTER, notice.ids)[0]
        [body] = self.env.ref(LETTER)._prepare_html(html, report_model="dunning.notice")[0]
        self.assertIn('dir="rtl"', str(body))
        self.assertTells(self.text(LETTER, notice), "Order 12/B", notice.line_ids.move_id.name, "100.00")

    def test_text_from_outside_stays_text(self):
        self.customer.name = "<script>alert(1)</script> & Co"
        move = self.invoice(ref="<b>bold</b>")
        notice = self.notice(move)
        for report, record in ((LETTER, notice), (STATEMENT, self.customer), (CALL_SHEET, self.customer)):
            with self.subTest(report):
                html = self.env["ir.actions.report"]._render_qweb_html(report, record.ids)[0].decode()
                self.assertNotIn("<script>alert", html)
                self.assertNotIn("<b>bold</b>", html)
                self.assertIn("&lt;script&gt;alert(1)&lt;/script&gt; &amp; Co", html)

    def test_statement_goes_with_the_mail(self):
        self.policy.level_ids[1].attach_statement = True
        move = self.invoice()
        notice = self.notice(move)
        notice.mail_ids.scheduled_date = False
        notice.with_context(force_report_rendering=True)._before_leaving(notice.mail_ids)
        [attachment] = notice.mail_ids.attachment_ids
        self.assertEqual(attachment.name, f"Statement of account {TODAY}.pdf")
        self.assertTells(" ".join(self.pages(attachment.raw)), move.name, "$ 100.00")

    def test_second_reminder_of_the_standard_policy(self):
        levels = self.env.ref("lead_to_cash.policy_standard").level_ids
        self.assertEqual(levels.filtered("attach_statement").mapped("name"), ["Second reminder"])

    def test_button(self):
        notices = self.notice(self.invoice())
        action = notices.action_print()
        self.assertEqual(
            (action["report_name"], action["context"]["active_ids"]), ("lead_to_cash.dunning_letter", notices.ids)
        )
