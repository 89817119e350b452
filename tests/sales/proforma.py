"""Orders with a pro-forma, and the money that comes for them."""

from odoo import Command
from odoo.tests import Form

from ..common import TODAY, HandlingCase

SELLER = "sales_team.group_sale_salesman,sale.group_proforma_sales"


class ProformaCase(HandlingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls.user("asks", SELLER)
        cls.customer.lang = "en_US"
        cls.product.invoice_policy = "order"
        cls.kind = cls.env.ref("lead_to_cash.mail_activity_type_proforma")

    def confirmed(self, **values):
        order = self.order(user_id=self.seller.id, **values)
        order.action_confirm()
        return order

    def send(self, order, day=TODAY, user=None):
        """As a browser does: the button opens Odoo's dialog, which sends."""
        theirs = order.with_user(user or self.seller).with_context(l2c_today=day)
        action = theirs.action_send_proforma()
        composer = self.env[action["res_model"]].with_user(user or self.seller)
        Form(composer.with_context(l2c_today=day, **action["context"])).save().action_send_mail()
        self.env.invalidate_all()
        return order

    def asked(self, due="2026-03-15", **values):
        order = self.confirmed(**values)
        order.proforma_due_date = due
        return self.send(order)

    def job(self, day):
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            self.env(cr=cr)["sale.order"].with_context(l2c_today=day)._cron_follow_orders()
        self.env.invalidate_all()

    def mails(self, order):
        mine = [("model", "=", "sale.order"), ("res_id", "=", order.id), ("body_html", "like", "friendly reminder")]
        return self.env["mail.mail"].search(mine)

    def counts(self, order, days):
        found = []
        for day in days:
            self.job(day)
            found.append(len(self.mails(order)))
        return found

    def tasks(self, order):
        theirs = order.activity_ids.filtered(lambda activity: activity.activity_type_id == self.kind)
        return theirs.mapped("summary")

    def bank(self):
        domain = [("type", "=", "bank"), ("company_id", "=", self.env.company.id)]
        return self.env["account.journal"].search(domain, limit=1)

    def provider(self):
        """One whose payments are booked."""
        found = self.env["payment.provider"].search([("name", "=", "Provider"), ("state", "=", "enabled")])
        if found:
            return found
        provider = self.only_provider()
        method = self.env.ref("account.account_payment_method_manual_in").copy({"code": provider.code})
        values = {"payment_method_id": method.id, "payment_provider_id": provider.id}
        self.bank().inbound_payment_method_line_ids = [Command.create(values)]
        return provider

    def transaction(self, order, amount=100.0, state="done", post=True):
        provider = self.provider()
        transaction = self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": provider.payment_method_ids[:1].id,
                "amount": amount,
                "currency_id": order.currency_id.id,
                "partner_id": self.customer.id,
                "reference": f"{order.name}-{amount}-{state}",
                "state": state,
                "sale_order_ids": [Command.set(order.ids)],
            }
        )
        if post:
            transaction._post_process()
        self.env.invalidate_all()
        return transaction

    def payment(self, amount, memo="Thank you", day="2026-03-16", partner=None, entry=False):
        """What came without saying for which invoice; with Odoo's Accounting, without an entry."""
        values = {
            "partner_id": (partner or self.customer).id,
            "amount": amount,
            "memo": memo,
            "date": day,
            "journal_id": self.bank().id,
            "payment_type": "inbound",
        }
        payment = self.env["account.payment"].create(values)
        payment.outstanding_account_id = entry and self.env["account.account"].search(
            [("account_type", "=", "asset_current"), ("reconcile", "=", True)], limit=1
        )
        payment.action_post()
        return payment
