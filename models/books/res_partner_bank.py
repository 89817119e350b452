from odoo import models

from ...engine.books.bank_account import particulars


class ResPartnerBank(models.Model):
    _inherit = "res.partner.bank"

    def _particulars(self):
        """[(label, value)] of what a customer needs for a transfer to this account, in the form of its country."""
        self.ensure_one()
        labels = {
            "holder": self.env._("Account holder"),
            "bank": self.env._("Bank"),
            "branch": self.env._("Branch"),
            "account": self.env._("Account"),
            "iban": self.env._("IBAN"),
            "clearing": self.env._("Clearing number"),
            "bic": self.env._("BIC"),
        }
        country = self.bank_id.country.code or self.partner_id.country_id.code
        found = particulars(
            self.acc_number, country, clearing=self.clearing_number, bank=self.bank_id.name, bic=self.bank_id.bic
        )
        holder = self.acc_holder_name or self.partner_id.name
        return [(labels[what], value) for what, value in (("holder", holder), *found)]

    def _is_in(self, currency):
        """Whether it takes the currency: of an account without one, all."""
        return self.currency_id in (currency, currency.browse())
