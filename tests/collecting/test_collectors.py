"""Whose customers they are: rules, reassigning, substitutes, asking the salesperson."""

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from ..common import TODAY, RunCase

COLLECTOR = "lead_to_cash.group_collections_user,base.group_partner_manager"


class CollectorCase(RunCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["dunning.collector.rule"].search([]).active = False
        cls.ann, cls.bob, cls.eve = (cls.user(login, COLLECTOR) for login in ("ann", "bob", "eve"))
        cls.manager = cls.user("manager", "lead_to_cash.group_collections_manager")

    def debtor(self, name, amount=100.0, **values):
        partner = self.env["res.partner"].create({"name": name, "email": "debtor@example.com", **values})
        if amount:
            self.invoice(partner_id=partner.id, amount=amount)
        return partner

    def rule(self, *users, **values):
        ids = [user.id for user in users]
        return self.env["dunning.collector.rule"].create(
            {"name": "Rule", "user_ids": [Command.set(ids)], "company_id": self.env.company.id, **values}
        )

    def assign_now(self):
        self.env["dunning.collector.rule"].with_user(self.manager).action_assign_now()

    def reassign(self, **values):
        self.env["dunning.collector.assign"].with_user(self.manager).create(values).action_assign()


@tagged("post_install", "-at_install")
class TestRules(CollectorCase):
    def test_first_rule_that_fits(self):
        tag = self.env["res.partner.category"].create({"name": "Shop"})
        self.rule(self.ann, sequence=1, partner_domain=f"[('category_id', 'in', [{tag.id}])]")
        self.rule(self.bob, sequence=2, letter_from="A", letter_to="m")
        self.rule(self.eve, sequence=3, letter_from="N")
        table = (
            ("Zeta shop", {"category_id": tag.ids}, self.ann),
            ("azure", {}, self.bob),
            ("Élan", {}, self.bob),
            ("Mill", {}, self.bob),
            ("Nook", {}, self.eve),
            ("Șerban", {}, self.eve),
            ("…", {}, self.env["res.users"]),
        )
        partners = [self.debtor(name, **values) for name, values, _collector in table]
        self.assign_now()
        for partner, (name, _values, collector) in zip(partners, table, strict=True):
            with self.subTest(name):
                self.assertEqual(partner.collector_id, collector)

    def test_in_turn_by_customers_then_amount(self):
        for name, amount in (("A1", 10), ("A2", 20), ("A3", 500), ("A4", 40)):
            self.debtor(name, amount)
        self.debtor("Owned", 1000).collector_id = self.ann
        self.rule(self.ann, self.bob)
        self.assign_now()
        found = {
            partner.name: partner.collector_id for partner in self.env["res.partner"].search([("name", "like", "A_")])
        }
        # Bob has nobody, so he gets who owes most; then they are equal in number, and Bob owes less.
        self.assertEqual([found[name] for name in ("A3", "A4", "A2", "A1")], [self.bob, self.bob, self.ann, self.bob])

    def test_only_who_owes_and_has_nobody(self):
        owner = self.debtor("Owned")
        owner.collector_id = self.eve
        quiet, left = self.debtor("Quiet", 0), self.debtor("Left")
        left.collector_id = self.bob
        self.bob.active = False
        self.rule(self.ann)
        self.assign_now()
        self.assertEqual(
            (owner.collector_id, quiet.collector_id, left.collector_id.login),
            (self.eve, quiet.collector_id.browse(), "ann"),
        )

    def test_twice_is_once_and_nobody_without_rules(self):
        partner = self.debtor("Azure")
        self.assign_now()
        self.assertFalse(partner.collector_id)
        rule = self.rule(self.ann)
        self.assign_now()
        rule.user_ids = self.bob
        self.assign_now()
        self.assertEqual(partner.collector_id, self.ann)

    def test_by_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        partner = self.debtor("Azure")
        self.rule(self.ann, company_id=other.id)
        self.assign_now()
        self.assertFalse(partner.collector_id)
        self.rule(self.ann)
        self.assign_now()
        self.assertEqual(partner.collector_id, self.ann)
        self.assertFalse(partner.with_company(other).collector_id)

    def test_every_night(self):
        partner = self.debtor("Azure")
        self.rule(self.ann)
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            self.env(cr=cr)["dunning.watch"]._cron_nightly()
        partner.invalidate_recordset()
        self.assertEqual(partner.collector_id, self.ann)

    def test_queries_do_not_grow(self):
        self.rule(self.ann, self.bob)
        counts = []
        for number in (2, 12):
            for index in range(number):
                self.debtor(f"C{number}-{index}")
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.env["dunning.collector.rule"]._assign(self.env.company)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2)

    def test_bad_rules(self):
        for values in (
            {"letter_from": "M", "letter_to": "A"},
            {"letter_from": "…"},
            {"partner_domain": "[('nothing', '=', 1)]"},
            {"user_ids": [Command.clear()]},
        ):
            with self.subTest(values), self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.rule(self.ann, **values)

    def test_filter_without_collector(self):
        mine, left, nobodys = self.debtor("Mine"), self.debtor("Left"), self.debtor("Nobody's")
        mine.collector_id, left.collector_id = self.ann, self.bob
        self.bob.active = False
        found = self.env["res.partner"].search([("has_no_collector", "=", True)])
        self.assertEqual(found & (mine | left | nobodys), left | nobodys)
        self.assertEqual((mine | left | nobodys).mapped("has_no_collector"), [False, True, True])


