"""Customers who come, stay away and come back; closed leads that are asked again."""

from odoo.tests import new_test_user, tagged

from ..common import TODAY, HandlingCase


@tagged("post_install", "-at_install")
class TestCustomerStatus(HandlingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = new_test_user(cls.env, "l2c_seller", groups="sales_team.group_sale_salesman")
        cls.customer.user_id = cls.seller

    def test_an_order_makes_a_customer_at_once(self):
        self.assertEqual(self.customer.customer_status, "none")
        order = self.order(date_order="2026-03-01 10:00:00")
        order.action_confirm()
        self.env.invalidate_all()
        self.assertEqual(self.customer.customer_status, "customer")

    def test_inactive_and_back(self):
        lead = self.lead(partner_id=self.customer.id)
        lead.action_set_won()
        order = self.order()
        order.action_confirm()
        self.nightly()
        self.assertEqual((self.customer.customer_status, lead.handling_role), ("customer", "won"))
        self.env.flush_all()
        self.env.cr.execute("UPDATE sale_order SET date_order = '2025-01-01' WHERE id = %s", [order.id])
        self.nightly()
        self.assertEqual((self.customer.customer_status, lead.handling_role), ("inactive", "dormant"))
        activities = self.customer.activity_ids
        self.assertEqual((len(activities), activities.user_id), (1, self.seller))
        self.nightly("2026-03-11")
        self.assertEqual(len(self.customer.activity_ids), 1)
        self.order().action_confirm()
        self.env.invalidate_all()
        self.assertEqual((self.customer.customer_status, lead.handling_role), ("customer", "won"))

    def test_months_of_the_company(self):
        self.env.company.customer_inactive_months = 1
        self.invoice(due="2026-02-05")
        self.nightly()
        self.assertEqual(self.customer.customer_status, "inactive")
        self.env.company.customer_inactive_months = 0
        self.nightly()
        self.assertEqual(self.customer.customer_status, "customer")

    def test_months_of_each_company(self):
        """Of the one that sold, whichever the job, or who confirms an order, works in."""
        other = self.env["res.company"].create({"name": "Other", "customer_inactive_months": 1})
        self.env.company.customer_inactive_months = 12
        theirs = self.env["res.partner"].create({"name": "Theirs"})
        both = self.env["res.partner"].create({"name": "Both"})
        for company, customer in ((other, theirs), (other, both), (self.env.company, both)):
            order = self.env["sale.order"].with_company(company).create({"partner_id": customer.id})
            order.action_confirm()
            self.env.flush_all()
            self.env.cr.execute("UPDATE sale_order SET date_order = '2026-01-15' WHERE id = %s", [order.id])
        for company in (self.env.company, other):
            self.env["res.partner"].with_company(company)._follow_customers()
            self.env.invalidate_all()
            self.assertEqual((theirs.customer_status, both.customer_status), ("inactive", "customer"), company.name)

    def rate(self, value):
        rating = self.env["rating.rating"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("res.partner"),
                "res_id": self.customer.id,
                "partner_id": self.customer.id,
            }
        )
        self.customer.rating_apply(value, rating=rating)
        self.env.cr.execute("UPDATE rating_rating SET write_date = %s WHERE id = %s", [TODAY, rating.id])

    def asked(self, day=TODAY):
        self.nightly(day)
        return self.customer.activity_ids.filtered(lambda activity: activity.summary == "Ask for a referral")

    def test_content_customers_are_asked_for_a_referral_once(self):
        self.env.company.asks_for_referrals = True
        lead = self.lead(partner_id=self.customer.id, contact_basis="consent", consent_date="2026-03-01")
        self.rate(5)
        move = self.invoice(due="2026-02-20")
        self.assertFalse(self.asked(), "owes what is late")
        self.pay(move)
        late = self.invoice(due="2026-03-09")
        self.assertFalse(self.asked(), "owes what is late")
        self.pay(late)
        self.rate(1)
        self.assertFalse(self.asked(), "isn't content any more")
        self.rate(4)
        lead.write({"contact_basis": "customer", "consent_date": False})
        self.assertFalse(self.asked(), "didn't consent")
        lead.write({"contact_basis": "consent", "consent_date": "2026-03-01"})
        self.customer.active = False
        self.assertFalse(self.asked(), "is archived")
        self.customer.active = True
        self.env["mail.blacklist"].create({"email": self.customer.email})
        self.assertFalse(self.asked(), "is blocked")
        self.env["mail.blacklist"].search([]).unlink()
        for day in (TODAY, "2026-03-11"):
            self.assertEqual(len(self.asked(day)), 1)
        self.assertEqual(str(self.customer.referral_asked_date), TODAY)

    def test_nobody_is_asked_as_shipped(self):
        self.lead(partner_id=self.customer.id, contact_basis="consent", consent_date="2026-03-01")
        self.rate(5)
        self.pay(self.invoice(due="2026-02-20"))
        self.assertEqual((self.asked(), self.customer.customer_status), (self.env["mail.activity"], "customer"))

    def test_whoever_stayed_away_before_anybody_looked_is_no_task(self):
        """As in the first night after installing."""
        self.order(date_order="2024-01-10 10:00:00").action_confirm()
        self.env.flush_all()
        self.env.cr.execute("UPDATE sale_order SET date_order = '2024-01-10'")
        self.env.cr.execute("UPDATE res_partner SET customer_status = 'none' WHERE id = %s", [self.customer.id])
        self.nightly()
        self.env.invalidate_all()
        self.assertEqual((self.customer.customer_status, self.customer.activity_ids.ids), ("inactive", []))


@tagged("post_install", "-at_install")
class TestReengagement(HandlingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reason = cls.env["crm.lost.reason"].create({"name": "Later", "reengage_days": 30})
        cls.closed = cls.given.lead(email_from="lead@example.com", contact_basis="enquiry", user_id=cls.env.uid)
        cls.closed.action_close(cls.reason)

    def test_once_in_each_period(self):
        for day, expected in (
            ("2026-04-08", 0),
            ("2026-04-09", 1),
            ("2026-04-10", 1),
            ("2026-05-08", 1),
            ("2026-05-09", 2),
        ):
            self.nightly(day)
            self.assertEqual(len(self.closed.activity_ids), expected, day)
        self.assertEqual(set(self.closed.activity_ids.mapped("summary")), {"Ask again"})

    def test_by_mail_unless_blocked(self):
        self.reason.reengage_template_id = self.env["mail.template"].create(
            {
                "name": "Again",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "subject": "Still interested?",
                "email_to": "{{ object.email_from }}",
            }
        )
        blocked = self.lead(email_from="blocked@example.com", contact_basis="enquiry")
        blocked.action_close(self.reason)
        self.env["mail.blacklist"].create({"email": "blocked@example.com"})
        self.nightly("2026-04-09")
        mails = self.env["mail.mail"].search([("subject", "=", "Still interested?")])
        self.assertEqual(mails.mapped("res_id"), self.closed.ids)
        self.assertFalse(self.closed.activity_ids)
