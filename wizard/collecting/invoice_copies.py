from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_list, is_html_empty

from ...engine.dunning.text_parts import one_line

#: The words of the e-mail.
TEMPLATE = "lead_to_cash.mail_template_copies"


class InvoiceCopies(models.TransientModel):
    """Copies of invoices that are sent to a customer once more: which, to whom, and with which words."""

    _name = "invoice.copies"
    _inherit = ["l2c.clock.mixin", "l2c.real.records.mixin"]
    _description = "Copies of Invoices"

    partner_id = fields.Many2one("res.partner", "Customer", required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, default=lambda self: self.env.company)
    move_ids = fields.Many2many(
        "account.move", string="Invoices", compute="_compute_of_customer", store=True, readonly=False
    )
    recipient_ids = fields.Many2many(
        "res.partner",
        "invoice_copies_recipient_rel",
        string="To",
        compute="_compute_of_customer",
        store=True,
        readonly=False,
    )
    subject = fields.Char(compute="_compute_of_customer", store=True, readonly=False)
    is_sent = fields.Boolean(readonly=True)
    body = fields.Html("Text", compute="_compute_of_customer", store=True, readonly=False, sanitize=True)

    @api.depends("partner_id", "company_id")
    def _compute_of_customer(self):
        """All open invoices, to those who read what is written of debts, in the language of the first of them."""
        for copies in self:
            customer = copies.partner_id.commercial_partner_id
            there = copies.env["account.letter"].with_company(copies.company_id)
            copies.move_ids = copies._invoices_of(customer)
            copies.recipient_ids = there._readers(customer).get(customer)
            lang = copies.recipient_ids[:1].lang or customer.lang or self.env.lang
            template = self.env.ref(TEMPLATE).with_context(lang=lang)
            if customer:
                template_sudo = template.sudo()  # its words are for whoever writes to customers
                there = customer.with_context(lang=lang)
                subject = template_sudo._render_lines_at_once("subject", there)[customer.id]
                copies.subject = f"{copies.company_id.sudo().name}: {subject}"  # no secret to who gets it
                copies.body = template_sudo._render_bodies_at_once(there)[0]

    @api.model
    def _invoices_of(self, customer):
        """What is open with a customer, and on paper, in the current company."""
        ours = Domain("commercial_partner_id", "=", customer.id) & Domain("company_id", "=", self.env.company.id)
        is_open = Domain("state", "=", "posted") & Domain("payment_state", "in", ("not_paid", "partial"))
        kinds = Domain("move_type", "in", ("out_invoice", "out_receipt"))
        return self.env["account.move"].search(ours & is_open & kinds, order="invoice_date_due, id")

    def action_send(self):
        """One e-mail with the invoices' PDFs as they exist, in one's own name; noted on each invoice. From the desk,
        on to the next customer.

        :raise UserError: in a sentence, when something is missing or isn't this customer's
        :raise AccessError: for who only reads the books
        """
        self.ensure_one()
        self.check_access("write")
        if not self.try_lock_for_update() or self.is_sent:
            return self.env["call.list.line"]._after_result()  # a second click: they are on their way
        letters = self.env["account.letter"].with_company(self.company_id)
        letters._check_may_send()
        self._check()
        files = [move._document_pdf() for move in self.move_ids]
        customer = self.partner_id.commercial_partner_id
        letters._send_copies(customer, self.recipient_ids, one_line(self.subject), self.body, files)
        note = self.env._(
            "A copy went to %(names)s.", names=format_list(self.env, self.recipient_ids.mapped("display_name"))
        )
        self.move_ids._message_log_batch(bodies=dict.fromkeys(self.move_ids.ids, note))
        self.partner_id.with_company(self.company_id)._followed_by("copy")
        self.is_sent = True
        return self.env["call.list.line"]._after_result()

    def _check(self):
        """
        :raise UserError: when something is missing, or isn't this customer's
        """
        customer = self.partner_id.commercial_partner_id
        moves = self.move_ids
        moves.check_access("read")
        if not moves:
            raise UserError(self.env._("Choose at least one invoice."))
        if not self.recipient_ids:
            raise UserError(
                self.env._("Choose to whom the invoices go. Enter an e-mail address on the customer first.")
            )
        if (
            moves.commercial_partner_id != customer
            or moves.company_id != self.company_id
            or any(move.state != "posted" or not move.is_sale_document(include_receipts=True) for move in moves)
        ):
            raise UserError(self.env._("Only posted invoices of this customer can be sent."))
        if self.recipient_ids.commercial_partner_id != customer:
            raise UserError(self.env._("Copies go to the customer and its contacts only."))
        if nowhere := self.recipient_ids.filtered(lambda partner: not partner.email or partner.is_wrong_addressee):
            raise UserError(self.env._("%s has no e-mail address.", nowhere[0].display_name))
        if not one_line(self.subject) or is_html_empty(self.body):
            raise UserError(self.env._("An e-mail has a subject and a text. Write them."))
