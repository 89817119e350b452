"""Customers who are merged: what each had once, the one that stays has once."""

from odoo.tests import tagged

from ..common import TODAY, RunCase


@tagged("post_install", "-at_install")
class TestMerged(RunCase):
    def twice(self, model, **values):
        """A record of each of the two."""
        rows = [
            {"partner_id": one.id, "company_id": self.env.company.id, **values} for one in (self.customer, self.other)
        ]
        return self.env[model].create(rows)

    def merge(self):
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(self.env.ref("base.user_admin"))
        both = (self.customer | self.other).ids
        wizard.create({"partner_ids": both, "dst_partner_id": self.customer.id, "state": "selection"}).action_merge()
        self.env.invalidate_all()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.customer.copy({"name": "The same"})

    def test_watched_for_the_same(self):
        watches = self.twice("dunning.watch", kind="habit", ref="", since="2026-02-01")
        self.merge()
        self.assertEqual(watches.partner_id, self.customer)
        self.assertEqual([str(watch.until) for watch in watches], ["False", TODAY])

    def test_a_proposal_each(self):
        first, second = self.twice("payment.proposal", kind="deposit", day="2026-02-01")
        second.action_accept()
        self.merge()
        self.assertEqual((first.state, second.state), ("ended", "accepted"))
        self.assertEqual(second.partner_id, self.customer)

    def test_a_letter_on_its_way_each(self):
        letters = self.twice("account.letter", kind="open", date_to="2026-02-28", user_id=self.env.uid)
        self.merge()
        self.assertEqual(letters.partner_id, self.customer)
        self.assertEqual([bool(letter.problem) for letter in letters], [False, True])

    def test_letters_about_two_plans(self):
        plans = self.plans()
        letters = self.env["account.letter"].search([("kind", "=", "plan"), ("plan_id", "in", plans.ids)])
        self.assertEqual(len(letters), 2)
        self.merge()
        self.assertFalse(any(letters.mapped("problem")), "each is about another plan")

    def plans(self):
        """A plan of each of the two, about an invoice each."""
        self.other.email = "other@example.com"
        found = self.env["dunning.plan"]
        for customer in self.customer | self.other:
            items = self.items(self.invoice(partner_id=customer.id, due="2026-03-01"))
            agreed = customer._dunning_plan_defaults(items) | {"first_date": "2026-03-20"}
            found |= found.create(agreed)
        return found

    def cases(self, **others):
        """A case of each of the two; the other's with these values."""
        lawyer = self.env["res.partner"].create({"name": "Lawyer", "email": "lawyer@example.com"})
        found = self.env["collection.case"]
        for customer, values in ((self.customer, {}), (self.other, others)):
            move = self.invoice(partner_id=customer.id, due="2026-03-01")
            about = {"partner_id": customer.id, "contact_id": lawyer.id, "move_line_ids": self.items(move).ids}
            found |= found.create(about | values)
        return found

    def test_two_cases_with_one_lawyer_are_one(self):
        own, other = self.cases(date="2026-03-05")
        fee = self.env["collection.case.fee"].create({"case_id": other.id, "amount": 20.0})
        self.pay(other.move_line_ids.move_id, 30.0)
        self.merge()
        self.assertEqual((own.state, other.state, other.partner_id), ("with_them", "closed", self.customer))
        self.assertEqual((own.amount_handed, own.amount_recovered, own.amount_fees), (200.0, 30.0, 20.0))
        self.assertEqual((other.amount_handed, other.amount_recovered, other.amount_fees), (0.0, 0.0, 0.0))
        self.assertEqual((fee.case_id, str(own.date)), (own, "2026-03-05"))
        self.assertEqual(len(own.move_line_ids), 2)
        self.assertIn("it goes on as a part of", other.message_ids[0].body)
        self.pay(own.move_line_ids.move_id)
        self.assertEqual(own.amount_recovered, 200.0)

    def test_of_two_lawyers_one_goes_on(self):
        boss = self.user("boss_of_cases", "lead_to_cash.group_collections_manager")
        agency = self.env["res.partner"].create({"name": "Agency"})
        own, other = self.cases(kind="agency", contact_id=agency.id, user_id=boss.id)
        self.merge()
        self.assertEqual((own.state, other.state), ("with_them", "returned"))
        self.assertEqual(other.activity_ids.user_id, boss)
        self.assertEqual(other.activity_ids.summary, "Tell Agency that the case is over")
        self.assertEqual((self.customer.collection_state, own.amount_handed), ("lawyer", 100.0))

    def test_an_insolvency_goes_on(self):
        own, other = self.cases(kind="insolvency", contact_id=False)
        self.assertEqual(self.customer.collection_state, "lawyer")
        self.merge()
        self.assertEqual((own.state, other.state), ("returned", "with_them"))
        self.assertEqual(self.customer.collection_state, "insolvency")

    def test_whose_state_follows(self):
        self.customer.collection_state = "normal"
        case = self.cases()[1]
        self.env["collection.case"].search([("partner_id", "=", self.customer.id)]).action_take_back()
        self.merge()
        self.assertEqual((case.partner_id, self.customer.collection_state), (self.customer, "lawyer"))

    def test_a_plan_each(self):
        plans = self.plans()
        self.merge()
        self.assertEqual((plans.partner_id, set(plans.mapped("state"))), (self.customer, {"open"}))
        self.assertEqual(self.customer.collection_state, "plan")
        plans.action_cancel()
        self.assertEqual(self.customer.collection_state, "normal")

    def test_the_longer_hold_stays(self):
        second = self.env["res.company"].create({"name": "Second"})
        there = (self.customer | self.other).with_company(second)
        there[0].write({"dunning_hold_until": "2026-03-30", "dunning_hold_reason": "Ours"})
        there[1].write({"dunning_hold_until": "2026-03-20", "dunning_hold_reason": "Theirs"})
        self.customer.write({"dunning_hold_until": "2026-03-20", "dunning_hold_reason": "A week"})
        self.other.write({"dunning_hold_until": "2026-04-01", "dunning_hold_reason": "Until April"})
        self.merge()
        held = (str(self.customer.dunning_hold_until), self.customer.dunning_hold_reason)
        self.assertEqual(held, ("2026-04-01", "Until April"))
        there = self.customer.with_company(second)
        self.assertEqual((str(there.dunning_hold_until), there.dunning_hold_reason), ("2026-03-30", "Ours"))
        logged = self.env["l2c.audit.log"].search([("field_name", "=", "dunning_hold_until")], order="id desc", limit=1)
        self.assertEqual(logged.reason, "Customers were merged.")

    def test_how_it_pays(self):
        self.customer.write({"payment_days": "10", "best_channel": "call"})
        self.other.write({"payment_days": "25", "supplier_portal_url": "https://portal.example", "best_call_hour": 9.5})
        self.merge()
        self.assertEqual((self.customer.payment_days, self.customer.best_channel), ("10", "call"))
        self.assertEqual(
            (self.customer.supplier_portal_url, self.customer.best_call_hour), ("https://portal.example", 9.5)
        )

    def test_one_alert(self):
        self.customer.collector_id = self.other.collector_id = self.env.ref("base.user_admin")
        watches = self.twice("dunning.watch", kind="habit", ref="", since="2026-02-01")
        watches |= self.env["dunning.watch"].create(
            {"partner_id": self.other.id, "company_id": self.env.company.id, "kind": "promises", "since": "2026-02-01"}
            | {"ref": "", "params": {"count": 3}}
        )
        watches._alert(self.env.company)
        self.assertEqual(len(watches.activity_ids), 2)
        self.merge()
        [alert] = watches.activity_ids
        self.assertIn("promises were broken", alert.note)

    def test_without_saying_which_one_stays(self):
        """As Odoo's automatic merge does."""
        own, other = self.cases()
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(self.env.ref("base.user_admin"))
        wizard.create({})._merge((self.customer | self.other).ids)
        self.env.invalidate_all()
        self.assertEqual(sorted((own | other).mapped("state")), ["closed", "with_them"])
