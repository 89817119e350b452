from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..handling.contact_attempt import ALL_CUSTOMERS
from .payment_grade import PAYMENT_GRADES

#: Posted invoices that all have the customer's reference: who has had it so often, wants it.
REFERENCES = 3

BOOKKEEPERS = "account.group_account_invoice,account.group_account_readonly"


class ResPartner(models.Model):
    """What customers owe, and to whom it is told."""

    _inherit = "res.partner"

    is_self_chosen = fields.Boolean(
        copy=False, readonly=True, groups=fields.NO_ACCESS, help="The salesperson has made the customer theirs."
    )

    # Filled every night by the room foresight; in the company's currency.
    payment_grade = fields.Selection(
        PAYMENT_GRADES,
        company_dependent=True,
        index=False,
        copy=False,
        readonly=True,
        groups=BOOKKEEPERS,
        help="How late the customer is expected to pay: at most 2 (A), 10 (B), 30 (C), 60 days (D), or more (E). "
        "New: fewer than five settled documents. Empty: not graded.",
    )
    turnover_year = fields.Float(
        "Turnover of 12 Months", company_dependent=True, index=False, copy=False, readonly=True, groups=BOOKKEEPERS
    )
    main_category_id = fields.Many2one(
        "product.category",
        "Main Product Category",
        company_dependent=True,
        index=False,
        copy=False,
        readonly=True,
        groups=BOOKKEEPERS,
    )
    years_as_customer = fields.Integer(
        company_dependent=True, index=False, copy=False, readonly=True, groups=BOOKKEEPERS
    )
    payment_grade_ids = fields.One2many(
        "payment.grade", "partner_id", "Payment Grades", readonly=True, groups=BOOKKEEPERS
    )

    is_sole_trader = fields.Boolean(
        "Sole Trader",
        help="A natural person in business. How persons pay is graded only where the company has switched it on.",
        groups="base.group_user",
        audited=True,
    )

    needs_order_number = fields.Boolean(
        "Needs an Order Number",
        company_dependent=True,
        index=False,
        groups=BOOKKEEPERS,
        help="The customer pays no invoice without its order number: invoices without one warn.",
    )

    is_long_term_agreed = fields.Boolean(
        "Longer Terms Expressly Agreed",
        company_dependent=True,
        index=False,
        copy=False,
        help="The customer has expressly agreed to pay later than the law of its country has it: no warning any more.",
        groups="base.group_user",
    )

    def _is_natural_person(self):
        """Whether the customer is a person: no company and in none, or a sole trader."""
        self.ensure_one()
        customer_sudo = self.commercial_partner_id.sudo()  # what kind of customer it is, is no secret
        return not customer_sudo.is_company or customer_sudo.is_sole_trader

    def _may_be_held_by_grade(self):
        """Whether a grade alone may hold an order of the customer: never a person's (GDPR art. 22)."""
        return not self._is_natural_person()

    def _letter_lines(self):
        """Name and address as they stand on a letter: the company, the person, and the address, each on lines
        of its own."""
        names = (self.commercial_company_name or self.commercial_partner_id.name, self.name)
        return [*dict.fromkeys(filter(None, names)), *self._address_lines()]

    def _address_lines(self):
        lines = self._display_address(without_company=True).splitlines()
        return [part for line in lines if (part := line.strip(" ,"))]

    def _open_invoices(self):
        """The open invoices of the customers in the current company, oldest first."""
        domain = Domain(
            [
                ("commercial_partner_id", "in", self.commercial_partner_id.ids),
                ("company_id", "=", self.env.company.id),
                ("move_type", "in", ("out_invoice", "out_receipt")),
            ]
        )
        moves = self.env["account.move"]
        return moves.search(domain & moves._uncollected_domain(), order="invoice_date_due, id")

    def _open_items(self):
        """The open debit items of the customers in the current company, oldest first."""
        domain = (
            Domain("partner_id.commercial_partner_id", "in", self.commercial_partner_id.ids)
            & Domain("company_id", "=", self.env.company.id)
            & self.env["account.move.line"]._open_domain()
            & Domain("balance", ">", 0)
        )
        return self.env["account.move.line"].search(domain, order="date_maturity, id")

    def _debt_documents(self):
        """{customer: the document on which what concerns its debts is planned}: its oldest open invoice
        in the current company, else the entry of an open item, else its last invoice. A customer's own
        activities are for every employee and company."""
        found = {}
        customers_sudo = self.commercial_partner_id.sudo()  # who plans need not see the books
        for move in customers_sudo._open_invoices():
            found.setdefault(move.commercial_partner_id.id, move)
        for item in customers_sudo._without(found)._open_items():
            found.setdefault(item.partner_id.commercial_partner_id.id, item.move_id)
        for move in customers_sudo._without(found)._billed():
            found.setdefault(move.commercial_partner_id.id, move)
        return {self.browse(key): move.with_env(self.env) for key, move in found.items()}

    def _without(self, keys):
        return self.filtered(lambda partner: partner.id not in keys)

    def _billed(self):
        """Their documents in the current company, the last first."""
        moves = self.env["account.move"]
        domain = [
            ("commercial_partner_id", "in", self.ids),
            ("company_id", "=", self.env.company.id),
            ("move_type", "in", moves.get_sale_types(True)),
            ("state", "=", "posted"),
        ]
        return moves.search(domain, order="invoice_date desc, id desc")

    # To whom it is told ----------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        partners.filtered("user_id")._note_who_chose()
        return partners

    def _with_another_salesperson(self, vals):
        """Those whose salesperson ``vals`` changes."""
        return self.filtered(lambda partner: partner.user_id.id != vals["user_id"]) if "user_id" in vals else self[:0]

    def _note_who_chose(self):
        # Written with the salesperson alone, by whoever writes that.
        for partner_sudo in self.sudo():
            if (chosen := partner_sudo.user_id == self.env.user) != partner_sudo.is_self_chosen:
                partner_sudo.is_self_chosen = chosen

    def _told_debtors(self):
        """Those of these commercial partners whose debts the reader is told of."""
        if self.env.su or any(self.env.user.has_group(group) for group in ALL_CUSTOMERS):
            return self
        if not self.env.user._is_internal():
            return self.browse()
        told_sudo = self.sudo().with_context(active_test=False)  # who chose the salesperson is for nobody to read
        found = told_sudo.search(Domain("id", "in", self.ids) & self._told_debtors_domain())
        return self.filtered(lambda partner: partner.id in found.ids)

    @api.model
    def _told_debtors_domain(self):
        """The customers of whose debts a salesperson with own documents is told: whose invoices they
        read, or whose salesperson somebody else has made them. To be searched as superuser."""
        told = Domain("user_id", "=", self.env.uid) & Domain("is_self_chosen", "=", False)
        moves = self.env["account.move"]
        if moves.has_access("read"):
            read = moves._search([("state", "=", "posted"), ("move_type", "in", moves.get_sale_types(True))])
            told |= Domain("id", "in", read.subselect("commercial_partner_id"))
        return told

    def _asking_for_reference(self, company):
        """Of these customers, those whose reference has to stand on invoices of the company: it is kept on them,
        or their last posted ones all had it."""
        if not self.ids:
            return self.browse()
        # Whoever writes an invoice is told what it needs.
        kept_sudo = self.sudo().with_company(company).filtered("needs_order_number")
        self.env["account.move"].flush_model(["commercial_partner_id", "company_id", "state", "move_type", "ref"])
        rows = self.env.execute_query(
            SQL(
                """SELECT p.id
                     FROM unnest(%(ids)s) AS p(id)
                     JOIN LATERAL (SELECT m.ref FROM account_move m
                                    WHERE m.commercial_partner_id = p.id AND m.company_id = %(company)s
                                      AND m.state = 'posted' AND m.move_type = 'out_invoice'
                                 ORDER BY m.id DESC LIMIT %(number)s) last ON TRUE
                 GROUP BY p.id
                   HAVING count(NULLIF(TRIM(last.ref), '')) = %(number)s""",
                ids=self.ids,
                company=company.id,
                number=REFERENCES,
            )
        )
        return self.browse(row[0] for row in rows) | self.browse(kept_sudo.ids)
