"""Every model of ours, every field that we declare, tried by everybody over RPC; what is expected stands
in ``rights.py``."""

import json

from odoo.models import LOG_ACCESS_COLUMNS
from odoo.modules.registry import Registry
from odoo.tests.common import get_db_name

from . import rights
from .common import TODAY
from .served import Refused, ServedCase
from .test_attack_public_methods import PREPARE

#: One record of each other model: what there is, or what is made of it.
MORE = """
env['dunning.forecast'].create({'partner_id': customer.id, 'company_id': company.id})
env['payment.return'].create({'payment_id': env['account.payment'].search([], limit=1).id, 'reason': 'x'})
env['privacy.deletion'].create({'line_ids': [Command.create({'name': 'x'})]})
env['privacy.anonymise'].create({'partner_id': customer.id})
env['account.letter'].create({
    'partner_id': customer.id, 'company_id': company.id, 'user_id': admin.id, 'kind': 'open', 'date_to': '2026-03-01'})
text = env['mail.template'].create({'name': 'x', 'model_id': env['ir.model']._get_id('crm.lead')})
status = env['handling.status'].search([('res_model', '=', 'crm.lead')], limit=1)
env['handling.attempt.mail'].create({'status_id': status.id, 'mail_template_id': text.id})
env['crm.lead'].create({'name': 'Won', 'type': 'opportunity', 'user_id': admin.id}).action_set_won()
lead.action_log_attempt('no_answer')
env['credit.apply.line'].create({
    'apply_id': env['credit.apply'].search([], limit=1).id, 'credit_id': item(chased).id})
customer.dunning_hold_until = '2026-12-01'
env['sale.terms.version']._of_text(company, '<p>Terms</p>')
env['invoice.upload']._log(chased)
env['collection.case.fee'].create({'case_id': env['collection.case'].search([], limit=1).id, 'amount': 1.0})
env.cr.execute("INSERT INTO l2c_portal_post (key, date) VALUES ('x', '2026-03-10')")
env.flush_all()
found = {record._name: record.id for record in records} | {'contact.attempt': lead.contact_attempt_ids.id}
for name, model in env.registry.items():
    ours = any(field._modules[:1] == ('lead_to_cash',) for field in model._fields.values())
    if ours and not model._abstract and name not in found:
        found[name] = env[name].search([], limit=1).id
env['ir.config_parameter'].set_param('test.records', json.dumps(found))
"""

#: Refusals of a field, or of a whole record.
REFUSED = ("AccessError", "MissingError", "UserError", "SessionExpiredException")


class RightsCase(ServedCase):
    people = {
        login: (groups, {"email": f"{login}@example.com"})
        for login, groups in {**rights.PEOPLE, **rights.ALMIGHTY}.items()
        if groups
    }
    prepare = PREPARE % (tuple(people),) + MORE
    at = f"{TODAY} 09:00:00"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        [[text]] = cls.database.query("SELECT value FROM ir_config_parameter WHERE key = 'test.records'")
        cls.records = json.loads(text)
        cls.models = {
            name: model
            for name, model in Registry(get_db_name()).models.items()
            if model._original_module == "lead_to_cash" and not model._abstract
        }

    def is_allowed(self, client, model, method, *args):
        try:
            return client.call(model, method, *args) not in (None, [])
        except Refused as refusal:
            kind = refusal.kind.rpartition(".")[2]
            return kind not in ("AccessError", "MissingError", "SessionExpiredException")


class TestRights(RightsCase):
    def test_models(self):
        self.assertFalse([name for name in self.models if not self.records.get(name)])
        self.assertEqual(self.models.keys(), rights.MODELS.keys())
        clients = {login: self.client(login if groups else None) for login, groups in rights.PEOPLE.items()}
        for model, expected in rights.MODELS.items():
            with self.subTest(model):
                found = " ".join(self.found(client, model) or "-" for client in clients.values())
                self.assertEqual(found, " ".join(expected.split()))

    def found(self, client, model):
        """What this client may do with the record of ``model``: letters of create, read, write, unlink."""
        record = [self.records[model]]
        letters = "c" if self.is_allowed(client, model, "create", [{}]) else ""
        letters += "r" if self.is_allowed(client, model, "read", record, ["display_name"]) else ""
        letters += "w" if self.is_allowed(client, model, "write", record, {}) else ""
        letters += "u" if self.may_unlink(client, model, record) else ""
        return letters

    def may_unlink(self, client, model, record):
        """Asked only: what is gone can't be tried by the next one. Who may not is tried, too."""
        try:
            may = client.call(model, "has_access", record, "unlink")
        except Refused:
            may = False
        if not may:
            self.assertFalse(self.is_allowed(client, model, "unlink", record))
        return may


class TestFields(RightsCase):
    def test_fields(self):
        """Who has every right of a user, but administers nothing, writes these and no other field of ours."""
        [login] = rights.ALMIGHTY
        client = self.client(login)
        names = {
            model: sorted(
                name
                for name, field in cls._fields.items()
                if field._modules[:1] == ("lead_to_cash",)
                and name not in LOG_ACCESS_COLUMNS
                and (field.store or field.inverse)
            )
            for model, cls in Registry(get_db_name()).models.items()
            if not cls._abstract
        }
        self.assertGreater(len([model for model in names if names[model]]), 40)
        for model, fields in names.items():
            if model == "dunning.notice":  # it waits, so that it can be addressed anew
                wait = f"UPDATE dunning_notice SET state = 'failed' WHERE id = {self.records[model]}"
                self.database.shell(f"env.cr.execute({wait!r})\nenv.cr.commit()\n")
            if fields and self.records.get(model):
                with self.subTest(model):
                    found = " ".join(name for name in fields if self.is_written(client, model, name))
                    self.assertEqual(found, " ".join(sorted(rights.WRITTEN.get(model, "").split())))

    def is_written(self, client, model, name):
        """Whether the client may write in the field what stands there."""
        record = [self.records[model]]
        try:
            [values] = client.call(model, "read", record, [name], load=None)
            value = values[name]
            client.call(model, "write", record, {name: [[6, 0, value]] if isinstance(value, list) else value})
        except Refused as refusal:
            return refusal.kind.rpartition(".")[2] not in REFUSED
        return True
