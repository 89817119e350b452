"""The ladder: what nobody did is no level, nobody hears a softer voice after a harder one, and a last
level may be repeated."""

from odoo.tests import tagged
from odoo.tools import html2plaintext

from ..common import TODAY, RunCase


class LadderCase(RunCase):
    def ladder(self, *levels, **values):
        """The customer's policy: of (name, days, values of the level)."""
        policy = self.make_policy("Ladder", [(name, days) for name, days, _values in levels], **values)
        for level, (_name, _days, more) in zip(policy.level_ids, levels, strict=True):
            level.write(more)
        self.customer.dunning_policy_id = policy
        return policy

    def codes(self, move):
        return self.current(move).mapped("code")

    def said(self, move):
        """The levels that the document was raised to, as they were."""
        return [line.level_id.name for line in self.notices(move).line_ids if line.move_id == move and line.level_id]

    def text(self, notice):
        mail = self.env["mail.mail"].search([("model", "=", notice._name), ("res_id", "=", notice.id)], limit=1)
        return html2plaintext(mail.body_html)


@tagged("post_install", "-at_install")
class TestSteps(LadderCase):
    """A call or a letter that nobody made or posted."""

    def steps(self, channel="call"):
        return self.ladder(
            ("Step", 5, {"channel": channel, "patience_days": 3}), ("Demand", 15, {}), minimum_days_between=1
        )

    def test_no_demand_while_the_call_is_open(self):
        for channel in ("call", "letter", "registered_letter", "manual"):
            with self.subTest(channel):
                self.customer = self.env["res.partner"].create({"name": channel, "email": f"{channel}@example.com"})
                self.steps(channel)
                move = self.invoice(due="2026-03-02")
                self.run_on(TODAY)
                self.run_on("2026-03-18")
                self.assertEqual(self.said(move), ["Step"])
                self.assertEqual(self.codes(move), ["step_open"])
                self.assertIn("Step isn't done yet", self.current(move).sentence)
                self.notices(move).with_context(l2c_today="2026-03-18").activity_id.action_feedback("Called")
                self.run_on("2026-03-19")
                self.assertEqual(self.said(move), ["Step", "Demand"])

    def test_a_step_that_was_cancelled_comes_again(self):
        self.steps()
        move = self.invoice(due="2026-03-02")
        self.run_on(TODAY)
        self.notices(move).action_cancel()
        self.run_on("2026-03-18")
        self.assertEqual([notice.state for notice in self.notices(move)], ["cancelled", "queued"])
        self.assertEqual(self.said(move), ["Step", "Step"])

    def test_the_collector_is_asked_once_when_patience_ends(self):
        collector = self.user("collector", "lead_to_cash.group_collections_user")
        self.customer.collector_id = collector
        self.steps()
        move = self.invoice(due="2026-03-02")
        self.run_on(TODAY)  # a Tuesday
        self.run_on("2026-03-13")
        self.assertFalse(self.asked(move))
        self.run_on("2026-03-16")
        question = self.asked(move)
        self.assertEqual(question.user_id, collector)
        self.assertIn("Not done yet", question.summary)
        self.run_on("2026-03-17")
        self.assertEqual(self.asked(move), question)
        self.notices(move).with_context(l2c_today="2026-03-18").activity_id.action_feedback()
        self.assertFalse(self.asked(move))

    def asked(self, move):
        decide = self.env.ref("lead_to_cash.mail_activity_type_decide")
        return self.notices(move).activity_ids.filtered(lambda activity: activity.activity_type_id == decide)

    def test_a_call_that_was_put_off_is_awaited(self):
        self.steps()
        move = self.invoice(due="2026-03-02")
        self.run_on(TODAY)
        self.notices(move).activity_id.date_deadline = "2026-03-16"
        self.run_on("2026-03-18")
        self.assertFalse(self.asked(move))
        self.run_on("2026-03-20")
        self.assertTrue(self.asked(move))

    def test_the_second_step_is_asked_about_too(self):
        self.ladder(
            ("Call", 5, {"channel": "call", "patience_days": 1}),
            ("Letter", 8, {"channel": "letter", "patience_days": 1}),
            minimum_days_between=1,
        )
        move = self.invoice(due="2026-03-02")
        self.run_on(TODAY)
        self.run_on("2026-03-12")
        self.assertEqual(len(self.asked(move)), 1)
        self.notices(move).with_context(l2c_today="2026-03-12").activity_id.action_feedback()
        self.run_on("2026-03-13")
        self.run_on("2026-03-17")
        self.assertEqual(self.said(move), ["Call", "Letter"])
        self.assertEqual(self.asked(move).res_id, self.notices(move)[-1].id)

    def test_a_selective_run_asks_nobody(self):
        self.steps()
        move = self.invoice(due="2026-03-02")
        self.run_on(TODAY)
        self.env["dunning.run"].with_context(l2c_today="2026-03-20")._remind_now(self.env.company, self.customer)
        self.assertFalse(self.asked(move))

    def test_formal_demands_ask_for_approval_as_shipped(self):
        for name in ("level_standard_5", "level_freelancers_5", "level_public_sector_5"):
            self.assertTrue(self.env.ref(f"lead_to_cash.{name}").requires_approval, name)


