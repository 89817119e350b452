"""Natural persons aren't graded unless the company has switched it on, and are never held by a grade."""

from odoo.tests import new_test_user, tagged

from ..common import TODAY
from .common import ForesightCase

MARKS = ("payment_grade", "turnover_year", "main_category_id", "years_as_customer")


@tagged("post_install", "-at_install")
class TestPersons(ForesightCase):
    def marks(self, partner=None):
        return [(partner or self.customer)[name] or False for name in MARKS]

    def forecast(self, partner=None):
        return self.env["payment.forecast"].create(
            {
                "move_id": self.invoice(partner_id=(partner or self.customer).id).id,
                "company_id": self.env.company.id,
                "partner_id": (partner or self.customer).id,
                "as_of": TODAY,
                "version": "test",
            }
        )

    def test_a_person_and_a_sole_trader_have_no_grade(self):
        person = self.env["res.partner"].create({"name": "Person"})
        trader = self.firm("Trader", is_sole_trader=True)
        self.settled_by(dict.fromkeys((person, trader, self.customer), [40] * 5))
        self.night()
        self.assertEqual([self.grades(person), self.grades(trader)], [[], []])
        self.assertEqual([self.marks(person), self.marks(trader)], [[False] * 4] * 2)
        self.assertTrue(self.customer.payment_grade)

    def test_switched_on_and_off(self):
        person = self.env["res.partner"].create({"name": "Person"})
        self.settled([40] * 5, person)
        self.env.company.grade_persons = True
        self.night()
        self.assertEqual((self.grades(person), person.turnover_year), ([("d", TODAY, False)], 500.0))
        self.forecast(person)
        self.env.company.grade_persons = False
        self.assertEqual((self.grades(person), self.marks(person)), ([], [False] * 4))
        self.assertFalse(self.env["payment.forecast"].search([("partner_id", "=", person.id)]))

    def test_who_becomes_a_person_loses_it_with_that_write(self):
        trader, mover = self.firm("Trader"), self.firm("Mover")
        self.settled_by(dict.fromkeys((trader, mover), [40] * 5))
        self.night()
        self.forecast(trader)
        seller = new_test_user(self.env, "person_seller", "sales_team.group_sale_manager,base.group_partner_manager")
        trader.with_user(seller).is_sole_trader = True
        mover.is_company = False
        for partner in (trader, mover):
            self.assertEqual((self.grades(partner), self.marks(partner)), ([], [False] * 4))
        self.assertFalse(self.env["payment.forecast"].search([("partner_id", "=", trader.id)]))
        trader.is_sole_trader = False
        self.night()
        self.assertEqual(self.grades(trader), [("d", TODAY, False)])

    def test_each_company_switches_for_itself(self):
        other = self.env["res.company"].create({"name": "Second"})
        self.env["account.chart.template"].try_loading("generic_coa", company=other, install_demo=False)
        self.env.user.company_ids |= other
        other.grade_persons = True
        person = self.env["res.partner"].create({"name": "Person"})
        self.settled([40] * 5, person)
        self.settled([40] * 5, person, company=other)
        self.night()
        self.night(company=other)
        self.assertEqual((self.grades(person), self.grades(person, other)), ([], [("d", TODAY, False)]))
        self.env.company.grade_persons = True
        self.night()
        other.grade_persons = False
        self.assertEqual((self.grades(person), self.grades(person, other)), ([("d", TODAY, False)], []))
        self.assertEqual((person.payment_grade, person.with_company(other).payment_grade), ("d", False))

    def test_a_grade_never_holds_a_person(self):
        person = self.env["res.partner"].create({"name": "Person"})
        employee = self.env["res.partner"].create({"name": "Employee", "parent_id": self.customer.id})
        trader = self.firm("Trader", is_sole_trader=True)
        self.env.company.grade_persons = True
        held = [partner._may_be_held_by_grade() for partner in (person, trader, self.customer, employee)]
        self.assertEqual(held, [False, False, True, True])

    def test_companies_of_ours_are_not_graded(self):
        own = self.env["res.company"].create({"name": "Sister"}).partner_id
        self.settled([40] * 5, own)
        self.night()
        self.assertFalse(self.grades(own))

    def test_nothing_is_graded_before_the_first_night(self):
        self.settled([40] * 5)
        self.assertEqual((self.grades(), self.customer.payment_grade), ([], False))
