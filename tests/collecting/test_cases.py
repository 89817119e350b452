"""With a lawyer or a collection agency, and insolvent: handing over, what it costs, what comes back."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from ..agreements.test_promises import PromiseCase
from ..common import TODAY


class CaseCase(PromiseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls.given.invoice(due="2026-03-02")
        cls.lawyer = cls.env["res.partner"].create({"name": "Law Firm", "email": "law@example.com"})
        cls.worker = cls.user("case_worker", "lead_to_cash.group_collections_user")

    def hand_over(self, customers=None, **values):
        action = (customers or self.customer).with_user(self.worker).action_hand_over()
        wizard = self.env[action["res_model"]].with_user(self.worker).with_context(**action["context"])
        with Form(wizard) as form:
            for name, value in {"contact_id": self.lawyer, **values}.items():
                form[name] = value
        return form.record.action_hand_over()

    def case(self):
        self.env.invalidate_all()
        return self.env["collection.case"].search([("partner_id", "=", self.customer.id)], limit=1)


@tagged("post_install", "-at_install")
class TestCases(CaseCase):
    def test_handing_over_and_taking_back(self):
        self.policy.level_ids.requires_approval = True
        self.run_on(TODAY)
        notice = self.notices(self.move)
        self.hand_over(fee_percent=10.0)
        case = self.case()
        self.assertEqual((case.state, case.amount_handed, str(case.date)), ("with_them", 100.0, TODAY))
        self.assertEqual((self.customer.collection_state, notice.state), ("lawyer", "cancelled"))
        self.assertEqual((self.customer.case_count, self.customer.open_case_count), (1, 1))
        self.customer.with_user(self.worker).action_take_back()
        self.assertEqual((self.case().state, str(self.case().closed_date)), ("returned", TODAY))
        self.assertEqual(self.customer.collection_state, "normal")
        with self.assertRaisesRegex(UserError, "Nothing of this customer is handed over"):
            self.customer.action_take_back()

    def test_what_comes_back(self):
        self.hand_over(fee_percent=10.0, fee_fixed=5.0)
        case = self.case()
        self.pay(self.move, 60.0)
        self.assertEqual((self.case().amount_recovered, self.case().fee_agreed), (60.0, 11.0))
        self.credit(self.move, 15.0)
        self.assertEqual(self.case().amount_recovered, 60.0)  # a credit note is no money
        case.with_user(self.worker).fee_ids = [(0, 0, {"kind": "court", "amount": 12.5})]
        self.assertEqual((self.case().amount_fees, self.case().amount_net), (12.5, 47.5))
        with self.assertRaisesRegex(UserError, "Choose what came of it"):
            case.with_user(self.worker).action_close()
        case.outcome = "part"
        case.with_user(self.worker).action_close()
        self.assertEqual((self.case().state, self.customer.collection_state), ("closed", "normal"))
        self.pay(self.move, 10.0)
        self.assertEqual(self.case().amount_recovered, 60.0)
        groups = self.env["collection.case"]._read_group(
            [("contact_id", "=", self.lawyer.id)],
            ["contact_id"],
            ["amount_handed:sum", "amount_recovered:sum", "amount_fees:sum", "amount_net:sum"],
        )
        self.assertEqual(groups, [(self.lawyer, 100.0, 60.0, 12.5, 47.5)])

    def test_a_file_goes_to_nobody_who_is_gone(self):
        self.hand_over()
        for values in ({"email": False}, {"active": False}, {"is_wrong_addressee": True}):
            savepoint = self.env.cr.savepoint()
            self.lawyer.write(values)
            with self.subTest(values), self.assertRaisesRegex(UserError, "The file goes to nobody"):
                self.case().with_user(self.worker).action_send_file()
            savepoint.close(rollback=True)
            self.env.invalidate_all()
        self.assertFalse(self.case().file_sent_date)

    def test_paid_and_undone(self):
        self.hand_over()
        self.pay(self.move, 40.0)
        self.assertEqual(self.case().amount_recovered, 40.0)
        self.items(self.move).remove_move_reconcile()
        self.assertEqual(self.case().amount_recovered, 0.0)

    def test_the_file_goes(self):
        self.hand_over()
        case = self.case().with_user(self.worker).with_context(force_report_rendering=True)
        with self.allow_pdf_render():
            case.action_send_file()
        mail = self.env["mail.mail"].search([("model", "=", "collection.case"), ("res_id", "=", case.id)])
        self.assertEqual(mail.recipient_ids, self.lawyer)
        self.assertTrue(mail.attachment_ids.raw.startswith(b"%PDF-"))
        self.assertIn("100.00", mail.body_html)
        self.assertEqual(str(self.case().file_sent_date), TODAY)
        self.lawyer.email = False
        with self.assertRaisesRegex(UserError, "with an e-mail address"):
            case.action_send_file()
        case.action_take_back()
        with self.assertRaisesRegex(UserError, "The case has ended"):
            case.action_send_file()

    def test_insolvency(self):
        later = self.invoice(due="2026-04-20", amount=50.0)
        self.hand_over(kind="insolvency", filing_date="2026-03-01", court="Court", claim_deadline="2026-04-01")
        case = self.case()
        self.assertEqual((case.move_line_ids.move_id, case.amount_handed), (self.move | later, 150.0))
        self.assertEqual(self.customer.collection_state, "insolvency")
        claim = self.claims()
        self.assertEqual([str(day) for day in claim.mapped("date_deadline")], ["2026-03-25"])
        case.with_user(self.worker).claim_deadline = "2026-03-12"
        self.assertEqual([str(day) for day in self.claims().mapped("date_deadline")], [TODAY])
        case.with_user(self.worker).action_take_back()
        self.assertFalse(self.claims())

    def claims(self):
        self.env.invalidate_all()
        kind = self.env.ref("lead_to_cash.mail_activity_type_claim")
        return self.env["mail.activity"].search([("activity_type_id", "=", kind.id)])

    def test_many_at_once(self):
        other = self.env["res.partner"].create({"name": "Second"})
        self.invoice(due="2026-03-02", partner_id=other.id)
        nothing = self.env["res.partner"].create({"name": "Nothing"})
        self.hand_over()
        action = self.hand_over(self.customer | other | nothing)
        self.assertIn("Handed over: 1. Not: ", action["params"]["message"])
        for reason in ("handed over already (1)", "nothing past due (1)"):
            self.assertIn(reason, action["params"]["message"])
        self.assertEqual((other.collection_state, nothing.collection_state), ("lawyer", False))

    def test_bad_cases(self):
        self.hand_over()
        for values, sentence in (
            ({}, "Nobody was handed over: handed over already"),
            ({"contact_id": self.env["res.partner"], "kind": "insolvency"}, "handed over already"),
        ):
            with self.subTest(sentence), self.assertRaisesRegex(UserError, sentence):
                self.hand_over(**values)
        cases = self.env["collection.case"]
        with self.assertRaisesRegex(ValidationError, "is handed over already"), self.env.cr.savepoint():
            cases.create({"partner_id": self.customer.id})
        nothing = self.env["res.partner"].create({"name": "Nothing"})
        with self.assertRaisesRegex(ValidationError, "Nothing owes nothing"), self.env.cr.savepoint():
            cases.create({"partner_id": nothing.id})
        case = self.case()
        with self.assertRaisesRegex(ValidationError, "A fee is an amount above zero"), self.env.cr.savepoint():
            case.fee_ids = [(0, 0, {"kind": "fee", "amount": 0.0})]
        with self.assertRaisesRegex(ValidationError, "Choose a vendor bill"), self.env.cr.savepoint():
            case.fee_ids = [(0, 0, {"kind": "fee", "amount": 5.0, "bill_id": self.move.id})]
        with self.assertRaisesRegex(ValidationError, "from 0 to 100 per cent"), self.env.cr.savepoint():
            case.fee_percent = 101

    def test_who_may(self):
        self.hand_over()
        case = self.case()
        for login, groups in (("inv", "account.group_account_invoice"), ("ro", "account.group_account_readonly")):
            user = self.user(login, groups)
            self.assertEqual(case.with_user(user).partner_id, self.customer)
            for action in ("send_file", "take_back", "close"):
                with self.subTest(login, action=action), self.assertRaises(AccessError):
                    getattr(case.with_user(user), f"action_{action}")()
            for action in ("hand_over", "take_back"):
                with self.subTest(login, action=action), self.assertRaises(AccessError):
                    getattr(self.customer.with_user(user), f"action_{action}")()
        with self.assertRaises(UserError):
            case.with_user(self.worker).amount_recovered = 1000.0
        with self.assertRaises(UserError):
            case.with_user(self.worker).state = "closed"

    def test_merged(self):
        self.hand_over()
        target = self.env["res.partner"].create({"name": "Target", "email": "customer@example.com"})
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard.create(
            {"partner_ids": (self.customer | target).ids, "dst_partner_id": target.id, "state": "selection"}
        ).action_merge()
        self.env.invalidate_all()
        self.assertEqual(self.env["collection.case"].search([("partner_id", "=", target.id)]).state, "with_them")
