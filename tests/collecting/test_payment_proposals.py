"""What is proposed to late payers, and what becomes of it without grades."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ...engine.collecting.proposals import propose
from ..common import TODAY
from .late import LateCase


@tagged("post_install", "-at_install")
class TestProposals(LateCase):
    def proposals(self):
        return self.env["payment.proposal"].search([("partner_id", "=", self.customer.id)])

    def propose_to(self, grade="d", **values):
        term = self.env.ref("account.account_payment_term_30days")
        self.customer.property_payment_term_id = term
        self.invoice(invoice_date="2026-01-01", due="2026-03-02")
        self.grade(grade, **values)
        self.night()
        return self.proposals()

    def test_one_at_a_time(self):
        proposal = self.propose_to()
        self.assertEqual((proposal.kind, proposal.state), ("shorter_term", "proposed"))
        for part in ("45 days", "60 days"):
            self.assertIn(part, proposal.sentence)
        self.night("2026-03-11")
        self.assertEqual(self.proposals(), proposal)

    def test_the_rule(self):
        """Each way that the docstring of the rule states, and its order."""
        known = {"grade": "d", "late": 40, "lag": None, "documents": 3, "term": 60}
        table = (
            ({}, "shorter_term"),
            ({"late": 61}, "deposit"),
            ({"term": 29}, "deposit"),
            ({"documents": 12}, "direct_debit"),
            ({"lag": 11, "documents": 12}, "earlier_invoice"),
            ({"lag": 10}, "shorter_term"),
            ({"grade": "e", "lag": 11, "documents": 12}, "deposit"),
        )
        for values, kind in table:
            with self.subTest(values):
                self.assertEqual(propose(**known | values), kind)

    def test_monthly_invoices_are_collected(self):
        self.invoices([{"invoice_date": f"2026-0{1 + number % 2}-01"} for number in range(12)])
        self.grade("d")
        self.night()
        self.assertEqual(self.proposals().kind, "direct_debit")
        self.assertIn("12", self.proposals().sentence)

    def test_invoiced_long_after_the_order(self):
        order = self.order(date_order="2026-01-01 10:00:00")
        order.action_confirm()
        order.date_order = "2026-01-01 10:00:00"
        self.product.invoice_policy = "order"
        invoice = order._create_invoices()
        invoice.write({"invoice_date": "2026-02-01"})
        invoice.action_post()
        self.grade("d")
        self.night()
        self.assertEqual(self.proposals().kind, "earlier_invoice")
        self.assertIn("31 days", self.proposals().sentence)

    def test_accepted_terms_and_back(self):
        proposal = self.propose_to()
        old = self.customer.property_payment_term_id
        proposal.with_user(self.bob).action_accept()
        immediate = self.env.ref("account.account_payment_term_immediate")
        self.assertEqual(self.customer.property_payment_term_id, immediate)
        self.assertEqual(
            (proposal.state, proposal.decided_by_id, str(proposal.decided_on)), ("accepted", self.bob, TODAY)
        )
        self.night("2026-06-01")
        self.assertEqual(self.proposals(), proposal)
        proposal.with_user(self.bob).action_end()
        self.assertEqual(self.customer.property_payment_term_id, old)

    def test_ended_terms_that_somebody_has_changed_stay(self):
        proposal = self.propose_to()
        proposal.action_accept()
        chosen = self.env.ref("account.account_payment_term_15days")
        self.customer.property_payment_term_id = chosen
        proposal.action_end()
        self.assertEqual(self.customer.property_payment_term_id, chosen)

    def test_accepted_deposit_is_asked_on_new_quotations(self):
        proposal = self.propose_to("e")
        before = self.order()
        self.assertEqual((proposal.kind, before.require_payment), ("deposit", False))
        proposal.action_accept()
        self.assertTrue(self.customer.asks_deposit)
        self.assertFalse(before.require_payment)
        order = self.order()
        self.assertEqual((order.require_payment, order.prepayment_percent), (True, 0.3))
        self.assertFalse(self.order(partner_id=self.env["res.partner"].create({"name": "Good"}).id).require_payment)
        self.assertFalse(self.order(require_payment=False).require_payment, "who says so knows")
        proposal.action_end()
        self.assertFalse(self.order().require_payment)

    def test_refused_isnt_proposed_again_for_its_days(self):
        proposal = self.propose_to()
        proposal.with_user(self.bob).action_refuse()
        self.night("2026-09-05")
        self.assertEqual(self.proposals(), proposal)
        self.night("2026-09-06")
        self.assertEqual(sorted(self.proposals().mapped("state")), ["proposed", "refused"])

    def test_never_again(self):
        self.env.company.late_proposal_days = 0
        self.propose_to().action_refuse()
        self.grade("e", since="2026-12-01")
        self.invoice(invoice_date="2026-02-10")
        self.night("2026-12-10")
        self.assertEqual(self.proposals().mapped("state"), ["refused"])

    def test_ends_by_itself_with_its_reason(self):
        proposal = self.propose_to()
        self.grade("b", since=TODAY)
        self.night("2026-03-11")
        self.assertEqual(proposal.state, "ended")

    def test_decided_once_by_those_who_may(self):
        proposal = self.propose_to()
        invoicing = self.user("invoicing", "account.group_account_invoice")
        for method in ("action_accept", "action_refuse", "action_end"):
            with self.subTest(method), self.assertRaises(AccessError):
                getattr(proposal.with_user(invoicing), method)()
        with self.assertRaises(UserError):
            proposal.with_user(self.bob).write({"state": "accepted"})
        proposal.with_user(self.bob).action_refuse()
        with self.assertRaises(UserError):
            proposal.with_user(self.bob).action_accept()

    def test_another_company_proposes_nothing(self):
        self.invoice()
        other = self.env["res.company"].create({"name": "Other"})
        self.grade("e", company=other)
        self.night()
        self.assertFalse(self.proposals())


@tagged("post_install", "-at_install")
class TestGradesGone(LateCase):
    def proposals(self):
        return self.env["payment.proposal"].search([("partner_id", "=", self.customer.id)])

    def test_ended_by_a_person_is_not_proposed_the_next_night(self):
        self.env.company.late_proposal_days = 10
        self.invoice()
        self.grade("e")
        self.night()
        proposal = self.proposals().with_user(self.ann)
        proposal.action_accept()
        proposal.action_end()
        self.night("2026-03-19")
        self.assertEqual(self.proposals().mapped("state"), ["ended"])
        self.night("2026-03-20")
        self.assertEqual(sorted(self.proposals().mapped("state")), ["ended", "proposed"])

    def test_ended_by_the_rule_is_proposed_when_it_holds_again(self):
        self.invoice()
        self.grade("e")
        self.night()
        self.grade("b", since="2026-03-11")
        self.night("2026-03-11")
        self.assertEqual((self.proposals().state, bool(self.proposals().decided_by_id)), ("ended", False))
        self.grade("e", since="2026-03-12")
        self.night("2026-03-12")
        self.assertEqual(sorted(self.proposals().mapped("state")), ["ended", "proposed"])

    def test_who_becomes_a_person_is_not_watched_for_a_grade(self):
        self.invoice()
        self.grade("b", since="2025-06-01")
        self.grade("e", since="2026-03-01")
        self.customer.external_rating = "poor"
        self.night()
        self.assertEqual(self.kinds(), ["chronic", "rating", "worsening"])
        self.customer.is_sole_trader = True
        self.assertEqual((self.kinds(), self.proposals().state), (["rating"], "ended"))
        self.assertEqual(len(self.alerts()), 1)
        self.customer.external_rating = False
        self.night()
        self.assertEqual((self.kinds(), len(self.alerts())), ([], 0))

    def test_a_person_pays_late_by_the_plain_record(self):
        self.paid(60, 60, 60, 60, 60)
        self.night()
        self.customer.is_sole_trader = True
        self.assertIn("chronic", self.kinds())
        self.assertEqual(self.proposals().state, "proposed")

    def test_the_grade_stands_before_what_was_written_and_heard(self):
        partners = self.env["res.partner"].with_user(self.ann)
        arch = partners.get_view(self.env.ref("base.view_partner_form").id, "form")["arch"]
        places = [arch.index(f'name="{name}"') for name in ("grade_reasons", "payment_grade_ids", "watch_ids")]
        places += [arch.index(f'name="{name}"') for name in ("warning_ids", "dunning_notice_ids")]
        self.assertEqual(places, sorted(places))
        self.grade("e")
        action = self.customer.with_user(self.ann).action_payment_grades()
        columns = self.env["payment.grade"].with_user(self.ann).get_view(*action["views"][0])["arch"]
        self.assertRegex(columns, '<field name="until"(?![^>]*optional)')

    def test_dealt_with_is_shown_while_there_is_something_to_do(self):
        self.invoice()
        self.grade("e")
        self.night()
        self.assertTrue(self.customer.with_user(self.ann).is_watch_open)
        action = self.customer.with_user(self.ann).action_watch_dealt_with()
        self.env[action["res_model"]].with_user(self.ann).with_context(**action["context"]).create({}).action_done()
        self.env.invalidate_all()
        customer = self.customer.with_user(self.ann)
        self.assertEqual((customer.is_watched, customer.is_watch_open), (True, False))
