from odoo import api, fields, models

from ...engine.sales import proforma as engine


class SaleOrder(models.Model):
    """An order that is invoiced later: its customer is told some days before, where they want it."""

    _inherit = "sale.order"

    planned_invoice_date = fields.Date(
        "Planned Invoice",
        copy=False,
        groups="base.group_user",
        help="The day on which the invoice is planned. Empty: the delivery date, of what is invoiced when it is "
        "delivered.",
    )
    tells_planned_invoice = fields.Boolean(
        "Announce the Invoice",
        groups="base.group_user",
        help="The customer gets an e-mail some days before the planned invoice, as many as the settings say.",
    )
    planned_invoice_told = fields.Date(
        "Announced for", copy=False, readonly=True, groups="base.group_user", help="The planned day that was told."
    )

    @api.model
    def _announce_invoices(self):
        """Some days before the planned invoice its customer is told, once for each planned day."""
        template = self.env.ref("lead_to_cash.mail_template_planned_invoice", raise_if_not_found=False)
        companies_sudo = self.env["res.company"].sudo()  # their settings, whoever the job runs as
        for company in companies_sudo.search([("planned_invoice_days", ">", 0)]) if template else ():
            self.env.flush_all()
            asked = engine.planned(self._today(), company._zone(), company.id, company.planned_invoice_days)
            rows = self.env.execute_query(asked)
            for day in dict.fromkeys(row[1] for row in rows):
                self.browse(row[0] for row in rows if row[1] == day)._stamp(planned_invoice_told=day)
            self.browse(row[0] for row in rows)._mail_customers(template)


class ResPartner(models.Model):
    _inherit = "res.partner"

    tells_planned_invoice = fields.Boolean(
        "Announce Invoices",
        groups="sales_team.group_sale_salesman,account.group_account_invoice,account.group_account_readonly",
        help="The customer wants an e-mail some days before each planned invoice.",
    )
