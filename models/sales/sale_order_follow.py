from datetime import timedelta

from markupsafe import Markup
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ...engine.handling.own import own
from ...engine.sales.quotations import UNANSWERED
from ..handling.next_action import PLANNED

#: Minutes within which a further look of the customer is the same one.
SAME_LOOK = 15
#: Days after which a customer isn't reminded of a quotation any more: who begins to remind, begins with the fresh ones.
TOO_LATE = 14


class SaleOrder(models.Model):
    """A quotation is followed until it is answered: what the customer needs, when it was sent and looked
    at, reminders, and the end of its validity."""

    _inherit = "sale.order"

    customer_need = fields.Text(
        "Customer's Need",
        compute="_compute_customer_need",
        precompute=True,
        store=True,
        readonly=False,
        help="As the lead tells it when the quotation is made.",
        groups="base.group_user",
    )
    is_need_shown = fields.Boolean(
        "Show the Need", help="The customer reads it on the quotation and its page.", groups="base.group_user"
    )
    sent_date = fields.Datetime("Sent on", copy=False, readonly=True, groups="base.group_user")
    viewed_date = fields.Datetime(
        "First Look", copy=False, readonly=True, help="Of the customer, at its page.", groups="base.group_user"
    )
    last_viewed_date = fields.Datetime("Last Look", copy=False, readonly=True, groups="base.group_user")
    warned_validity = fields.Date(
        "Warned of", copy=False, readonly=True, help="The end of validity that was warned of.", groups="base.group_user"
    )
    reminded_date = fields.Datetime("Customer Reminded on", copy=False, readonly=True, groups="base.group_user")

    # Serves the jobs that warn of the end of the validity, and remind of what was sent.
    _sent_idx = models.Index("(company_id, validity_date, sent_date) WHERE state = 'sent'")

    @api.depends("opportunity_id")
    def _compute_customer_need(self):
        for order in self:
            lead = order.opportunity_id
            # Chosen on the screen, not by whoever may.
            if lead != order._origin.opportunity_id and not lead.with_user(self.env.uid).has_access("read"):
                lead = lead.browse()
            order.customer_need = order.customer_need or lead.need

    # Sent ------------------------------------------------------------------------------

    def _stamp_sent(self):
        """They are sent, or sent again."""
        self._stamp(sent_date=self._now(), reminded_date=None)

    def _stamp(self, **values):
        """Written by SQL, like the status: it is no change of the quotation."""
        if not self.ids:
            return
        self.flush_recordset(list(values))
        columns = SQL(", ").join(SQL("%s = %s", SQL.identifier(name), value) for name, value in values.items())
        self.env.cr.execute(SQL("UPDATE sale_order SET %s WHERE id IN %s", columns, tuple(self.ids)))
        self.invalidate_recordset(list(values), flush=False)

    # Looked at ---------------------------------------------------------------------------

    def _look(self):
        """The customer looks at its page: the moment is kept, and the salesperson told, once for each look."""
        now = self._now()
        self.flush_recordset(["viewed_date", "last_viewed_date"])
        looked = self.env.execute_query(
            SQL(
                """UPDATE sale_order SET viewed_date = COALESCE(viewed_date, %(now)s), last_viewed_date = %(now)s
                    WHERE id IN %(ids)s AND state = 'sent'
                      AND (last_viewed_date IS NULL OR last_viewed_date < %(before)s)
                RETURNING id""",
                now=now,
                before=now - timedelta(minutes=SAME_LOOK),
                ids=tuple(self.ids),
            )
        )
        orders = self.browse(row[0] for row in looked)
        orders.invalidate_recordset(["viewed_date", "last_viewed_date"], flush=False)
        for user, theirs in orders.grouped("user_id").items():
            if user.active and not user.share:
                user._bus_send("lead_to_cash.quotation_viewed", {"ids": theirs.ids})

    def get_viewed(self):
        """What to tell the salesperson whose customers are looking: a list of id, message, phone; of what the
        reader may see."""
        self.browse().check_access("read")
        return [
            {
                "id": order.id,
                "message": self.env._(
                    "%(customer)s is looking at your quotation %(number)s now.",
                    customer=order.partner_id.display_name,
                    number=order.name,
                ),
                "phone": not order.is_phone_blocked and order.partner_id.phone,
            }
            for order in self.exists()._filtered_access("read")
        ]

    # Followed up -------------------------------------------------------------------------

    def _follow_up_days(self, status, step):
        days = super()._follow_up_days(status, step)
        of_team = status.role == "contacted" and step == 1 and self.team_id.quotation_followup_days
        return of_team or days

    def _planned_days(self, day):
        """Never behind the last working day of the validity."""
        days = super()._planned_days(day)
        behind = self.filtered(lambda order: order.validity_date and day > order.validity_date >= order._today())
        for (company, validity), orders in behind.grouped(
            lambda order: (order.company_id, order.validity_date)
        ).items():
            days |= dict.fromkeys(orders, company._last_working_day(validity))
        return days

    def _pull_follow_ups(self):
        """What was planned by itself doesn't fall behind a validity that has become shorter."""
        activities_sudo = self.env["mail.activity"].sudo()  # what was planned automatically belongs to nobody
        mine = [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        for activity_sudo in activities_sudo.search(PLANNED & Domain(mine)):
            order = self.browse(activity_sudo.res_id)
            day = order._planned_days(activity_sudo.date_deadline)[order]
            if day != activity_sudo.date_deadline:
                activity_sudo.date_deadline = day

    # The end of the validity ----------------------------------------------------------------

    def _leave_task(self, changed):
        """An expired quotation leaves a task; what is brought in has expired long ago."""
        expired = self.browse(row.id for row in changed if row.role == "dormant")
        if expired and not own(self.env, "l2c_status_of"):
            expired._plan_activity(
                self._today(), lambda order: order.env._("Expired: renew the quotation, or close it"), replace=True
            )

    @api.model
    def _warn_of_expiry(self):
        """Some days before the validity ends, the salesperson is told, and the customer where the company's
        setting says so: once for each end."""
        today = self._today()
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT d.id, c.warns_customers_of_expiry AND %(unanswered)s
                     FROM sale_order d JOIN res_company c ON c.id = d.company_id
                    WHERE d.state = 'sent' AND c.quotation_warning_days > 0
                      AND d.validity_date BETWEEN %(today)s AND %(today)s + c.quotation_warning_days
                      AND d.warned_validity IS DISTINCT FROM d.validity_date""",
                today=today,
                unanswered=UNANSWERED,
            )
        )
        orders = self.browse(row[0] for row in rows)
        if orders:
            orders._plan_activity(today, _expires, replace=True)
            self.env.cr.execute(
                SQL("UPDATE sale_order SET warned_validity = validity_date WHERE id IN %s", tuple(orders.ids))
            )
            orders.invalidate_recordset(["warned_validity"], flush=False)
        template = self.env.ref("lead_to_cash.mail_template_quotation_expiry", raise_if_not_found=False)
        if template:
            self.browse(row[0] for row in rows if row[1])._mail_customers(template)

    def _mail_customers(self, template):
        """An automatic e-mail with the way to the quotation's page."""
        for order in self:
            order._portal_ensure_token()
        self._send_sales_mail(template)

    @api.model
    def _remind_customers(self):
        """Some working days after sending, a customer who has given no answer is reminded, once."""
        template = self.env.ref("lead_to_cash.mail_template_quotation_reminder", raise_if_not_found=False)
        companies_sudo = self.env["res.company"].sudo()  # their settings, whoever the job runs as
        for company in companies_sudo.search([("quotation_reminder_days", ">", 0)]) if template else ():
            last = company._working_days_before(company.quotation_reminder_days)
            rows = self.env.execute_query(
                SQL(
                    """SELECT d.id FROM sale_order d
                        WHERE d.state = 'sent' AND d.company_id = %(company)s AND d.reminded_date IS NULL
                          AND d.sent_date >= %(first)s AND d.sent_date < %(last)s
                          AND (d.validity_date IS NULL OR d.validity_date > %(today)s)
                          AND d.warned_validity IS DISTINCT FROM d.validity_date
                          AND %(unanswered)s""",
                    company=company.id,
                    first=last - timedelta(days=TOO_LATE),
                    last=last + timedelta(days=1),
                    today=self._today(),
                    unanswered=UNANSWERED,
                )
            )
            orders = self.browse(row[0] for row in rows)
            orders._mail_customers(template)
            orders._stamp(reminded_date=self._now())

    # Declined ------------------------------------------------------------------------------

    def _write_closure(self, reason_id, note, date):
        """The reason stands in the chatter, too."""
        result = super()._write_closure(reason_id, note, date)
        if reason_id and date:
            for order in self:
                line = Markup("<b>%s: %s</b>") % (order.handling_status_id.name, order.closure_reason_id.name)
                order._message_log(body=line + Markup("<br/>%s") % note if note else line)
        return result


def _expires(order):
    return order.env._("Valid until %s only: call", format_date(order.env, order.validity_date))
