from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ...engine.books.items import owed_to_customers

COLLECTION_STATES = [
    ("normal", "Normal"),
    ("plan", "Payment plan"),
    ("lawyer", "With the lawyer"),
    ("insolvency", "Insolvency"),
    ("closed", "Closed"),
]


class ResPartner(models.Model):
    _inherit = "res.partner"

    dunning_policy_id = fields.Many2one(
        "dunning.policy",
        company_dependent=True,
        index=False,
        help="Empty: found by the customers that the running policies are for.",
        groups="account.group_account_invoice,account.group_account_readonly",
        audited=True,
    )
    dunning_hold_until = fields.Date(
        "Hold until",
        company_dependent=True,
        index=False,
        groups="account.group_account_invoice,account.group_account_readonly",
        audited=True,
    )
    dunning_hold_reason = fields.Char(
        "Reason for Holding",
        company_dependent=True,
        index=False,
        groups="account.group_account_invoice,account.group_account_readonly",
        audited=True,
    )
    collector_id = fields.Many2one(
        "res.users",
        company_dependent=True,
        index=False,
        domain=[("share", "=", False)],
        groups="account.group_account_invoice,account.group_account_readonly",
        help="Who calls this customer, and whom its notices that are no e-mails go to.",
        audited=True,
    )
    collection_state = fields.Selection(
        COLLECTION_STATES,
        company_dependent=True,
        index=False,
        groups="account.group_account_invoice,account.group_account_readonly",
        help="With the lawyer, insolvency and closed stop every reminder.",
        audited=True,
    )
    is_payment_contact = fields.Boolean(
        "Payments",
        copy=False,
        groups="account.group_account_invoice,account.group_account_readonly",
        help="Reminders of the whole company go to this contact. Without any, to the contacts on the invoices.",
        audited=True,
    )
    is_payment_cc = fields.Boolean(
        "Copy of Reminders",
        copy=False,
        groups="account.group_account_invoice,account.group_account_readonly",
        help="This contact gets a copy of the reminders of the whole company.",
        audited=True,
    )
    dunning_split_by_contact = fields.Boolean(
        "An E-mail per Contact",
        company_dependent=True,
        index=False,
        groups="account.group_account_invoice,account.group_account_readonly",
        help="A reminder for several contacts is an e-mail for each, about their own documents alone.",
        audited=True,
    )
    dunning_notice_ids = fields.One2many(
        "dunning.notice",
        "partner_id",
        "Dunning Notices",
        readonly=True,
        groups="account.group_account_invoice,account.group_account_readonly",
    )
    overdue_amount = fields.Monetary(
        compute="_compute_overdue_amount",
        groups="account.group_account_invoice,account.group_account_readonly",
        help="Open items past their due date less open credits and what is under way, in the company's currency.",
    )

    owed_to_customer = fields.Monetary(
        "We Owe",
        compute="_compute_owed_to_customer",
        groups="account.group_account_invoice,account.group_account_readonly",
        help="To the customer, who is our vendor, too: by open bills, in the company's currency.",
    )

    @api.constrains("collector_id")
    def _check_collector(self):
        self.env["res.users"]._check_colleagues(self.collector_id)

    @api.depends_context("company")
    def _compute_overdue_amount(self):
        items = self.env["account.move.line"]
        groups = items._read_group(
            self._overdue_domain(self.commercial_partner_id), ["partner_id"], ["amount_residual:sum", "under_way:sum"]
        )
        sums = dict.fromkeys(self.commercial_partner_id, 0.0)
        for partner, amount, under_way in groups:
            sums[partner.commercial_partner_id] += amount - under_way
        for partner in self:
            partner.overdue_amount = sums.get(partner.commercial_partner_id, 0.0)

    @api.depends_context("company")
    def _compute_owed_to_customer(self):
        sums = defaultdict(float)
        for customer, _company, _currency, _amount, balance in self._owed_by_us(self.env.company):
            sums[customer] += float(balance)
        for partner in self:
            partner.owed_to_customer = sums[partner.commercial_partner_id.id]

    def _owed_by_us(self, companies):
        """(customer, company, currency, amount in it, amount in the company's): what these companies owe these
        customers; ids, a row each."""
        if not (self and companies):
            return []
        self.env["account.move.line"].flush_model()
        return self.env.execute_query(owed_to_customers(companies.ids, self.commercial_partner_id.ids))

    @api.model
    def _overdue_domain(self, partners):
        """Items of the commercial ``partners`` that are past due, and their open credits."""
        today = self.env.company._today()
        return (
            Domain("partner_id.commercial_partner_id", "in", partners.ids)
            & Domain("company_id", "=", self.env.company.id)
            & self.env["account.move.line"]._open_domain()
            & (Domain("balance", "<", 0) | self.env["account.move.line"]._past_due_domain(today))
        )

    @api.constrains("dunning_policy_id")
    def _check_policy_company(self):
        company = self.env.company
        for policy in self.dunning_policy_id:
            if policy.company_id not in company.parent_ids:
                sentence = self.env._("%(policy)s is no policy of %(company)s. Choose another.")
                raise ValidationError(sentence % {"policy": policy.name, "company": company.name})

    def _get_dunning_policy(self):
        """The policy by which the customer is reminded in the current company; none when no
        running policy is for it."""
        self.ensure_one()
        customer = self.commercial_partner_id
        customer.flush_recordset()
        policy = self.env.company.sudo()._dunning_policy_sql()  # policies are the engine's, not the reader's
        rows = self.env.execute_query(SQL("SELECT %s FROM res_partner cp WHERE cp.id = %s", policy, customer.id))
        return self.env["dunning.policy"].browse(rows[0][0])

    def action_open_items(self):
        """Every open item of the customer, and why it is reminded of or not."""
        self.check_access("read")
        self.env["dunning.preview"].check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("lead_to_cash.dunning_preview_action")
        customers = self.commercial_partner_id
        return action | {"domain": [("partner_id", "in", customers.ids)], "context": {"search_default_group_code": 1}}
