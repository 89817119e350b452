"""A dialog is whose who opened it."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

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
        riddle, credit = self.env["amount.riddle"].create({}), self.env["credit.apply"].create({"line_ids": False})
        item = move.line_ids.filtered("date_maturity")
        return {
            "amount.riddle": {"amount": 100.0},
            "amount.riddle.line": {"riddle_id": riddle.id, **customer, "kind": "exact"},
            "credit.apply": {"is_for_all": True},
            "credit.apply.line": {"apply_id": credit.id, "credit_id": item.id},
            "call.result": {**customer, "company_id": self.env.company.id, "outcome": "callback", "note": "Secret"},
            "collection.customer.settings": {
                **customer,
                "company_id": self.env.company.id,
                "collection_note": "Secret",
            },
            "collection.action": {**invoices, "kind": "promise", "reason": "Secret"},
            "collection.hand.over": {"res_ids": self.customer.ids, "note": "Secret"},
            "collection.reminder": invoices,
            "contact.dialog": {"res_model": "crm.lead", "res_id": lead.id, "note": "Secret"},
            "contact.result": {"res_model": "crm.lead", "res_id": lead.id, "outcome": "callback", "note": "Secret"},
            "customer.warning.dialog": {**customer, "what": "Secret", "source": "Secret"},
            "watch.dealt.with": {"res_ids": [1], "note": "Secret"},
            "dunning.approval": {"res_ids": self.written_to().ids},
            "dunning.run.start": {"run_id": self.env["dunning.run"].create({}).id},
            "dunning.cancel": {"res_ids": self.written_to().ids, "reason": "Secret"},
            "collection.found": {"company_id": self.env.company.id},
            "dunning.notice.edit": {"notice_id": self.written_to().id, "subject": "Secret"},
            "dunning.ask.salesperson": {**invoices, "question": "Secret"},
            "dunning.collector.assign": {"from_user_id": self.owner.id, "user_id": self.other.id},
            "dunning.forecast": {"company_id": self.env.company.id, **customer, "date": TODAY},
            "dunning.go.live": {"policy_id": policy.id},
            "handling.close": {"res_model": "crm.lead", "res_ids": lead.ids, "reason_id": reason.id, "note": "Secret"},
            "invoice.copies": {**customer, "company_id": self.env.company.id, "subject": "Secret"},
            "lead.hand.over": {"lead_ids": lead.ids, "user_id": self.other.id, "note": "Secret"},
            "lead.return": {"lead_ids": lead.ids, "reason": "Secret"},
            "payment.return": {"payment_ids": payment.ids, "payment_id": payment.id, "reason": "Secret"},
            "privacy.anonymise": customer,
            "privacy.deletion": {},
            "privacy.deletion.line": {"deletion_id": self.env["privacy.deletion"].create({}).id},
            "quotation.renew": {"order_id": self.order(validity_date="2026-01-01").id},
            "receivable.ageing.date": {"date": TODAY},
            "sales.work.hand.over": {"from_user_id": self.owner.id, "user_ids": self.other.ids},
            "satisfaction.dialog": {**customer, "note": "Secret"},
            "statement.wizard": {"partner_ids": self.customer.ids},
        }

    def written_to(self):
        """A notice by e-mail that waits for approval."""
        policy = self.env["dunning.policy"].search([("company_id", "=", self.env.company.id)], limit=1)
        level = policy.level_ids.filtered(lambda level: level.channel == "email")[:1]
        about = {"company_id": self.env.company.id, "currency_id": self.env.company.currency_id.id, "date": TODAY}
        about |= {"partner_id": self.customer.id, "channel": "email", "state": "to_approve"}
        return self.env["dunning.notice"].create({**about, "policy_id": policy.id, "level_id": level.id})

    def ours(self):
        return {
            name
            for name, model in self.registry.items()
            if model._transient and not model._abstract and model._original_module == "lead_to_cash"
        }

    def test_what_is_no_record_is_refused_in_a_sentence(self):
        """Whatever a client sends for the records a dialog is about."""
        rows = {name: values for name, values in self.rows().items() if "res_ids" in values}
        self.assertIn("watch.dealt.with", rows)
        for name, values in rows.items():
            for ids in ("abc", ["abc"], [0], [True], {"1": 1}, 7, [2**40]):
                with self.subTest(name, ids=ids), self.assertRaisesRegex(UserError, "no such record"):
                    self.env[name].create({**values, "res_ids": ids})
            dialog = self.env[name].create(values)
            with self.subTest(name, way="write"), self.assertRaisesRegex(UserError, "no such record"):
                dialog.res_ids = "abc"

    def chosen(self):
        """Records of which dialogs can be opened, as chosen in a list."""
        move = self.invoice()
        lead, policy = self.lead(user_id=self.owner.id), self.env["dunning.policy"].search([], limit=1)
        return [move, self.customer, lead, policy, self.pay(move), self.env["dunning.notice"].search([], limit=1)]

    def opened(self, model, **context):
        """What the browser gets for a new dialog. It asks for the names of what tags hold, too, which ``Form``
        doesn't."""
        form = Form(self.env[model].with_context(**context))
        spec = form._view["fields_spec"]
        for name, asked in spec.items():
            if self.env[model]._fields[name].type in ("one2many", "many2many"):
                asked["fields"] = {"display_name": {}, **asked.get("fields", {})}
        return form._record.onchange({}, [], spec)["value"]

    def test_each_opens_as_in_the_browser(self):
        """Whatever is chosen."""
        rows, chosen = self.rows(), self.chosen()
        for name, values in rows.items():
            defaults = {f"default_{field}": value for field, value in values.items()}
            for records in chosen:
                with self.subTest(model=name, chosen=records._name):
                    context = {**defaults, "active_model": records._name, "active_ids": records.ids}
                    self.assertTrue(self.opened(name, **context))

    def test_each_opens_from_the_actions_menu(self):
        """Those in a menu find what was chosen, of one and of several."""
        several = {records._name: records for records in self.chosen()}
        several["res.partner"] |= self.customer.copy()
        actions = self.env["ir.actions.act_window"].search([("res_model", "in", list(self.ours()))])
        bound = actions.filtered("binding_model_id")
        self.assertGreaterEqual(len(bound), 3)
        for action in bound:
            records = several[action.binding_model_id.model]
            for some in (records[:1], records):
                context = {"active_model": some._name, "active_ids": some.ids, "active_id": some[:1].id}
                context |= safe_eval(action.context, dict(context))
                with self.subTest(action=action.name, count=len(some)):
                    values = self.opened(action.res_model, **context)
                    if action.res_model == "credit.apply":  # it asks for what they have open
                        self.assertFalse(values["is_for_all"])
                        continue
                    self.assertEqual([command[:2] for command in values["partner_ids"]], [(4, one.id) for one in some])

    def test_another_reads_writes_and_runs_none(self):
        rows = self.rows()
        self.assertEqual(set(rows), self.ours())
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
