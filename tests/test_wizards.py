"""A dialog is whose who opened it."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import TODAY, HandlingCase

#: What somebody needs to open every dialog.
GROUPS = "account.group_account_manager,sales_team.group_sale_manager"

#: The host's; that of the forecast makes rows of one's own.
EVERYBODYS = {"action_archive", "action_unarchive"}


@tagged("post_install", "-at_install")
class TestWizards(HandlingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner, cls.other = cls.user("owner", GROUPS), cls.user("other", GROUPS)

    def rows(self):
        """{transient model: what its dialog holds}"""
        lead, move = self.lead(user_id=self.owner.id), self.invoice()
        customer, reason = {"partner_id": self.customer.id}, self.env["crm.lost.reason"].create({"name": "None"})
        invoices = {"res_model": "account.move", "res_ids": move.ids}
        policy = self.env["dunning.policy"].search([("company_id", "=", self.env.company.id)], limit=1)
        payment = self.pay(self.invoice(amount=10.0))
        return {
            "call.result": {**customer, "company_id": self.env.company.id, "outcome": "callback", "note": "Secret"},
            "collection.action": {**invoices, "kind": "promise", "reason": "Secret"},
            "collection.reminder": invoices,
            "contact.dialog": {"res_model": "crm.lead", "res_id": lead.id, "note": "Secret"},
            "dunning.ask.salesperson": {**invoices, "question": "Secret"},
            "dunning.collector.assign": {"from_user_id": self.owner.id, "user_id": self.other.id},
            "dunning.forecast": {"company_id": self.env.company.id, **customer, "date": TODAY},
            "dunning.go.live": {"policy_id": policy.id},
            "handling.close": {"res_model": "crm.lead", "res_ids": lead.ids, "reason_id": reason.id, "note": "Secret"},
            "lead.hand.over": {"lead_ids": lead.ids, "user_id": self.other.id, "note": "Secret"},
            "lead.return": {"lead_ids": lead.ids, "reason": "Secret"},
            "payment.return": {"payment_ids": payment.ids, "payment_id": payment.id, "reason": "Secret"},
            "privacy.anonymise": customer,
            "privacy.deletion": {},
            "privacy.deletion.line": {"deletion_id": self.env["privacy.deletion"].create({}).id},
            "receivable.ageing.date": {"date": TODAY},
            "satisfaction.dialog": {**customer, "note": "Secret"},
            "statement.wizard": {"partner_ids": self.customer.ids},
        }

    def test_another_reads_writes_and_runs_none(self):
        rows = self.rows()
        ours = {
            name
            for name, model in self.registry.items()
            if model._transient and not model._abstract and model._original_module == "lead_to_cash"
        }
        self.assertEqual(set(rows), ours)
        for name, values in rows.items():
            wizard = self.env[name].with_user(self.owner).sudo().create(values).sudo(False)
            theirs = wizard.with_user(self.other)
            with self.subTest(model=name):
                self.assertTrue(wizard.read())
                self.assertEqual(theirs.search([]), theirs.browse())
                for operation in ("read", "write", "unlink"):
                    self.assertFalse(theirs.has_access(operation), operation)
                for method in {method for method in dir(theirs) if method.startswith("action_")} - EVERYBODYS:
                    if name == "dunning.forecast":
                        continue
                    with self.assertRaises(AccessError, msg=method):
                        getattr(theirs, method)()