@tagged("post_install", "-at_install")
class TestReassigning(CollectorCase):
    def test_chosen_customers(self):
        partners = self.debtor("One") | self.debtor("Two", 0)
        partners[0].collector_id = self.bob
        wizard = self.env["dunning.collector.assign"].with_context(active_model="res.partner", active_ids=partners.ids)
        form = Form(wizard)
        form.user_id = self.ann
        form.save().action_assign()
        self.assertEqual(partners.collector_id, self.ann)

    def test_all_of_one_collector(self):
        mine, other = self.debtor("One"), self.debtor("Two")
        mine.collector_id, other.collector_id = self.bob, self.eve
        self.reassign(from_user_id=self.bob.id, user_id=self.ann.id)
        self.assertEqual((mine.collector_id, other.collector_id), (self.ann, self.eve))

    def test_by_the_rules(self):
        mine, other = self.debtor("One"), self.debtor("Two")
        mine.collector_id = other.collector_id = self.bob
        self.rule(self.eve)
        self.reassign(scope="chosen", partner_ids=mine.ids, way="rules")
        self.assertEqual((mine.collector_id, other.collector_id), (self.eve, self.bob))

    def test_bad_choices(self):
        stranger = self.user("stranger", COLLECTOR)
        company = self.env["res.company"].create({"name": "Other"})
        stranger.write({"company_id": company.id, "company_ids": [Command.set(company.ids)]})
        partner = self.debtor("One")
        for values in (
            {"user_id": self.ann.id},
            {"scope": "chosen", "user_id": self.ann.id},
            {"from_user_id": self.bob.id},
            {"scope": "chosen", "partner_ids": partner.ids, "user_id": stranger.id},
            {"way": "absence", "user_id": self.ann.id},
        ):
            with self.subTest(values), self.assertRaises(UserError):
                self.reassign(**values)
        self.assertFalse(partner.collector_id)

    def test_only_managers(self):
        with self.assertRaises(AccessError):
            self.env["dunning.collector.assign"].with_user(self.ann).create({"user_id": self.ann.id})
        with self.assertRaises(AccessError):
            self.env["dunning.collector.rule"].with_user(self.ann).action_assign_now()


