from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

from ...engine.books.terms import last_day


class PaymentTermLimit(models.Model):
    """Until when a country lets businesses and authorities wait with paying: law as data, with its source."""

    _name = "payment.term.limit"
    _inherit = ["l2c.real.records.mixin"]
    _description = "Longest Payment Term"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: for all companies.", index=True, ondelete="cascade")
    country_id = fields.Many2one("res.country", ondelete="cascade", help="For customers of which country.")
    country_group_id = fields.Many2one(
        "res.country.group", "Countries", ondelete="cascade", help="Instead of one country, such as the European Union."
    )
    category_id = fields.Many2one(
        "res.partner.category",
        "Only with the Tag",
        ondelete="cascade",
        help="Such as authorities. Empty: all businesses.",
    )
    days = fields.Integer("Days at Most", required=True)
    from_month_end = fields.Boolean("From the End of the Month", help="Else from the date of the document.")
    since = fields.Date("In Force since", required=True)
    until = fields.Date("In Force until")
    source = fields.Char(required=True, help="Where it stands.")

    _days_positive = models.Constraint("CHECK (days > 0)", "A payment term is at least one day long.")

    @api.constrains("country_id", "country_group_id")
    def _check_country(self):
        for limit in self:
            if bool(limit.country_id) == bool(limit.country_group_id):
                raise ValidationError(self.env._("Choose a country or a group of countries for %s.", limit.name))

    @api.model
    def _known_sudo(self, companies):
        """All limits of these companies: law is no secret, whoever writes a quotation."""
        # Law is no secret.
        return self.sudo().search(Domain("company_id", "in", [False, *companies.ids]))

    def _of(self, partner, company, day):
        """The one of these limits that a business is under on a day, by its own country, else the company's; the
        closest first: by its tag, its country, then its company. None of private persons, who may wait as was agreed."""
        customer = partner.commercial_partner_id
        if not (customer.is_company or customer.is_sole_trader):
            return self.browse()
        country = customer.country_id or company.account_fiscal_country_id
        fitting = self.filtered(
            lambda limit: (
                limit.company_id.id in (False, company.id)
                and limit.since <= day <= (limit.until or day)
                and country
                and (limit.country_id == country or country in limit.country_group_id.country_ids)
                and (not limit.category_id or limit.category_id in customer.category_id)
            )
        )
        return fitting.sorted(lambda limit: (not limit.category_id, not limit.country_id, not limit.company_id))[:1]

    def _passed_text(self, partner, company, start, due):
        """A warning where a document of the day ``start`` falls due later than these limits let it; else nothing."""
        limit = self._of(partner.sudo(), company.sudo(), start)  # what kind of customer it is, is no secret
        last = limit and last_day(start, limit.days, from_month_end=limit.from_month_end)
        if not last or due <= last:
            return False
        return self.env._(
            "It falls due on %(due)s. Unless more was expressly agreed, %(last)s is the last day: %(law)s (%(where)s).",
            due=format_date(self.env, due),
            last=format_date(self.env, last),
            law=limit.name,
            where=limit.source,
        )
