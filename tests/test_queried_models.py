"""What is read by a query of its own, without a table: all such models of the addon."""

import re

from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestQueriedModels(TransactionCase):
    def models(self):
        """Those of the addon that read other tables."""
        ours = self.env["ir.model.data"].search([("module", "=", "lead_to_cash"), ("model", "=", "ir.model")])
        names = self.env["ir.model"].browse(ours.mapped("res_id")).mapped("model")
        found = [self.env[name] for name in names if name in self.env and not self.env[name]._auto]
        return [model for model in found if not model._abstract]

    def test_all_are_looked_at(self):
        names = {model._name for model in self.models()}
        known = {"call.list.line", "dunning.preview", "lead.response.report", "receivable.ageing"}
        self.assertEqual(known - names, set())

    def test_what_they_depend_on_is_there_and_stored(self):
        for model in self.models():
            for name, fields in model._depends.items():
                for field in fields:
                    with self.subTest(model=model._name, field=f"{name}.{field}"):
                        self.assertTrue(self.env[name]._fields[field].store)

    def test_they_depend_on_every_table_that_they_read(self):
        """What was written, and isn't in the database yet, is written before they are read."""
        owners = {model._table: model._name for model in self.env.values() if model._auto and not model._abstract}
        for model in self.models():
            query = model._table_query.code
            for table in set(re.findall(r"(?:FROM|JOIN)\s+([a-z]\w+)", query)) & owners.keys():
                with self.subTest(model=model._name, table=table):
                    self.assertIn(owners[table], model._depends)

    def test_each_is_read_in_several_companies(self):
        """And by its own ids, as a browser does."""
        companies = self.env["res.company"].create([{"name": "One"}, {"name": "Two"}])
        self.env.user.company_ids |= companies
        for model in self.models():
            with self.subTest(model=model._name):
                rows = model.with_context(allowed_company_ids=companies.ids).search([], limit=2)
                self.assertEqual(len(rows.read()), len(rows))
