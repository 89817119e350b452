from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, Query, get_lang

from ...engine.books.receivables import age_labels
from ...engine.collecting import customers as engine
from ...engine.collecting import desk, searching
from ..books.ageing import AGES
from ..books.payment_grade import PAYMENT_GRADES
from ..handling.searching import check_searched

#: What the ages are called before the companies' own limits are known.
OLDEST_AGES = [
    ("not_due", "Not due"),
    ("age_1", "First age"),
    ("age_2", "Second age"),
    ("age_3", "Third age"),
    ("age_4", "Oldest"),
]

#: By what the one search box finds a customer, an invoice, a line.
NAMED_BY = ("complete_name", "ref", "vat", "email")
BILLED_AS = ("name", "payment_reference", "ref")
SUMS = ("overdue_amount", "not_due_amount", "credit_amount", "open_amount")


class CollectionsCustomer(models.Model):
    """What each customer owes: one line a customer, company and currency, read at the moment of opening.

    Amounts and ages sort and group in SQL; the next step, the level, the last contact and what stops following
    up are read for the lines of the page."""

    _name = "collections.customer"
    _inherit = ["customer.facts.mixin", "l2c.clock.mixin"]
    _description = "Customer Who Owes"
    _auto = False
    _order = "overdue_value desc, id"
    _rec_name = "partner_id"

    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")
    name = fields.Char("Customer's Name", readonly=True)
    phone = fields.Char(readonly=True)
    email = fields.Char("E-mail", readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    category_ids = fields.Many2many(related="partner_id.category_id", string="Tags")
    salesperson_id = fields.Many2one("res.users", readonly=True)
    user_id = fields.Many2one("res.users", "Collector", readonly=True)
    is_active = fields.Boolean("Active", readonly=True, help="Whether the customer isn't archived.")
    payment_grade = fields.Selection(PAYMENT_GRADES, readonly=True)
    policy_id = fields.Many2one("dunning.policy", readonly=True)
    overdue_amount = fields.Monetary("Overdue", readonly=True, help="Open items past their due date.")
    not_due_amount = fields.Monetary("Not Yet Due", readonly=True)
    credit_amount = fields.Monetary("Open Credits", readonly=True)
    open_amount = fields.Monetary("Open Balance", readonly=True, help="All that is open, less open credits.")
    overdue_value = fields.Monetary(
        "Overdue in Company Currency", readonly=True, currency_field="company_currency_id", help="As it is booked."
    )
    credit_value = fields.Monetary(
        "Open Credits in Company Currency", readonly=True, currency_field="company_currency_id", help="As it is booked."
    )
    open_value = fields.Monetary(
        "Open Balance in Company Currency", readonly=True, currency_field="company_currency_id", help="As it is booked."
    )
    not_due_value = fields.Monetary("Not Due", readonly=True, currency_field="company_currency_id")
    age_1 = fields.Monetary("First Age", readonly=True, currency_field="company_currency_id")
    age_2 = fields.Monetary("Second Age", readonly=True, currency_field="company_currency_id")
    age_3 = fields.Monetary("Third Age", readonly=True, currency_field="company_currency_id")
    age_4 = fields.Monetary("Last Age", readonly=True, currency_field="company_currency_id")
    oldest_date = fields.Date("Due since", readonly=True, help="The oldest open item's due date.")
    oldest_days = fields.Integer("Days", readonly=True, aggregator="max", help="Past due, of the oldest open item.")
    age = fields.Selection(OLDEST_AGES, "Oldest Item", readonly=True, help="How long the oldest open item is past due.")
    badge = fields.Selection(
        engine.BADGES,
        "Stopped by",
        compute="_compute_badge",
        search="_search_badge",
        help="What holds reminders, or is to be known first. Filters find whoever it holds of, whatever else does.",
    )
    level_id = fields.Many2one("dunning.level", compute="_compute_level_id", help="The highest one reached.")
    last_contact = fields.Datetime(compute="_compute_last_contact", help="The last attempt that was logged.")
    is_never_contacted = fields.Boolean(
        "Never Contacted", compute="_compute_is_never_contacted", search="_search_is_never_contacted"
    )
    is_mine = fields.Boolean(
        "Mine",
        compute="_compute_is_mine",
        search="_search_is_mine",
        help="Or somebody's whom I stand in for.",
    )
    search_text = fields.Char("Customer, Phone, Invoice or Amount", store=False, search="_search_search_text")

    _depends = {
        "account.account": ["account_type"],
        "account.move.line": [
            *("account_id", "amount_residual", "amount_residual_currency", "balance", "company_id", "currency_id"),
            *("date", "date_maturity", "parent_state", "partner_id", "reconciled", "under_way", "under_way_currency"),
        ],
        "res.company": ["ageing_days_1", "ageing_days_2", "ageing_days_3"],
        "res.partner": [
            *("active", "collector_id", "commercial_partner_id", "complete_name", "country_id", "dunning_policy_id"),
            *("email", "payment_grade", "phone", "user_id"),
        ],
    }

    # Reading -----------------------------------------------------------------------------

    @property
    def _table_query(self):
        companies_sudo = self.env.companies.sudo()  # ages and policies are the engine's, not the reader's
        limits = {company.id: company._ageing_limits() for company in companies_sudo}
        policies = {company.id: company._dunning_policy_sql() for company in companies_sudo}
        return engine.customers(self._today(), limits, policies)

    def _search(self, domain, *args, **kwargs):
        return super()._search(Domain(domain).map_conditions(_narrowed), *args, **kwargs)

    @api.model
    @api.readonly
    def web_search_read(self, domain, specification, offset=0, limit=None, order=None, count_limit=None):
        """Amounts are added up once, for the page and its count; all that a page shows is looked up for its lines."""
        if not limit or not count_limit:
            return super().web_search_read(domain, specification, offset, limit, order, count_limit)
        found = self.search(domain, limit=max(count_limit, offset + limit), order=order)
        return {"length": len(found), "records": found[offset : offset + limit].web_read(specification)}

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        """The ages are called by the days that the companies have chosen, where they agree."""
        result = super().fields_get(allfields, attributes)
        limits = {company._ageing_limits() for company in self.env.companies.sudo()}  # as in _table_query
        if len(limits) == 1 and "selection" in result.get("age", {}):
            labels = dict(zip(AGES, age_labels(limits.pop()), strict=True))
            result["age"]["selection"] = [(key, labels.get(key, label)) for key, label in result["age"]["selection"]]
            for name in AGES:
                if "string" in result.get(name, {}):
                    result[name]["string"] = labels[name]
        return result

    # What the page shows -----------------------------------------------------------------

    @api.depends("partner_id", "company_id")
    def _compute_badge(self):
        order = [kind for kind, _label in engine.BADGES]
        rows = self._facts(engine.badges_of, self._today())
        found = {(partner, company): kinds for partner, company, kinds in rows}
        for line in self:
            kinds = found.get((line.partner_id.id, line.company_id.id), ())
            line.badge = min(kinds, key=order.index, default=False)

    @api.depends("partner_id", "company_id")
    def _compute_level_id(self):
        found = {(partner, company): level for partner, company, level in self._facts(engine.levels)}
        for line in self:
            line.level_id = found.get((line.partner_id.id, line.company_id.id))

    @api.depends("partner_id", "company_id")
    def _compute_last_contact(self):
        found = {(partner, company): ids[0] for partner, company, ids in self._facts(desk.last_contacts)}
        attempts = self.env["contact.attempt"].browse(found.values())
        attempts.fetch(["date"])
        for line in self:
            attempt_id = found.get((line.partner_id.id, line.company_id.id))
            line.last_contact = attempts.browse(attempt_id).date if attempt_id else False

    @api.depends("partner_id", "company_id")
    def _compute_is_never_contacted(self):
        found = self.search([("id", "in", self.ids), ("is_never_contacted", "=", True)])
        for line in self:
            line.is_never_contacted = line in found

    @api.depends("user_id")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        mine = self.env.user._acting_for()
        for line in self:
            line.is_mine = line.user_id in mine

    # Finding -----------------------------------------------------------------------------

    def _search_is_mine(self, operator, _value):
        check_searched(self, "is_mine")
        if operator != "in":
            return NotImplemented
        return Domain("user_id", "in", self.env.user._acting_for().ids)

    def _search_badge(self, operator, value):
        check_searched(self, "badge")
        if operator != "in":
            return NotImplemented
        self.env.flush_all()  # the engine's query
        kinds = tuple(kind for kind in value if kind)
        found = SQL("SELECT company_id, partner_id FROM (%s) b WHERE kind IN %s", self._badges(), kinds or ("",))
        domain = _pairs(found)
        if False in value:
            domain |= ~_pairs(SQL("SELECT company_id, partner_id FROM (%s) b", self._badges()))
        return domain

    def _badges(self):
        return engine.badges(self._today())

    def _search_is_never_contacted(self, operator, _value):
        check_searched(self, "is_never_contacted")
        if operator != "in":
            return NotImplemented
        self.env.flush_all()  # the engine's query
        return ~_pairs(engine.contacted())

    def _search_search_text(self, operator, value):
        """By a phone number, name, reference, tax id, e-mail, the number of an invoice, or an amount of an open
        item, its document, or the line."""
        check_searched(self, "search_text")
        if operator == "in":
            return Domain.OR(self._search_search_text("ilike", text) for text in value if text)
        if operator != "ilike" or not isinstance(value, str):
            return NotImplemented
        text = value.strip()
        if not text:
            return Domain.TRUE
        self.env.flush_all()  # the engine's queries, too
        return self._named(text) | self._billed_as(text) | self._called_at(text) | self._of_amount(text)

    def _named(self, text):
        partners = self.env["res.partner"].with_context(active_test=False)
        found = partners._search(Domain.OR(Domain(name, "ilike", text) for name in NAMED_BY))
        return Domain("partner_id", "in", found.subselect(SQL.identifier(found.table, "commercial_partner_id")))

    def _billed_as(self, text):
        moves = self.env["account.move"]
        posted = Domain("state", "=", "posted") & Domain("move_type", "in", moves.get_sale_types(True))
        found = moves._search(posted & Domain.OR(Domain(name, "ilike", text) for name in BILLED_AS))
        columns = (SQL.identifier(found.table, name) for name in ("company_id", "commercial_partner_id"))
        return _pairs(found.select(*columns))

    def _called_at(self, text):
        digits = searching.phone_digits(text)
        return Domain("partner_id", "in", SQL("(%s)", searching.with_phone(digits))) if digits else Domain.FALSE

    def _of_amount(self, text):
        lang = get_lang(self.env)
        amount = searching.amount_in(text, lang.decimal_point, lang.thousands_sep)
        if not amount:
            return Domain.FALSE
        return Domain.OR(Domain(name, "=", float(amount)) for name in SUMS) | _pairs(searching.with_amount(amount))


def _pairs(found):
    """The lines whose company and customer are among those of ``found``, a query of both."""
    return Domain.custom(
        to_sql=lambda _model, alias, _query: SQL(
            "EXISTS (SELECT 1 FROM (%s) found(company_id, partner_id)"
            " WHERE found.company_id = %s AND found.partner_id = %s)",
            found,
            SQL.identifier(alias, "company_id"),
            SQL.identifier(alias, "partner_id"),
        )
    )


def _narrowed(condition):
    """A condition on ids, with what follows from it for customers, by which PostgreSQL finds their items."""
    if (
        condition.field_expr != "id"
        or condition.operator not in ("=", "in")
        or isinstance(condition.value, (Query, SQL))
    ):
        return condition
    values = [condition.value] if condition.operator == "=" else condition.value
    partner_ids = {engine.parts(number)[1] for number in values if number}
    return condition & Domain("partner_id", "in", list(partner_ids))
