from markupsafe import Markup
from odoo import api, fields, models
from odoo.fields import Domain

from .res_partner import BOOKKEEPERS

LINK = Markup(
    '<a class="btn btn-secondary me-2 mb-2" target="_blank" rel="noopener noreferrer" href="{url}">{name}</a>'
)


class ResPartner(models.Model):
    """What was tried and decided about a customer's debts, and what was heard of it: not in its chatter, which
    every employee reads."""

    _inherit = "res.partner"

    contact_attempt_ids = fields.Many2many(
        "contact.attempt",
        string="Attempts",
        compute="_compute_contact_attempt_ids",
        groups=f"sales_team.group_sale_salesman,{BOOKKEEPERS}",
    )
    sales_release_ids = fields.One2many(
        "dunning.sales.release", "partner_id", "Releases of Sales", readonly=True, groups=BOOKKEEPERS
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_contact_attempt_ids(self):
        """The last ones that the reader may see."""
        for partner in self:
            partner.contact_attempt_ids = self.env["contact.attempt"].search(
                [("partner_id.commercial_partner_id", "=", partner.commercial_partner_id.id)], limit=20
            )

    # Warnings and registers ---------------------------------------------------------------

    warning_ids = fields.One2many("customer.warning", "partner_id", "Warnings", readonly=True, groups=BOOKKEEPERS)
    warning_text = fields.Text(
        "Warnings in Force",
        compute="_compute_warning_text",
        groups=f"sales_team.group_sale_salesman,{BOOKKEEPERS}",
        help="Entered by hand: by those who do the books, or by the customer's salesperson.",
    )
    register_links = fields.Html(
        "Public Registers", compute="_compute_register_links", sanitize=False, groups=BOOKKEEPERS
    )
    payment_proposal_ids = fields.One2many(
        "payment.proposal", "partner_id", "Proposals", readonly=True, groups=BOOKKEEPERS
    )
    asks_deposit = fields.Boolean(
        "Deposit on New Quotations",
        company_dependent=True,
        index=False,
        copy=False,
        readonly=True,
        groups=BOOKKEEPERS,
        help="New quotations ask for the deposit of late payers. Set by accepting a proposal, ended with it.",
    )

    may_enter_warning = fields.Boolean(
        compute="_compute_may_enter_warning", groups="sales_team.group_sale_salesman,account.group_account_invoice"
    )

    @api.depends("user_id", "is_self_chosen", "commercial_partner_id.user_id", "commercial_partner_id.is_self_chosen")
    @api.depends_context("uid")
    def _compute_may_enter_warning(self):
        """Who does the books, and the customer's salesperson: as of debts, not by making oneself that."""
        does_books = self.env.user.has_group("account.group_account_invoice")
        told = self.commercial_partner_id._origin._told_debtors()
        for partner in self:
            customer = partner.commercial_partner_id
            # Who chose the salesperson is for nobody to read.
            sold_sudo = (partner | customer).sudo().filtered(lambda one: one.user_id == self.env.user)
            given = customer._origin in told or not all(sold_sudo.mapped("is_self_chosen"))
            partner.may_enter_warning = does_books or bool(sold_sudo and given)

    @api.depends("warning_ids.active", "warning_ids.until")
    @api.depends_context("uid", "company", "lang")
    def _compute_warning_text(self):
        """For those whom the customer's debts concern, and who has entered it."""
        company, customers = self.env.company, self.commercial_partner_id._origin
        told = customers._told_debtors()
        # Salespeople don't read warnings as such: who may know was asked, and one's own is no secret.
        warnings_sudo = self.env["customer.warning"].sudo()
        texts = warnings_sudo._texts(told, company)
        own = Domain("create_uid", "=", self.env.uid) & Domain("company_id", "=", company.id)
        mine_sudo = warnings_sudo.search(
            own & Domain("partner_id", "in", (customers - told).ids) & warnings_sudo._in_force_domain()
        ).grouped(lambda warning: warning.partner_id.id)
        for partner in self:
            customer = partner.commercial_partner_id._origin
            own_text = "\n".join(mine_sudo.get(customer.id, warnings_sudo).mapped("sentence"))
            partner.warning_text = texts.get((customer.id, company.id)) or own_text

    @api.depends("country_id", "vat", "company_registry", "name")
    @api.depends_context("company", "lang")
    def _compute_register_links(self):
        """Buttons that open another tab."""
        registers = self.env["public.register"]
        for partner in self:
            customer = partner.commercial_partner_id
            links = [LINK.format(url=row._address(customer), name=row.name) for row in registers._of(customer)]
            partner.register_links = Markup("").join(links)

    def action_enter_warning(self):
        """Enter what was heard of the customer."""
        self.ensure_one()
        return self.env["customer.warning.dialog"]._open(self)

    is_watch_open = fields.Boolean(
        "To Be Dealt With",
        compute="_compute_is_watch_open",
        groups=BOOKKEEPERS,
        help="Watched in the current company for a reason that nobody has dealt with.",
    )

    @api.depends("watch_ids.dealt_on", "watch_ids.until")
    @api.depends_context("company")
    def _compute_is_watch_open(self):
        still = self._watched_domain() & Domain("dealt_on", "=", False)
        found = self.env["dunning.watch"].search(still & Domain("partner_id", "in", self.commercial_partner_id.ids))
        for partner in self:
            partner.is_watch_open = partner.commercial_partner_id._origin in found.partner_id

    def action_watch_dealt_with(self):
        """Ask what was done about all for which the customer is watched in the current company."""
        self.check_access("read")
        watches = self.env["dunning.watch"]
        watches.check_access("read")
        domain = self._watched_domain() & Domain("partner_id", "in", self.commercial_partner_id.ids)
        return watches.search(domain).action_dealt_with()
