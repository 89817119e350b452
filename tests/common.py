"""Data for the tests: people by what they may do, and documents."""

from contextlib import contextmanager

from odoo import Command, fields
from odoo.tests import TransactionCase, new_test_user

#: The day on which the tests play, and the days around it.
TODAY = "2026-03-10"
#: Days after the due date of the levels of the tests' policy.
LEVELS = (("Friendly", -5), ("First", 4), ("Second", 10))


class HandlingCase(TransactionCase):
    """Users, a customer, and short ways to make a lead, a quotation, an invoice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, l2c_today=TODAY, tracking_disable=True))
        # Installed before the days in which the tests play.
        cls.env["ir.config_parameter"].set_param("lead_to_cash.asked_again_since", "2025-01-01")
        cls.customer = cls.env["res.partner"].create({"name": "Customer", "email": "customer@example.com"})
        cls.product = cls.env["product.product"].create({"name": "Thing", "list_price": 100.0, "taxes_id": False})
        #: Lends the short ways below to setUpClass, for what is made once for all tests of a class.
        cls.given = cls()

    @classmethod
    def user(cls, login, groups):
        return new_test_user(cls.env, login, groups=groups, context={"no_reset_password": True})

    def lead(self, **values):
        return self.env["crm.lead"].create({"name": "Lead", "type": "opportunity", **values})

    def order(self, **values):
        line = Command.create({"product_id": self.product.id, "product_uom_qty": 1})
        return self.env["sale.order"].create(
            {"partner_id": self.customer.id, "validity_date": "2026-12-31", "order_line": [line], **values}
        )

    def invoice(self, post=True, **values):
        """One document: ``values`` of the model, or ``due`` and ``amount``."""
        # By the class's name: some call it with the class in the place of a test.
        return HandlingCase.invoices(self, [values], post=post)

    def invoices(self, rows, post=True):
        """Several at once: in a third of the time."""
        moves = self.env["account.move"].create([HandlingCase.invoice_values(self, **row) for row in rows])
        if post:
            moves.action_post()
        return moves

    def invoice_values(self, due="2026-03-01", move_type="out_invoice", amount=100.0, **values):
        line = Command.create({"name": "Thing", "price_unit": amount, "tax_ids": False})
        return {
            "move_type": move_type,
            "partner_id": self.customer.id,
            "invoice_date": "2026-02-01",
            "invoice_date_due": due,
            "invoice_payment_term_id": False,
            "invoice_line_ids": [line],
            **values,
        }

    def pay(self, moves, amount=None):
        """Register a payment as an accountant does; returns the payments."""
        values = {"payment_date": fields.Date.to_date(TODAY)}
        if amount:
            values["amount"] = amount
        wizard = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=moves.ids)
        return wizard.create(values)._create_payments()

    def give_back(self, record, **values):
        """The bank takes a payment back: the dialog that a payment, an invoice or a line of the bank opens."""
        action = record.action_payment_returned()
        wizard = self.env["payment.return"].with_context(**action["context"]).create({"reason": "No funds", **values})
        wizard.action_return()
        self.env.invalidate_all()

    @classmethod
    def only_provider(cls, **values):
        """The one provider with which customers can pay online."""
        cls.env["payment.provider"].search([]).state = "disabled"
        method = cls.env.ref("payment.payment_method_unknown")
        form = cls.env["ir.ui.view"].create({"name": "Form", "type": "qweb", "arch": "<form action='x'/>"})
        provider = cls.env["payment.provider"].create(
            {
                "name": "Provider",
                "code": "none",
                "state": "enabled",
                "is_published": True,
                "payment_method_ids": [Command.set(method.ids)],
                "redirect_form_view_id": form.id,
                **values,
            }
        )
        method.active = True
        return provider

    def nightly(self, day=TODAY):
        """The job that follows the time, as of a day."""
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            self.env(cr=cr)["handling.status"].with_context(l2c_today=day)._cron_follow_time()
        self.env.invalidate_all()

    def half_later(self):
        """A payment term: half at once, half after 90 days."""
        lines = [{"value": "percent", "value_amount": 50, "nb_days": days} for days in (0, 90)]
        return self.env["account.payment.term"].create(
            {"name": "Half now, half later", "line_ids": [Command.create(line) for line in lines]}
        )

    def early_term(self, computation="included", percent=5, days=8, due=10):
        """A payment term: due after ``due`` days, less ``percent`` % within ``days``."""
        return self.env["account.payment.term"].create(
            {
                "name": f"{percent} % in {days} days, {computation}",
                "early_discount": True,
                "discount_percentage": percent,
                "discount_days": days,
                "early_pay_discount_computation": computation,
                "line_ids": [Command.create({"value": "percent", "value_amount": 100, "nb_days": due})],
            }
        )

    def early_invoice(self, computation="included", **values):
        """1,000.00 that fall due on 2026-03-15, less 5 % until 2026-03-13."""
        term = HandlingCase.early_term(self, computation)
        values = {"invoice_date": "2026-03-05", "invoice_payment_term_id": term.id, "amount": 1000.0, **values}
        return HandlingCase.invoice(self, **values)

    @contextmanager
    def undone(self):
        """What happens inside is taken back: several things can happen to the same documents."""
        savepoint = self.env.cr.savepoint()
        try:
            yield
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all()

    def status(self, model, role, situation=False):
        return self.env["handling.status"].search(
            [("res_model", "=", model), ("role", "=", role), ("situation", "=", situation)], limit=1
        )

    def log(self, record):
        """The transitions of a document as pairs of roles, oldest first."""
        changes = self.env["handling.status.change"].search(
            [("res_model", "=", record._name), ("res_id", "=", record.id)], order="id"
        )
        return [(change.old_role, change.new_role) for change in changes]


class DunningCase(HandlingCase):
    """One running policy, the company's default."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["dunning.policy"].search([]).active = False
        cls.policy = cls.make_policy("Test")
        cls.env.company.dunning_policy_id = cls.policy

    @classmethod
    def make_policy(cls, name, levels=LEVELS, running=True, **values):
        policy = cls.env["dunning.policy"].create(
            {
                "name": name,
                "level_ids": [
                    Command.create({"name": level, "delay_days": days, "sequence": index})
                    for index, (level, days) in enumerate(levels)
                ],
                **values,
            }
        )
        if running:
            policy.action_start()
        return policy

    def preview(self, moves, today=TODAY, **context):
        self.env.invalidate_all()  # what was read of the preview before
        preview = self.env["dunning.preview"].with_context(l2c_today=today, **context)
        return preview.search([("move_id", "in", moves.ids)])

    def code(self, move, today=TODAY, **context):
        return self.preview(move, today, **context).code

    def items(self, moves):
        return moves.line_ids.filtered(lambda line: line.account_type == "asset_receivable")


class RunCase(DunningCase):
    """Runs, and what they leave."""

    def run_on(self, day):
        run = self.env["dunning.run"].with_context(l2c_today=day).create({"date": day})
        run.action_run()
        self.mails_due(day)
        return run

    def mails_due(self, day=TODAY):
        """What the mail queue does first: the e-mails of notices whose moment has come."""
        self.env["dunning.notice"].with_context(l2c_today=day)._write_due_mails()

    def notices(self, moves):
        return self.env["dunning.notice"].search([("line_ids.move_line_id.move_id", "in", moves.ids)], order="id")

    def current(self, move):
        return self.env["dunning.decision"].search([("move_id", "=", move.id), ("current", "=", True)])
