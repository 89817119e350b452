from functools import cache

from markupsafe import Markup
from odoo import models
from odoo.tools import plaintext2html

from ...engine.handling.own import own

#: Sent to the address that was looked at, and to nobody else the template may name.
ONLY_THE_ADDRESS = {"email_to": False, "email_cc": False, "recipient_ids": []}


class HandlingMixin(models.AbstractModel):
    """Automatic sales mails and SMS: only with a basis, never to a blocked address or number,
    always with the sender and a way out."""

    _inherit = "handling.mixin"

    def _contact_basis(self):
        """On what basis the contact is written to: a key of ``BASES``; False, as for invoices,
        when no automatic sales mail or SMS goes out at all."""
        return False

    def _sales_contact(self):
        """The record with the e-mail address and the phone number."""
        return self.partner_id

    def _sales_mail_address(self):
        """The address of an automatic sales mail; none when there is no basis for one."""
        contact = self._sales_contact()
        return "" if contact.is_blacklisted or not self._contact_basis() else contact.email_normalized or ""

    def _sales_mail_addresses(self):
        """{id: address} of the documents whose contacts may be written to: not to an address of which
        somebody said that it isn't theirs."""
        found = {document.id: document._sales_mail_address() for document in self}
        partners_sudo = self.env["res.partner"].sudo().with_context(active_test=False)  # no secret, of whomever
        marked = [("email_normalized", "in", list(set(found.values()))), ("is_wrong_addressee", "=", True)]
        wrong = set(partners_sudo.search(marked).mapped("email_normalized"))
        return {document_id: address for document_id, address in found.items() if address and address not in wrong}

    def _sales_sms_number(self):
        """The number of an automatic sales SMS; none when there is no basis for one."""
        contact = self._sales_contact()
        return "" if contact.phone_blacklisted or not self._contact_basis() else contact.phone_sanitized or ""

    def _send_sales_mail(self, template):
        """Queue ``template`` for each document that may be written to."""
        addresses = self._sales_mail_addresses()
        documents = self.browse(addresses)
        if not template or not documents:
            return
        frame = cache(lambda company, lang: company._mail_frame(lang))  # rendered once
        for lang, group in documents._by_sales_lang(template).items():
            spoken = template.with_context(lang=lang)
            # Whoever logs a try need not administer mails: these are under sudo.
            for mail_sudo in spoken.send_mail_batch(group.ids, email_values=ONLY_THE_ADDRESS):
                document = self.browse(mail_sudo.res_id)
                # A template with a layout of Odoo's has one.
                layout = None if template.email_layout_xmlid else frame(document.company_id or self.env.company, lang)
                mail_sudo.write(document._prepare_sales_mail_values(mail_sudo, addresses[document.id], lang, layout))
                sender = document._handling_user().email_formatted
                if sender and not template.email_from:
                    mail_sudo.email_from = sender

    def _on_basis_of_series(self):
        """Those to which an e-mail or SMS of the series may go by itself."""
        return self

    def _draft_series(self, step):
        """An e-mail of the series waits for a person: on leads. Elsewhere it goes by itself."""
        self._send_sales_mail(step.mail_template_id)

    def _by_sales_lang(self, template):
        """{language: documents}: as the template says, else the contact's; not that of whoever logs a try."""
        langs = template._render_lang(self.ids)
        return self.grouped(lambda document: langs[document.id] or document._sales_lang())

    def _prepare_sales_mail_values(self, mail, address, lang, frame=None):
        """What is written on a rendered ``mail``: its address, and its text with the way out in its ``frame``; without
        one, the text names the sender."""
        footer = self._way_out(address, lang, not frame and (self.company_id or self.env.company))
        # HTML both: a text would be escaped.
        body = Markup(mail.body_html) + footer
        body = self.env["mail.template"].with_context(lang=lang)._directed(body)
        return {
            "email_to": address,
            "body_html": frame.around(body) if frame else body,
            "headers": repr(self.env["mail.blacklist"]._opt_out_headers(address)),
            "scheduled_date": self._mail_waits_until(),
        }

    def _way_out(self, address, lang, company=False):
        """The end of an e-mail to ``address``: how to have no more, and ``company`` as the sender."""
        values = {"company": company, "url": self.env["mail.blacklist"]._opt_out_url(address)}
        return self.env["ir.qweb"].with_context(lang=lang)._render("lead_to_cash.sales_mail_footer", values)

    def _send_sales_sms(self, template):
        """Queue the SMS ``template`` for each document that may be written to."""
        numbers = {document.id: document._sales_sms_number() for document in self}
        documents = self.filtered(lambda document: numbers[document.id])
        if not template or not documents:
            return
        texts = {}
        for lang, group in documents._by_sales_lang(template).items():
            texts |= template._render_field("body", group.ids, set_lang=lang)
        texts = {
            document.id: texts[document.id] + document._sales_sms_end(numbers[document.id]) for document in documents
        }
        logged = documents._message_log_batch(
            bodies={res_id: plaintext2html(text) for res_id, text in texts.items()}, message_type="sms"
        )
        # Whoever logs a try need not administer SMS.
        self.env["sms.sms"].sudo().create(
            [
                {
                    "number": numbers[message.res_id],
                    "body": texts[message.res_id],
                    "mail_message_id": message.id,
                    "waits_until": self.browse(message.res_id)._mail_waits_until(),
                }
                for message in logged
            ]
        )

    def _sales_sms_end(self, number):
        """Who writes, and how to have no more."""
        company = (self.company_id or self.env.company).name
        url = self.env["phone.blacklist"]._opt_out_url(number)
        return "\n" + self.with_context(lang=self._sales_lang()).env._(
            "%(company)s. No more such messages: %(url)s", company=company, url=url
        )

    def _sales_lang(self):
        """The contact's language."""
        return self.partner_id.lang or self.env.lang

    def _mail_on_entering(self, changed):
        """Who enters a status gets its e-mail. Not while importing: what is brought in has
        happened long ago."""
        if not own(self.env, "l2c_status_of"):
            for status, documents in self._by_status(changed, "mail_template_id").items():
                documents._send_sales_mail(status.mail_template_id)
