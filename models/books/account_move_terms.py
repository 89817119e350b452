from odoo import fields, models


class AccountMove(models.Model):
    """What is printed on an invoice beside Odoo's own."""

    _inherit = "account.move"

    allocation_number = fields.Char(
        copy=False,
        help="Given by the tax authority for this invoice, also after it was posted. Printed on it.",
        groups="base.group_user",
    )

    def write(self, vals):
        # Given by an authority to an invoice that stays as it is.
        if vals.keys() == {"allocation_number"}:
            self = self.with_context(skip_is_manually_modified=True)  # noqa: PLW0642
        return super().write(vals)

    def _online_payment_url(self):
        """Where the customer can pay the invoice online; nothing where that is not possible,
        or where Odoo prints its own link."""
        self.ensure_one()
        if not self.id or self.display_link_qr_code or not self._has_to_be_paid():
            return False
        # Which payment providers are set up is no secret to whom the invoice is for.
        providers_sudo = self.env["payment.provider"].sudo()
        domain = [("state", "in", ("enabled", "test")), ("is_published", "=", True)]
        domain.append(("company_id", "parent_of", self.company_id.ids))
        if not providers_sudo.search_count(domain, limit=1):
            return False
        return self.get_base_url() + self.get_portal_url()
