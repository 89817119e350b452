from odoo import models


class MailRenderMixin(models.AbstractModel):
    """Templates of e-mails and SMS."""

    _inherit = "mail.render.mixin"

    def _render_lang(self, res_ids, engine="inline_template"):
        """A language that isn't installed any more, as a lead may have one, is none: nothing can be rendered
        in it, and whoever logs a call would be refused."""
        langs, known = super()._render_lang(res_ids, engine=engine), self.env["res.lang"]._get_code
        return {res_id: lang and known(lang) for res_id, lang in langs.items()}
