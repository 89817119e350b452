from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_list

from ...engine.collecting.payment_runs import payment_runs, payments
from ...engine.handling.contact import CONTACT_CHANNELS
from .res_partner import BOOKKEEPERS

#: Payments of so many days say how a customer pays.
LOOKED_BACK = 730


class ResPartner(models.Model):
    """How this customer pays: what the company knows of it, kept by hand, and what its payments say."""

    _inherit = "res.partner"

    supplier_portal_url = fields.Char(
        "Their Portal",
        company_dependent=True,
        index=False,
        groups=BOOKKEEPERS,
        help="The address of the page to which invoices are uploaded.",
    )
    best_call_hour = fields.Float(
        "Best Hour",
        company_dependent=True,
        index=False,
        groups=BOOKKEEPERS,
        help="When somebody answers. 0:00: not known.",
    )
    best_channel = fields.Selection(CONTACT_CHANNELS, company_dependent=True, index=False, groups=BOOKKEEPERS)
    best_contact_text = fields.Char("Reached Best", compute="_compute_best_contact_text", groups=BOOKKEEPERS)
    payment_days_proposal = fields.Char(
        "Their Payments Say",
        compute="_compute_payment_days_proposal",
        groups=BOOKKEEPERS,
        help="Days on which most of the payments of two years fell, when they aren't kept yet.",
    )

    @api.constrains("best_call_hour")
    def _check_best_call_hour(self):
        if any(not 0 <= partner.best_call_hour < 24 for partner in self):
            raise ValidationError(self.env._("An hour of the day is from 0:00 to 23:59."))

    @api.constrains("supplier_portal_url")
    def _check_supplier_portal_url(self):
        for partner in self:
            url = (partner.supplier_portal_url or "").strip().lower()
            if url and not url.startswith(("https://", "http://")):
                raise ValidationError(self.env._("Write the address of the portal with https:// in front."))

    @api.depends("best_call_hour", "best_channel")
    @api.depends_context("company", "lang")
    def _compute_best_contact_text(self):
        for partner in self:
            partner.best_contact_text = partner.commercial_partner_id._best_contact_text()

    def _best_contact_text(self):
        """In words of the reader: when, and by what."""
        labels = dict(self._fields["best_channel"]._description_selection(self.env))
        minutes = round(self.best_call_hour * 60)
        hour = minutes and self.env._("at %(hour)s", hour=f"{minutes // 60}:{minutes % 60:02}")
        return " · ".join(filter(None, (hour, labels.get(self.best_channel)))) or False

    # What its payments say -------------------------------------------------------------------

    @api.depends("payment_days", "payment_weekday")
    @api.depends_context("company", "lang")
    def _compute_payment_days_proposal(self):
        found = self._payment_runs()
        for partner in self:
            customer = partner.commercial_partner_id
            run = not customer.payment_days and not customer.payment_weekday and found.get(customer._origin.id)
            partner.payment_days_proposal = run and self._run_text(*run)

    def _payment_runs(self):
        """{customer id: what ``engine.collecting.payment_runs`` says of its payments to the current company}"""
        company = self.env.company
        customers = self.commercial_partner_id._origin
        if not customers:
            return {}
        self.env.flush_all()
        days = defaultdict(list)
        since = company._today() - timedelta(days=LOOKED_BACK)
        for customer_id, day in self.env.execute_query(payments(customers.ids, company.id, since)):
            days[customer_id].append(day)
        return {customer_id: payment_runs(found) for customer_id, found in days.items()}

    def _run_text(self, kind, days):
        if kind == "weekday":
            return dict(self._fields["payment_weekday"]._description_selection(self.env))[str(days)]
        return self.env._("on the %(days)s of the month", days=format_list(self.env, [str(day) for day in days]))

    def action_accept_payment_days(self):
        """Keep the days that the payments say.

        :raise UserError: when they say none
        :raise AccessError: when the user isn't of Collections
        """
        self.ensure_one()
        self.check_access("read")
        self.env["collection.action"]._check_collections()
        customer = self.commercial_partner_id
        run = self._payment_runs().get(customer.id)
        if not run:
            raise UserError(self.env._("The payments of the last two years fall on no days of their own."))
        kind, days = run
        values = {"payment_weekday": str(days)} if kind == "weekday" else {"payment_days": ", ".join(map(str, days))}
        customer.sudo().write(values)  # collectors need not be allowed to change contacts
        return True

    def action_collection_settings(self):
        """Change how the customer is collected from, without the right to change contacts."""
        self.ensure_one()
        self.check_access("read")
        return self.env["collection.customer.settings"]._open(self.commercial_partner_id)

    # Their own portal -------------------------------------------------------------------------

    def _not_uploaded(self):
        """{customer: in a few words, which of its open invoices to the current company aren't in its own portal}"""
        # How a customer pays, and the numbers of its invoices, are facts of its line.
        customers_sudo = self.sudo().commercial_partner_id.with_company(self.env.company)
        customers_sudo = customers_sudo.filtered("supplier_portal_url")
        if not customers_sudo:
            return {}
        moves_sudo = self.env["account.move"].sudo()  # as above
        open_ones = moves_sudo.search(
            moves_sudo._uncollected_domain()
            & Domain("commercial_partner_id", "in", customers_sudo.ids)
            & Domain("company_id", "=", self.env.company.id)
            & Domain("move_type", "in", ("out_invoice", "out_receipt"))
            & Domain("uploaded_on", "=", False),
            order="invoice_date, id",
        )
        return {
            self.browse(customer.id): self.env._("Upload %s to their portal", moves.name)
            if len(moves) == 1
            else self.env._("Upload %s invoices to their portal", len(moves))
            for customer, moves in open_ones.grouped("commercial_partner_id").items()
        }
