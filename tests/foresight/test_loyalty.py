"""Who pays on time for long earns a reward: proposed, granted by a click, taken back by the rule."""

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import html2plaintext, mute_logger

from ..common import TODAY
from .common import ForesightCase


class LoyaltyCase(ForesightCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        terms = cls.env["account.payment.term"]
        cls.usual, cls.better = terms.create([{"name": "15 days"}, {"name": "60 days"}])
        cls.manager = new_test_user(cls.env, "loyal_manager", "lead_to_cash.group_collections_manager")
        cls.seller = new_test_user(cls.env, "loyal_seller", "sales_team.group_sale_salesman")
        cls.sales_manager = new_test_user(cls.env, "loyal_sales_manager", "sales_team.group_sale_manager")
        cls.given.settled([0] * 6, first="2025-01-10")

    def rule(self, **values):
        return self.env["payment.loyalty"].create(
            {"name": "60 days", "months": 6, "reward": "term", "payment_term_id": self.better.id, **values}
        )

    def earned(self, partner=None):
        return self.env["payment.loyalty.grant"].search([("partner_id", "=", (partner or self.customer).id)])

    def loyal(self):
        """The customer gets grade A since more than half a year."""
        self.night("2025-08-01")
        self.night()

    def granted_discount(self, percent=3.0):
        self.env.company.sale_discount_product_id = self.env["product.product"].create(
            {"name": "Discount", "type": "service", "taxes_id": False, "invoice_policy": "order"}
        )
        self.rule(reward="discount", discount=percent, payment_term_id=False)
        self.loyal()
        self.earned().with_user(self.manager).action_grant()


@tagged("post_install", "-at_install")
class TestLoyalty(LoyaltyCase):
    def test_none_is_shipped_and_nothing_happens(self):
        self.assertFalse(self.env["payment.loyalty"].with_context(active_test=False).search([]))
        self.loyal()
        self.assertFalse(self.earned())

    def test_proposed_after_its_months_and_once(self):
        self.rule()
        self.night("2025-08-01")
        self.night("2026-01-31")
        self.assertFalse(self.earned())
        self.night("2026-02-01")
        self.night("2026-02-02")
        [grant] = self.earned()
        self.assertEqual((grant.state, str(grant.proposed_date)), ("proposed", "2026-02-01"))
        self.assertFalse(self.customer.property_payment_term_id)

    def test_granted_by_one_click_and_told_by_another(self):
        self.customer.property_payment_term_id = self.usual
        self.rule()
        self.loyal()
        grant = self.earned().with_user(self.sales_manager)
        mails = self.env["mail.mail"].search_count([])
        action = grant.action_grant()
        self.assertEqual(self.customer.property_payment_term_id, self.better)
        self.assertEqual((grant.state, str(grant.granted_date), grant.user_id), ("granted", TODAY, self.sales_manager))
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        composer = self.env["mail.compose.message"].with_user(self.sales_manager).with_context(**action["context"])
        self.assertEqual(composer.env.context["default_res_ids"], grant.ids)
        sent = composer.create({})
        sent._compute_body()
        sent.action_send_mail()
        message = grant.message_ids[0]
        self.assertIn("60 days", message.body)
        self.assertEqual(message.partner_ids, self.customer)
        order = self.order()
        self.assertEqual(order.payment_term_id, self.better)

    def test_taken_back_a_month_below_b(self):
        self.customer.property_payment_term_id = self.usual
        self.rule()
        self.loyal()
        self.earned().with_user(self.manager).action_grant()
        self.settled([60] * 20, first="2025-06-01")
        self.night("2026-03-20")
        self.assertIn(self.customer.payment_grade, ("c", "d", "e"))
        self.night("2026-04-19")
        self.assertEqual((self.earned().state, self.customer.property_payment_term_id), ("granted", self.better))
        self.night("2026-04-20")
        self.assertEqual((self.earned().state, self.customer.property_payment_term_id), ("ended", self.usual))
        action = self.earned().with_user(self.manager).action_tell()
        template = self.env["mail.template"].browse(action["context"]["default_template_id"])
        self.assertEqual(template, self.env.ref("lead_to_cash.mail_template_loyalty_ended"))
        self.night("2026-04-21")
        self.assertEqual(len(self.earned()), 1)

    def test_the_mail_writes_numbers_as_its_reader_does(self):
        self.rule(reward="discount", discount=2.5, payment_term_id=False)
        self.loyal()
        action = self.earned().with_user(self.manager).action_grant()
        for lang, discount, written in (
            ("en_US", 2.5, "2.5"),
            ("he_IL", 2.5, "2.5"),
            ("ro_RO", 2.5, "2,5"),
            ("ro_RO", 2.25, "2,25"),
            ("ro_RO", 3.0, "3"),
        ):
            self.env["res.lang"]._activate_lang(lang)
            self.customer.lang = lang
            self.earned().sudo().discount = discount
            composer = self.env["mail.compose.message"].with_user(self.manager).with_context(**action["context"])
            text = html2plaintext(composer.create({}).body).replace("\u202f", " ")
            self.assertIn(f"{written} %", text, (lang, discount))

    def test_the_salesperson_gets_a_task(self):
        """Of what the customer had, in the language of who sells; none of a proposal that goes."""
        self.env["res.lang"]._activate_lang("ro_RO")
        self.seller.lang = "ro_RO"
        self.customer.user_id = self.seller
        self.rule().with_context(lang="ro_RO").name = "60 de zile"
        self.loyal()
        tasks = self.customer.activity_ids
        self.earned().with_user(self.manager).action_grant()
        self.settled([60] * 20, first="2025-06-01")
        self.night("2026-03-20")
        self.assertEqual(self.customer.activity_ids, tasks)
        self.night("2026-04-20")
        [task] = self.customer.activity_ids - tasks
        self.assertEqual((task.user_id, task.activity_type_id.category), (self.seller, "default"))
        self.assertIn("60 de zile", task.summary)
        self.assertTrue(task.with_user(self.seller).read(["summary"]))
        self.night("2026-04-21")
        self.assertEqual(len(self.customer.activity_ids - tasks), 1)

    def test_no_task_for_what_nobody_had(self):
        self.customer.user_id = self.seller
        self.rule()
        self.loyal()
        tasks = self.customer.activity_ids
        self.settled([60] * 20, first="2025-06-01")
        self.night("2026-03-20")
        self.assertEqual((self.earned().state, self.customer.activity_ids), ("ended", tasks))

    def test_a_discount_of_prices_with_their_taxes(self):
        """The customer gets the stated percent of what stands on the quotation, whatever taxes are in the prices."""
        taxes = self.env["account.tax"].create(
            [
                {"name": "17 %", "amount": 17, "price_include_override": "tax_included"},
                {"name": "8 %", "amount": 8, "price_include_override": "tax_included"},
                {"name": "20 %", "amount": 20, "price_include_override": "tax_excluded"},
            ]
        )
        self.env.company.sale_discount_product_id = self.env["product.product"].create(
            {"name": "Discount", "type": "service", "taxes_id": False, "invoice_policy": "order"}
        )
        self.rule(reward="discount", discount=5.0, payment_term_id=False)
        self.loyal()
        self.earned().with_user(self.manager).action_grant()
        product = self.env["product.product"].create({"name": "Lamp", "taxes_id": False})
        for included in (taxes[0], taxes[:2], taxes):
            with self.subTest(included.mapped("name")):
                lines = [
                    Command.create({"product_id": product.id, "price_unit": 117.0, "tax_ids": [Command.set(tax.ids)]})
                    for tax in included
                ]
                order = self.env["sale.order"].create(
                    {"partner_id": self.customer.id, "user_id": self.seller.id, "order_line": lines}
                )
                untaxed, total = order.amount_untaxed, order.amount_total
                order.with_user(self.seller).action_apply_loyalty()
                self.assertAlmostEqual(order.amount_total, total * 0.95, delta=0.02)
                self.assertAlmostEqual(order.amount_untaxed, untaxed * 0.95, delta=0.02)
                self.assertEqual(order.with_user(self.seller).loyalty_discount, 0.0)

    def test_a_discount_on_new_orders(self):
        """Applied by a click on the quotation, as Odoo's own discount, once; what it costs is told."""
        self.env.company.sale_discount_product_id = self.env["product.product"].create(
            {"name": "Discount", "type": "service", "taxes_id": False, "invoice_policy": "order"}
        )
        self.rule(reward="discount", discount=3.0, payment_term_id=False)
        self.loyal()
        order = self.order(user_id=self.seller.id).with_user(self.seller)
        self.assertEqual(order.loyalty_discount, 0)
        self.earned().with_user(self.manager).action_grant()
        order.invalidate_recordset()
        self.assertEqual(order.loyalty_discount, 3.0)
        order.action_apply_loyalty()
        self.assertEqual((order.amount_untaxed, order.loyalty_discount), (97.0, 0.0))
        with self.assertRaisesRegex(UserError, "no earned discount"):
            order.action_apply_loyalty()
        with self.assertRaisesRegex(UserError, "can't be written directly"):
            order.loyalty_grant_id = False
        order.sudo().action_confirm()
        order.sudo().date_order = "2026-03-12 10:00:00"
        self.order(user_id=self.seller.id)
        grant = self.earned().with_user(self.sales_manager)
        grant.invalidate_recordset()
        self.assertEqual((grant.order_count, grant.order_amount, grant.discount_amount), (1, 97.0, 3.0))
        self.assertFalse(order.copy().sudo().loyalty_grant_id)

    def test_nothing_to_discount_uses_nothing_up(self):
        self.granted_discount()
        order = self.order(user_id=self.seller.id, order_line=[]).with_user(self.seller)
        with self.assertRaisesRegex(UserError, "nothing to discount"):
            order.action_apply_loyalty()
        self.assertFalse(order.loyalty_grant_id)
        self.assertEqual(order.loyalty_discount, 3.0)

    def test_a_discount_taken_off_is_offered_again(self):
        self.granted_discount()
        order = self.order(user_id=self.seller.id).with_user(self.seller)
        order.action_apply_loyalty()
        order.loyalty_line_ids.unlink()
        self.assertEqual((order.amount_untaxed, order.loyalty_discount), (100.0, 3.0))
        order.action_apply_loyalty()
        self.assertEqual((order.amount_untaxed, order.loyalty_discount), (97.0, 0.0))

    def test_lines_added_later_are_discounted_by_applying_again(self):
        self.granted_discount()
        order = self.order(user_id=self.seller.id).with_user(self.seller)
        other = {"order_id": order.id, "product_id": self.env.company.sale_discount_product_id.id, "price_unit": -10}
        mine = order.order_line.create(other)
        order.action_apply_loyalty()
        first = order.loyalty_line_ids
        self.assertEqual((order.amount_untaxed, order.loyalty_discount), (87.3, 0.0))
        order.order_line.create({"order_id": order.id, "product_id": self.product.id, "product_uom_qty": 2})
        self.assertEqual(order.loyalty_discount, 3.0)
        order.action_apply_loyalty()
        self.assertFalse(first.exists())
        self.assertTrue(mine.exists(), "a discount given by hand stays")
        self.assertEqual((order.amount_untaxed, order.loyalty_discount), (281.3, 0.0))
        self.assertEqual(len(order.loyalty_line_ids), 1)
        with self.assertRaisesRegex(UserError, "can't be written directly"):
            order.loyalty_line_ids = False

    def test_who_becomes_a_person_loses_the_reward_with_that_write(self):
        self.customer.property_payment_term_id = self.usual
        self.rule()
        self.loyal()
        self.earned().with_user(self.manager).action_grant()
        self.customer.is_sole_trader = True
        self.assertEqual((self.earned().state, self.customer.property_payment_term_id), ("ended", self.usual))
        self.assertFalse(self.earned().user_id)

    def test_another_company_sees_none(self):
        other = self.env["res.company"].create({"name": "Second"})
        neighbour = new_test_user(
            self.env,
            "loyal_neighbour",
            "lead_to_cash.group_collections_manager",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        rule = self.rule()
        self.loyal()
        self.assertFalse(self.env["payment.loyalty.grant"].with_user(neighbour).search([]))
        for record in (self.earned(), rule):
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
                record.with_user(neighbour).read(["display_name"])

    def test_bad_input(self):
        for values in (
            {"months": 0},
            {"payment_term_id": False},
            {"reward": "discount", "discount": 0},
            {"reward": "discount", "discount": 100},
        ):
            with self.subTest(values), self.assertRaises(ValidationError):
                self.rule(**values)

    def test_merged_customers_have_one(self):
        other = self.firm("The same")
        self.rule()
        self.loyal()
        self.settled([0] * 6, other, first="2025-01-10")
        self.env["payment.grade"].search([("partner_id", "=", self.customer.id)]).since = "2025-01-01"
        self.night()
        self.env["payment.grade"].search([("partner_id", "=", other.id)]).since = "2025-01-01"
        self.night()
        self.earned(other).with_user(self.manager).action_grant()
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(self.env.ref("base.user_admin"))
        values = {"partner_ids": (self.customer | other).ids, "dst_partner_id": self.customer.id, "state": "selection"}
        wizard.create(values).action_merge()
        self.assertEqual(sorted(self.earned().mapped("state")), ["ended", "granted"])


@tagged("post_install", "-at_install")
class TestEarned(LoyaltyCase):
    """What becomes of a reward that was earned."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.given.rule()
        cls.given.loyal()

    def test_the_mail_has_the_direction_of_its_language(self):
        grant = self.earned().with_user(self.manager)
        action = grant.action_grant()
        for lang, is_rtl in (("he_IL", True), ("ro_RO", False), ("en_US", False)):
            self.env["res.lang"]._activate_lang(lang)
            self.customer.lang = lang
            for name in ("granted", "ended"):
                context = action["context"] | {
                    "default_template_id": self.env.ref(f"lead_to_cash.mail_template_loyalty_{name}").id
                }
                composer = self.env["mail.compose.message"].with_user(self.manager).with_context(**context).create({})
                self.assertEqual('dir="rtl"' in composer.body, is_rtl, (lang, name))
                self.assertIn(self.customer.name, composer.body)

    def test_a_term_that_somebody_changed_since_stays(self):
        grant = self.earned().with_user(self.manager)
        grant.action_grant()
        self.customer.property_payment_term_id = self.usual
        grant.action_take_back()
        self.assertEqual((grant.state, self.customer.property_payment_term_id), ("ended", self.usual))

    def test_a_proposal_goes_with_the_grade(self):
        self.settled([60] * 20, first="2025-06-01")
        self.night("2026-03-20")
        self.assertEqual(self.earned().state, "ended")

    def test_refused_is_not_proposed_again_for_its_months(self):
        self.earned().with_user(self.manager).action_refuse()
        self.night("2026-09-09")
        self.assertEqual(self.earned().mapped("state"), ["refused"])
        self.night("2026-09-10")
        self.assertEqual(sorted(self.earned().mapped("state")), ["proposed", "refused"])

    def test_taken_back_by_a_manager_is_not_proposed_the_next_night(self):
        grant = self.earned().with_user(self.manager)
        grant.action_grant()
        grant.action_take_back()
        self.night("2026-09-09")
        self.assertEqual(self.earned().mapped("state"), ["ended"])
        self.night("2026-09-10")
        self.assertEqual(sorted(self.earned().mapped("state")), ["ended", "proposed"])

    def test_a_reward_without_grade_is_lost_the_next_night(self):
        self.earned().with_user(self.manager).action_grant()
        self.env.flush_all()
        self.env.cr.execute("UPDATE res_partner SET is_sole_trader = TRUE WHERE id = %s", self.customer.ids)
        self.env.invalidate_all()
        self.night("2026-03-11")
        self.assertEqual(self.earned().state, "ended")

    def test_days_paid_earlier(self):
        grant = self.earned()
        grant.action_grant()
        grant.sudo().days_before = 9.0
        grant.invalidate_recordset()
        self.assertAlmostEqual(grant.days_earlier, 9.0 - self.present().expected_days_late)

    def test_who_may(self):
        grant = self.earned()
        collector = new_test_user(self.env, "loyal_collector", "lead_to_cash.group_collections_user")
        for user in (self.seller, collector):
            for name in ("action_grant", "action_refuse", "action_take_back", "action_tell"):
                with self.subTest(name, login=user.login), self.assertRaises(AccessError):
                    getattr(grant.with_user(user), name)()
        with self.assertRaisesRegex(UserError, "can't be written directly"):
            grant.with_user(self.manager).state = "granted"
        self.assertEqual(grant.with_user(collector).state, "proposed")
