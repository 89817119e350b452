from odoo import api, models


class PaymentProvider(models.Model):
    _inherit = "payment.provider"

    @api.model
    def _usable(self, company, partner, currency, amount):
        """The providers by which a customer can really pay an amount: of those that Odoo's payment form offers, the
        ones that are published, move money (in test mode they don't), and have a method to pay by.

        :param partner: who pays
        :param amount: in the currency; 0: any
        """
        if partner.company_id and partner.company_id != company:
            return self.browse()  # Odoo's form refuses them

        # Which providers and methods are set up is no secret to who is asked to pay.
        providers_sudo = self.sudo()._get_compatible_providers(company.id, partner.id, amount, currency_id=currency.id)
        providers_sudo = providers_sudo.filtered(lambda provider: provider.is_published and provider.state == "enabled")
        methods_sudo = self.env["payment.method"].sudo()  # as above
        methods_sudo = methods_sudo._get_compatible_payment_methods(
            providers_sudo.ids, partner.id, currency_id=currency.id
        )
        return providers_sudo & methods_sudo.provider_ids
