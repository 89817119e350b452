"""Cancelling asks why, is told apart from what the books cancel, and can be undone."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..common import TODAY
from .test_one_look import LookCase, NoticeCase


class CancelCase(LookCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.user("cancelling_manager", "lead_to_cash.group_collections_manager")

    def cancel(self, record, reason="They called"):
        method = "action_ask_stop" if record._name == "dunning.run" else "action_ask_cancel"
        action = getattr(record, method)()
        form = Form(self.env[action["res_model"]].with_user(record.env.user).with_context(**action["context"]))
        self.assertIn("First", form.plan)
        form.reason = reason
        return form.save().action_cancel()


@tagged("post_install", "-at_install")
class TestCancelling(CancelCase, NoticeCase):
    def test_it_asks_why(self):
        notice = self.notice
        said = self.cancel(notice, "They  called")
        self.assertEqual(said["params"]["message"], "One notice is cancelled.")
        self.assertEqual((notice.state, notice.cancel_reason), ("cancelled", "They called"))
        self.assertEqual(notice.cancelled_by_id, self.collector)
        self.assertIn("Cancelled: They called", notice.message_ids[0].body)
        with self.assertRaisesRegex(UserError, "Nothing to cancel"):
            notice.action_ask_cancel()

    def test_without_a_reason_nothing_is_cancelled(self):
        notice = self.notice
        wizard = self.env["dunning.cancel"].with_user(self.collector).create({"res_ids": notice.ids, "reason": "  "})
        with self.assertRaisesRegex(UserError, "Say why"):
            wizard.action_cancel()
        self.assertEqual(notice.state, "to_approve")

    def test_it_can_be_undone(self):
        notice = self.notice
        self.cancel(notice)
        notice.action_undo_cancel()
        self.assertEqual((notice.state, notice.cancelled_on, notice.sudo().expires_on), ("to_approve", False, False))
        self.assertEqual(set(notice.line_ids.mapped("notice_state")), {"to_approve"})
        self.assertIn("No longer cancelled", notice.message_ids[0].body)
        mail = self.sent(notice)
        self.assertEqual((notice.state, mail.state), ("queued", "outgoing"))

    def test_a_queued_one_has_no_mail_left_over(self):
        notice = self.notice
        mail = self.sent(notice)
        self.cancel(notice)
        notice.action_undo_cancel()
        self.assertEqual((notice.state, mail.state, notice.is_written), ("to_approve", "cancel", False))
        again = self.sent(notice)
        self.assertEqual(again.mapped("state"), ["outgoing"])

    def test_not_when_something_newer_took_its_place(self):
        notice = self.notice
        self.cancel(notice)
        self.run_on("2026-03-11")
        with self.assertRaisesRegex(UserError, "Since then First of 03/11/2026 took its place"):
            notice.action_undo_cancel()
        self.assertEqual(notice.state, "cancelled")

    def test_not_what_was_paid(self):
        notice = self.notice
        self.cancel(notice)
        self.pay(notice.sudo().line_ids.move_id)
        with self.assertRaisesRegex(UserError, "Nothing is left of"):
            notice.action_undo_cancel()
        other = self.waiting()
        self.pay(other.sudo().line_ids.move_id)
        with self.assertRaisesRegex(UserError, "Nobody has cancelled it"):
            other.action_undo_cancel()

    def test_not_what_was_sent(self):
        notice = self.notice
        self.sent(notice)
        notice.sudo().state = "sent"
        with self.assertRaisesRegex(UserError, "isn't cancelled"):
            notice.action_undo_cancel()

    def test_who_may(self):
        notice = self.notice
        for method in ("action_ask_cancel", "action_undo_cancel"):
            with self.subTest(method), self.assertRaises(AccessError):
                getattr(notice.with_user(self.clerk), method)()
        for method in ("action_ask_stop", "action_undo_stop"):
            with self.subTest(method), self.assertRaises(AccessError):
                getattr(notice.sudo().run_id.with_user(self.collector).sudo(False), method)()


@tagged("post_install", "-at_install")
class TestStopping(CancelCase):
    def test_a_run(self):
        partner = self.env["res.partner"].create({"name": "B", "email": "b@example.com"})
        moves = self.invoices([{"due": "2026-03-05"}, {"due": "2026-03-05", "partner_id": partner.id}])
        run = self.run_on(TODAY).with_user(self.manager)
        said = self.cancel(run, "Wrong cut-off")
        self.assertEqual(said["params"]["message"], "2 notices are cancelled.")
        notices = self.notices(moves)
        self.assertEqual(set(notices.mapped("cancel_reason")), {"Wrong cut-off"})
        self.assertEqual(run.stopped_count, 2)
        self.pay(moves[0])
        said = run.action_undo_stop()
        self.assertIn(
            "Notices to approve again: 1. Paid meanwhile, or something newer took their place: 1.",
            said["params"]["message"],
        )
        self.assertEqual([self.notices(move).state for move in moves], ["cancelled", "to_approve"])
