from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import ormcache

PAYMENT_KINDS = [
    ("transfer", "Bank transfer"),
    ("card", "Card"),
    ("cheque", "Cheque"),
    ("cash", "Cash"),
    ("wallet", "Digital wallet"),
]


class PaymentWay(models.Model):
    """A way in which customers can pay a company. All of them are told on whatever asks for money: e-mails, letters,
    statements, and the customer's page."""

    _name = "l2c.payment.way"
    _inherit = ["l2c.cached.mixin", "l2c.audited.mixin"]
    _description = "Way to Pay"
    _order = "sequence, id"

    _audits_existence = True

    sequence = fields.Integer(default=10, help="The first one is told first.")
    active = fields.Boolean(default=True, audited=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True, audited=True
    )
    kind = fields.Selection(PAYMENT_KINDS, required=True, default="transfer", audited=True)
    name = fields.Char(translate=True, help="What customers read. Empty: the kind, in their language.", audited=True)
    text = fields.Text(
        "How",
        translate=True,
        help="For instance to whom a cheque is made out, or under which number a card is taken. Only text.",
        audited=True,
    )
    bank_account_id = fields.Many2one(
        "res.partner.bank",
        domain="[('partner_id.ref_company_ids', 'parent_of', company_id)]",
        help="To which customers transfer. Empty: the account on the invoice, else the company's first.",
        audited=True,
    )
    problem = fields.Char("What Is Missing", compute="_compute_problem", help="Why customers aren't told this way.")

    @api.depends("name", "kind")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for way in self:
            way.display_name = way.name or kinds.get(way.kind)

    @api.depends("kind", "text", "bank_account_id.active", "company_id.partner_id.bank_ids.active")
    @api.depends_context("lang")
    def _compute_problem(self):
        for way in self:
            way.problem = False
            company = way.company_id
            if way.kind == "transfer" and not way.text and not way._account(company, company.currency_id):
                way.problem = self.env._(
                    "Customers aren't told this way: there is no bank account. Enter one on the contact of the company."
                )

    @api.constrains("kind", "text")
    def _check_text(self):
        for way in self:
            if way.kind != "transfer" and not (way.text or "").strip():
                raise ValidationError(
                    self.env._(
                        "Write how to pay by %(name)s: where, to whom, or under which number.", name=way.display_name
                    )
                )

    @api.constrains("company_id", "bank_account_id")
    def _check_bank_account(self):
        for way in self:
            # Whose account it is, and of a branch its parents', is no secret to who sees the way.
            way_sudo = way.sudo()
            owners = way_sudo.company_id.parent_ids.partner_id
            if way_sudo.bank_account_id and way_sudo.bank_account_id.partner_id not in owners:
                raise ValidationError(
                    self.env._(
                        "The account %(number)s isn't the company's own. Choose one of %(company)s.",
                        number=way.bank_account_id.acc_number,
                        company=way.company_id.name,
                    )
                )

    # Telling ------------------------------------------------------------------------------

    @api.model
    @ormcache("company_id")
    def _ids_of(self, company_id):
        """The ways of a company; of one without any, those of the nearest above it."""
        # Who is asked to pay is told how.
        company_sudo = self.env["res.company"].sudo().browse(company_id)
        ways_sudo = self.sudo().with_context(active_test=True)  # as above
        ways_sudo = ways_sudo.search([("company_id", "in", company_sudo.parent_ids.ids)])
        by_company = ways_sudo.grouped("company_id")
        return next((by_company[one].ids for one in reversed(company_sudo.parent_ids) if one in by_company), [])

    @api.model
    def _told(self, company, currency, *, accounts=None, reference=""):
        """What a customer is told of each way, in the language of the environment: dicts with ``kind``, ``label``,
        ``text``, and of a transfer its ``account``, ``particulars`` [(label, value)] and the ``reference`` to quote. A transfer
        to nowhere isn't told; of several those in the currency, where there are such.

        :param accounts: on the documents that ask for the money
        """
        ways_sudo = self.sudo().browse(self._ids_of(company.id))  # who is asked to pay is told how
        found = {way: way._account(company, currency, accounts) for way in ways_sudo}
        fitting = any(account and account._is_in(currency) for account in found.values())
        return [
            way._tell(account, reference)
            for way, account in found.items()
            if (account._is_in(currency) or not fitting if account else way.text)
        ]

    def _account(self, company, currency, accounts=None):
        """Where a transfer goes: to the account of this way, else to that on the documents, else to the first of the
        company, best one in the currency. Archived ones and others' are none. Whether money may be *sent* to it
        (Odoo's trust) is another matter."""
        accounts_sudo = self.env["res.partner.bank"].sudo()  # who is asked to pay is told where
        if self.kind != "transfer":
            return accounts_sudo
        owners = company.sudo().parent_ids.partner_id[::-1]  # a branch's own come first; as above
        asked_sudo = accounts.sudo() if accounts else accounts_sudo  # as above
        asked_sudo = (asked_sudo | owners.bank_ids).filtered(lambda a: a.active and a.partner_id in owners)
        own_sudo = self.bank_account_id.filtered(lambda a: a.active and a.partner_id in owners)
        return own_sudo or asked_sudo.sorted(lambda account: not account._is_in(currency))[:1]

    def _tell(self, account, reference):
        return {
            "kind": self.kind,
            "label": self.display_name,
            "text": (self.text or "").strip(),
            "account": account,
            "particulars": account._particulars() if account else [],
            "reference": account and reference,
        }
