from odoo import fields, models


class DunningNotice(models.Model):
    """What a notice says on paper: what comes next, and how to pay."""

    _inherit = "dunning.notice"

    def _next_level(self):
        """The policy's next step for items past due, of those that the customer's trust allows."""
        trusted = self.partner_id.with_company(self.company_id).trust == "good"
        later = self.level_id.policy_id.level_ids.filtered(
            lambda level: (
                (level.sequence, level.id) > (self.level_id.sequence, self.level_id.id)
                and level.delay_from == self.level_id.delay_from
                and not (level.delay_from == "due" and level.delay_days < 0)
                and not (level.skip_trusted and trusted)
            )
        )
        return later.sorted(lambda level: (level.sequence, level.id))[:1]

    def _bank_account(self):
        """The account on which the invoices ask for the money, else the company's first."""
        # Whoever sees the notice is told where to pay.
        invoices_sudo = self.sudo()._raised_invoices()
        return invoices_sudo.partner_bank_id[:1] or self.sudo().company_id.partner_id.bank_ids[:1]  # as above

    def _payment_reference(self):
        """What the customer writes on the transfer: one invoice's reference, else the numbers."""
        invoices = self.line_ids.filtered(lambda line: line.amount_residual > 0).move_id
        if len(invoices) == 1:
            return invoices.payment_reference or invoices.name
        return ", ".join(invoices.mapped("name"))

    def action_print(self):
        """The letters of these notices, as one PDF."""
        self.check_access("read")
        return self.env.ref("lead_to_cash.action_report_dunning_letter").report_action(self)

    def _attachments(self):
        """What goes with the e-mail, by its level."""
        attachments = self._invoice_attachments() if self.level_id.attach_invoices else self.env["ir.attachment"]
        if self.level_id.attach_statement:
            attachments += self._statement_attachment()
        return attachments

    def _statement_attachment(self):
        """The customer's open items today, as PDF."""
        reports = self.env["ir.actions.report"].with_company(self.company_id)
        raw = reports._render_qweb_pdf("lead_to_cash.action_report_statement", self.partner_id.ids)[0]
        name = self.with_context(lang=self.partner_id.lang).env._("Statement of account")
        return self.env["ir.attachment"].create(
            {
                "name": f"{name} {fields.Date.to_string(self._today())}.pdf",
                "raw": raw,
                "mimetype": "application/pdf",
                "res_model": self._name,
                "res_id": self.id,
            }
        )
