from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain

#: States of a payment that was taken back.
RETURNED = ("rejected", "canceled")


class AccountPayment(models.Model):
    """A payment without an entry of its own changes its invoices by its state alone."""

    _inherit = "account.payment"

    def write(self, vals):
        if "state" not in vals:
            return super().write(vals)
        # Without an entry nothing is reconciled; asking for it is dear.
        invoices = self.invoice_ids | self.filtered("move_id").reconciled_invoice_ids
        under_way = self.filtered(lambda payment: payment.state in ("in_process", "paid")).invoice_ids
        result = super().write(vals)
        if vals["state"] in RETURNED:
            under_way.line_ids._payment_returned()
        (invoices | self.invoice_ids)._handling_sync()
        return result

    def _cheque_domain(self, today):
        """What customers have given that falls due after today. (Odoo calls a payment paid as soon
        as its invoices are, whatever its date.)"""
        return (
            Domain("state", "in", ("in_process", "paid"))
            & Domain("payment_type", "=", "inbound")
            & Domain("partner_type", "=", "customer")
            & Domain("date", ">", today)
        )

    def action_payment_returned(self):
        """The bank gave the payment back: ask when and why."""
        self.check_access("read")
        self.env["payment.return"].check_access("create")
        payments = self.filtered(
            lambda payment: payment.payment_type == "inbound" and payment.state in ("in_process", "paid")
        )
        if not payments:
            raise UserError(self.env._("There is no payment to return."))
        action = self.env["ir.actions.act_window"]._for_xml_id("lead_to_cash.payment_return_action")
        context = {"default_payment_ids": payments.ids, "default_payment_id": payments[-1:].id}
        return action | {"context": context}

    def _return(self, day, reason):
        """Take the payment back on ``day``: its invoices are owed again, its entry is reversed,
        what was promised with it is broken, and the responsible knows at once."""
        self.ensure_one()
        invoices = self.reconciled_invoice_ids | self.invoice_ids
        items = invoices.line_ids._owed_by_customers()
        if self.move_id:
            items &= self.move_id.line_ids.matched_debit_ids.debit_move_id
            self._reverse_entry(day)
        self.action_reject()
        items._payment_returned(day)
        promises = self.env["dunning.promise"].search(
            [("move_line_ids", "in", items.ids), ("state", "in", ("open", "kept"))]
        )
        promises._break(items.env["res.company"]._today())
        body = self.env._("Payment returned: %(payment)s. %(reason)s", payment=self.display_name, reason=reason)
        invoices._message_log_batch(bodies=dict.fromkeys(invoices.ids, body))
        self._message_log(body=body)
        customer = self.partner_id.commercial_partner_id.with_company(self.company_id)
        customer._tell_responsible(self.env._("Payment returned"), {customer: body}, invoices)

    def _reverse_entry(self, day):
        """The opposite entry on ``day``. What the bank has confirmed stays matched; the bank's line
        of the return is matched with the opposite entry."""
        entry = self.move_id
        customer = entry.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        customer.remove_move_reconcile()
        values = {"date": day, "ref": self.env._("Returned: %s", entry.name)}
        opposite = entry._reverse_moves([values])
        self.move_id = entry  # copying an entry takes its payment along
        opposite._post(soft=False)
        for account, lines in (entry | opposite).line_ids.grouped("account_id").items():
            unmatched = lines.filtered(lambda line: not line.reconciled)
            if account.reconcile and len(unmatched) == len(lines):
                unmatched.reconcile()
