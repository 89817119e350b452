"""One line a person and salesperson: whom to call, not which record."""

from odoo.tests import Form, tagged

from ..common import TODAY
from .test_call_list import CallListCase

YESTERDAY = "2026-03-09"


@tagged("post_install", "-at_install")
class TestOnePerson(CallListCase):
    def documents(self, user=None, domain=(), **context):
        return [(line.res_model, line.res_id) for line in self.lines(user, domain, **context)]

    def assertListed(self, *documents, user=None):
        self.assertEqual(self.documents(user), [(document._name, document.id) for document in documents])

    # Who is one person -------------------------------------------------------------------

    def test_the_same_contact_is_one_line_with_the_most_urgent_first(self):
        contact = {"partner_id": self.customer.id}
        silent = self.called("silent", "no_answer", YESTERDAY, **contact)
        quotation = self.sent(YESTERDAY, **contact)
        follow_up = self.called("follow-up", "in_progress", YESTERDAY, **contact)
        new = self.called("new", **contact)
        for urgent, rest in ((new, follow_up), (follow_up, quotation), (quotation, silent)):
            self.assertListed(urgent)
            urgent.next_action_date = "2026-03-20"
            self.assertListed(rest)
        silent.next_action_date = "2026-03-20"
        self.assertListed()

    def test_without_a_contact_the_same_email_else_the_same_number(self):
        one, two = (self.called(f"mail {n}", email_from=f"Noa <NOA@example.com> {n}"[:21]) for n in "ab")
        three, four = (self.called(f"phone {n}", phone="+40 21 555 0177") for n in "ab")
        self.assertEqual(one.email_normalized, two.email_normalized)
        self.assertEqual(three.phone_sanitized, four.phone_sanitized)
        self.assertListed(one, three)

    def test_who_leaves_nothing_is_a_person_of_their_own(self):
        self.assertListed(self.called("a"), self.called("b"))

    def test_a_phone_that_is_none_makes_nobody_the_same(self):
        self.assertListed(self.called("a", phone="none"), self.called("b", phone="none"))

    # Whose line --------------------------------------------------------------------------

    def test_every_salesperson_has_a_line(self):
        other = self.user("list_other", "sales_team.group_sale_salesman")
        contact = {"partner_id": self.customer.id}
        mine = self.called("mine", created="2026-03-10 08:00:00", **contact)
        theirs = self.called("theirs", user_id=other.id, **contact)
        free = self.called("free", user_id=False, created="2026-03-10 10:00:00", **contact)
        self.called("free too", user_id=False, created="2026-03-10 11:00:00", **contact)
        self.assertListed(mine, free, user=self.seller)
        self.assertListed(theirs, free, user=other)
        self.assertListed(mine, theirs, free)

    def test_a_document_that_the_reader_does_not_see_hides_nothing(self):
        company = self.env["res.company"].create({"name": "Another"})
        self.seller.company_ids |= company
        contact = {"partner_id": self.customer.id}
        elsewhere = self.called("elsewhere", company_id=company.id, created="2026-03-10 08:00:00", **contact)
        here = self.called("here", **contact)
        for companies, lead in ((self.env.company, here), (self.env.company | company, elsewhere)):
            found = self.documents(self.seller, allowed_company_ids=companies.ids)
            self.assertEqual(found, [("crm.lead", lead.id)])

    def test_what_is_closed_or_later_hides_nothing(self):
        contact = {"partner_id": self.customer.id}
        self.called("won", **contact).action_set_won()
        self.called("lost", **contact).action_set_lost()
        self.called("later", "contacted", "2026-03-11", **contact)
        due = self.called("due", "no_answer", TODAY, **contact)
        self.assertListed(due)

    def test_many_of_one_person_are_one(self):
        leads = [self.called(f"lead {n}", email_from="noa@example.com", user_id=False) for n in range(12)]
        self.assertListed(min(leads, key=lambda lead: (lead.create_date, lead.id)))

    # What is told ------------------------------------------------------------------------

    def test_the_line_tells_all_that_is_open_with_the_person(self):
        contact = {"partner_id": self.customer.id}
        first = self.called("Bakery", **contact)
        self.called("Shop", "contacted", "2026-03-20", expected_revenue=500, **contact)
        quotation = self.sent("2026-03-11", **contact)
        self.called("Lost", **contact).action_set_lost()
        line = self.line(first, self.seller)
        text = line.also.replace("\N{NO-BREAK SPACE}", " ")
        self.assertEqual(text, f"Shop (First contact, $ 500), {quotation.name} (Sent, $ 100)")
        self.assertFalse(self.line(self.called("Alone"), self.seller).also)

    def test_debts_are_told_to_whom_they_concern(self):
        self.invoice(due="2026-03-01", amount=250, partner_id=self.customer.id)
        contact = {"partner_id": self.customer.id}
        lead = self.called("Bakery", **contact)
        everything = self.user("list_all", "sales_team.group_sale_salesman_all_leads")
        said = self.line(lead, everything).call_hint.replace("\N{NO-BREAK SPACE}", " ")
        self.assertEqual(said, "$ 250.00 is past due.")
        quotation = self.sent(TODAY, user_id=everything.id, **contact)
        self.assertIn("past due", self.line(quotation, everything).call_hint)
        alone = self.called("Own", user_id=self.seller.id, partner_id=self.customer.copy().id)
        self.assertFalse(self.line(alone, self.seller).call_hint)
        self.assertFalse(self.line(self.mine_by_hand(), self.seller).call_hint)

    def mine_by_hand(self):
        """A lead of a customer who owes, which the salesperson has put there alone."""
        lead = self.env["crm.lead"].with_user(self.seller)
        lead = lead.create({"name": "Mine", "partner_id": self.customer.id, "user_id": self.seller.id})
        self.env["crm.lead"].search([("name", "=", "Bakery")]).active = False
        return lead

    def test_queries_do_not_grow_with_what_is_told(self):
        specification = {name: {} for name in ("also", "call_hint", "reason", "amount")}

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            lines = self.env["call.list.line"].with_user(self.seller)
            found = lines.web_search_read([], specification, limit=80)["records"]
            return sum(bool(line["also"]) for line in found), self.env.cr.sql_log_count - start

        def add(number):
            for _n in range(number):
                customer = self.customer.copy()
                self.invoice(due="2026-03-01", partner_id=customer.id)
                self.called("new", partner_id=customer.id)
                self.sent(TODAY, partner_id=customer.id)

        add(2)
        count()
        few, queries = count()
        add(10)
        many, more = count()
        self.assertEqual((few, many), (2, 12))
        self.assertLessEqual(more, queries)

    # A call is about all -----------------------------------------------------------------

    def test_who_was_just_called_is_not_the_next_to_be_called(self):
        for method, outcome in (
            ("action_no_answer", "no_answer"),
            ("action_left_message", "left_message"),
            ("action_call_back", "callback"),
        ):
            with self.subTest(method):
                contact = {"partner_id": self.customer.copy().id}
                new = self.called("new", **contact)
                quotation = self.sent(YESTERDAY, **contact)
                later = self.called("later", "contacted", "2026-03-20", **contact)
                action = getattr(self.line(new, self.seller), method)()
                if method == "action_call_back":
                    Form(self.env[action["res_model"]].with_context(**action["context"])).save().action_log()
                self.assertListed(user=self.seller)
                tried = [document.contact_attempt_ids.mapped("outcome") for document in (new, quotation, later)]
                self.assertEqual(tried, [[outcome], [outcome], []])

    # Planned -----------------------------------------------------------------------------

    def test_a_lead_with_a_call_planned_is_called_on_its_day(self):
        lead = self.called("planned", due="2026-03-30")
        free = self.called("free")
        self.assertListed(free)
        line = self.line(lead, l2c_today="2026-03-30")
        self.assertEqual((line.kind, line.res_id), ("first", lead.id))