@tagged("post_install", "-at_install")
class TestOneVoice(LadderCase):
    """Nothing softer after something harder, while that is open."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.given.ladder(
            ("Friendly", -5, {}),
            ("First", 4, {}),
            ("Second", 10, {}),
            ("Final", 20, {"payment_deadline_days": 14, "is_final": True}),
            minimum_days_between=1,
            catch_up="latest",
        )

    def test_newer_items_wait_behind_a_final_notice(self):
        old, new = self.invoices([{"due": "2026-02-10"}, {"due": "2026-02-27", "amount": 40.0}])
        self.run_on("2026-03-04")
        self.assertEqual((self.said(old), self.said(new)), (["Final"], ["First"]))
        self.run_on("2026-03-13")  # the second reminder, nine days after the final notice
        self.assertEqual(self.said(new), ["First"])
        self.assertEqual(self.codes(new), ["harder_open"])
        self.assertIn("Something harder", self.current(new).sentence)
        self.pay(old)
        self.run_on("2026-03-14")
        self.assertEqual(self.said(new), ["First", "Second"])

    def test_at_every_level_friendly_ones_too(self):
        old = self.invoice(due="2026-03-01")
        self.run_on("2026-03-05")
        coming = self.invoice(due="2026-03-14")
        self.run_on(TODAY)
        self.assertEqual(self.said(old), ["First"])
        self.assertEqual((self.said(coming), self.codes(coming)), ([], ["harder_open"]))
        self.run_on("2026-03-18")  # as hard as what was heard
        self.assertEqual((self.said(old), self.said(coming)), (["First", "Second"], ["First"]))

    def test_in_another_currency_too(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        old = self.invoice(due="2026-02-10")
        self.run_on(TODAY)
        new = self.invoice(due="2026-03-05", currency_id=euro.id)
        self.run_on("2026-03-12")
        self.assertEqual((self.said(old), self.codes(new)), (["Final"], ["harder_open"]))
        other = self.invoice(due="2026-03-05", partner_id=self.customer.copy({"name": "Other"}).id)
        other.partner_id.dunning_policy_id = self.customer.dunning_policy_id
        self.run_on("2026-03-13")
        self.assertEqual(self.said(other), ["First"])

    def test_what_people_took_out_of_reminding_is_no_reason(self):
        old = self.invoice(due="2026-02-10")
        self.run_on(TODAY)
        new = self.invoice(due="2026-03-05")
        self.items(old).no_followup = True
        self.run_on("2026-03-12")
        self.assertEqual(self.said(new), ["First"])

    def test_a_softer_notice_that_waits_is_withdrawn_when_a_harder_one_goes(self):
        self.customer.dunning_policy_id.level_ids[1].requires_approval = True
        new = self.invoice(due="2026-03-05")
        self.run_on(TODAY)
        soft = self.notices(new)
        self.assertEqual(soft.state, "to_approve")
        old = self.invoice(due="2026-02-10")
        self.run_on("2026-03-12")
        self.assertEqual(self.said(old), ["Final"])
        soft.with_context(l2c_today="2026-03-12").action_approve()
        self.mails_due("2026-03-12")
        mails = self.env["mail.mail"].search([("model", "=", soft._name), ("res_id", "=", soft.id)])
        mails.with_context(l2c_today="2026-03-12").send()
        self.assertEqual(soft.state, "cancelled")
        self.run_on("2026-03-13")
        self.assertEqual(self.codes(new), ["harder_open"])

    def test_another_policy_with_a_longer_delay_is_harder(self):
        old = self.invoice(due="2026-02-10")
        self.run_on(TODAY)
        self.customer.dunning_policy_id = self.make_policy("Other", [("Early", 2), ("Late", 40)])
        new = self.invoice(due="2026-03-05")
        self.run_on("2026-03-20")
        self.assertEqual((self.said(old), self.codes(new)), (["Final"], ["harder_open"]))

    def test_the_collector_is_asked_when_nothing_else_comes(self):
        old = self.invoice(due="2026-02-10")
        self.run_on(TODAY)
        final = self.notices(old)
        final._set_state("sent")
        self.invoice(due="2026-03-05")
        self.run_on("2026-03-12")
        [question] = final.activity_ids
        self.assertIn("Newer items wait", question.summary)
        question.action_feedback("We wait for the old one")
        self.run_on("2026-03-16")
        self.assertFalse(final.activity_ids)


@tagged("post_install", "-at_install")
class TestAlsoDue(LadderCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy_used = cls.given.ladder(
            ("First", 4, {}),
            ("Final", 20, {"payment_deadline_days": 14, "is_final": True}),
            minimum_days_between=1,
            catch_up="latest",
        )
        cls.old, cls.new = cls.given.invoices(
            [{"due": "2026-02-10", "name": "OLD/1"}, {"due": "2026-03-08", "amount": 40.0, "name": "NEW/1"}]
        )

    def test_no_threat_and_no_deadline_for_what_is_only_just_due(self):
        self.run_on(TODAY)
        notice = self.notices(self.old)
        also = notice.line_ids.filtered("is_also_due")
        self.assertEqual((also.move_id, also.level_id.id), (self.new, False))
        self.assertEqual((notice.amount_due, notice.amount_claimed), (140.0, 100.0))

    def test_the_mail_says_so(self):
        final = self.policy_used.level_ids[-1]
        final.mail_template_id = self.env.ref("lead_to_cash.mail_template_final_notice")
        self.run_on(TODAY)
        text = self.text(self.notices(self.old))
        self.assertLess(text.index("OLD/1"), text.index("Also due"))
        self.assertLess(text.index("Also due"), text.index("NEW/1"))
        self.assertRegex(text, r"Please pay \*\s*\$\xa0100.00\s*\* by \*03/24/2026\*")

    def test_the_letter_says_so(self):
        self.policy_used.level_ids[-1].channel = "letter"
        self.run_on(TODAY)
        report = self.env["ir.actions.report"]
        html = report._render_qweb_html("lead_to_cash.action_report_dunning_letter", self.notices(self.old).ids)[0]
        text = html2plaintext(html.decode())
        self.assertLess(text.index("Also due"), text.index("NEW/1"))
        self.assertRegex(text, r"Please pay \$\s*100.00")

    def test_the_letter_names_the_day_of_what_it_claims(self):
        """Not of what is only also due; and no day before its own deadline has passed."""
        self.invoice(due="2026-03-01", amount=7.0)
        self.ladder(
            ("First", 4, {}),
            ("Demand", 20, {"payment_deadline_days": 14}),
            ("Final", 45, {}),
            catch_up="latest",
        )
        self.run_on(TODAY)
        notice = self.notices(self.old)
        self.assertIn("still open on 03/27/2026", self.letter(notice))
        notice.level_id.payment_deadline_days = 17
        self.assertNotIn("next step", self.letter(notice))

    def letter(self, notice):
        report = self.env["ir.actions.report"]
        html = report._render_qweb_html("lead_to_cash.action_report_dunning_letter", notice.ids)[0]
        return " ".join(html2plaintext(html.decode()).split())

    def test_a_level_of_its_own_that_is_softer_is_also_due(self):
        softer = self.invoice(due="2026-03-01", amount=7.0)
        self.run_on(TODAY)
        line = self.notices(softer).line_ids.filtered(lambda line: line.move_id == softer)
        self.assertEqual((line.level_id.name, line.is_also_due), ("First", True))

    def test_credits_go_against_the_oldest(self):
        self.invoice(move_type="out_refund", amount=30.0)
        self.run_on(TODAY)
        notice = self.notices(self.old)
        self.assertEqual((notice.amount_due, notice.amount_claimed), (110.0, 70.0))
