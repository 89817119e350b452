from odoo import models


class MailMail(models.Model):
    """The way out of sales mails is for the address that it names: whoever else gets the same e-mail, as a follower,
    would take another one off the list."""

    _inherit = "mail.mail"

    def _prepare_outgoing_list(self, mail_server=False, doc_to_followers=None):
        emails = super()._prepare_outgoing_list(mail_server=mail_server, doc_to_followers=doc_to_followers)
        for email in emails:
            address = self.env["mail.blacklist"]._opted_out_address(email["headers"])
            if address is not None and email["email_to_normalized"] != [address]:
                email["headers"] = {
                    name: value for name, value in email["headers"].items() if not name.startswith("List-Unsubscribe")
                }
        return emails
