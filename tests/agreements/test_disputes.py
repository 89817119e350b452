"""What stops reminders: disputes, holds, exclusions, and the state of collecting."""

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from ..common import TODAY
from .test_promises import PromiseCase

#: state: event: the state after it; the dispute is about one invoice.
TRANSITIONS = {
    "open": {
        "resolve": "resolved",
        "reopen": "open",
        "pay_all": "resolved",
        "pay_part": "open",
        "credit_all": "resolved",
        "cancel_invoice": "resolved",
        "merge": "open",
        "revisit_day_passes": "open",
    },
    "resolved": {
        "resolve": "resolved",
        "reopen": "open",
        "pay_all": "resolved",
        "undo": "resolved",
        "merge": "resolved",
        "revisit_day_passes": "resolved",
    },
    "settled": {
        "resolve": "resolved",
        "undo": "open",
        "resolve_then_undo": "resolved",
        "dispute_again_after_undoing_it_by_hand": "resolved",
    },
}


class DisputeCase(PromiseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls.given.invoice(due="2026-03-02")

    def dispute(self, moves, **values):
        agreed = {"partner_id": self.customer.id, "note": "Broken glass", "move_line_ids": self.items(moves).ids}
        return self.env["dunning.dispute"].create(agreed | {"user_id": self.collector.id, **values})


@tagged("post_install", "-at_install")
class TestDisputes(DisputeCase):
    def test_every_transition(self):
        for state, events in TRANSITIONS.items():
            with self.undone():
                dispute = self.dispute(self.move, revisit_date="2026-03-20")
                getattr(self, f"be_{state}")(dispute)
                self.assertEqual(dispute.state, "open" if state == "open" else "resolved")
                for event, expected in events.items():
                    with self.undone(), self.subTest(state=state, event=event):
                        getattr(self, f"on_{event}")(dispute)
                        self.env.invalidate_all()
                        self.assertEqual(dispute.state, expected)
                        self.assertEqual(len(dispute.activity_ids), int(expected == "open"))

    def be_open(self, dispute):
        """It is from the start."""

    def be_resolved(self, dispute):
        dispute.action_resolve()

    def be_settled(self, dispute):
        self.pay(self.move)

    def on_resolve(self, dispute):
        dispute.action_resolve()

    def on_reopen(self, dispute):
        dispute.action_reopen()

    def on_pay_all(self, dispute):
        self.pay(self.move)

    def on_pay_part(self, dispute):
        self.pay(self.move, 40.0)

    def on_credit_all(self, dispute):
        self.credit(self.move, 100.0)

    def on_cancel_invoice(self, dispute):
        self.move.button_cancel()

    def on_undo(self, dispute):
        self.items(self.move).remove_move_reconcile()

    def on_resolve_then_undo(self, dispute):
        dispute.action_resolve()
        self.on_undo(dispute)

    def on_dispute_again_after_undoing_it_by_hand(self, dispute):
        """Another one is open by then: there aren't two."""
        dispute.is_settled = False
        self.on_undo(dispute)
        self.dispute(self.move, user_id=self.env.uid)
        dispute.is_settled = True
        self.pay(self.move, 10.0)

    def on_merge(self, dispute):
        target = self.env["res.partner"].create({"name": "Target", "email": "customer@example.com"})
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard = wizard.create(
            {"partner_ids": (self.customer | target).ids, "dst_partner_id": target.id, "state": "selection"}
        )
        wizard.action_merge()
        self.env.invalidate_all()
        self.assertEqual(dispute.partner_id, target)

    def on_revisit_day_passes(self, dispute):
        self.run_on("2026-03-23")

    def test_the_rest_goes_on(self):
        other = self.invoice(due="2026-03-03")
        self.run_on(TODAY)
        notice = self.notices(self.move)
        self.dispute(self.move)
        self.assertEqual((notice.amount_due, notice.line_ids.move_id), (100.0, other))
        self.assertEqual((self.move.handling_role, other.handling_role), ("in_progress", "new"))
        self.assertTrue(self.move.is_disputed)

    def test_the_responsible_revisits_it(self):
        dispute = self.dispute(self.move, revisit_date="2026-03-20")
        activity = dispute.activity_ids
        self.assertEqual((activity.user_id, str(activity.date_deadline)), (self.collector, "2026-03-20"))
        dispute.write({"revisit_date": "2026-03-25", "user_id": self.env.uid})
        self.assertEqual(
            (dispute.activity_ids.user_id, str(dispute.activity_ids.date_deadline)), (self.env.user, "2026-03-25")
        )

    def test_what_others_planned_on_a_dispute_stays(self):
        dispute = self.dispute(self.move, revisit_date="2026-03-25")
        theirs = dispute.activity_schedule("mail.mail_activity_data_todo", "2026-03-20", "By a rule of the company")
        dispute.revisit_date = "2026-03-26"
        self.assertEqual(len(dispute.activity_ids), 2)
        dispute.action_resolve()
        self.assertEqual(dispute.activity_ids, theirs)

    def test_from_the_invoice(self):
        context = self.move.action_dispute()["context"]
        dispute = self.env["dunning.dispute"].with_context(**context).create({"note": "Late"})
        self.assertEqual((dispute.partner_id, dispute.move_line_ids), (self.customer, self.items(self.move)))

    def test_bad_disputes(self):
        paid = self.invoice(due="2026-03-02")
        self.pay(paid)
        self.dispute(self.invoice(due="2026-03-03"), note="Too late")
        disputed = self.env["dunning.dispute"].search([("note", "=", "Too late")]).move_line_ids
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        for values, sentence in (
            ({"move_line_ids": self.items(self.move | paid).ids}, "A paid item can't be disputed"),
            ({"move_line_ids": (self.items(self.move) | disputed).ids}, "disputed already: Too late"),
            ({"partner_id": stranger.id}, "items of another customer"),
            ({"move_line_ids": []}, "Choose at least one"),
            ({"revisit_date": "2026-03-09"}, "can't be revisited in the past"),
        ):
            with self.subTest(sentence), self.assertRaisesRegex(ValidationError, sentence), self.env.cr.savepoint():
                self.dispute(self.move, **values)
        self.assertEqual(self.code(self.move), "reminded")
        resolved = self.dispute(self.move)
        self.pay(self.move)
        with self.assertRaisesRegex(ValidationError, "A paid item"), self.env.cr.savepoint():
            resolved.action_reopen()

    def test_readers_resolve_nothing(self):
        dispute = self.dispute(self.move)
        with self.assertRaises(AccessError):
            dispute.with_user(self.user("reader", "account.group_account_readonly")).action_resolve()


@tagged("post_install", "-at_install")
class TestStops(DisputeCase):
    """A hold, an exclusion, the state: what waits is cancelled at once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.level_ids.requires_approval = True
        cls.given.run_on(TODAY)
        cls.notice = cls.given.notices(cls.move)

    def test_notices_are_cancelled_at_once(self):
        for name, stop in {
            "lawyer": lambda: self.customer.write({"collection_state": "lawyer"}),
            "insolvency": lambda: self.customer.write({"collection_state": "insolvency"}),
            "closed": lambda: self.customer.write({"collection_state": "closed"}),
            "hold": lambda: self.customer.write({"dunning_hold_until": "2026-03-20"}),
            "exclude": lambda: self.move.write({"no_followup": True}),
            "promise": lambda: self.promise(self.move),
            "dispute": lambda: self.dispute(self.move),
        }.items():
            savepoint = self.env.cr.savepoint()
            with self.subTest(name):
                self.assertEqual(self.notice.state, "to_approve")
                stop()
                self.env.flush_all()
                self.assertEqual(self.notice.state, "cancelled")
            savepoint.close(rollback=True)
            self.env.invalidate_all()

    def test_others_go_on(self):
        self.customer.collection_state = "plan"
        self.assertEqual(self.notice.state, "to_approve")

    def test_a_claim_has_to_be_filed_in_time(self):
        self.customer.collection_state = "insolvency"
        self.customer.write({"collection_state": "insolvency"})
        claim = self.told()
        self.assertEqual(
            (str(claim.date_deadline), claim.activity_type_id.name), ("2026-04-09", "File claim in insolvency")
        )
        self.customer.collection_state = "closed"
        self.assertFalse(self.told())
        self.env.company.insolvency_claim_days = 0
        self.customer.collection_state = "insolvency"
        self.assertFalse(self.told())

    def test_bad_holds(self):
        for values, sentence in (
            ({"dunning_hold_until": "2026-03-09"}, "can't end in the past"),
            ({"dunning_hold_reason": "Asked for it"}, "A hold needs the day"),
            ({"dunning_hold_until": False, "dunning_hold_reason": "Asked for it"}, "A hold needs the day"),
        ):
            with self.subTest(values), self.assertRaisesRegex(ValidationError, sentence), self.env.cr.savepoint():
                self.customer.write(values)
        self.assertEqual(self.notice.state, "to_approve")

    def test_ending_a_hold(self):
        self.customer.write({"dunning_hold_until": "2026-03-20", "dunning_hold_reason": "Asked for it"})
        self.customer.dunning_hold_until = False
        self.assertFalse(self.customer.dunning_hold_reason)
        self.assertEqual(self.code(self.move), "reminded")
