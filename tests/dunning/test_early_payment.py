"""Odoo's early-payment discount in e-mails and letters: what they ask for on the day on which they leave."""

from odoo import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import html2plaintext

from ..common import TODAY, RunCase
from .test_under_way import UnderWayCase

#: The last day of the discount, and the day after it.
UNTIL, AFTER = "2026-03-13", "2026-03-14"
LETTER = "lead_to_cash.action_report_dunning_letter"


def one_line(html):
    return " ".join(html2plaintext(html).replace("*", "").replace("\xa0", " ").split())


@tagged("post_install", "-at_install")
class TestEarlyPayment(RunCase):
    """1,000.00 that fall due on 2026-03-15, 950.00 until 2026-03-13."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls.given.early_invoice()

    def letter(self, notice):
        return one_line(notice.env["ir.actions.report"]._render_qweb_html(LETTER, notice.ids)[0].decode())

    def asks(self, text):
        """Whether the whole, or what is asked for early too, stands in a text."""
        self.assertIn("Total $ 1,000.00", text)
        self.assertEqual("$ 950.00 if paid by 03/13/2026" in text, "If paid by 03/13/2026 $ 950.00" in text)
        return "$ 950.00 if paid by 03/13/2026" in text

    def test_before_the_due_date(self):
        self.run_on(TODAY)
        notice = self.notices(self.move)
        self.assertEqual((notice.level_id.name, notice.amount_due), ("Friendly", 1000.0))
        self.assertTrue(self.asks(one_line(notice.mail_ids.body_html)))
        self.assertTrue(self.asks(self.letter(notice)))

    def test_it_leaves_after_the_last_day(self):
        """Written on the last day, it didn't get away: the next one says what is asked for then."""
        self.policy.level_ids[0].delay_days = -2
        self.run_on(UNTIL)
        notice = self.notices(self.move)
        mail = notice.mail_ids
        self.assertTrue(self.asks(one_line(mail.body_html)))
        mail.with_context(l2c_today=AFTER).send()
        self.assertEqual((mail.state, notice.state), ("cancel", "queued"))
        self.mails_due("2026-03-16")  # the first working day
        self.assertFalse(self.asks(one_line(notice.mail_ids.body_html)))

    def test_approved_after_the_last_day(self):
        self.policy.level_ids.requires_approval = True
        self.run_on(TODAY)
        notice = self.notices(self.move)
        self.assertEqual(notice.state, "to_approve")
        self.assertTrue(self.asks(self.letter(notice)))
        notice = notice.with_context(l2c_today="2026-03-16")
        self.assertFalse(self.asks(self.letter(notice)))
        notice.action_approve()
        self.mails_due("2026-03-16")
        self.assertFalse(self.asks(one_line(notice.mail_ids.body_html)))

    def test_by_the_deadline(self):
        """The deadline isn't before the due date, and names what is asked for on its day."""
        for days, until, asked in (
            (3, 0, "$ 1,000.00 by 03/15"),
            (4, 0, "$ 1,000.00 by 03/15"),
            (3, 2, "$ 950.00 by 03/15"),
        ):
            self.move.invoice_payment_term_id.discount_days += until
            if until:
                self.move.line_ids.filtered("discount_date").discount_date = "2026-03-15"
            self.policy.level_ids.payment_deadline_days = days
            self.run_on(TODAY)
            notice = self.notices(self.move).filtered(lambda notice: notice.state == "queued")
            self.assertIn(f"Please pay {asked}", one_line(notice.mail_ids.body_html))
            self.assertIn(f"Please pay {asked}", self.letter(notice))
            notice.action_cancel()

    def test_paid_in_part(self):
        """Odoo's own dialog knows no discount for the rest, nor do we."""
        self.pay(self.move, 100.0)
        self.run_on(TODAY)
        text = one_line(self.notices(self.move).mail_ids.body_html)
        self.assertIn("Total $ 900.00", text)
        self.assertNotIn("if paid by", text)

    def test_many(self):
        """What is asked for early costs no queries for each notice."""
        moves = self.move
        for number in range(6):
            customer = self.env["res.partner"].create({"name": str(number), "email": f"c{number}@example.com"})
            moves |= self.early_invoice(partner_id=customer.id)
        self.run_on(TODAY)
        notices = self.notices(moves)
        self.env.flush_all()
        counts = []
        for some in (notices[:1], notices):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual([notice._early_payment()["amount"] for notice in some], [950.0] * len(some))
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])


@tagged("post_install", "-at_install")
@freeze_time(f"{TODAY} 12:00:00")
class TestEarlyUnderWay(UnderWayCase):
    def test_without_an_entry(self):
        """An online payment of what is asked for early leaves nothing open, before and after it has a payment,
        which with Odoo's Accounting has no entry that could book the discount. Of a part the rest is open."""
        for amount, left in ((950.0, 0.0), (900.0, 100.0)):
            move = self.early_invoice()
            transaction = self.transaction(amount, invoice_ids=[Command.set(move.ids)])
            self.assertEqual(self.items(move).left_currency, left)
            self.book(transaction)
            transaction._set_done()
            transaction._post_process()
            self.env.invalidate_all()
            self.assertTrue(transaction.payment_id)
            self.assertFalse(transaction.payment_id.move_id)
            self.assertEqual(self.items(move).left_currency, left)
