from urllib.parse import quote

from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: What an address may name of the customer.
PLACEHOLDERS = ("{number}", "{vat}", "{name}")


class PublicRegister(models.Model):
    """Where a country shows in public what is known of a company: registrar, tax office, courts."""

    _name = "public.register"
    _inherit = ["l2c.real.records.mixin"]
    _description = "Public Register"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: for all companies.", index=True, ondelete="cascade")
    country_id = fields.Many2one("res.country", ondelete="cascade", help="Customers of which country stand there.")
    country_group_id = fields.Many2one(
        "res.country.group", "Countries", ondelete="cascade", help="Instead of one country, such as the European Union."
    )
    url = fields.Char(
        "Address",
        required=True,
        help="In it, {number} is the customer's company number, {vat} its VAT number, {name} its name.",
    )

    @api.constrains("url")
    def _check_url(self):
        for register in self:
            start = register.url.split("{", 1)[0]
            if not start.startswith("https://") or "/" not in start.removeprefix("https://"):
                raise ValidationError(
                    self.env._(
                        "The address of %(name)s has to begin with https:// and the name of a server.",
                        name=register.name,
                    )
                )

    @api.model
    def _of(self, partner):
        """The registers in which this customer's country keeps its companies."""
        country = partner.country_id
        own = self.search([("company_id", "in", (False, self.env.company.id))])
        return own.filtered(
            lambda register: (
                country and (register.country_id == country or country in register.country_group_id.country_ids)
            )
        )

    def _address(self, partner):
        """Where the customer stands in the register."""
        values = (partner.company_registry or partner.vat or "", partner.vat or "", partner.name or "")
        url = self.url
        for placeholder, value in zip(PLACEHOLDERS, values, strict=True):
            url = url.replace(placeholder, quote(value, safe=""))
        return url
