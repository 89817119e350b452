from markupsafe import Markup
from odoo import models


class MailComposeMessage(models.TransientModel):
    """An e-mail of the series that was edited before it went doesn't wait any more, and has its way out."""

    _inherit = "mail.compose.message"

    def _action_send_mail_comment(self, res_ids):
        of_series = self.model == "crm.lead" and self.env.context.get("l2c_series_draft")
        leads = self.env["crm.lead"].browse(res_ids if of_series else ())._filtered_access("write")
        if len(leads) == 1:
            self._add_way_out(leads)
        result = super()._action_send_mail_comment(res_ids)
        leads._draft_is_done()
        return result

    def _add_way_out(self, lead):
        """Whoever changes the words doesn't take the way out away."""
        lead._check_reachable()
        [lang] = lead._by_sales_lang(self.template_id)
        self.body = (self.body or Markup()) + lead._way_out(lead._sales_mail_addresses()[lead.id], lang)
