"""The e-mail on entering a status: once, only with a basis, and not for what is imported."""

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..common import HandlingCase


class StatusMailCase(HandlingCase):
    def template(self, model, **values):
        return self.env["mail.template"].create(
            {
                "name": "Entered",
                "model_id": self.env["ir.model"]._get_id(model),
                "subject": "We go on",
                "body_html": "<p>Hello</p>",
                **values,
            }
        )

    def enters(self, model, role):
        """Entering the role sends an e-mail from now on."""
        status = self.status(model, role)
        status.mail_template_id = self.template(model)
        return status

    def mails(self, documents):
        return self.env["mail.mail"].search([("model", "=", documents._name), ("res_id", "in", documents.ids)])


@tagged("post_install", "-at_install")
class TestStatusMail(StatusMailCase):
    def asked(self, **values):
        return self.lead(**{"email_from": "lead@example.com", "contact_basis": "enquiry", **values})

    def test_nothing_is_sent_as_shipped(self):
        self.assertFalse(self.env["handling.status"].with_context(active_test=False).search([]).mail_template_id)
        lead = self.asked()
        lead.action_log_attempt("reached")
        self.assertFalse(self.mails(lead))

    def test_by_choice_and_by_event_once_for_each_entering(self):
        status = self.enters("crm.lead", "in_progress")
        for name, enter in (
            ("chosen", lambda lead: lead.write({"handling_status_id": status.id})),
            ("reached twice", lambda lead: [lead.action_log_attempt("reached") for _i in range(2)]),
            ("quotation sent", lambda lead: self.order(opportunity_id=lead.id).action_quotation_sent()),
            ("made", None),
        ):
            with self.subTest(name):
                lead = self.asked(**({} if enter else {"handling_status_id": status.id}))
                if enter:
                    self.assertFalse(self.mails(lead))
                    enter(lead)
                self.assertEqual(len(self.mails(lead)), 1)
                lead.handling_status_id = status
                lead.action_log_attempt("reached")
                lead.description = "Nothing about the status"
                self.assertEqual(len(self.mails(lead)), 1, "it has not been entered again")
                lead.handling_status_id = self.status("crm.lead", "contacted")
                lead.handling_status_id = status
                self.assertEqual(len(self.mails(lead)), 2)

    def test_it_is_an_automatic_sales_mail(self):
        status = self.enters("crm.lead", "contacted")
        self.env["mail.blacklist"].create({"email": "blocked@example.com"})
        asked, blocked, cold = (
            self.asked(),
            self.asked(email_from="blocked@example.com"),
            self.asked(contact_basis=False),
        )
        (asked | blocked | cold).handling_status_id = status
        mail = self.mails(asked | blocked | cold)
        self.assertEqual((mail.res_id, mail.email_to, mail.state), (asked.id, "lead@example.com", "outgoing"))
        self.assertIn(self.env.company.name, mail.body_html)
        self.assertIn("opt-out", mail.body_html)
        self.assertIn("List-Unsubscribe", mail.headers)

    def test_not_while_importing_and_not_while_installing(self):
        status = self.enters("crm.lead", "contacted")
        columns = ["name", "email_from", "contact_basis", "handling_status_id/id"]
        row = ["Imported", "lead@example.com", "Own enquiry", "lead_to_cash.status_lead_contacted"]
        result = self.env["crm.lead"].load(columns, [row])
        lead = self.env["crm.lead"].browse(result["ids"])
        self.assertEqual(lead.handling_status_id, status, result["messages"])
        self.assertFalse(self.mails(lead))
        self.cr.execute("UPDATE crm_lead SET handling_status_id = NULL, won_status = 'pending' WHERE id = %s", lead.ids)
        self.enters("crm.lead", "new")
        self.env["crm.lead"]._handling_install()
        self.env.invalidate_all()
        self.assertEqual(lead.handling_role, "new")
        self.assertFalse(self.mails(lead))

    def test_by_the_date_alone(self):
        self.enters("sale.order", "dormant")
        order = self.order(validity_date="2026-03-15")
        order.action_quotation_sent()
        for _twice in range(2):
            self.nightly("2026-03-16")
            self.assertEqual(len(self.mails(order)), 1)

    def test_a_deleted_template_sends_nothing(self):
        status = self.enters("crm.lead", "contacted")
        self.asked().handling_status_id = status  # remembered by now
        status.mail_template_id.unlink()
        lead = self.asked()
        lead.handling_status_id = status
        self.assertEqual((lead.handling_status_id, self.mails(lead).ids), (status, []))

    def test_templates_of_the_same_document_only(self):
        for model, role, template, sentence in (
            ("crm.lead", "new", "sale.order", "is for other documents than the status New"),
            ("sale.order", "new", "crm.lead", "is for other documents than the status Draft"),
            ("account.move", "won", "account.move", "written to about invoices by dunning policies"),
        ):
            status = self.status(model, role)
            with self.subTest(model), self.assertRaisesRegex(ValidationError, sentence), self.cr.savepoint():
                status.mail_template_id = self.template(template)
        with self.assertRaisesRegex(ValidationError, "other documents"), self.cr.savepoint():
            self.status("crm.lead", "no_answer").series_ids = [
                (0, 0, {"number": 1, "mail_template_id": self.template("sale.order").id})
            ]
        with self.assertRaisesRegex(ValidationError, "Choose an e-mail or an SMS for try 1"), self.cr.savepoint():
            self.status("crm.lead", "no_answer").series_ids = [(0, 0, {"number": 1})]

    def test_many_at_once(self):
        """A further e-mail costs no further query."""
        status, counts = self.enters("crm.lead", "contacted"), []
        for number in (5, 45):
            leads = self.env["crm.lead"].create(
                [{"name": "Lead", "email_from": f"l{n}@example.com", "contact_basis": "enquiry"} for n in range(number)]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            leads.handling_status_id = status
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
            self.assertEqual(len(self.mails(leads)), number)
        self.assertLess((counts[1] - counts[0]) / 40, 0.5, counts)
