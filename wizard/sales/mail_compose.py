from markupsafe import Markup
from odoo import models

from ...engine.handling.own import Own


class MailComposeMessage(models.TransientModel):
    """An e-mail of the series that was edited before it went doesn't wait any more, and has its way out."""

    _inherit = "mail.compose.message"

    def _action_send_mail_comment(self, res_ids):
        of_series = self.model == "crm.lead" and self.env.context.get("l2c_series_draft")
        leads = self.env["crm.lead"].browse(res_ids if of_series else ())._filtered_access("write")
        composer = self._with_way_out(leads) if len(leads) == 1 else self
        result = super(MailComposeMessage, composer)._action_send_mail_comment(res_ids)
        leads._draft_is_done()
        return result

    def _with_way_out(self, lead):
        """Whoever changes the words doesn't take the way out away, of the text and of its header."""
        lead._check_reachable()
        [lang] = lead._by_sales_lang(self.template_id)
        address = lead._sales_mail_addresses()[lead.id]
        self.body = (self.body or Markup()) + lead._way_out(address, lang)
        return self.with_context(l2c_way_out=Own(address))
