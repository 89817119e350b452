"""Who pays late as a rule, worse than before, breaks promises or owes too much is watched, once, until somebody
has dealt with it; and gets one proposal."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ...engine.collecting.proposals import propose
from ..common import TODAY
from .late import LateCase


@tagged("post_install", "-at_install")
class TestReasons(LateCase):
    def test_five_invoices_paid_sixty_days_late(self):
        """Without a grade, too: before the first night, or where grading is off."""
        self.paid(60, 60, 60, 60)
        self.night()
        self.assertNotIn("chronic", self.kinds())
        self.paid(60)
        self.night()
        self.assertIn("chronic", self.kinds())
        self.assertIn("60 days", self.why("chronic")[0])
        self.assertIn("5 of 5", self.why("chronic")[0])

    def test_by_grade(self):
        self.invoice()
        for grade, listed in (("new", False), ("c", False), ("d", True), ("e", True), ("b", False)):
            with self.subTest(grade):
                self.grade(grade)
                self.night()
                self.assertEqual("chronic" in self.kinds(), listed)

    def test_by_days_over_the_margin(self):
        self.invoice()
        self.grade("c", expected_days_late=25.0)
        for margin, listed in ((30, False), (20, True), (0, False)):
            with self.subTest(margin):
                self.env.company.watch_chronic_days = margin
                self.night()
                self.assertEqual("chronic" in self.kinds(), listed)

    def test_a_grade_counts_before_the_plain_record(self):
        self.paid(60, 60, 60, 60, 60)
        self.grade("b")
        self.night()
        self.assertNotIn("chronic", self.kinds())

    def test_who_isnt_invoiced_any_more_is_no_matter(self):
        self.invoice(invoice_date="2024-02-01", due="2024-03-01")
        self.grade("e")
        self.night()
        self.assertNotIn("chronic", self.kinds())

    def test_written_off_isnt_paid_late(self):
        invoices = self.invoices([{"due": "2025-12-01", "invoice_date": "2025-11-01"} for _number in range(5)])
        reversal = self.env["account.move.reversal"].with_context(active_model="account.move", active_ids=invoices.ids)
        reversal = reversal.create({"date": TODAY, "journal_id": invoices[0].journal_id.id})
        reversal.reverse_moves()
        credits = invoices.reversal_move_ids
        credits.filtered(lambda move: move.state == "draft").action_post()
        for invoice, credit in zip(invoices, credits, strict=True):
            (self.items(invoice) | self.items(credit)).filtered(lambda line: not line.reconciled).reconcile()
        self.assertTrue(all(self.items(invoices).mapped("reconciled")))
        self.night()
        self.assertNotIn("chronic", self.kinds())

    def test_worsening_by_grade(self):
        self.invoice()
        self.grade("b", since="2025-06-01")
        self.grade("c", since="2026-02-20")
        self.night()
        self.assertIn("worsening", self.kinds())
        self.assertRegex(self.why("worsening")[0], "from B|B became C")
        self.night("2026-06-20")
        self.assertNotIn("worsening", self.kinds())

    def test_better_is_not_worse(self):
        self.invoice()
        self.grade("new", since="2025-02-01")
        self.grade("d", since="2025-06-01")
        self.grade("b", since="2026-02-20")
        self.night()
        self.assertNotIn("worsening", self.kinds())

    def test_worsening_by_the_last_payments(self):
        self.paid(0, 2, 4, ends="2025-10-01")
        self.paid(20, 25)
        self.night()
        self.assertNotIn("worsening", self.kinds())
        self.paid(30)
        self.night()
        self.assertIn("worsening", self.kinds())
        self.assertIn("25 days", self.why("worsening")[0])
        self.env.company.watch_habit_days = 0
        self.night()
        self.assertNotIn("worsening", self.kinds())

    def broken(self, *days, plan=False):
        invoice = self.invoice()
        items = self.items(invoice)
        promises = self.env["dunning.promise"]
        values = {"partner_id": self.customer.id, "amount": 10.0, "move_line_ids": items.ids}
        for day in days:
            promise = promises.with_context(l2c_today=day).create({**values, "date": day})
            promise._set_state("broken", broken_date=day)
        return invoice

    def test_three_broken_promises_in_twelve_months(self):
        self.broken("2025-01-05", "2025-06-05", "2026-01-05")
        self.night()
        self.assertNotIn("promises", self.kinds())
        self.broken("2026-02-05")
        self.night()
        self.assertIn("promises", self.kinds())
        self.assertIn("3 promises", self.why("promises")[0])
        self.env.company.watch_broken_promises = 4
        self.night()
        self.assertNotIn("promises", self.kinds())

    def test_over_the_credit_limit_of_the_host(self):
        self.customer.credit_limit = 150.0
        invoice = self.invoice(amount=100.0, due="2026-04-01")
        self.invoice(amount=60.0, due="2026-04-01")
        self.night()
        self.assertNotIn("limit", self.kinds(), "the company uses no limits")
        self.env.company.account_use_credit_limit = True
        self.night()
        self.assertIn("limit", self.kinds())
        self.assertIn("160.00", self.why("limit")[0])
        self.assertIn("150.00", self.why("limit")[0])
        self.pay(invoice, 20.0)
        self.night()
        self.assertNotIn("limit", self.kinds())


@tagged("post_install", "-at_install")
class TestAlert(LateCase):
    def late(self):
        self.invoice()
        self.grade("e")

    def dialog(self, user=None, note="Called"):
        action = self.customer.with_user(user or self.ann).action_watch_dealt_with()
        dialog = self.env["watch.dealt.with"].with_user(user or self.ann).with_context(**action["context"])
        dialog.create({"note": note}).action_done()
        self.env.invalidate_all()

    def test_one_alert_for_all_reasons(self):
        self.late()
        self.customer.write(
            {"external_rating": "poor", "external_rating_source": "Agency", "external_rating_date": TODAY}
        )
        self.night()
        self.assertEqual(self.kinds(), ["chronic", "rating"])
        alert = self.alerts()
        self.assertEqual((len(alert), alert.user_id), (1, self.ann))
        for part in ("Agency", "Is expected to pay"):
            self.assertIn(part, alert.note)
        self.night()
        self.assertEqual(self.alerts(), alert)

    def test_dealt_with_until_there_is_a_new_reason(self):
        self.late()
        self.night()
        watch = self.customer.watch_ids
        self.dialog()
        self.assertFalse(self.alerts())
        self.assertEqual((str(watch.dealt_on), watch.dealt_by_id, watch.dealt_note), (TODAY, self.ann, "Called"))
        self.assertIn("Called", watch.message_ids[0].body)
        self.assertEqual(watch.message_ids[0].author_id, self.ann.partner_id)
        self.night("2026-03-20")
        self.assertFalse(self.alerts())
        self.customer.write(
            {"external_rating": "poor", "external_rating_source": "Agency", "external_rating_date": TODAY}
        )
        self.night("2026-03-21")
        alert = self.alerts()
        self.assertEqual(len(alert), 1)
        self.assertIn("Agency", alert.note)
        self.assertNotIn("Is expected to pay", alert.note)

    def test_comes_back_after_the_days(self):
        self.late()
        self.night()
        self.dialog()
        self.night("2026-04-08")
        self.assertFalse(self.alerts())
        self.night("2026-04-09")
        self.assertEqual(len(self.alerts()), 1)
        self.assertFalse(self.customer.watch_ids.dealt_on)
        self.env.company.watch_again_days = 0
        self.dialog()
        self.night("2027-02-01")
        self.assertFalse(self.alerts())

    def test_an_activity_that_is_done_was_dealt_with(self):
        self.late()
        self.night()
        self.alerts().with_user(self.ann).action_feedback(feedback="Visited")
        self.env.invalidate_all()
        watch = self.customer.watch_ids
        self.assertEqual((watch.dealt_by_id, watch.dealt_note), (self.ann, "Visited"))
        self.night("2026-03-11")
        self.assertFalse(self.alerts())

    def test_ends_with_its_reasons(self):
        self.late()
        self.night()
        self.grade("b", since=TODAY)
        self.night("2026-03-11")
        self.assertFalse(self.alerts())

    def test_who_may(self):
        self.late()
        self.night()
        reader, seller = (
            self.user("reader", "account.group_account_readonly"),
            self.user("seller", "sales_team.group_sale_salesman"),
        )
        for user in (reader, seller):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.dialog(user)
        with self.assertRaises(AccessError):
            self.customer.watch_ids.with_user(self.ann).write({"dealt_on": TODAY})

    def test_many_activities_of_before_become_one(self):
        """As an upgrade finds them: one for each reason."""
        self.late()
        self.customer.write(
            {"external_rating": "poor", "external_rating_source": "Agency", "external_rating_date": TODAY}
        )
        self.night()
        first, second = self.customer.watch_ids.sorted("id")
        self.alerts().unlink()
        for watch in (first, second):
            activity = watch.activity_schedule(
                "mail.mail_activity_data_todo", TODAY, summary="x", user_id=self.ann.id, automated=True
            )
        self.assertEqual(len(self.alerts()), 2)
        self.env["dunning.watch"]._alert(self.env.company, self.customer)
        self.env.invalidate_all()
        self.assertEqual(len(self.alerts()), 1)
        self.assertNotEqual(self.alerts(), activity)
        self.assertIn("Agency", self.alerts().note)


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
