import logging

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...engine.portal.answers import RATED

_logger = logging.getLogger(__name__)

#: What tells who somebody is, on a contact; the country stays, taxes depend on it.
PERSONAL = {
    *("email", "phone", "street", "street2", "zip", "city", "state_id", "website", "function", "comment"),
    *("company_name", "company_registry", "image_1920"),
}
#: What each company has for itself: mostly our marks.
MARKS = {
    "barcode",
    *("dunning_hold_until", "dunning_hold_reason", "payment_days", "withholding_rate", "collection_note"),
    *("payment_weekday", "needs_order_number", "supplier_portal_url", "best_call_hour", "best_channel"),
    *("external_rating", "external_rating_source", "external_rating_date"),
    *("payment_grade", "turnover_year", "main_category_id", "years_as_customer"),
}
#: The same on a lead.
OF_LEAD = {
    *("contact_name", "partner_name", "email_from", "phone", "website", "function", "description", "referred"),
    *("street", "street2", "zip", "city", "state_id", "email_cc"),
    *("need", "decision_maker", "decision_when", "handover_note"),
    "closure_note",
}


class Anonymising(models.AbstractModel):
    """Takes out of our records, and of contacts, who a person is. Amounts, dates and documents stay."""

    _name = "l2c.anonymising"
    _description = "Anonymising a Customer"

    @api.model
    def _anonymise(self, partners_sudo):
        """Anonymise these contacts, with all that is kept about them: under sudo, for whoever was allowed
        to by ``action_anonymise``."""
        quiet = {"tracking_disable": True, "mail_notrack": True, "active_test": False}
        partners = partners_sudo.with_context(**quiet)
        leads = self._leads(partners)
        self._forget_words(partners, leads)
        self._forget_leads(leads)
        self._forget_contacts(partners)
        self.env.flush_all()
        self.env["l2c.audit.log"]._forget(partners)
        for statement in (  # copies of names and addresses; for the ORM, ratings would be of today
            SQL("UPDATE mail_message SET email_from = NULL WHERE author_id IN %s", partners._ids),
            SQL(  # of what they have read of others' notices
                """UPDATE mail_mail SET email_to = NULL, email_cc = NULL FROM mail_message_res_partner_rel r
                    WHERE r.mail_message_id = mail_mail.mail_message_id AND r.res_partner_id IN %s
                      AND mail_mail.dunning_notice_id IS NOT NULL AND mail_mail.state NOT IN ('outgoing', 'exception')""",
                partners._ids,
            ),
            SQL(
                "UPDATE sale_order SET closure_note = NULL, customer_need = NULL WHERE partner_id IN %s", partners._ids
            ),
            SQL(
                "UPDATE account_move SET closure_note = NULL, dunning_pause_reason = NULL WHERE partner_id IN %s",
                partners._ids,
            ),
            SQL(
                """UPDATE mail_activity SET note = NULL WHERE res_model = 'account.move'
                      AND res_id IN (SELECT id FROM account_move WHERE partner_id IN %s)""",
                partners._ids,
            ),
            SQL("UPDATE rating_rating SET res_name = NULL WHERE partner_id IN %s", partners._ids),
        ):
            self.env.cr.execute(statement)
        self.env.invalidate_all()
        _logger.info("%s was anonymised by the user %s", partners, self.env.uid)

    @api.model
    def _leads(self, partners):
        """The leads of these contacts, and those without a contact that have their address."""
        emails = [email for email in partners.mapped("email_normalized") if email]
        by_address = Domain("partner_id", "=", False) & Domain("email_normalized", "in", emails)
        return partners.env["crm.lead"].search(Domain("partner_id", "in", partners.ids) | by_address)

    @api.model
    def _forget_words(self, partners, leads):
        """What was said and written, by them or about them."""
        env = partners.env
        own = Domain("partner_id", "in", partners.ids)
        attempts = env["contact.attempt"].with_context(active_test=False)  # also those taken back
        attempts = attempts.search(own | (Domain("res_model", "=", "crm.lead") & Domain("res_id", "in", leads.ids)))
        attempts.message_id._unlink_unless_audited()
        attempts.write({"note": False, "snapshot": False})
        env["rating.rating"].search(own & Domain("res_model", "in", RATED))._forget()
        answers = env["dunning.answer"].search(own)
        answers._forget_words()
        answers.note = False
        env["dunning.notice"].search(own)._forget_words()
        env["account.letter"].search(own)._forget_words()
        gone = env._("Anonymised")
        self._forget_cards(partners)
        env["dunning.dispute"].search(own).attachment_ids.unlink()
        for model, values in {
            "dunning.dispute": {"note": gone, "closing_note": False, "answer": False},
            "collection.case": {"note": False, "outcome_note": False},
            "dunning.sales.release": {"reason": gone},
            "balance.confirmation": {"note": False, "access_token": False},
            "dunning.watch": {"dealt_note": False},
            "customer.warning": {"what": gone, "source": gone},
            "dunning.write.off": {},
            "dunning.plan": {"confirmed_from": False, "access_token": False},
            "payment.loyalty.grant": {},
        }.items():
            records = env[model].with_context(active_test=False).search(own)
            records.write(values)
            self._forget_chatter(records)

        for model in ("payment.grade", "payment.forecast"):
            env[model].search(own).unlink()

    @api.model
    def _forget_cards(self, partners):
        """What they have agreed to, also for another, ends, and so do their cards."""
        env = partners.env
        names = ("partner_id", "agreed_by_id", "withdrawn_by_id", "token_id.partner_id")
        consents = env["payment.consent"].search(Domain.OR(Domain(name, "in", partners.ids) for name in names))
        consents._withdraw()
        consents.write({"card": False, "agreed_from": False, "withdrawn_from": False, "access_token": False})
        self._forget_chatter(consents)
        cards = env["payment.token"].search([("partner_id", "in", partners.ids)])
        cards.filtered("active").active = False
        cards.payment_details = False

    @api.model
    def _forget_leads(self, leads):
        leads.write(dict.fromkeys(OF_LEAD, False))
        for lead in leads:
            lead.name = leads.env._("Anonymous lead #%s", lead.id)
        self._forget_chatter(leads)

    @api.model
    def _forget_contacts(self, partners):
        """Marks first: a hold without its day has no reason."""
        for company in partners.env["res.company"].search([]):
            partners.with_company(company).write(dict.fromkeys(MARKS, False))
        partners.write({**dict.fromkeys(PERSONAL, False), "partner_latitude": 0, "partner_longitude": 0})
        for partner in partners:
            partner.name = partners.env._("Anonymous customer #%s", partner.id)
        for user in partners.user_ids:  # of those who have logged in once
            user.login = f"anonymous-{user.id}"
        partners.bank_ids.write({"active": False, "acc_holder_name": False})
        files = [partner._collection_file_mark() for partner in partners]
        partners.env["ir.attachment"].search([("description", "in", files)]).unlink()
        self._forget_chatter(partners)

    @api.model
    def _forget_chatter(self, records):
        """The messages and activities of these records, but what the law keeps where the company says so."""
        about = Domain("model", "=", records._name) & Domain("res_id", "in", records.ids)
        messages = records.env["mail.message"].search(about)
        messages.rating_ids._forget()
        records.env["sms.sms"].search([("mail_message_id", "in", messages.ids)]).unlink()
        messages.exists()._unlink_unless_audited()
        if "activity_ids" in records._fields:
            records.activity_ids.unlink()
