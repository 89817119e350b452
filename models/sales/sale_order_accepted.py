from markupsafe import Markup
from odoo import api, fields, models
from odoo.tools import format_date, is_html_empty


class SaleOrder(models.Model):
    """What a customer accepted by signing: the terms and conditions of that moment, with version and day."""

    _inherit = "sale.order"

    accepted_terms_id = fields.Many2one(
        "sale.terms.version",
        "Accepted Version",
        copy=False,
        readonly=True,
        groups=fields.NO_ACCESS,
        ondelete="restrict",
    )
    accepted_terms_on = fields.Datetime("Terms Accepted on", copy=False, readonly=True, groups="base.group_user")
    accepted_terms_title = fields.Char(
        "Accepted Terms", compute="_compute_accepted_terms", compute_sudo=True, groups="base.group_user"
    )
    # Of the orders that one reads, one reads what was accepted.
    accepted_terms_html = fields.Html(
        "Text of the Accepted Terms",
        compute="_compute_accepted_terms",
        compute_sudo=True,
        sanitize=False,
        groups="base.group_user",
    )

    @api.depends("accepted_terms_id", "accepted_terms_on")
    @api.depends_context("lang", "tz")
    def _compute_accepted_terms(self):
        for order in self:
            version = order.accepted_terms_id
            order.accepted_terms_title = bool(version) and order._accepted_title()
            order.accepted_terms_html = version.text

    def _accepted_title(self):
        day = fields.Datetime.context_timestamp(self, self.accepted_terms_on).date()
        return self.env._(
            "Accepted terms of %(day)s, version %(number)s",
            day=format_date(self.env, day),
            number=self.accepted_terms_id.number,
        )

    def _keep_accepted_terms(self):
        """The customer signs: the terms that are shown now are kept, whatever becomes of them."""
        for order in self:
            if text := order._shown_terms():
                version_sudo = self.env["sale.terms.version"]._of_text(order.company_id, text)
                order._stamp(accepted_terms_id=version_sudo.id, accepted_terms_on=self._now())
                said_sudo = self.env["res.users"]._noting(order, order.user_id).sudo()  # the number is no secret
                order._message_log(body=said_sudo._accepted_title())
            else:
                order._stamp(accepted_terms_id=None, accepted_terms_on=None)

    def _shown_terms(self):
        """What stands on the quotation, and what it links to, in the customer's language; empty without."""
        order = self.with_context(lang=self.partner_id.lang or self.env.lang).with_company(self.company_id)
        shown = [order.note]
        # A setting of the host.
        use_terms = self.env["ir.config_parameter"].sudo().get_param("account.use_invoice_terms")
        if use_terms and order.terms_type == "html":
            shown.append(order.company_id.invoice_terms_html)
        return Markup("\n").join(Markup(text) for text in shown if not is_html_empty(text))
