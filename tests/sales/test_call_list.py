"""Whom to call next, and why: the order, the reasons, who sees what, who takes what."""

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common import TODAY, HandlingCase

NOW = "2026-03-10 12:00:00"


class CallListCase(HandlingCase):
    """Leads as they come: created at a moment, in a status, with a day planned."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.lead"].search([]).active = False
        cls.env["sale.order"].search([("state", "=", "sent")])._action_cancel()
        cls.seller = cls.user("list_seller", "sales_team.group_sale_salesman")

    def called(self, name, role="new", due=None, created="2026-03-10 09:00:00", tries=(), **values):
        """A lead in a status, on which ``tries`` (pairs of moment and outcome) were made."""
        lead = self.lead(**{"name": name, "user_id": self.seller.id, **values})
        if role != "new":
            lead._set_handling_role(role)
        for date, outcome in tries:
            self.env["contact.attempt"].create(
                {"res_model": "crm.lead", "res_id": lead.id, "date": date, "outcome": outcome}
            )
        if due:
            lead.next_action_date = due
        self.env.flush_all()
        self.env.cr.execute("UPDATE crm_lead SET create_date = %s WHERE id = %s", (created, lead.id))
        self.env.invalidate_all()
        return lead

    def sent(self, due="2026-03-10", **values):
        """A quotation that was sent, to somebody of its own unless ``values`` say to whom."""
        values.setdefault("user_id", self.seller.id)
        values.setdefault("partner_id", self.customer.copy().id)
        order = self.order(**values)
        order.action_quotation_sent()
        order.next_action_date = due
        return order

    def lines(self, user=None, domain=(), **context):
        self.env.flush_all()
        self.env.invalidate_all()
        model = self.env["call.list.line"].with_context(**context)
        return (model.with_user(user) if user else model).search(list(domain))

    def line(self, document, user=None, **context):
        return self.lines(user, [("res_model", "=", document._name), ("res_id", "=", document.id)], **context)


@tagged("post_install", "-at_install")
class TestCallList(CallListCase):
    # Order -------------------------------------------------------------------------------

    def test_first_calls_then_follow_ups_quotations_no_answers(self):
        yesterday = [("2026-03-09 10:00:00", "no_answer")]
        silent_late = self.called("silent, due today", "no_answer", "2026-03-10", tries=yesterday)
        silent_early = self.called("silent, due before", "no_answer", "2026-03-09", tries=yesterday)
        quotation = self.sent()
        small = self.called("small", "contacted", "2026-03-01", expected_revenue=100)
        large = self.called("large", "in_progress", "2026-03-10", expected_revenue=5000)
        young = self.called("young", created="2026-03-10 11:00:00")
        old = self.called("old", created="2026-03-09 11:00:00")
        lines = self.lines()
        self.assertEqual(
            lines.mapped("res_id"), [d.id for d in (old, young, large, small, quotation, silent_early, silent_late)]
        )
        kinds = ["first"] * 2 + ["follow_up"] * 2 + ["quotation"] + ["no_answer"] * 2
        self.assertEqual(lines.mapped("kind"), kinds)
        self.assertEqual(lines.mapped("rank"), sorted(lines.mapped("rank")))
        self.assertEqual(
            lines.mapped("id"),
            [
                old.id * 10 + 1,
                young.id * 10 + 1,
                large.id * 10 + 1,
                small.id * 10 + 1,
                quotation.id * 10 + 2,
                silent_early.id * 10 + 1,
                silent_late.id * 10 + 1,
            ],
        )

    def test_filters_by_kind_and_id_find_what_they_say(self):
        self.called("new")
        self.called("free", expected_revenue=0, due=TODAY, role="contacted")
        self.called("silent", "no_answer", TODAY)
        self.sent()
        everything = self.lines()
        for kinds in (["first"], ["follow_up"], ["quotation"], ["no_answer"], ["first", "no_answer"]):
            with self.subTest(kinds):
                expected = everything.filtered(lambda line, kinds=kinds: line.kind in kinds)
                self.assertTrue(expected)
                self.assertEqual(self.lines(domain=[("kind", "in", kinds)]), expected)
                self.assertEqual(self.lines(domain=[("kind", "not in", kinds)]), everything - expected)
                self.assertEqual(self.lines(domain=[("id", "in", expected.ids)]), expected)
                self.assertEqual(self.lines(domain=["!", ("id", "in", expected.ids)]), everything - expected)

    def test_what_is_not_to_be_called(self):
        self.called("won").action_set_won()
        self.called("lost").action_set_lost()
        self.called("archived", active=False)
        self.called("later", "contacted", "2026-03-11")
        self.called("silent until tomorrow", "no_answer", "2026-03-11")
        self.sent("2026-03-11")
        self.order().next_action_date = "2026-03-10"  # not sent yet
        confirmed = self.sent()
        confirmed.action_confirm()
        self.assertFalse(self.lines())

    def test_tomorrow_brings_what_is_planned_for_tomorrow(self):
        lead = self.called("later", "contacted", "2026-03-11")
        self.assertFalse(self.line(lead))
        self.assertTrue(self.line(lead, l2c_today="2026-03-11"))

    def test_a_new_lead_with_a_wrong_number_comes_back_on_its_day(self):
        lead = self.called("wrong", due="2026-03-10", tries=[("2026-03-09 10:00:00", "wrong_person")])
        line = self.line(lead)
        self.assertEqual((lead.handling_role, line.kind), ("new", "follow_up"))
        self.assertEqual(line.reason, "Follow-up is due today")

    def test_what_stands_on_a_line(self):
        self.customer.phone = "+40 21 555 0120"
        quotation = self.sent(partner_id=self.customer.id)
        lead = self.called(
            "A lead",
            contact_name="Noa",
            partner_name="Dough",
            phone="+972 3 555",
            need="Shops",
            expected_revenue=4800,
            tries=(),
        )
        line = self.line(lead)
        self.assertEqual(
            (line.partner_name, line.phone, line.need, line.amount, line.waiting_hours, line.user_id),
            ("Noa, Dough", "+972 3 555", "Shops", 4800, 3, self.seller),
        )
        self.assertEqual(
            (line.handling_status_id, line.guidance), (lead.handling_status_id, lead.handling_status_id.guidance)
        )
        self.assertEqual(line.currency_id, self.env.company.currency_id)
        line = self.line(quotation)
        self.assertEqual((line.partner_name, line.phone, line.amount), ("Customer", "+40 21 555 0120", 100))
        self.assertEqual(self.line(self.called("Nameless")).partner_name, "Nameless")

    def test_the_last_note_stays_when_a_later_try_has_none(self):
        lead = self.called("A lead", "contacted", "2026-03-10")
        lead.action_log_attempt("reached", note="Wants an offer", date="2026-03-08 10:00:00")
        lead.action_log_attempt("no_answer", date="2026-03-09 10:00:00")
        line = self.line(lead) or self.env["call.list.line"].browse(lead.id * 10 + 1)
        self.assertEqual(line.last_note, "Wants an offer")
        self.assertEqual(line.last_attempt_date, fields.Datetime.to_datetime("2026-03-09 10:00:00"))
        self.assertEqual(line.contact_attempt_ids, lead.contact_attempt_ids)

    # Why now -----------------------------------------------------------------------------

    def test_reasons(self):
        one = [("2026-03-09 10:00:00", "no_answer")]
        two = [("2026-03-06 10:00:00", "no_answer"), ("2026-03-07 10:00:00", "left_message")]
        cases = [
            (self.called("a"), "Waiting for 3 hours, nobody has called yet"),
            (self.called("b", created="2026-03-10 11:50:00"), "Waiting for 10 minutes, nobody has called yet"),
            (self.called("b2", created="2026-03-09 15:30:00"), "Waiting for 20 hours, nobody has called yet"),
            (self.called("b3", created="2026-03-09 12:00:00"), "Waiting for 1 day, nobody has called yet"),
            (self.called("c", "contacted", TODAY), "Follow-up is due today"),
            (self.called("d", "contacted", TODAY, expected_revenue=4800), "Follow-up is due today; $ 4,800 expected"),
            (self.called("e", "contacted", "2026-03-08"), "Follow-up was due on 03/08/2026"),
            (
                self.called("f", "in_progress", "2026-03-08", expected_revenue=99.5),
                "Follow-up was due on 03/08/2026; $ 99.50 expected",
            ),
            (self.sent(), "Ask about the quotation of $ 100; due today"),
            (self.sent("2026-03-09"), "Ask about the quotation of $ 100; was due on 03/09/2026"),
            (self.called("g", "no_answer", TODAY, tries=one), "No answer yesterday; try in the afternoon"),
            (self.called("h", "no_answer", TODAY, tries=two), "No answer on 03/07/2026; try in the morning"),
        ]
        for document, reason in cases:
            with self.subTest(reason):
                self.assertEqual(self.line(document).reason.replace("\N{NO-BREAK SPACE}", " "), reason)

    def test_reasons_have_the_dates_of_the_readers_language(self):
        follow_up = self.called("a", "contacted", "2026-03-08")
        self.assertIn("08.03.2026", self.line(follow_up, lang="ro_RO").reason)
        self.assertIn("3 ore", self.line(self.called("b"), lang="ro_RO").reason)

    def test_a_quotation_is_named_and_called_as_its_customer(self):
        self.customer.write({"name": "Quoted Ltd", "phone": "+40 21 555 0199"})
        order = self.sent(partner_id=self.customer.id)
        line = self.line(order, self.seller)
        self.assertEqual((line.name, line.partner_name, line.phone), (order.name, "Quoted Ltd", "+40 21 555 0199"))
        for name, value in (("partner_name", "quoted l"), ("phone", "555 0199"), ("name", order.name)):
            self.assertEqual(self.lines(self.seller, [(name, "ilike", value)]), line, name)
            self.assertFalse(self.lines(self.seller, [(name, "ilike", f"{value}?")]), name)
        groups = self.env["call.list.line"].with_user(self.seller)._read_group([], ["partner_name"], ["__count"])
        self.assertEqual(groups, [("Quoted Ltd", 1)])

    def test_a_lead_without_a_number_has_none(self):
        self.customer.phone = "+40 21 555 0199"
        lead = self.called("no number", partner_id=self.customer.id)
        lead.phone = False
        self.assertTrue(self.customer.phone)
        self.assertFalse(self.line(lead).phone)

    def test_the_first_page_comes_from_the_indexes(self):
        """Whether the same person has something more urgent is looked up for the lines of the page, in one place."""
        query = (
            self.env["call.list.line"]
            .with_user(self.seller)
            ._search([("res_model", "in", ["crm.lead", "sale.order"])], limit=40, order="rank, res_id")
        )
        statement = query.select()
        self.env.cr.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        self.env.cr.execute("EXPLAIN " + statement.code, statement.params)
        plan = "\n".join(row for [row] in self.env.cr.fetchall())
        self.assertIn("Merge Append", plan)
        self.assertNotIn("Sort  (", plan)
        self.assertEqual(plan.count("crm_lead_call_person_idx"), 1)

    # Who sees what -----------------------------------------------------------------------

    def test_everybody_sees_the_lines_of_the_documents_they_see(self):
        company = self.env["res.company"].create({"name": "Another"})
        other = self.user("list_other", "sales_team.group_sale_salesman")
        self.called("mine")
        self.called("free", user_id=False)
        self.called("theirs", user_id=other.id)
        self.called("elsewhere", user_id=False, company_id=company.id)
        everything = self.user("list_all", "sales_team.group_sale_salesman_all_leads")
        manager = self.user("list_manager", "sales_team.group_sale_manager")
        cases = [
            (self.seller, {"mine", "free"}),
            (other, {"theirs", "free"}),
            (everything, {"mine", "free", "theirs"}),
            (manager, {"mine", "free", "theirs"}),
        ]
        for user, names in cases:
            with self.subTest(user.login):
                lines = self.lines(user)
                self.assertEqual(set(lines.mapped("name")), names)
                leads = self.env["crm.lead"].with_user(user).search([("id", "in", self.lines().mapped("res_id"))])
                self.assertEqual(set(leads.ids), set(lines.mapped("res_id")))
        with self.assertRaises(AccessError):
            self.line(self.env["crm.lead"].search([("name", "=", "theirs")])).with_user(self.seller).read(["name"])
        with self.assertRaises(AccessError):
            self.lines(self.user("list_nobody", "base.group_user"))

    # Costs -------------------------------------------------------------------------------

    def test_queries_do_not_grow_with_the_lines(self):
        names = ("partner_name", "reason", "last_note", "guidance", "amount", "currency_id", "claimed_by_id")
        specification = {name: {} for name in names}
        tries = [("2026-03-09 10:00:00", "no_answer")]

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            result = self.env["call.list.line"].with_user(self.seller).web_search_read([], specification, limit=80)
            return len(result["records"]), self.env.cr.sql_log_count - start

        for number in range(4):
            self.called(f"new {number}")
            self.called(f"silent {number}", "no_answer", TODAY, tries=tries)
        count()
        few, queries = count()
        for number in range(4, 40):
            self.called(f"new {number}")
            self.called(f"silent {number}", "no_answer", TODAY, tries=tries)
        many, more = count()
        self.assertEqual((few, many), (8, 80))
        self.assertLess(more, queries + 5)  # a full page is counted; no query a line

    def test_whoever_asks_for_documents_doesnt_ask_for_customers(self):
        documents = [("res_model", "in", ("crm.lead", "sale.order"))]
        cases = (
            ("own documents", self.seller, [], False),
            ("an administrator's call list", self.env.user, documents, False),
            ("the desk", self.env.user, [("res_model", "=", "res.partner")], True),
            ("all", self.env.user, [], True),
            ("documents or customers", self.env.user, ["|", *documents, ("res_model", "=", "res.partner")], True),
        )
        for name, reader, domain, customers in cases:
            with self.subTest(name):
                query = self.env["call.list.line"].with_user(reader)._search(domain)
                self.assertEqual("dunning_notice" in query.select().code, customers)
