from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...engine.books.bank_account import grouped, is_iban
from ...engine.books.particulars import is_same, israeli_kind
from ...engine.handling.own import Own


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

    registered_as = fields.Selection(
        [("company", "Company"), ("licensed", "Licensed Dealer"), ("exempt", "Exempt Dealer")],
        help="Says what stands before the number on papers and e-mails. Empty: a company where the number begins "
        "with 5, else a licensed dealer.",
        groups="base.group_user",
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
        """The company's number, unless it is the tax number or the trade register's once more."""
        number = self.company_registry
        known = number and (number in (self.vat or "") or is_same(number, self.trade_register))
        return number and not known and number

    def _tax_label_of(self, country):
        """What stands before a tax number of that country, or of the company's where there is none."""
        country = country or self._tax_country()
        if country.code == "RO":
            return "CUI"  # Odoo's says VAT, which is the tax
        # So do its Hebrew and Romanian translations of VAT.
        is_the_tax = country.with_context(lang="en_US").vat_label == "VAT" and self.env.lang in ("he_IL", "ro_RO")
        return (not is_the_tax and country.vat_label) or self.env._("Tax ID")

    def _tax_label(self):
        """What stands before the company's own tax number. Of an Israeli one it says what the company is."""
        country = self._tax_country()
        if country.code != "IL":
            return self._tax_label_of(country)
        labels = {
            "company": self.env._("Company No."),
            "licensed": self.env._("Licensed Dealer No."),
            "exempt": self.env._("Exempt Dealer No."),
        }
        return labels[self.registered_as or israeli_kind(self.vat)]

    def _tax_country(self):
        return self.account_fiscal_country_id or self.country_id

    def _printed_iban(self):
        """The account that Romanian companies print among their particulars."""
        numbers = self.partner_id.bank_ids.mapped("acc_number") if self._tax_country().code == "RO" else []
        return next((grouped(number) for number in numbers if is_iban(number)), False)

    def _seat(self):
        """The company's address on one line."""
        return ", ".join(self.partner_id._address_lines())

    # Ways to pay --------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies._make_payment_ways()
        return companies

    def _make_payment_ways(self):
        """At least a transfer, until somebody chooses; branches have their parents' ways."""
        ways_sudo = self.env["l2c.payment.way"].sudo()  # whoever makes the company
        known = ways_sudo.with_context(active_test=False).search([("company_id", "in", self.ids)]).company_id
        wanting = self.filtered(lambda company: not company.parent_id) - known
        ways_sudo.with_context(install_mode=Own(True)).create([{"company_id": company.id} for company in wanting])

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
