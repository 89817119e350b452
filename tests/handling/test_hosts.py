"""The status follows each document's own state, by whatever way that changes."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import TODAY, HandlingCase


@tagged("post_install", "-at_install")
class TestLead(HandlingCase):
    def test_new_lead(self):
        lead = self.lead()
        self.assertEqual(lead.handling_role, "new")
        self.assertEqual(lead.handling_status_since.isoformat(), "2026-03-10T12:00:00")
        self.assertEqual(self.log(lead), [(False, "new")])

    def test_choosing_a_status_is_logged_with_its_hours(self):
        lead = self.lead()
        contacted = self.status("crm.lead", "contacted")
        lead.with_context(l2c_today="2026-03-10 18:30:00").handling_status_id = contacted
        self.assertEqual(lead.handling_role, "contacted")
        change = lead.handling_change_ids[0]
        self.assertEqual((change.old_role, change.new_role, change.user_id), ("new", "contacted", self.env.user))
        self.assertEqual(change.hours_in_old_status, 6.5)

    def test_odoo_ways_to_win_lose_and_restore(self):
        lead = self.lead()
        lead.action_set_won()
        self.assertEqual(lead.handling_role, "won")
        lead.stage_id = self.env["crm.stage"].search([("is_won", "=", False)], limit=1)
        self.assertEqual(lead.handling_role, "new")
        lead.action_set_lost()
        self.assertEqual(lead.handling_role, "lost")
        lead.action_restore()
        self.assertEqual(lead.handling_role, "new")
        self.assertEqual(
            self.log(lead), [(False, "new"), ("new", "won"), ("won", "new"), ("new", "lost"), ("lost", "new")]
        )

    def test_stage_change_keeps_a_status_that_fits(self):
        lead = self.lead()
        lead._set_handling_role("in_progress")
        lead.stage_id = self.env["crm.stage"].search([("is_won", "=", False)], order="sequence desc", limit=1)
        self.assertEqual(lead.handling_role, "in_progress")

    def test_many_at_once_cost_no_more_queries(self):
        """Apart from what plain Odoo does, the number of our queries is constant."""
        few = self.env["crm.lead"].create([{"name": "Lead"} for _i in range(2)])
        many = self.env["crm.lead"].create([{"name": "Lead"} for _i in range(60)])
        contacted = self.status("crm.lead", "contacted")
        self.env.flush_all()
        counts = []
        for leads in (few, many):
            self.env.invalidate_all()
            contacted.fetch(["name"])  # not part of the count
            before = self.cr.sql_log_count
            leads.handling_status_id = contacted
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])

    def test_a_status_that_the_state_forbids_is_refused(self):
        lead = self.lead()
        with self.assertRaisesRegex(UserError, "status follows the document itself"):
            lead.handling_status_id = self.status("crm.lead", "dormant")
        with self.assertRaisesRegex(UserError, "Choose one of the statuses"):
            lead.handling_status_id = self.status("sale.order", "new")
        with self.assertRaisesRegex(UserError, "Choose one of the statuses"):
            lead.handling_status_id = False
        self.assertEqual(lead.handling_role, "new")

    def test_status_together_with_the_state_that_allows_it(self):
        lead = self.lead()
        won_stage = self.env["crm.stage"].search([("is_won", "=", True)], limit=1)
        lead.write({"handling_status_id": self.status("crm.lead", "dormant").id, "stage_id": won_stage.id})
        self.assertEqual(lead.handling_role, "dormant")

    def test_copy_starts_anew(self):
        lead = self.lead()
        lead.handling_status_id = self.status("crm.lead", "in_progress")
        self.assertEqual(lead.copy().handling_role, "new")

    def test_history_goes_with_its_document(self):
        kept, gone = self.lead(), self.lead(name="Twin")
        (kept | gone).merge_opportunity()
        self.assertFalse(gone.exists())
        self.assertEqual(self.log(gone), [])
        self.assertEqual(self.log(kept), [(False, "new")])

    def test_created_with_a_status(self):
        lead = self.lead(handling_status_id=self.status("crm.lead", "in_progress").id)
        self.assertEqual(lead.handling_role, "in_progress")
        self.assertEqual(self.log(lead), [(False, "in_progress")])

    def test_kanban_shows_every_column(self):
        domain = [("id", "=", self.lead().id)]
        leads = self.env["crm.lead"].with_context(read_group_expand=True)
        groups = leads.web_read_group(domain, ["handling_status_id"])["groups"]
        self.assertEqual([group["__count"] for group in groups], [1, 0, 0, 0, 0, 0, 0])


@tagged("post_install", "-at_install")
class TestQuotation(HandlingCase):
    def test_life_of_a_quotation(self):
        order = self.order()
        self.assertEqual(order.handling_role, "new")
        order.action_quotation_sent()
        self.assertEqual(order.handling_role, "contacted")
        order.handling_status_id = self.status("sale.order", "in_progress")
        order.action_confirm()
        self.assertEqual(order.handling_role, "won")
        order._action_cancel()
        self.assertEqual(order.handling_role, "lost")
        order.action_draft()
        self.assertEqual(order.handling_role, "new")

    def test_negotiation_survives_sending(self):
        order = self.order()
        order.handling_status_id = self.status("sale.order", "in_progress")
        order.action_quotation_sent()
        self.assertEqual(order.handling_role, "in_progress")

    def test_expiry_comes_with_the_date_and_goes_with_a_new_one(self):
        order = self.order(validity_date="2026-03-15")
        order.action_quotation_sent()
        self.nightly("2026-03-15")
        self.assertEqual(order.handling_role, "contacted")
        self.nightly("2026-03-16")
        self.assertEqual(order.handling_role, "dormant")
        order.with_context(l2c_today="2026-03-16").validity_date = "2026-04-15"
        self.assertEqual(order.handling_role, "contacted")


@tagged("post_install", "-at_install")
class TestInvoice(HandlingCase):
    def situation(self, move):
        return move.handling_role, move.handling_status_id.situation

    def test_draft_posted_overdue(self):
        move = self.invoice(due="2026-03-10", post=False)
        self.assertEqual(self.situation(move), ("new", "not_due"))
        move.action_post()
        self.assertEqual(self.situation(move), ("new", "not_due"))
        self.nightly("2026-03-11")
        self.assertEqual(self.situation(move), ("new", "overdue"))
        again = len(self.log(move))
        self.nightly("2026-03-11")
        self.assertEqual(len(self.log(move)), again)

    def test_posted_late_is_overdue_at_once(self):
        self.assertEqual(self.situation(self.invoice(due="2026-03-09")), ("new", "overdue"))

    def test_payment_and_its_undoing(self):
        move = self.invoice()
        payments = self.pay(move, amount=40.0)
        self.assertEqual(self.situation(move), ("new", "overdue"))
        payments |= self.pay(move)
        self.assertEqual(self.situation(move), ("won", False))
        payments[1].move_id.line_ids.remove_move_reconcile()
        self.assertEqual(self.situation(move), ("new", "overdue"))

    def test_payment_without_an_entry_and_its_rejection(self):
        move = self.invoice()
        payment = self.env["account.payment"].create(
            {"partner_id": self.customer.id, "amount": 100.0, "date": TODAY, "invoice_ids": move.ids}
        )
        payment.outstanding_account_id = False
        payment.action_post()
        self.assertFalse(payment.move_id)
        self.assertEqual(self.situation(move), ("won", False))
        payment.action_reject()
        self.assertEqual(self.situation(move), ("new", "overdue"))

    def test_bank_reconciliation_and_its_undoing(self):
        move = self.invoice()
        receivable = move.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": "2026-03-05",
                "line_ids": [
                    Command.create(
                        {"account_id": receivable.account_id.id, "partner_id": self.customer.id, "credit": 100.0}
                    ),
                    Command.create({"account_id": self.company_account("asset_current").id, "debit": 100.0}),
                ],
            }
        )
        entry.action_post()
        self.assertFalse(entry.handling_status_id)
        lines = receivable | entry.line_ids.filtered("credit")
        lines.reconcile()
        self.assertEqual(self.situation(move), ("won", False))
        lines.remove_move_reconcile()
        self.assertEqual(self.situation(move), ("new", "overdue"))

    def company_account(self, account_type):
        return self.env["account.account"].search([("account_type", "=", account_type)], limit=1)

    def test_reversal_uses_the_credit_note(self):
        move = self.invoice()
        reversal = self.env["account.move.reversal"].with_context(active_model="account.move", active_ids=move.ids)
        action = reversal.create({"journal_id": move.journal_id.id, "date": "2026-03-05"}).refund_moves()
        credit = self.env["account.move"].browse(action["res_id"])
        self.assertEqual(self.situation(credit), ("new", "open_credit"))
        credit.action_post()
        self.assertEqual(self.situation(credit), ("won", "used"))
        self.assertEqual(self.situation(move), ("won", False))

    def test_reset_to_draft_and_cancel(self):
        move = self.invoice()
        move.handling_status_id = self.status("account.move", "in_progress")
        move.button_draft()
        self.assertEqual(self.situation(move), ("new", "not_due"))
        move.button_cancel()
        self.assertEqual(self.situation(move), ("new", "not_due"))

    def test_one_open_instalment_past_its_date_is_enough(self):
        move = self.invoice(invoice_payment_term_id=self.half_later().id)
        self.assertEqual(self.situation(move), ("new", "overdue"))
        self.pay(move, amount=50.0)
        self.nightly()
        self.assertEqual(self.situation(move), ("new", "not_due"))

    def test_choosing_does_not_touch_the_books(self):
        move = self.invoice()
        move.is_manually_modified = False
        move.handling_status_id = self.status("account.move", "in_progress")
        self.assertEqual(move.handling_role, "in_progress")
        self.assertFalse(move.is_manually_modified)
        self.assertEqual(move.state, "posted")

    def test_not_due_can_be_chosen_only_while_it_is(self):
        move = self.invoice()
        with self.assertRaisesRegex(UserError, "status follows the document itself"):
            move.handling_status_id = self.status("account.move", "new", "not_due")

    def test_what_can_be_chosen_is_read_anew(self):
        move = self.invoice(invoice_payment_term_id=self.half_later().id)
        self.assertIn("overdue", move.handling_choice_ids.mapped("situation"))
        self.pay(move, amount=50.0)
        self.assertNotIn("overdue", move.handling_choice_ids.mapped("situation"))
        self.pay(move, amount=50.0)
        self.assertEqual(set(move.handling_choice_ids.mapped("role")), {"won", "lost"})
        move.button_draft()
        self.assertEqual(set(move.handling_choice_ids.mapped("role")), {"new"})

    def test_vendor_documents_have_no_status(self):
        bill = self.invoice(move_type="in_invoice")
        self.assertEqual((bill.handling_status_id.id, bill.handling_role, self.log(bill)), (False, False, []))
        self.assertFalse(bill.handling_choice_ids)
