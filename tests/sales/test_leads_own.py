"""What salespeople with own documents see in every list, and what their leader counts."""

from ast import literal_eval

from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from ..common import TODAY
from .test_call_list import CallListCase

#: Menus and actions here in which salespeople see documents: every one is checked below.
LISTS = {
    "account_move_action_check",
    "account_move_action_open",
    "call_list_line_action",
    "contact_attempt_action",
    "contact_attempt_action_today",
    "crm_lead_action_by_status",
    "crm_lead_action_waiting",
    "crm_lead_action_without_next",
    "dunning_dispute_action",
    "handling_status_change_action",
    "handling_status_change_action_invoice",
    "handling_status_change_action_lead",
    "lead_response_report_action",
    "sale_order_action_quiet",
}


@tagged("post_install", "-at_install")
class TestOwnDocumentsOnly(CallListCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.colleague = cls.user("list_colleague", "sales_team.group_sale_salesman")

    def work_of(self, user):
        """A row in every list, all of ``user``."""
        customer = self.customer.copy({"user_id": user.id})
        values = {"user_id": user.id, "partner_id": customer.id}
        self.lead(**values)
        answered = self.called("answered", tries=[("2026-03-10 10:00:00", "reached")], **values)
        answered.activity_ids.unlink()
        order = self.order(**values)
        order.action_quotation_sent()
        order.next_action_date = TODAY
        order.action_log_attempt("no_answer")
        customer.action_log_attempt("reached")
        move = self.invoice(partner_id=customer.id, invoice_user_id=user.id)
        self.invoice(post=False, partner_id=customer.id, invoice_user_id=user.id)
        items = move.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        values = {"partner_id": customer.id, "move_line_ids": items.ids, "user_id": user.id}
        self.env["dunning.dispute"].create(values)

    def owner(self, row):
        """Whose the document of a row is."""
        if row._name in ("contact.attempt", "handling.status.change"):
            row = self.env[row.res_model].browse(row.res_id)
        return row.invoice_user_id if row._name == "account.move" else row.user_id

    def actions(self):
        """The window actions of this addon on what salespeople may read."""
        found = {}
        data = self.env["ir.model.data"].search(
            [("module", "=", "lead_to_cash"), ("model", "=", "ir.actions.act_window")]
        )
        for row in data:
            action = self.env["ir.actions.act_window"].browse(row.res_id)
            model = self.env[action.res_model].with_user(self.seller)
            if action.res_model == "dunning.dispute.reason" or "res.partner" in (action.domain or ""):
                continue  # reasons are no documents, the desk is the collectors'
            if action.target != "new" and model.has_access("read") and "user_id" in model._fields:
                found[row.name] = action
        return found

    def test_the_table_is_complete(self):
        self.assertEqual(set(self.actions()), LISTS)

    def test_the_desk_shows_them_nothing(self):
        self.assertFalse(self.env["call.list.line"].with_user(self.seller).search([("res_model", "=", "res.partner")]))

    def test_own_rows_only(self):
        self.work_of(self.seller)
        self.work_of(self.colleague)
        self.env.flush_all()
        self.env.invalidate_all()
        for name, action in self.actions().items():
            with self.subTest(name):
                context = safe_eval(action.context, {"uid": self.seller.id})
                domain = safe_eval(action.domain or "[]", {"uid": self.seller.id})
                model = self.env[action.res_model].with_context(**context)
                everybody = {self.owner(row) for row in model.sudo().search(domain)}
                self.assertGreaterEqual(everybody, {self.seller, self.colleague})
                mine = model.with_user(self.seller)
                rows = mine.search(domain)
                self.assertTrue(rows)
                self.assertEqual({self.owner(row) for row in rows.sudo()} - {self.env["res.users"]}, {self.seller})
                # What pivot and graph count.
                [[count]] = mine._read_group(domain, [], ["__count"])
                self.assertEqual(count, len(rows))

    def test_attempts_on_customers(self):
        """Partners are everybody's; what was tried with them isn't."""
        leader = self.user("leader", "sales_team.group_sale_salesman_all_leads")
        other = self.customer.copy({"user_id": self.colleague.id})
        other.action_log_attempt("reached")
        domain = [("res_model", "=", "res.partner"), ("partner_id", "=", other.id)]
        for user, count in ((self.seller, 0), (self.colleague, 1), (leader, 1)):
            self.assertEqual(self.env["contact.attempt"].with_user(user).search_count(domain), count, user.login)

    def test_leads_without_next_action_by_person(self):
        """The leader's count, also of who has left."""
        action = self.env.ref("lead_to_cash.crm_lead_action_without_next")
        leader = self.user("leader", "sales_team.group_sale_salesman_all_leads")
        for user, number in ((self.seller, 2), (self.colleague, 1)):
            for index in range(number):
                lead = self.called(f"{user.login} {index}", tries=[("2026-03-10 10:00:00", "reached")], user_id=user.id)
                lead.activity_ids.unlink()
        self.colleague.active = False
        leads = self.env["crm.lead"].with_user(leader)
        counts = dict(leads._read_group(literal_eval(action.domain), ["user_id"], ["__count"]))
        self.assertEqual((counts[self.seller], counts[self.colleague]), (2, 1))
        pivot = leads.formatted_read_group(literal_eval(action.domain), ["user_id"], ["__count"])
        self.assertIn(self.colleague.name, [row["user_id"][1] for row in pivot if row["user_id"]])

    def test_attempts_and_conversations(self):
        lead = self.called("Lead")
        for outcome in ("no_answer", "left_message", "reached", "callback", "refused"):
            lead.action_log_attempt(outcome)
        rows = self.env["contact.attempt"]._read_group(
            [("res_id", "=", lead.id), ("res_model", "=", "crm.lead")], [], ["__count", "conversations:sum"]
        )
        self.assertEqual(rows, [(5, 2)])
