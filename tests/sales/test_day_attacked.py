"""What the salesperson's day makes possible, tried by those who must not, and in the wrong moment."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .test_series import AGREED
from .test_taking_back import TakingBackCase


@tagged("post_install", "-at_install")
class TestDayAttacked(TakingBackCase):
    def tried(self, *days, **values):
        """A lead on which nobody answered on ``days`` of March."""
        lead = self.called("Tried", email_from="lead@example.com", **AGREED, **values)
        for day in days:
            self.as_seller(lead, day).action_log_attempt("no_answer")
        return lead

    def as_seller(self, records, day):
        return records.with_user(self.seller).with_context(l2c_today=f"2026-03-{day:02} 10:00:00")

    def undo_last(self, lead, day):
        lead.invalidate_recordset()
        self.as_seller(lead.contact_attempt_ids[:1], day).action_undo()
        lead.invalidate_recordset()

    # Dialogs -----------------------------------------------------------------------------

    def test_a_dialog_tells_nothing_of_a_colleagues_lead(self):
        lead = self.called("Theirs", user_id=self.env.ref("base.user_admin").id, need="A secret")
        about = {"res_model": "crm.lead", "res_id": lead.id}
        for model, values in (("contact.dialog", {}), ("contact.result", {"outcome": "callback"})):
            with self.subTest(model), self.assertRaises(AccessError), self.env.cr.savepoint():
                self.env[model].with_user(self.seller).create({**about, **values}).read()

    def test_renewing_tells_nothing_of_a_colleagues_quotation(self):
        order = self.sent(user_id=self.env.ref("base.user_admin").id)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.env["quotation.renew"].with_user(self.seller).create({"order_id": order.id}).read()

    def test_the_composer_writes_to_no_colleagues_lead(self):
        lead = self.called("Theirs", user_id=self.env.ref("base.user_admin").id, email_from="secret@example.com")
        composers = self.env["mail.compose.message"].with_user(self.seller).with_context(l2c_series_draft=True)
        values = {"model": "crm.lead", "res_ids": str(lead.ids), "body": "<p>Hello</p>", "composition_mode": "comment"}
        with self.assertRaises(AccessError):
            composers.create(values).action_send_mail()

    def test_no_day_to_renew_for(self):
        order = self.sent()
        order.validity_date = "2026-03-01"
        self.assertEqual(order.handling_role, "dormant")
        for day in ("tomorrow", "2026-02-30", 5, True, [1], {"a": 1}, "2026-03-01", False):
            with self.subTest(day), self.assertRaisesRegex(UserError, "today or later"):
                order.with_user(self.seller).action_renew(day)

    def test_no_such_figure(self):
        for key, record_id in (([], None), ({"a": 1}, 1), (None, 1), ("today", "1"), ("x", 1), (5, 5), (["today"], 1)):
            with self.subTest(key), self.assertRaisesRegex(UserError, "no such figure"):
                self.env["l2c.overview"].with_user(self.seller).action_overview(key, record_id)

    def test_several_lines_are_no_line(self):
        """A client may say any ids: the first is the line, if at all; the try is of the lead alone."""
        other = self.called("Other")
        for lines in ([1, 2], [other.id * 10 + 1, 21], [10**30], 10**30, -1, [0]):
            lead = self.called("Mine", phone="+40215550001")
            with self.subTest(lines):
                context = {"l2c_line_id": lines, "l2c_open_next": 1}
                params = self.click(lead, "action_left_message", **context)
                self.assertEqual(self.env["contact.attempt"].browse(params["attempt_ids"]).res_id, lead.id)
        self.assertFalse(other.attempt_count)

    # Taking back -------------------------------------------------------------------------

    def test_a_draft_goes_with_its_try(self):
        lead = self.tried(1, 2)
        self.assertTrue(lead.series_draft_id)
        self.undo_last(lead, 2)
        self.assertFalse(lead.series_draft_id)

    def test_a_draft_comes_back(self):
        lead = self.tried(1, 2)
        draft = lead.series_draft_id
        self.as_seller(lead, 3).action_log_attempt("reached")
        self.assertFalse(lead.series_draft_id)
        self.undo_last(lead, 3)
        self.assertTrue(draft)
        self.assertEqual(lead.series_draft_id, draft)

    def test_a_draft_that_is_done_with_stays_so(self):
        """It isn't sent a second time."""
        for button in ("action_send_draft", "action_drop_draft"):
            with self.subTest(button):
                lead = self.tried(1, 2, 3)
                self.assertTrue(lead.series_draft_id)
                getattr(self.as_seller(lead, 3), button)()
                self.undo_last(lead, 3)
                self.assertEqual((lead.attempt_count, lead.series_draft_id.ids), (2, []))

    def test_leads_that_became_one(self):
        """A try knows how one of them was: taken back, it would undo those of the others."""
        for number in range(2):
            leads = [self.called("First", "in_progress"), self.called("Second", "in_progress")]
            self.click(leads[1 - number], "action_left_message")
            params = self.click(leads[number], "action_no_answer")
            kept = (leads[0] | leads[1]).merge_opportunity()
            with self.subTest(number), self.assertRaisesRegex(UserError, "can't be taken back any more|last try"):
                self.undo(params)
            kept.invalidate_recordset()
            self.assertEqual(kept.attempt_count, 2)

    # Handing over ------------------------------------------------------------------------

    def test_who_is_asked_again_is_handed_over_too(self):
        lead, won = self.called("Closed"), self.called("Won")
        lead.action_close(self.env.ref("crm.lost_reason_1"))
        won.action_set_won()
        self.env["crm.lead"].with_context(l2c_today="2027-03-10")._reengage()
        self.assertTrue(self.line(lead, self.seller, l2c_today="2027-03-10"))
        other = self.user("other_seller", "sales_team.group_sale_salesman")
        dialog = self.env["sales.work.hand.over"].create({"from_user_id": self.seller.id, "user_ids": other.ids})
        dialog.action_hand_over()
        self.assertEqual((lead.user_id, won.user_id), (other, self.seller))
        self.assertTrue(self.line(lead, other, l2c_today="2027-03-10"))
