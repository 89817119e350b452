"""The scheme: what may be changed in it, and that nothing depends on names or order."""

import doctest
import importlib
import pkgutil
from datetime import date

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from ... import engine
from ...engine.handling.status import REQUIRED
from ..common import HandlingCase


@tagged("post_install", "-at_install")
class TestScheme(HandlingCase):
    def test_shipped_statuses_in_their_order(self):
        names = {
            model: self.env["handling.status"].search([("res_model", "=", model)]).mapped("name") for model in REQUIRED
        }
        self.assertEqual(
            names["crm.lead"],
            ["New", "No answer", "First contact", "In progress", "Closed", "Customer", "Inactive customer"],
        )
        self.assertEqual(
            names["sale.order"], ["Draft", "Sent", "No answer", "Negotiation", "Declined", "Accepted", "Expired"]
        )
        self.assertEqual(
            names["account.move"],
            [
                *("Not due", "Overdue", "Reminded", "No answer", "Under discussion", "Written off", "Paid"),
                *("Open credit", "Used"),
            ],
        )

    def test_statuses_of_invoices_say_what_they_mean(self):
        statuses = self.env["handling.status"].search([("res_model", "=", "account.move")])
        shipped = statuses.filtered(lambda status: status.get_external_id()[status.id])
        self.assertEqual(len(shipped), 9)
        self.assertTrue(all(shipped.mapped("guidance")))

    def test_role_document_and_situation_of_a_used_status_stay(self):
        used = self.lead().handling_status_id
        for vals in ({"role": "contacted"}, {"res_model": "sale.order"}, {"situation": "overdue"}):
            with self.subTest(vals), self.assertRaisesRegex(UserError, "Make a new status and archive this one"):
                used.write(vals)
        used.write({"role": used.role, "name": "Brand new"})
        self.assertEqual(used.name, "Brand new")

    def test_a_status_only_the_log_knows_is_used_too(self):
        lead = self.lead()
        lead.handling_status_id = self.status("crm.lead", "contacted")
        status = self.env["handling.status"].create({"name": "Waiting", "res_model": "crm.lead", "role": "contacted"})
        lead.handling_status_id = status
        lead.handling_status_id = self.status("crm.lead", "in_progress")
        with self.assertRaisesRegex(UserError, "can't be deleted. Archive it"):
            status.unlink()
        status.active = False
        self.assertFalse(status.active)

    def test_unused_extra_status_can_go(self):
        status = self.env["handling.status"].create({"name": "Waiting", "res_model": "crm.lead", "role": "contacted"})
        status.role = "in_progress"
        status.unlink()
        self.assertFalse(status.exists())

    def test_each_role_and_situation_keeps_a_status(self):
        for model, pairs in REQUIRED.items():
            for role, situation in pairs:
                status = self.status(model, role, situation)
                with self.subTest(model=model, role=role, situation=situation):
                    with self.assertRaisesRegex(UserError, "First make or restore another one"):
                        status.active = False
                    self.env.invalidate_all()
                    with self.assertRaisesRegex(UserError, "First make or restore another one|in use"):
                        status.unlink()

    def test_renamed_and_reordered_scheme_behaves_the_same(self):
        expected = self.play()
        statuses = self.env["handling.status"].search([])
        for index, status in enumerate(statuses):
            status.write({"name": f"S{index}", "sequence": 1000 - index, "color": 0, "fold": False})
        self.assertEqual(self.play(), expected)

    def play(self):
        """Roles and situations along a lead, a quotation, an invoice and a credit note."""
        seen = []

        def note(record):
            seen.append((record.handling_role, record.handling_status_id.situation))

        lead = self.lead()
        note(lead)
        for role in ("no_answer", "contacted", "in_progress"):
            lead._set_handling_role(role)
            note(lead)
        lead.action_set_won()
        note(lead)
        order = self.order()
        note(order)
        order.action_confirm()
        note(order)
        for move in (self.invoice(), self.invoice(due="2026-04-01"), self.invoice(move_type="out_refund")):
            note(move)
            self.pay(move)
            note(move)
        return seen

    def test_default_of_a_role_is_the_first_in_order(self):
        extra = self.env["handling.status"].create(
            {"name": "Inbox", "res_model": "crm.lead", "role": "new", "sequence": 0}
        )
        self.assertEqual(self.lead().handling_status_id, extra)
        extra.active = False
        self.assertNotEqual(self.lead().handling_status_id, extra)

    def test_examples_in_the_engine(self):
        prefix = f"{engine.__name__}."
        names = [found.name for found in pkgutil.walk_packages(engine.__path__, prefix) if not found.ispkg]
        attempted = 0
        for name in names:
            with self.subTest(name):
                module = importlib.import_module(name)
                result = doctest.testmod(module, extraglobs={"date": date})
                self.assertFalse(result.failed)
                attempted += result.attempted
        self.assertGreater(attempted, 50)

    def test_a_new_one_comes_after_the_others_of_its_role(self):
        """It silently became the default: every new one had sequence 10."""
        default = self.status("crm.lead", "in_progress")
        with Form(self.env["handling.status"].with_context(default_res_model="crm.lead")) as form:
            form.name = "Waiting for the order number"
            form.role = "in_progress"
            self.assertEqual((form.role_default_id, form.is_role_default), (default, False))
        extra = form.save()
        self.assertGreaterEqual(extra.sequence, default.sequence)
        self.assertEqual(self.status("crm.lead", "in_progress"), default)
        for other in (default.copy(), self.env["handling.status"].create({"name": "x", "role": "in_progress"})):
            self.assertEqual(self.status("crm.lead", "in_progress"), default, other.name)

    def test_a_changed_role_puts_it_last(self):
        extra = self.env["handling.status"].create({"name": "x", "res_model": "crm.lead", "role": "new"})
        extra.role = "lost"
        self.assertNotEqual(self.status("crm.lead", "lost"), extra)

    def test_the_form_tells_the_default(self):
        extra = self.env["handling.status"].create({"name": "x", "res_model": "crm.lead", "role": "new", "sequence": 0})
        first = self.env.ref("lead_to_cash.status_lead_new")
        self.assertEqual((extra | first).mapped("is_role_default"), [True, False])
        self.assertEqual((extra | first).role_default_id, extra)
        extra.active = False
        self.env.invalidate_all()
        self.assertEqual((extra | first).mapped("is_role_default"), [False, True])

    def test_the_list_opens_the_form(self):
        arch = self.env["handling.status"].get_view(view_type="list")["arch"]
        self.assertNotIn("editable", arch)
