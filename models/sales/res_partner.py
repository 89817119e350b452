from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.date_utils import subtract

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
        sleeping = self.browse(partner_id for partner_id, status in changed if status == "inactive")
        awake = self.browse(partner_id for partner_id, status in changed if status == "customer")
        sleeping._plan_for_customer(self.env._("No order for a long time: call the customer"))
        for customers, old, new in ((sleeping, "won", "dormant"), (awake, "dormant", "won")):
            leads = self.env["crm.lead"].search(
                [("partner_id.commercial_partner_id", "in", customers.ids), ("handling_role", "=", old)]
            )
            leads._handling_update(chosen=new)

    def _customer_statement(self, partners):
        """SQL that writes the statuses; returns (id, status) of those that changed."""
        limit = subtract(self._today(), months=self.env.company.customer_inactive_months)
        only = SQL("TRUE") if partners is None else SQL("p.id IN %s", tuple(partners.ids) or (0,))
        return SQL(
            """
            WITH bought AS (
                SELECT partner.commercial_partner_id AS id, max(x.day) AS day
                  FROM (SELECT partner_id, date_order::date AS day FROM sale_order WHERE state = 'sale'
                         UNION ALL
                        SELECT partner_id, invoice_date FROM account_move
                         WHERE state = 'posted' AND move_type IN ('out_invoice', 'out_receipt')) x
                  JOIN res_partner partner ON partner.id = x.partner_id
              GROUP BY partner.commercial_partner_id
            ), fact AS (
                SELECT p.id, CASE WHEN bought.id IS NULL THEN 'none'
                                  WHEN %(months)s > 0 AND bought.day < %(limit)s THEN 'inactive'
                                  ELSE 'customer' END AS status
                  FROM res_partner p
             LEFT JOIN bought ON bought.id = p.id
                 WHERE p.commercial_partner_id = p.id AND %(only)s
            )
            UPDATE res_partner p SET customer_status = fact.status
              FROM fact
             WHERE fact.id = p.id AND COALESCE(p.customer_status, 'none') != fact.status
         RETURNING p.id, p.customer_status
            """,
            months=self.env.company.customer_inactive_months,
            limit=limit,
            only=only,
        )

    def _plan_for_customer(self, summary):
        """An activity for each customer's salesperson; customers without one stay without."""
        for user, customers in self.grouped("user_id").items():
            if user:
                customers.activity_schedule(
                    "mail.mail_activity_data_call", self._today(), summary=summary, user_id=user.id
                )

    @api.model
    def _ask_for_referrals(self):
        """Once, customers who have paid an invoice and owe nothing overdue."""
        content = self.search([("customer_status", "=", "customer"), ("referral_asked_date", "=", False)])
        paid = self.env["account.move"]._read_group(
            [
                ("commercial_partner_id", "in", content.ids),
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
            & Domain("partner_id.commercial_partner_id", "in", content.ids),
            ["partner_id"],
        )
        asked = self.browse(partner.id for [partner] in paid)
        for [partner] in late:
            asked -= partner.commercial_partner_id
        asked = asked.filtered("user_id")
        asked._plan_for_customer(self.env._("Ask for a referral"))
        asked.sudo().referral_asked_date = self._today()  # whoever the job runs as

    @api.model
    def _today(self):
        return self.env["res.company"]._today()

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
