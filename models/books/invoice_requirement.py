from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_list, ormcache

from ...engine.books import completeness as engine

#: What is checked of an invoice, as a reader is told that it is missing.
CHECKED = [
    ("street", "Street"),
    ("city", "City"),
    ("country", "Country"),
    ("county", "County"),
    ("sector", "Sector as the city (SECTOR1 to SECTOR6)"),
    ("vat", "Tax number"),
    ("email", "E-mail address"),
    ("reference", "Customer's reference"),
    ("terms", "Payment terms or a due date"),
    ("descriptions", "Description of each line"),
    ("taxes", "Tax of each line"),
    ("bank", "Own bank account"),
    ("allocation", "Allocation number"),
]
APPLIES_TO = [
    (engine.EVERYBODY, "All customers"),
    (engine.COMPANIES, "Companies"),
    (engine.DEALERS, "Dealers: customers with a tax number"),
]


class InvoiceRequirement(models.Model):
    """What a proper customer invoice has: said on drafts, and where it is compulsory, not posted without.
    Rules of a company take the place of those for all, of the same check."""

    _name = "invoice.requirement"
    _inherit = ["l2c.cached.mixin", "l2c.real.records.mixin"]
    _description = "Invoice Requirement"
    _order = "sequence, date_from, id"

    sequence = fields.Integer(default=10)
    active = fields.Boolean(
        default=True, help="An archived rule of a company switches the check off for it, whatever is for all."
    )
    code = fields.Selection(CHECKED, "Check", required=True)
    company_id = fields.Many2one("res.company", help="Empty: for all companies.", index=True, ondelete="cascade")
    country_id = fields.Many2one(
        "res.country", ondelete="cascade", help="Of the companies that it is for. Empty: of all countries."
    )
    date_from = fields.Date("Valid from", help="By the date of the invoice.")
    date_to = fields.Date("Valid to")
    threshold = fields.Monetary("Above", help="Total of the invoice before tax. 0: of any amount.")
    currency_id = fields.Many2one(
        "res.currency",
        help="Of the threshold. Empty: the company's.",
        default=lambda self: self.env.company.currency_id,
    )
    applies_to = fields.Selection(APPLIES_TO, required=True, default=engine.EVERYBODY)
    is_compulsory = fields.Boolean(
        "Compulsory",
        help="The invoice isn't posted without it; without what can be had only after posting, it isn't sent.",
    )
    source = fields.Char(translate=True, help="Which law or regulation says so.")
    source_url = fields.Char("Link", help="Where to read it.")
    is_shared = fields.Boolean(compute="_compute_is_shared")

    @api.depends("code", "country_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        codes = dict(self._fields["code"]._description_selection(self.env))
        for rule in self:
            rule.display_name = " ".join(
                filter(None, (codes.get(rule.code), rule.country_id and f"({rule.country_id.code})"))
            )

    @api.depends("company_id")
    def _compute_is_shared(self):
        for rule in self:
            rule.is_shared = not rule.company_id

    @api.constrains("date_from", "date_to", "threshold")
    def _check_values(self):
        for rule in self:
            if rule.date_from and rule.date_to and rule.date_from > rule.date_to:
                raise ValidationError(self.env._("A requirement ends after it begins. Correct its dates."))
            if rule.threshold < 0:
                raise ValidationError(self.env._("The threshold of a requirement can't be negative."))

    @api.constrains("source_url")
    def _check_source_url(self):
        for rule in self:
            if rule.source_url and not rule.source_url.startswith("https://"):
                raise ValidationError(self.env._("The link of a source begins with https://."))

    def action_change_for_company(self):
        """Rules of the reader's own company, which take the place of those for all of the same check.

        :raise AccessError: for who may not make requirements
        """
        self.ensure_one()
        self.check_access("read")
        self.browse().check_access("create")
        company = self.env.company
        own = [("code", "=", self.code), ("company_id", "=", company.id)]
        if not self.with_context(active_test=False).search(own, limit=1):
            shared = [
                ("code", "=", self.code),
                ("company_id", "=", False),
                ("country_id", "in", (False, self.country_id.id)),
            ]
            self.search(shared).copy({"company_id": company.id})
        action = self.env["ir.actions.act_window"]._for_xml_id("lead_to_cash.invoice_requirement_action")
        return action | {"domain": own, "context": {"active_test": False, "default_company_id": company.id}}

    # What holds for a company -----------------------------------------------------------------

    @api.model
    def _of(self, company, day):
        """The requirements of a company on a day, with thresholds in its currency."""
        company_sudo = company.sudo()  # where it is, is no secret
        rules = self._rules(company.id, company_sudo._tax_country().id)
        return [self._in_currency_of(company_sudo, rule, currency_id, day) for rule, currency_id in rules]

    @api.model
    def _in_currency_of(self, company, rule, currency_id, day):
        currency = self.env["res.currency"].browse(currency_id)
        if not (rule.threshold and currency) or currency == company.currency_id:
            return rule
        return rule._replace(threshold=currency._convert(rule.threshold, company.currency_id, company, day))

    @api.model
    @ormcache("company_id", "country_id")
    def _rules(self, company_id, country_id):
        """[(requirement, id of the currency of its threshold)]; a branch has its parents'."""
        # Who makes an invoice is told what it lacks, by the rules of companies above, too.
        company_sudo = self.env["res.company"].sudo().browse(company_id)
        above = company_sudo.parent_ids.ids[::-1]
        rules_sudo = self.sudo().with_context(active_test=False)  # who makes an invoice is told what it lacks
        rules_sudo = rules_sudo.search(
            [("company_id", "in", [False, *above]), ("country_id", "in", (False, country_id))]
        )
        nearest = {}
        for code, rows in rules_sudo.grouped("code").items():
            owners = set(rows.company_id.ids)
            owner = next((one for one in above if one in owners), False)
            nearest[code] = rows.filtered(lambda row, owner=owner: row.company_id.id == owner and row.active)
        return [
            (row._as_requirement(), row.currency_id.id)
            for row in rules_sudo
            if row in nearest[row.code] and row.code in engine.CHECKS
        ]

    def _as_requirement(self):
        return engine.Requirement(
            self.code,
            self.date_from or None,
            self.date_to or None,
            self.threshold,
            self.applies_to,
            self.is_compulsory,
        )

    @api.model
    def _companies_with_compulsory(self, companies, after_posting=False):
        """The companies in which something is compulsory: for posting, or for sending what is posted."""

        def has_compulsory(company):
            country = company.sudo()._tax_country()  # no secret
            return any(
                rule.is_compulsory and (rule.code in engine.AFTER_POSTING) == after_posting
                for rule, _currency in self._rules(company.id, country.id)
            )

        return companies.filtered(has_compulsory)

    @api.model
    def _say(self, codes, move):
        """What is missing of an invoice, and where it is filled in, in the reader's language."""
        labels = dict(self._fields["code"]._description_selection(self.env))
        move_sudo = move.sudo()  # the names of its customer and its company
        sentences = []
        for place, found in engine.by_place(codes).items():
            names = format_list(self.env, [labels[code] for code in found])
            if place == engine.ON_CUSTOMER:
                customer = move_sudo.partner_id.display_name
                sentences.append(self.env._("On the contact %(customer)s: %(what)s.", customer=customer, what=names))
            elif place == engine.ON_COMPANY:
                company = move_sudo.company_id.name
                sentences.append(self.env._("On the contact of %(company)s: %(what)s.", company=company, what=names))
            else:
                sentences.append(self.env._("On the invoice: %(what)s.", what=names))
        return " ".join(sentences)
