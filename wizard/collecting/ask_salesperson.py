from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from ...models.handling.next_action import ONCE

#: What a salesperson can be asked about.
ASKED_ABOUT = [("account.move", "Invoice"), ("res.partner", "Customer"), ("dunning.notice", "Dunning Notice")]


class DunningAskSalesperson(models.TransientModel):
    """A collector asks the salesperson for help: an activity on the invoice, which the salesperson sees
    also where the invoice itself is not for them. A customer's own are for every employee and company."""

    _name = "dunning.ask.salesperson"
    _description = "Ask the Salesperson"
    _inherit = ["l2c.chosen.mixin", "l2c.clock.mixin"]

    res_model = fields.Selection(ASKED_ABOUT, required=True)
    question = fields.Text(required=True)
    date_deadline = fields.Date(
        "Answer by", required=True, default=lambda self: self.env.company._working_days_later(1)
    )

    @api.model
    def _open(self, records):
        """The dialog for ``records``."""
        self.check_access("create")
        records.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("lead_to_cash.dunning_ask_salesperson_action")
        return action | {"context": {"default_res_model": records._name, "default_res_ids": records.ids}}

    def action_ask(self):
        """Plan an activity for each salesperson.

        :raise UserError: when an invoice or a customer has no salesperson
        """
        self.ensure_one()
        self.check_access("write")
        records = self._chosen(self.res_model)
        records.check_access("read")
        for target, user in {self._whom(record) for record in records}:
            # Who collects need not be allowed to write customers.
            target_sudo = user._reading(target.sudo())
            target_sudo.activity_schedule(
                "mail.mail_activity_data_todo",
                self.date_deadline,
                summary=target_sudo.env._("Collections asks for help"),
                note=plaintext2html(self.question),
                user_id=user.id,
                handling_step=ONCE,
            )
        return {"type": "ir.actions.act_window_close"}

    def _whom(self, record):
        """(record for the activity, salesperson)"""
        customer = record.partner_id if "partner_id" in record._fields else record
        invoices = record if record._name == "account.move" else self.env["account.move"]
        if record._name == "dunning.notice":
            invoices = record._escalated_invoices()
        company = invoices.company_id[:1] or self.env.company
        sellers = invoices.invoice_user_id | customer.user_id | customer.commercial_partner_id.user_id
        user = sellers.filtered(lambda seller: seller.active and company in seller.sudo().company_ids)[:1]  # a fact
        if not user:
            raise UserError(
                self.env._("%(name)s has no salesperson. Set one on the customer.", name=customer.display_name)
            )
        documents = customer.with_company(company)._debt_documents()
        return invoices[:1] or documents.get(customer.commercial_partner_id, customer.commercial_partner_id), user
