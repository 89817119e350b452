from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.date_utils import subtract

#: Ratings from here on are good ones, of 1 to 5.
CONTENT = 4
CUSTOMER_STATUSES = [("none", "No customer"), ("customer", "Customer"), ("inactive", "Inactive")]


class ResPartner(models.Model):
    """Whether somebody is a customer, and still one."""

    _name = "res.partner"
    _inherit = ["res.partner", "call.claim.mixin"]

    customer_status = fields.Selection(
        CUSTOMER_STATUSES,
        default="none",
        copy=False,
        readonly=True,
        help="From confirmed orders and posted invoices.",
        groups="base.group_user",
    )
    referral_asked_date = fields.Date("Asked for a Referral on", copy=False, readonly=True, groups="base.group_user")

    # Serves the job that asks customers for a referral.
    _referral_idx = models.Index("(id) WHERE customer_status = 'customer' AND referral_asked_date IS NULL")

    @api.model
    def _follow_customers(self, partners=None):
        """Bring ``customer_status`` in line with orders and invoices, of the commercial
        ``partners`` or of all; leads and planned activities follow."""
        self.env.flush_all()
        changed = self.env.execute_query(self._customer_statement(partners))
        if not changed:
            return
        self.env["res.partner"].invalidate_model(["customer_status"], flush=False)
        sleeping = self.browse(partner_id for partner_id, _before, status in changed if status == "inactive")
        awake = self.browse(partner_id for partner_id, _before, status in changed if status == "customer")
        # Of whom nothing was known, nobody says now that they have stopped buying.
        known = {partner_id for partner_id, before, _status in changed if before == "customer"}
        sleeping.filtered(lambda partner: partner.id in known)._plan_for_customer(
            lambda customers: customers.env._("No order for a long time: call the customer")
        )
        for customers, old, new in ((sleeping, "won", "dormant"), (awake, "dormant", "won")):
            leads = self.env["crm.lead"].search(
                [("partner_id.commercial_partner_id", "in", customers.ids), ("handling_role", "=", old)]
            )
            leads._handling_update(chosen=new)

    def _customer_statement(self, partners):
        """SQL that writes the statuses; returns (id, status before, status) of those that changed. An order
        and an invoice are so long ago as their own company says: of companies that share a customer, one for
        which it is still a customer is enough."""
        ids = tuple(partners.ids) or (0,) if partners is not None else ()

        def of_them(column):
            return SQL("%s IN %s", SQL.identifier(*column), ids) if ids else SQL("TRUE")

        return SQL(
            """
            WITH bought AS (
                SELECT partner.commercial_partner_id AS id,
                       bool_and(COALESCE(c.customer_inactive_months, 0) > 0
                                AND x.day < %(today)s - make_interval(months => c.customer_inactive_months)) AS is_long_ago
                  FROM (SELECT partner_id, company_id, date_order::date AS day FROM sale_order WHERE state = 'sale'
                         UNION ALL
                        SELECT partner_id, company_id, invoice_date FROM account_move
                         WHERE state = 'posted' AND move_type IN ('out_invoice', 'out_receipt')) x
                  JOIN res_company c ON c.id = x.company_id
                  JOIN res_partner partner ON partner.id = x.partner_id
                 WHERE %(buying)s
              GROUP BY partner.commercial_partner_id
            ), fact AS (
                SELECT p.id, COALESCE(p.customer_status, 'none') AS before,
                       CASE WHEN bought.id IS NULL THEN 'none'
                            WHEN bought.is_long_ago THEN 'inactive'
                            ELSE 'customer' END AS status
                  FROM res_partner p
             LEFT JOIN bought ON bought.id = p.id
                 WHERE p.commercial_partner_id = p.id AND %(only)s
            )
            UPDATE res_partner p SET customer_status = fact.status
              FROM fact
             WHERE fact.id = p.id AND fact.before != fact.status
         RETURNING p.id, fact.before, p.customer_status
            """,
            today=self._today(),
            only=of_them(("p", "id")),
            # Said twice: PostgreSQL would reckon what all others have bought, too.
            buying=of_them(("partner", "commercial_partner_id")),
        )

    def _plan_for_customer(self, say):
        """An activity for each customer's salesperson; customers without one stay without.

        :param say: of the customers, as the salesperson reads them: what is to be done
        """
        for user, customers in self.grouped("user_id").items():
            if user:
                theirs = user._reading(customers)
                theirs.activity_schedule(
                    "mail.mail_activity_data_call", self._today(), summary=say(theirs), user_id=user.id
                )

    @api.model
    def _ask_for_referrals(self):
        """Once, where the company asks: customers who have agreed to be addressed, said lately that they are
        content, have paid an invoice and owe nothing overdue."""
        for company in self.env["res.company"].search([("asks_for_referrals", "=", True)]):
            asked = self.with_company(company)._content_customers()
            asked._plan_for_customer(lambda customers: customers.env._("Ask for a referral"))
            asked.sudo().referral_asked_date = self._today()  # whoever the job runs as

    def _content_customers(self):
        """Customers of the current company, with a salesperson, not yet asked."""
        customers = self.search(
            [
                ("customer_status", "=", "customer"),
                ("referral_asked_date", "=", False),
                ("user_id", "!=", False),
                ("company_id", "in", (self.env.company.id, False)),
                ("is_blacklisted", "=", False),
            ]
        )
        return customers._who_agreed() & customers._who_are_content() & customers._who_owe_nothing_late()

    def _who_agreed(self):
        """Those of whom a lead says when they consented to be addressed."""
        leads = self.env["crm.lead"].with_context(active_test=False)
        groups = leads._read_group(
            [("partner_id.commercial_partner_id", "in", self.ids), ("consent_date", "!=", False)], ["partner_id"]
        )
        return self.browse({partner.commercial_partner_id.id for [partner] in groups})

    def _who_are_content(self):
        """Those whose last rating within a year was a good one."""
        ratings = self.env["rating.rating"].search(
            [
                ("partner_id.commercial_partner_id", "in", self.ids),
                ("consumed", "=", True),
                ("write_date", ">=", subtract(self._today(), months=12)),
            ],
            order="write_date, id",
        )
        last = {rating.partner_id.commercial_partner_id.id: rating.rating for rating in ratings}
        return self.browse(partner_id for partner_id, value in last.items() if value >= CONTENT)

    def _who_owe_nothing_late(self):
        """Those who have paid an invoice, and owe nothing overdue."""
        paid = self.env["account.move"]._read_group(
            [
                ("commercial_partner_id", "in", self.ids),
                ("move_type", "=", "out_invoice"),
                ("state", "=", "posted"),
                ("payment_state", "in", ("paid", "in_payment")),
            ],
            ["commercial_partner_id"],
        )
        late = self.env["account.move.line"]._read_group(
            self.env["account.move.line"]._open_domain()
            & Domain("balance", ">", 0)
            & self.env["account.move.line"]._past_due_domain(self._today())
            & Domain("partner_id.commercial_partner_id", "in", self.ids),
            ["partner_id"],
        )
        return self.browse(partner.id for [partner] in paid) - self.browse(
            {partner.commercial_partner_id.id for [partner] in late}
        )

    @api.model
    def _today(self):
        return self.env["res.company"]._today()

    @api.model
    def _lang_by(self, fname, value):
        """The language of the first contact whose field ``fname`` is ``value``; False when there is none."""
        return self.search([(fname, "=", value), ("lang", "!=", False)], order="id", limit=1).lang

    # Recommended by a customer ------------------------------------------------------------

    def action_new_referral(self):
        """Open a new lead that comes from this customer's referral."""
        self.ensure_one()
        self.check_access("read")
        self.env["crm.lead"].check_access("create")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Referral"),
            "res_model": "crm.lead",
            "views": [(False, "form")],
            "context": {
                "default_type": "opportunity",
                "default_source_id": self.env.ref("utm.utm_source_referral").id,
                "default_referred": self.display_name,
                "default_user_id": self.env.uid,
            },
        }
