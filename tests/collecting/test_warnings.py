"""Warnings entered by hand: by whom, and where they are seen; public registers."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..common import TODAY
from .late import LateCase, LateSalesCase


class WarningMixin:
    def warn(self, user, partner=None, **values):
        action = (partner or self.customer).with_user(user).action_enter_warning()
        dialog = self.env["customer.warning.dialog"].with_user(user).with_context(**action["context"])
        dialog.create({"what": "Its main customer is insolvent", "source": "Trade paper", **values}).action_enter()
        self.env.invalidate_all()
        return self.env["customer.warning"].search([("partner_id", "=", self.customer.id)], limit=1)


@tagged("post_install", "-at_install")
class TestWarnings(WarningMixin, LateCase):
    def test_on_the_watch_list_until_it_ends(self):
        self.warn(self.ann, until="2026-03-12")
        self.night()
        self.assertEqual(self.kinds(), ["warning"])
        for part in ("insolvent", "Trade paper", "03/10/2026"):
            self.assertIn(part, self.why("warning")[0])
        self.assertEqual(len(self.alerts()), 1)
        self.night("2026-03-12")
        self.assertEqual(self.kinds(), ["warning"])
        self.night("2026-03-13")
        self.assertFalse(self.kinds())

    def test_ended_by_who_does_the_books(self):
        warning = self.warn(self.ann)
        seller = self.user("seller", "sales_team.group_sale_salesman")
        reader = self.user("reader", "account.group_account_readonly")
        for user in (seller, reader):
            with self.subTest(user.login), self.assertRaises(AccessError):
                warning.with_user(user).action_end()
        warning.with_user(self.bob).action_end()
        self.night()
        self.assertFalse(self.kinds())

    def test_another_warning_is_another_reason(self):
        self.warn(self.ann)
        self.night()
        first = self.customer.watch_ids
        self.warn(self.ann, what="Moved away")
        self.night()
        self.assertEqual(len(self.customer.watch_ids), 2)
        self.assertIn(first, self.customer.watch_ids)

    def test_days(self):
        for values in ({"day": "2026-03-11"}, {"until": "2026-03-09"}):
            with self.subTest(values), self.assertRaises(ValidationError):
                self.warn(self.ann, **values)

    def test_who_may_enter(self):
        seller = self.user("seller", "sales_team.group_sale_salesman")
        other = self.user("other", "sales_team.group_sale_salesman")
        self.customer.user_id = seller
        warning = self.warn(seller)
        self.assertEqual((warning.create_uid, str(warning.day)), (seller, TODAY))
        for user in (other, self.user("reader", "account.group_account_readonly"), self.user("emp", "base.group_user")):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.warn(user)
        dialog = self.env["customer.warning.dialog"].with_user(other)
        dialog = dialog.create({"partner_id": self.customer.id, "what": "x", "source": "x"})
        with self.assertRaises(AccessError):
            dialog.action_enter()
        with self.assertRaises(AccessError):
            warning.with_user(seller).read(["what"])
        with self.assertRaises(UserError):
            warning.with_user(self.ann).write({"what": "Nothing"})

    def test_who_makes_himself_the_salesperson_enters_none(self):
        """As he isn't told of debts."""
        seller = self.user("seller", "sales_team.group_sale_salesman,base.group_partner_manager")
        leader = self.user("leader", "sales_team.group_sale_salesman_all_leads")
        self.customer.with_user(seller).user_id = seller
        self.assertFalse(self.customer.with_user(seller).may_enter_warning)
        with self.assertRaises(AccessError):
            self.warn(seller)
        dialog = self.env["customer.warning.dialog"].with_user(seller)
        dialog = dialog.create({"partner_id": self.customer.id, "what": "x", "source": "x"})
        with self.assertRaises(AccessError):
            dialog.action_enter()
        self.customer.user_id = False
        self.customer.with_user(leader).user_id = leader
        self.assertTrue(self.customer.with_user(leader).may_enter_warning)
        self.customer.user_id = seller
        self.assertTrue(self.customer.with_user(seller).may_enter_warning)

    def test_of_each_company_its_own(self):
        self.warn(self.ann)
        other = self.env["res.company"].create({"name": "Other"})
        watches = self.env["dunning.watch"].with_company(other)
        watches._follow(other)
        self.assertFalse(watches.search([("company_id", "=", other.id)]))
        self.assertFalse(self.customer.with_company(other).warning_text)
        self.assertTrue(self.customer.warning_text)


