"""Grades, forecasts and rewards of a customer: told to the person, kept for their time, forgotten, merged."""

import io
import json
import zipfile

from odoo.tests import tagged

from ..common import TODAY
from .common import ForesightCase


@tagged("post_install", "-at_install")
class TestKept(ForesightCase):
    def graded(self, partner=None):
        """A customer with a former and a present grade, a forecast and a reward."""
        partner = partner or self.customer
        self.settled([0] * 5, partner)
        values = {"company_id": self.env.company.id, "partner_id": partner.id}
        grades = self.env["payment.grade"]
        grades.create({**values, "grade": "d", "since": "2018-01-01", "until": "2019-01-01", "as_of": "2018-12-31"})
        self.night()
        move = self.invoice(partner_id=partner.id)
        values |= {"move_id": move.id, "as_of": TODAY, "version": "test", "reasons": [{"code": "on_time"}]}
        self.env["payment.forecast"].create(values)
        return move

    def reward(self, partner, state="proposed", **values):
        rule = self.env["payment.loyalty"].search([], limit=1) or self.env["payment.loyalty"].create(
            {"name": "3 %", "reward": "discount", "discount": 3.0}
        )
        about = {"company_id": self.env.company.id, "partner_id": partner.id, "loyalty_id": rule.id}
        return self.env["payment.loyalty.grant"].create({**about, "state": state, "proposed_date": TODAY, **values})

    def test_given_out(self):
        self.graded()
        self.reward(self.customer)
        archive = zipfile.ZipFile(io.BytesIO(self.env["l2c.kept"].with_context(lang="en_US")._archive(self.customer)))
        sections = {section["title"]: section["rows"] for section in json.loads(archive.read("kept.json"))}
        self.assertEqual([row["Grade"] for row in sections["Payment Grade"]], ["A", "D"])
        self.assertIn("Pays on time", str(sections["Payment Forecast"]))
        self.assertIn("3 %", str(sections["Reward of a Customer"]))
        self.assertIn("A", [row.get("Payment Grade") for row in sections["Contact"]])

    def test_forgotten(self):
        self.pay(self.graded())
        self.env["l2c.anonymising"]._anonymise(self.customer.sudo())
        self.assertFalse(self.env["payment.grade"].search([("partner_id", "=", self.customer.id)]))
        self.assertFalse(self.env["payment.forecast"].search([("partner_id", "=", self.customer.id)]))
        self.assertEqual((self.customer.payment_grade, self.customer.turnover_year), (False, 0.0))

    def test_deleted_after_their_time(self):
        self.graded()
        self.env.company.write({"is_deletion_confirmed": True, "keep_notices_years": 3})
        ended = self.reward(self.customer, "ended", ended_date="2020-01-01")
        going_on = self.reward(self.customer, "granted", granted_date="2019-01-01")
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            self.env(cr=cr)["l2c.privacy"].with_context(l2c_today=TODAY)._cron_delete()
        self.env.invalidate_all()
        self.assertEqual(self.grades(), [("a", TODAY, False)])
        self.assertEqual((ended | going_on).exists(), going_on)

    def merge(self, kept, other):
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(self.env.ref("base.user_admin"))
        values = {"partner_ids": (kept | other).ids, "dst_partner_id": kept.id, "state": "selection"}
        wizard.create(values).action_merge()
        self.env.invalidate_all()

    def test_merged(self):
        """One present grade, all of the history, and the next night grades by the documents of both."""
        other = self.firm("The same")
        self.settled([0] * 5)
        self.settled([70] * 9, other, first="2025-07-01")
        self.night("2026-03-01")
        before = self.customer.payment_grade
        self.assertNotEqual(before, other.payment_grade)
        late = other.payment_grade
        self.merge(self.customer, other)
        self.assertEqual(
            sorted(self.grades(), key=str),
            sorted([(before, "2026-03-01", False), (late, "2026-03-01", TODAY)], key=str),
        )
        self.assertEqual(self.customer.payment_grade, before)
        self.night()
        self.assertEqual(self.present().settled_count, 14)
        self.assertEqual(len([row for row in self.grades() if not row[2]]), 1)

    def test_merged_into_one_without_a_grade(self):
        other = self.firm("The same")
        self.settled([0] * 5, other)
        self.night()
        self.merge(self.customer, other)
        self.assertEqual((self.grades(), self.customer.payment_grade), ([("a", TODAY, False)], "a"))

    def test_merged_into_a_person(self):
        person, other = self.firm("Person", is_sole_trader=True), self.firm("The same")
        self.settled([0] * 5, other)
        self.night()
        self.merge(person, other)
        self.night()
        self.assertEqual((self.grades(person), person.payment_grade), ([], False))
