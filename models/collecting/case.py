from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

from ...engine.collecting.cases import recovered

CASE_KINDS = [("lawyer", "Lawyer"), ("agency", "Collection Agency"), ("insolvency", "Insolvency")]
CASE_OUTCOMES = [
    ("paid", "Paid in Full"),
    ("part", "Paid in Part"),
    ("settled", "Settled"),
    ("dropped", "Dropped"),
]
#: {kind of a case: the state of its customer while it is open}
STATES_OF_CUSTOMERS = {"lawyer": "lawyer", "agency": "lawyer", "insolvency": "insolvency"}
#: Days before the deadline on which somebody is told to file the claim.
DAYS_BEFORE = 7


class CollectionCase(models.Model):
    """What was handed over to a lawyer or a collection agency, or is claimed in an insolvency; what it cost, and
    what came back. It says in which state of collecting its customer is."""

    _name = "collection.case"
    _inherit = ["l2c.state.mixin", "mail.thread", "mail.activity.mixin", "l2c.clock.mixin"]
    _description = "Case with a Lawyer or an Agency"
    _order = "date desc, id desc"
    _rec_names_search = ["partner_id", "contact_id", "case_number"]
    _check_company_auto = True

    _writable = frozenset(
        {
            *("contact_id", "user_id", "note", "fee_percent", "fee_fixed", "fee_ids"),
            *("outcome", "settled_amount", "outcome_note"),
            *("filing_date", "court", "case_number", "claim_deadline"),
        }
    )
    _given = frozenset({"partner_id", "company_id", "kind", "date", "move_line_ids"})
    _written_by = "Hand Over, Take Back or Close"
    _transitions = {"with_them": ("returned", "closed"), "returned": (), "closed": ()}

    partner_id = fields.Many2one("res.partner", "Customer", required=True, index=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(CASE_KINDS, required=True, default="lawyer", tracking=True)
    contact_id = fields.Many2one(
        "res.partner", "Lawyer or Agency", index="btree_not_null", tracking=True, help="To whom the file is sent."
    )
    user_id = fields.Many2one("res.users", "Responsible", default=lambda self: self.env.user, tracking=True)
    date = fields.Date("Handed Over on", required=True, default=lambda self: self._today())
    move_line_ids = fields.Many2many(
        "account.move.line", "collection_case_line_rel", "case_id", "move_line_id", "Items", required=True
    )
    state = fields.Selection(
        [("with_them", "With Them"), ("returned", "Taken Back"), ("closed", "Closed")],
        required=True,
        default="with_them",
        readonly=True,
        tracking=True,
    )
    closed_date = fields.Date("Ended on", readonly=True, copy=False)
    file_sent_date = fields.Date("File Sent on", readonly=True, copy=False, tracking=True)
    note = fields.Text()
    fee_percent = fields.Float("Fee (%)", digits=(5, 2), help="Agreed: of what they recover.")
    fee_fixed = fields.Monetary("Fixed Fee", help="Agreed: for the case, whatever they recover.")
    fee_ids = fields.One2many("collection.case.fee", "case_id", "Fees and Costs")
    amount_handed = fields.Monetary("Handed Over", readonly=True, copy=False)
    amount_recovered = fields.Monetary("Recovered", readonly=True, copy=False, help="Paid since, until it ended.")
    amount_fees = fields.Monetary("Fees", compute="_compute_amounts", store=True)
    amount_net = fields.Monetary("Net", compute="_compute_amounts", store=True, help="Recovered less fees and costs.")
    fee_agreed = fields.Monetary("Fee as Agreed", compute="_compute_fee_agreed", help="Of what was recovered so far.")
    outcome = fields.Selection(CASE_OUTCOMES, copy=False, tracking=True)
    settled_amount = fields.Monetary("Settled for", copy=False)
    outcome_note = fields.Text("What Came Back", copy=False)
    filing_date = fields.Date("Filed on", help="When insolvency was filed for.")
    court = fields.Char()
    case_number = fields.Char()
    claim_deadline = fields.Date(
        "Claims until", tracking=True, help="Somebody is told to file the claim a week before."
    )

    # A customer is with one of them at a time: serves who asks.
    _open_idx = models.Index("(partner_id, company_id) WHERE state = 'with_them'")

    @api.depends("partner_id", "contact_id", "kind")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for case in self:
            with_whom = case.contact_id.name or labels.get(case.kind, "")
            case.display_name = f"{case.partner_id.display_name} · {with_whom}"

    @api.depends("fee_ids.amount", "amount_recovered")
    def _compute_amounts(self):
        for case in self:
            case.amount_fees = sum(case.fee_ids.mapped("amount"))
            case.amount_net = case.amount_recovered - case.amount_fees

    @api.depends("fee_percent", "fee_fixed", "amount_recovered")
    def _compute_fee_agreed(self):
        for case in self:
            share = case.amount_recovered * case.fee_percent / 100
            case.fee_agreed = (case.currency_id or case.company_id.currency_id).round(share + case.fee_fixed)

    # Bad input -----------------------------------------------------------------------

    @api.constrains("partner_id", "move_line_ids", "company_id")
    def _check_items(self):
        for case in self.filtered(lambda case: case.state == "with_them"):
            if problem := case._problem():
                raise ValidationError(problem)

    def _problem(self):
        items = self.move_line_ids
        if not items:
            return self.env._("%(name)s owes nothing that could be handed over.", name=self.partner_id.name)
        if items.partner_id.commercial_partner_id - self.partner_id or items.company_id != self.company_id:
            return self.env._("The items of a case are of one customer and company. Open one case for each.")
        if any(item.reconciled or item.balance <= 0 or item.parent_state != "posted" for item in items):
            return self.env._("Only open items can be handed over. Remove those that are paid.")
        other = [*self._open_domain(self.partner_id, self.company_id), ("id", "!=", self.id)]
        if self.search_count(other, limit=1):
            return self.env._(
                "%(name)s is handed over already. Take it back, or close that case first.", name=self.partner_id.name
            )
        return ""

    @api.constrains("fee_percent", "fee_fixed", "settled_amount")
    def _check_fees(self):
        if any(not 0 <= case.fee_percent <= 100 or case.fee_fixed < 0 or case.settled_amount < 0 for case in self):
            raise ValidationError(self.env._("Fees are from 0 to 100 per cent, and amounts not below zero."))

    @api.constrains("user_id")
    def _check_responsible(self):
        self.env["res.users"]._check_colleagues(self.user_id)

    @api.model
    def _open_domain(self, partners, companies):
        return [
            ("partner_id", "in", partners.ids),
            ("company_id", "in", companies.ids),
            ("state", "=", "with_them"),
        ]

    # Handing over ------------------------------------------------------------------------

    @api.model
    def _items_of(self, customer, company, kind):
        """What is handed over of a customer: what is past due; in an insolvency all that is open."""
        lines = self.env["account.move.line"]
        domain = (
            Domain("partner_id.commercial_partner_id", "=", customer.id)
            & Domain("company_id", "=", company.id)
            & lines._open_domain()
            & Domain("balance", ">", 0)
        )
        if kind != "insolvency":
            domain &= lines._past_due_domain(self._today())
        return lines.search(domain, order="date_maturity, id")

    @api.model_create_multi
    def create(self, vals_list):
        cases = super().create([self._with_items(vals) for vals in vals_list])
        for case in cases:
            # What is owed then stands in the case, whatever is paid later.
            case.sudo().amount_handed = sum(item.amount_residual - item.under_way for item in case.move_line_ids)
        cases._follow_customers()
        cases._plan_claims()
        return cases

    def _with_items(self, vals):
        if vals.get("move_line_ids") or not vals.get("partner_id"):
            return vals
        company = self.env["res.company"].browse(vals.get("company_id") or self.env.company.id)
        customer = self.env["res.partner"].browse(vals["partner_id"])
        items = self._items_of(customer, company, vals.get("kind") or "lawyer")
        return {**vals, "move_line_ids": [Command.set(items.ids)]}

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals:
            self._follow_customers()
        if "claim_deadline" in vals:
            self._plan_claims()
        return result

    def unlink(self):
        pairs = [(case.partner_id, case.company_id) for case in self]
        result = super().unlink()
        for partner, company in pairs:
            self._follow_customer(partner, company)
        return result

    def _stamp(self, target):
        return {"closed_date": self._today()}

    def _follow_customers(self):
        for partner, company in {(case.partner_id, case.company_id) for case in self}:
            self._follow_customer(partner, company)

    @api.model
    def _follow_customer(self, partner, company):
        """The one place that says in which state of collecting a customer is because of its cases."""
        # Who hands over need not write contacts.
        open_sudo = self.sudo().search(self._open_domain(partner, company))
        customer_sudo = partner.sudo().with_company(company)  # as above
        states = {STATES_OF_CUSTOMERS[kind] for kind in open_sudo.mapped("kind")}
        if states:
            target = "insolvency" if "insolvency" in states else "lawyer"
        elif customer_sudo.collection_state in STATES_OF_CUSTOMERS.values():
            target = "normal"
        else:
            return
        if customer_sudo.collection_state != target:
            customer_sudo.collection_state = target

    def _plan_claims(self):
        """The claim in an insolvency is to be filed before its deadline: told a week before."""
        for case in self.filtered(lambda case: case.kind == "insolvency" and case.state == "with_them"):
            if case.claim_deadline:
                customer = case.partner_id.with_company(case.company_id)
                customer._drop_claims()
                deadline = case.claim_deadline
                customer._tell_responsible(
                    lambda reader, deadline=deadline: (
                        reader.env._("File the claim in the insolvency"),
                        reader.env._("By %(day)s at the latest.", day=format_date(reader.env, deadline)),
                    ),
                    activity_type="lead_to_cash.mail_activity_type_claim",
                    day=max(deadline - timedelta(days=DAYS_BEFORE), case._today()),
                )

    # Buttons -----------------------------------------------------------------------------

    def action_send_file(self):
        """Send the customer's file to the lawyer or agency, as a PDF in an e-mail.

        :raise UserError: without an address, or when the case has ended
        """
        self.check_access("write")
        template = self.env.ref("lead_to_cash.mail_template_collection_case")
        for case in self:
            if case.state != "with_them":
                raise UserError(self.env._("The case has ended: its file goes to nobody. Open a new one."))
            contact = case.contact_id
            if not contact.active or not contact.email or contact.is_wrong_addressee:
                raise UserError(
                    self.env._("The file goes to nobody: choose a lawyer or an agency with an e-mail address.")
                )
            customer = case.partner_id.with_company(case.company_id)
            file_sudo = customer._make_collection_file().sudo()  # made for who may read notices; it goes out
            copy_sudo = file_sudo.copy({"res_model": case._name, "res_id": case.id})
            values = {
                "body_html": template.with_context(lang=contact.lang)._render_mails(case)[0],
                "recipient_ids": [Command.set(contact.ids)],
                "attachment_ids": [Command.link(copy_sudo.id)],
            }
            template.send_mail(case.id, email_values=values)
            case.sudo().file_sent_date = case._today()  # asked above

    def action_take_back(self):
        """They work on it no more: the customer is reminded again."""
        self.check_access("write")
        self._set_state("returned")

    def action_close(self):
        """What came of it is known.

        :raise UserError: without an outcome
        """
        self.check_access("write")
        if any(not case.outcome for case in self):
            raise UserError(self.env._("Choose what came of it first: paid, settled or dropped."))
        self._set_state("closed")

    def _way_out(self):
        return self.env._("Hand the customer over anew.")

    # With the books ----------------------------------------------------------------------

    def _money_moved(self):
        """Money moved on the items of these cases."""
        self.env.flush_all()
        for case_id, amount in self.env.execute_query(recovered(self.ids)):
            case_sudo = self.sudo().browse(case_id)  # who reconciles need not see cases
            if case_sudo.state == "with_them":
                case_sudo.amount_recovered = amount

    def _mail_get_partner_fields(self, introspect_fields=False):
        return ["contact_id"]
