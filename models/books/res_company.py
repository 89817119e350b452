from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    """What a country asks companies to print on their letters; printed where it is filled."""

    _inherit = "res.company"

    legal_form = fields.Char(
        help="For instance S.R.L. Printed on quotations, invoices and letters.", groups="base.group_user"
    )
    trade_register = fields.Char(
        "Trade Register Number",
        help="For instance J40/1234/2020. Printed on quotations, invoices and letters.",
        groups="base.group_user",
    )
    share_capital = fields.Monetary(
        help="Printed on quotations, invoices and letters. 0: not printed.", groups="base.group_user"
    )

    ageing_days_1 = fields.Integer(
        "Ageing: First Column until", default=30, help="Days past due.", groups="base.group_user"
    )
    ageing_days_2 = fields.Integer(
        "Ageing: Second Column until", default=60, help="Days past due.", groups="base.group_user"
    )
    ageing_days_3 = fields.Integer(
        "Ageing: Third Column until", default=90, help="Days past due.", groups="base.group_user"
    )

    def _particulars(self):
        """Whether the company prints its particulars: it filled in one that Odoo doesn't print."""
        self.ensure_one()
        return bool(self.legal_form or self.trade_register or self.share_capital or self._company_number())

    def _company_number(self):
        """The company's number, unless it is the tax number once more."""
        number = self.company_registry
        return number if number and number not in (self.vat or "") else False

    def _seat(self):
        """The company's address on one line."""
        lines = self.partner_id._display_address(without_company=True).splitlines()
        return ", ".join(part for line in lines if (part := line.strip(" ,")))

    # Ageing -------------------------------------------------------------------------------

    @api.constrains("ageing_days_1", "ageing_days_2", "ageing_days_3")
    def _check_ageing_days(self):
        for company in self:
            first, second, third = company._ageing_limits()
            if not 0 < first < second < third:
                raise ValidationError(
                    self.env._("The columns of the ageing need rising numbers of days, like 30, 60 and 90.")
                )

    def _ageing_limits(self):
        """The last day past due of each column but the last."""
        return self.ageing_days_1, self.ageing_days_2, self.ageing_days_3