@tagged("post_install", "-at_install")
class TestSeen(WarningMixin, LateSalesCase):
    def test_on_quotations_of_who_is_told(self):
        bookkeeper = self.user("books", "account.group_account_invoice")
        self.warn(bookkeeper)
        order = self.own_order()
        self.assertFalse(order.with_user(self.seller).customer_warning, "making an order one's own shows nothing")
        self.assertIn("insolvent", order.customer_warning)
        self.assertIn("insolvent", self.told(order).customer_warning)
        self.assertIn("insolvent", self.customer.with_user(self.seller).warning_text)
        with self.assertRaises(AccessError):
            order.with_user(self.colleague).read(["customer_warning"])
        self.assertFalse(self.customer.with_user(self.colleague).warning_text)
        order.action_confirm()
        self.env.invalidate_all()
        self.assertFalse(order.customer_warning)

    def test_who_has_entered_it_sees_it(self):
        self.customer.user_id = self.seller
        self.warn(self.seller)
        self.customer.user_id = False
        self.customer.with_user(self.seller).user_id = self.seller
        self.assertIn("insolvent", self.customer.with_user(self.seller).warning_text)
        self.assertFalse(self.customer.with_user(self.colleague).warning_text)


@tagged("post_install", "-at_install")
class TestRegisters(LateCase):
    def links(self, country, **values):
        self.customer.write({"country_id": self.env.ref(f"base.{country}").id, **values})
        self.customer.invalidate_recordset(["register_links"])
        return self.customer.with_user(self.ann).register_links

    def test_of_the_customers_country(self):
        table = {
            "il": ("ica.justice.gov.il",),
            "ro": ("portal.onrc.ro", "anaf.ro", "portal.just.ro", "ec.europa.eu"),
            "uk": ("find-and-update.company-information.service.gov.uk",),
            "de": ("ec.europa.eu",),
        }
        for country, servers in table.items():
            with self.subTest(country):
                links = self.links(country)
                for server in servers:
                    self.assertIn(server, links)
                self.assertEqual(links.count("<a "), len(servers))
                self.assertEqual(links.count('target="_blank"'), len(servers))
        self.assertFalse(self.links("us"))

    def test_what_is_filled_in_is_encoded(self):
        """The company adds one that names the number."""
        register = self.env["public.register"].with_user(self.manager)
        register.create(
            {
                "name": "Own <b>",
                "country_id": self.env.ref("base.us").id,
                "company_id": self.env.company.id,
                "url": "https://example.com/?q={name}&n={number}&v={vat}",
            }
        )
        links = self.links("us", name='A&B "x" <i>', company_registry="12/3", vat="US 1")
        self.assertIn("q=A%26B%20%22x%22%20%3Ci%3E&amp;n=12%2F3&amp;v=US%201", links)
        self.assertIn("Own &lt;b&gt;", links)
        self.assertNotIn("<i>", links)
        self.assertNotIn(
            "Own", self.customer.with_company(self.env["res.company"].create({"name": "O"})).register_links
        )

    def test_addresses(self):
        for url in (
            "http://example.com/",
            "javascript:alert(1)",
            "https://{name}/",
            "example.com",
            "https://example.com",
        ):
            with self.subTest(url), self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.env["public.register"].create({"name": "x", "url": url})

    def test_shared_ones_are_changed_by_nobody_of_a_company(self):
        shared = self.env.ref("lead_to_cash.public_register_uk").with_user(self.manager)
        for change in (lambda: shared.write({"url": "https://evil.example/"}), shared.unlink):
            with self.assertRaises(AccessError):
                change()
        with self.assertRaises(AccessError):
            self.env["public.register"].with_user(self.ann).create({"name": "x", "url": "https://example.com/"})