@tagged("post_install", "-at_install")
class TestSubstitutes(CollectorCase):
    def away(self, user, substitute, first=False, last=False):
        user.write(
            {
                "collector_substitute_id": substitute.id,
                "collector_absent_from": first,
                "collector_absent_until": last,
            }
        )

    def test_who_acts(self):
        table = (
            (False, False, self.bob),
            (TODAY, TODAY, self.bob),
            ("2026-03-01", "2026-03-09", self.ann),
            ("2026-03-11", False, self.ann),
            (False, "2026-03-31", self.bob),
        )
        for first, last, acting in table:
            with self.subTest(first=first, last=last):
                self.away(self.ann, self.bob, first, last)
                self.assertEqual(self.ann._acting(), acting)
                self.assertEqual(self.ann in self.bob._acting_for(), acting == self.bob)

    def test_chain_and_circle(self):
        self.away(self.ann, self.bob)
        self.away(self.bob, self.eve)
        self.assertEqual(self.ann._acting(), self.eve)
        self.assertEqual(self.eve._acting_for(), self.eve | self.ann | self.bob)
        self.away(self.eve, self.ann)
        self.assertEqual(self.ann._acting(), self.ann)

    def test_bad_absences(self):
        with self.assertRaises(ValidationError):
            self.away(self.ann, self.ann)
        with self.assertRaises(ValidationError):
            self.away(self.ann, self.bob, "2026-03-12", "2026-03-11")

    def test_notices_go_to_the_substitute(self):
        self.policy.level_ids.channel = "call"
        partner = self.debtor("Azure")
        partner.collector_id = self.ann
        self.away(self.ann, self.bob)
        self.run_on(TODAY)
        notice = self.env["dunning.notice"].search([("partner_id", "=", partner.id)])
        partner.collection_note = "Pays on the 10th"
        self.assertEqual((notice._responsible(), notice.collection_note), (self.bob, "Pays on the 10th"))
        self.assertEqual(notice.activity_id.user_id, self.bob)

    def test_mine_includes_the_substituted(self):
        hers, his, other = (self.debtor(name) for name in ("Hers", "His", "Other"))
        hers.collector_id, his.collector_id, other.collector_id = self.ann, self.bob, self.eve
        self.away(self.ann, self.bob)
        mine = self.env["res.partner"].with_user(self.bob).search([("is_mine_to_collect", "=", True)])
        self.assertEqual(mine & (hers | his | other).with_user(self.bob), (hers | his).with_user(self.bob))
        (hers | other).external_rating = "poor"
        self.env["dunning.watch"]._follow(self.env.company)
        watches = self.env["dunning.watch"].with_user(self.bob)
        self.assertEqual(watches.search([("partner_id.is_mine_to_collect", "=", True)]).partner_id, hers)

    def test_set_by_oneself_or_by_the_manager(self):
        self.away(self.ann.with_user(self.ann), self.bob)
        self.assertEqual(self.ann._acting(), self.bob)
        with self.assertRaises(AccessError):
            self.away(self.eve.with_user(self.ann), self.bob)
        self.reassign(way="absence", from_user_id=self.eve.id, user_id=self.ann.id, date_until=TODAY)
        self.assertEqual(self.eve._acting(), self.bob)


@tagged("post_install", "-at_install")
class TestAskingTheSalesperson(CollectorCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls.user("seller", "sales_team.group_sale_salesman")
        cls.customer.user_id = cls.seller

    def ask(self, records):
        context = records.with_user(self.ann).action_ask_salesperson()["context"]
        wizard = self.env["dunning.ask.salesperson"].with_user(self.ann).with_context(**context)
        wizard.create({"question": "What was <agreed>?"}).action_ask()

    def asked(self, record):
        return record.activity_ids.filtered(lambda activity: activity.user_id == self.seller)

    def test_invoice_of_the_salesperson(self):
        invoice = self.invoice(invoice_user_id=self.seller.id)
        self.ask(invoice)
        self.assertIn("What was &lt;agreed&gt;?", self.asked(invoice).note)
        self.assertFalse(self.customer.activity_ids)

    def test_customer_and_notice(self):
        self.ask(self.customer)
        self.assertEqual(len(self.asked(self.customer)), 1)  # of whom nothing is in the books
        invoice = self.invoice(invoice_user_id=self.seller.id)
        self.ask(self.customer)
        self.assertEqual((len(self.asked(self.customer)), len(self.asked(invoice))), (1, 1))
        self.asked(invoice).unlink()
        self.run_on(TODAY)
        self.ask(self.notices(invoice))
        self.assertEqual(len(self.asked(invoice)), 1)

    def test_invoice_without_salesperson(self):
        invoice = self.invoice(invoice_user_id=False)
        self.ask(invoice)
        self.assertEqual(self.asked(invoice).with_user(self.seller).note, "<p>What was &lt;agreed&gt;?</p>")
        self.assertFalse(self.customer.activity_ids)

    def test_one_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.seller.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        with self.assertRaises(UserError):
            self.ask(self.invoice(invoice_user_id=False))

    def test_nobody_to_ask(self):
        self.customer.user_id = False
        with self.assertRaises(UserError):
            self.ask(self.invoice(invoice_user_id=False))
