"""Giving up what is owed: limits, four eyes, the draft entry, and the status of the invoice."""

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..common import DunningCase

PEOPLE = {
    "invoicing": "account.group_account_invoice",
    "collector": "lead_to_cash.group_collections_user",
    "manager": "lead_to_cash.group_collections_manager",
    "second": "lead_to_cash.group_collections_manager",
}


class WriteOffCase(DunningCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = {login: cls.user(f"wo_{login}", groups) for login, groups in PEOPLE.items()}
        cls.bad_debt = cls.env["account.account"].create(
            {"name": "Bad debts", "code": "699001", "account_type": "expense"}
        )
        cls.env.company.write({"write_off_account_id": cls.bad_debt.id, "write_off_limit_manager": 500})

    def propose(self, moves, login="collector", **values):
        return (
            self.env["dunning.write.off"]
            .with_user(self.people[login])
            .create(
                {
                    "partner_id": moves.commercial_partner_id.id,
                    "move_line_ids": [Command.set(self.items(moves).ids)],
                    "reason": "Gone",
                    **values,
                }
            )
        )

    def write_off(self, moves, **values):
        proposal = self.propose(moves, login="manager", **values)
        proposal.action_approve()
        proposal.action_post()
        return proposal


@tagged("post_install", "-at_install")
class TestLimits(WriteOffCase):
    def test_who_may_approve_how_much(self):
        manager, two = "a Collections manager can approve it", "two Collections managers have to approve it"
        for limit, amount, login, refusal in (
            (0, 100, "collector", manager),
            (100, 100, "collector", None),
            (100, 101, "collector", manager),
            (100, 501, "collector", two),
            (0, 500, "manager", None),
            (0, 100, "invoicing", manager),
        ):
            with self.subTest(limit=limit, amount=amount, login=login):
                self.env.company.write_off_limit_user = limit
                customer = self.env["res.partner"].create({"name": f"{login} {amount}"})
                move = self.invoice(amount=amount, partner_id=customer.id)
                proposal = self.propose(move).with_user(self.people[login])
                if refusal:
                    with self.assertRaisesRegex(UserError, refusal):
                        proposal.action_approve()
                    self.assertEqual((proposal.state, proposal.move_id.ids), ("proposed", []))
                else:
                    proposal.action_approve()
                    self.assertEqual((proposal.state, proposal.move_id.state), ("approved", "draft"))

    def test_four_eyes_above_the_managers_limit(self):
        proposal = self.propose(self.invoice(amount=600), login="manager")
        proposal.action_approve()
        self.assertEqual(proposal.state, "proposed")
        with self.assertRaisesRegex(UserError, "another manager"):
            proposal.action_approve()
        self.assertNotIn(self.people["manager"], proposal.activity_ids.user_id)
        self.assertTrue(proposal.activity_ids)
        proposal.with_user(self.people["second"]).action_approve()
        self.assertEqual(proposal.state, "approved")
        self.assertEqual(proposal.approver_ids, self.people["manager"] | self.people["second"])
        self.assertFalse(proposal.activity_ids)

    def test_slices_of_one_item_count_together(self):
        move = self.invoice(amount=900)
        self.propose(move, login="manager", amount=400).action_approve()
        second = self.propose(move, login="manager", amount=400)
        second.action_approve()
        self.assertEqual(second.state, "proposed")

    def test_what_counts_together(self):
        """All of a customer, its contacts included, in a company: until it is refused, or long ago."""
        contact = self.env["res.partner"].create({"name": "Contact", "parent_id": self.customer.id})
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        steps = {
            "proposed": lambda proposal: None,
            "approved": lambda proposal: proposal.action_approve(),
            "done": lambda proposal: (proposal.action_approve(), proposal.action_post()),
            "refused": lambda proposal: proposal.action_refuse(),
        }
        day = "2026-03-10"
        for partner, step, days, state in (
            (self.customer, "proposed", 0, "proposed"),
            (self.customer, "approved", 0, "proposed"),
            (self.customer, "done", 0, "proposed"),
            (contact, "done", 0, "proposed"),
            (self.customer, "refused", 0, "approved"),
            (stranger, "done", 0, "approved"),
            (self.customer, "done", 89, "proposed"),
            (self.customer, "proposed", 90, "approved"),
            (self.customer, "done", 90, "approved"),
        ):
            savepoint = self.env.cr.savepoint()
            with self.subTest(partner=partner.name, step=step, days=days):
                earlier = self.propose(self.invoice(amount=300, partner_id=partner.id), login="manager")
                steps[step](earlier)
                later = str(fields.Date.add(fields.Date.to_date(day), days=days))
                second = self.propose(self.invoice(amount=300), login="manager").with_context(l2c_today=later)
                second.action_approve()
                self.assertEqual(second.state, state)
            savepoint.rollback()
            self.env.invalidate_all()

    def test_the_window_is_a_setting(self):
        self.env.company.write_off_window_days = 10
        self.propose(self.invoice(amount=300), login="manager")
        second = self.propose(self.invoice(amount=300), login="manager").with_context(l2c_today="2026-03-20")
        second.action_approve()
        self.assertEqual(second.state, "approved")
        with self.assertRaisesRegex(ValidationError, "one day at least"):
            self.env.company.write_off_window_days = 0

    def test_what_happened_lately_counts_from_then(self):
        """Slices that wait beside each other for months are still slices."""
        old = self.propose(self.invoice(amount=300), login="manager")
        second = self.propose(self.invoice(amount=300), login="manager")
        (old | second).sudo().state_since = "2025-11-01"  # as if they had been proposed then
        old.action_approve()
        second.action_approve()
        self.assertEqual((old.state, second.state), ("approved", "proposed"))

    def test_many_at_once(self):
        """Made by one call, approved by one click."""
        moves = self.invoices([{"amount": 200}] * 3)
        values = [
            {"partner_id": self.customer.id, "move_line_ids": [Command.set(item.ids)], "reason": "Gone"}
            for item in self.items(moves)
        ]
        proposals = self.env["dunning.write.off"].with_user(self.people["manager"]).create(values)
        self.assertEqual(len(proposals.activity_ids), 3)
        proposals.action_approve()
        self.assertEqual(set(proposals.mapped("state")), {"proposed"})

    def test_a_limit_is_in_the_companys_currency(self):
        """At the rate of today; of what was given up before, at the rate of that day."""
        currency = self.foreign(("2026-01-01", 10.0), ("2026-03-15", 1.0))
        cheap = self.propose(self.invoice(amount=4000, currency_id=currency.id), login="manager")
        cheap.action_approve()
        dear = self.propose(self.invoice(amount=1100, currency_id=currency.id), login="manager")
        dear.action_approve()
        self.assertEqual((cheap.state, dear.state), ("approved", "proposed"))
        dear.action_refuse()
        small = self.propose(self.invoice(amount=90, currency_id=currency.id), login="manager")
        small.with_context(l2c_today="2026-03-20").action_approve()
        self.assertEqual(small.state, "approved")
        now = self.propose(self.invoice(amount=90, currency_id=currency.id), login="manager")
        now.with_context(l2c_today="2026-03-20").action_approve()
        self.assertEqual(now.state, "proposed")

    def foreign(self, *rates):
        """A currency with (day, rate to one of ours)."""
        rows = [Command.create({"name": day, "rate": rate}) for day, rate in rates]
        return self.env["res.currency"].create({"name": "TTT", "symbol": "T", "rate_ids": rows})

    def test_nothing_but_the_buttons_decides(self):
        proposal = self.propose(self.invoice(), state="approved", approver_ids=[self.people["second"].id])
        self.assertEqual((proposal.state, proposal.approver_ids.ids), ("proposed", []))
        with self.assertRaisesRegex(UserError, "by its buttons"):
            proposal.state = "approved"
        proposal.with_user(self.people["manager"]).action_approve()
        with self.assertRaisesRegex(UserError, "can't be changed"):
            proposal.amount = 1
        with self.assertRaises(AccessError):
            self.propose(self.invoice(), login="invoicing")

    def test_a_manager_is_asked(self):
        proposal = self.propose(self.invoice())
        user = proposal.activity_ids.user_id
        self.assertTrue(user.has_group("lead_to_cash.group_collections_manager"))
        self.env.company.dunning_policy_id.user_id = self.people["second"]
        self.assertEqual(self.propose(self.invoice()).activity_ids.user_id, self.people["second"])
        self.assertFalse(self.propose(self.invoice(), login="manager").activity_ids)

    def test_refusing(self):
        proposal = self.propose(self.invoice(), login="manager")
        proposal.action_approve()
        entry = proposal.move_id
        with self.assertRaisesRegex(UserError, "whoever made the proposal"):
            proposal.with_user(self.people["collector"]).action_refuse()
        proposal.with_user(self.people["second"]).action_refuse("No")
        self.assertEqual((proposal.state, proposal.refusal_reason, entry.exists().ids), ("refused", "No", []))
        with self.assertRaisesRegex(UserError, "Only an open proposal"):
            proposal.action_refuse()

    def test_what_was_decided_stays(self):
        proposal = self.propose(self.invoice(), login="manager")
        proposal.action_approve()
        with self.assertRaisesRegex(UserError, "stays"):
            proposal.unlink()

    def test_without_an_account(self):
        self.env.company.write_off_account_id = False
        proposal = self.propose(self.invoice(), login="manager")
        with self.assertRaisesRegex(UserError, "no account for bad debts"):
            proposal.action_approve()
        self.assertEqual((proposal.state, proposal.approver_ids.ids), ("proposed", []))


@tagged("post_install", "-at_install")
class TestBadInput(WriteOffCase):
    def test_refused_with_a_sentence(self):
        move, paid = self.invoices([{}, {}])
        self.pay(paid)
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        several = self.invoice() | self.invoice(currency_id=self._currency().id)
        for moves, values, sentence in (
            (move, {"amount": 0}, "more than zero"),
            (move, {"amount": -5}, "more than zero"),
            (move, {"amount": 100.01}, r"Only \$\W100.00 is open"),
            (move, {"move_line_ids": []}, "Choose the items"),
            (move, {"partner_id": stranger.id}, "another customer"),
            (paid, {"amount": 5}, "Only posted, open items"),
            (several, {}, "several currencies"),
            (move, {"kind": "settlement", "amount": 40}, "needs the day"),
            (move, {"kind": "settlement", "amount": 40, "date": "2026-03-09"}, "needs the day"),
            (move, {"kind": "settlement", "amount": 100, "date": "2026-03-20"}, "pays a part"),
            (move | self.invoice(), {"document": "credit_note"}, "for one invoice"),
        ):
            refused = self.assertRaisesRegex(ValidationError, sentence)
            with self.subTest(values=values), refused, self.cr.savepoint():
                self.propose(moves, **values)
        self.assertFalse(self.env["dunning.write.off"].search([("partner_id", "=", self.customer.id)]))

    def _currency(self):
        return self.env["res.currency"].create({"name": "TTT", "symbol": "T"})

    def test_items_of_several_companies(self):
        own = self.items(self.invoice())
        company = self.env["res.company"].create({"name": "Other company"})
        self.env["account.chart.template"].try_loading("generic_coa", company=company, install_demo=False)
        line = Command.create({"name": "Thing", "price_unit": 100.0, "tax_ids": False})
        values = {"move_type": "out_invoice", "partner_id": self.customer.id, "invoice_line_ids": [line]}
        move = self.env["account.move"].with_company(company).create(values)
        move.action_post()
        other = self.items(move)
        values = {"partner_id": self.customer.id, "reason": "Gone", "move_line_ids": [Command.set((own | other).ids)]}
        with self.assertRaisesRegex(ValidationError, "several companies"):
            self.env["dunning.write.off"].create(values)

    def test_a_limit_is_not_negative(self):
        with self.assertRaisesRegex(ValidationError, "can't be negative"):
            self.env.company.write_off_limit_user = -1
