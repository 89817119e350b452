from odoo import models


class HandlingMixin(models.AbstractModel):
    """Automatic sales mails: only with a basis, never to a blocked address, always with the
    sender's address and a way out."""

    _inherit = "handling.mixin"

    def _sales_mail_address(self):
        """The address of an automatic sales mail; none when there is no basis for one."""
        partner = self.partner_id
        return "" if partner.is_blacklisted else partner.email_normalized

    def _send_sales_mail(self, template):
        """Queue ``template`` for each document that may be written to."""
        for document in self:
            if address := document._sales_mail_address():
                mail = self.env["mail.mail"].browse(template.send_mail(document.id))
                url = self.env["mail.blacklist"]._opt_out_url(address)
                company = document.company_id or self.env.company
                footer = self.env["ir.qweb"]._render("lead_to_cash.sales_mail_footer", {"company": company, "url": url})
                mail.write({"body_html": mail.body_html + footer, "headers": repr({"List-Unsubscribe": f"<{url}>"})})
