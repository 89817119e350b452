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

    def setUp(self):
        super().setUp()
        self.other = self.customer.copy({"name": "The same"})

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
