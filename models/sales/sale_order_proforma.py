import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_amount, format_date
from psycopg2 import OperationalError

from ...engine.sales import proforma as engine
from ..handling.cron_step import cron_step
from ..handling.next_action import ONCE

_logger = logging.getLogger(__name__)

#: Orders whose customers are reminded in one transaction.
REMINDED_TOGETHER = 100
PROFORMA_TASK = "lead_to_cash.mail_activity_type_proforma"
CRON_OF_ORDERS = "lead_to_cash.cron_follow_orders"
#: Customers whom nobody reminds.
HANDED_OVER = ("lawyer", "insolvency", "closed")
#: Odoo's own group: its setting switches pro-forma invoices on.
PROFORMA_SENDERS = "sale.group_proforma_sales"
PROFORMA_READERS = f"base.group_user,{PROFORMA_SENDERS}"


class SaleOrder(models.Model):
    """An order's pro-forma, in Israel its transaction invoice: what was asked for with it, until when; the customer
    is reminded of the order itself, friendly, until money comes. Then the tax invoice is proposed."""

    _inherit = "sale.order"

    proforma_kind = fields.Selection(
        engine.PROFORMA_KINDS, "Kind of Pro-Forma", compute="_compute_proforma_kind", groups=PROFORMA_READERS
    )
    proforma_due_date = fields.Date(
        "Pay by",
        copy=False,
        groups=PROFORMA_READERS,
        help="Until when the customer is asked to pay the pro-forma. Empty: as the payment terms say, from the day on "
        "which it is sent.",
    )
    proforma_date = fields.Date("Pro-Forma of", copy=False, readonly=True, groups=PROFORMA_READERS)
    proforma_amount = fields.Monetary("Pro-Forma Amount", copy=False, readonly=True, groups=PROFORMA_READERS)
    proforma_state = fields.Selection(
        engine.PROFORMA_STATES, "Pro-Forma", copy=False, readonly=True, groups=PROFORMA_READERS
    )
    proforma_reminders = fields.Integer(
        "Reminders", copy=False, readonly=True, aggregator=None, groups=PROFORMA_READERS, help="After the due day."
    )
    proforma_reminded_on = fields.Date("Last Reminder", copy=False, readonly=True, groups=PROFORMA_READERS)
    proforma_rest = fields.Monetary(
        "Still to Pay", compute="_compute_proforma_rest", compute_sudo=True, groups=PROFORMA_READERS
    )
    proforma_url = fields.Char("Page to Pay", compute="_compute_proforma_url", groups="base.group_user")
    proforma_text = fields.Char("About the Pro-Forma", compute="_compute_proforma_text", groups="base.group_user")

    # Serves the job that follows pro-formas.
    _proforma_idx = models.Index(engine.PROFORMA_INDEX)

    @api.depends("company_id.account_fiscal_country_id")
    def _compute_proforma_kind(self):
        for order in self:
            country = order.company_id.sudo().account_fiscal_country_id  # a fact of the company
            order.proforma_kind = engine.KIND_OF_COUNTRY.get(country.code, "proforma")

    @api.depends("proforma_amount", "transaction_ids.state", "transaction_ids.amount")
    def _compute_proforma_rest(self):
        for order in self:
            order.proforma_rest = order._unpaid_of(order.proforma_amount)

    def _unpaid_of(self, amount):
        """What is left of an amount after what was paid online, as the currency writes it."""
        left = max(0.0, amount - self.amount_paid)
        return self.currency_id.round(left) if self.currency_id else left

    @api.depends("proforma_rest", "access_token")
    def _compute_proforma_url(self):
        """Odoo's own page of the order, which asks for what is still to be paid."""
        for order in self:
            asked = f"&payment_amount={order.proforma_rest}" if order.proforma_rest else ""
            token = order.access_token or ""
            order.proforma_url = f"{order.get_base_url()}{order.access_url}?access_token={token}{asked}"

    @api.depends("proforma_state", "proforma_due_date", "proforma_rest", "proforma_reminders", "state")
    @api.depends_context("lang")
    def _compute_proforma_text(self):
        for order in self:
            order.proforma_text = (
                order.proforma_state in (*engine.PROFORMA_UNPAID, "found", "paid") and order._proforma_says()
            )

    def _proforma_says(self):
        """How it stands, for who sells."""
        told = self._proforma_task(self.proforma_state)
        if told:
            return told
        return self.env._(
            "Pro-forma: %(amount)s to be paid by %(day)s, reminders sent: %(count)s",
            amount=format_amount(self.env, self.proforma_rest, self.currency_id),
            day=format_date(self.env, self.proforma_due_date),
            count=self.proforma_reminders,
        )

    # Sending ------------------------------------------------------------------------------------

    def action_send_proforma(self):
        """Send it by Odoo's own dialog; once it is sent with a day until which to pay, its customer is reminded of it.

        :raise UserError: for orders that are cancelled, or whose day until which to pay is over
        :raise AccessError: for who may not use Odoo's pro-forma invoices
        """
        self.ensure_one()
        self.check_access("write")
        if not self.env.user.has_group(PROFORMA_SENDERS):
            raise AccessError(self.env._("Pro-forma invoices are switched off in the settings of sales."))
        if self.state not in ("draft", "sent", "sale"):
            raise UserError(self.env._("%s is cancelled: there is nothing to ask for.", self.display_name))
        if self.proforma_due_date and self.proforma_due_date < self._today():
            raise UserError(self.env._("“Pay by” is over. Choose today or a later day."))
        return self.with_context(proforma=True).action_quotation_send()

    def _proforma_asks(self):
        """What one that is sent now asks for."""
        return self._unpaid_of(self.amount_total)

    def _proforma_day(self):
        """Until when it is to be paid."""
        return self.proforma_due_date or (self.payment_term_id and self.payment_term_id._last_due(self._today()))

    def _find_mail_template(self):
        """The pro-forma's own e-mail, which says the amount, the day and where to pay. Without a day it is the host's, but
        for a transaction invoice, which the host doesn't know."""
        ours = self.env.context.get("proforma") and (self.proforma_kind == "transaction" or self._proforma_day())
        template = ours and self.env.ref("lead_to_cash.mail_template_proforma", raise_if_not_found=False)
        return template or super()._find_mail_template()

    def _message_post_after_hook(self, message, msg_vals):
        """What leaves Odoo's dialog as a pro-forma is kept. Colleagues who post may write the order: Odoo asks for it."""
        result = super()._message_post_after_hook(message, msg_vals)
        by_us = self.env.user._is_internal()  # on the portal, customers write as superuser
        if by_us and self.env.context.get("proforma") and message.message_type == "comment" and message.partner_ids:
            self._keep_proforma()
        return result

    def _keep_proforma(self):
        """It was sent: from now on its customer is reminded, where it says until when to pay."""
        day = self._proforma_day()
        self._end_proforma_task()
        self._stamp(
            proforma_date=self._today(),
            proforma_amount=self.amount_total,
            proforma_due_date=day or None,
            proforma_state="open" if day and self.amount_total > 0 else None,
            proforma_reminders=0,
            proforma_reminded_on=None,
        )

    def action_stop_proforma(self):
        """Nobody reminds the customer of it any more."""
        self.check_access("write")
        stopped = self.filtered(lambda order: order.proforma_state in engine.PROFORMA_WAITING)
        stopped._stamp(proforma_state="stopped")
        stopped._end_proforma_task()

    # The job ------------------------------------------------------------------------------------

    @api.model
    def _cron_follow_orders(self):
        """Pro-formas follow their orders and their money, customers are reminded of them, and are told of invoices
        that are planned."""
        cron = self.env.ref(CRON_OF_ORDERS)
        with cron_step(cron, "Pro-formas and what was paid"):
            self._follow_proformas()
        self._remind_of_proformas(cron)
        with cron_step(cron, "Pro-formas that were reminded of to the end"):
            self.env.flush_all()
            rows = self.env.execute_query(engine.over(self._today()))
            self.browse(row[0] for row in rows)._set_proforma("ended")
        with cron_step(cron, "Invoices that are planned"):
            self._announce_invoices()

    def _remind_of_proformas(self, cron):
        last, commit_progress = 0, self.env["ir.cron"]._commit_progress
        while found := self._next_proformas(last):
            last = found[-1].id
            with cron_step(cron, f"Reminding of {len(found)} pro-formas"):
                found.try_lock_for_update(allow_referencing=True)._remind_together()
            if not commit_progress(len(found), remaining=len(self._next_proformas(last))):
                break

    @api.model
    def _next_proformas(self, after):
        self.env.flush_all()
        rows = self.env.execute_query(engine.due(self._today(), after, REMINDED_TOGETHER))
        return self.browse(row[0] for row in rows)

    def _remind_together(self):
        """Those whose customers may be written to; where that fails, one by one."""
        try:
            with self.env.cr.savepoint():
                self._remind_of_proforma()
        except OperationalError:
            raise
        except Exception as error:
            if len(self) > 1:
                for order in self:
                    order._remind_together()
                return
            _logger.exception("Reminding of the pro-forma of %s failed", self.name)
            self.env["l2c.automation"]._note_failure(self.env.ref(CRON_OF_ORDERS), self.name, error)

    def _remind_of_proforma(self):
        orders = self.filtered(lambda order: not order._is_customer_held())
        there = orders.browse(orders._sales_mail_addresses())
        (orders - there)._set_proforma("ended", lambda order: order.env._("Can't be reminded by e-mail: call"))
        today = self._today()
        before = there.filtered(lambda order: order.proforma_due_date >= today)
        before._stamp(proforma_reminded_on=today)
        for count, late in (there - before).grouped("proforma_reminders").items():
            late._stamp(proforma_reminded_on=today, proforma_reminders=count + 1)
        there._mail_customers(self.env.ref("lead_to_cash.mail_template_proforma_reminder"))

    def _is_customer_held(self):
        """Nobody is reminded now: of this customer, or at all."""
        company_sudo, customer_sudo = self.company_id.sudo(), self._customer_sudo()  # settings, whoever runs the job
        until = (company_sudo.dunning_paused_until, customer_sudo.dunning_hold_until)
        return customer_sudo.collection_state in HANDED_OVER or any(day and day >= self._today() for day in until)

    # What follows -------------------------------------------------------------------------------

    def _follow_proformas(self, ids=None):
        """Orders that were cancelled, invoiced, changed or paid: what was planned ends, and who sells has a task.

        :param ids: of these orders only
        """
        self.env.flush_all()
        rows = self.env.execute_query(engine.news(ids))
        for state in dict.fromkeys(row[1] for row in rows):
            self.browse(row[0] for row in rows if row[1] == state)._set_proforma(state)

    def _action_cancel(self):
        result = super()._action_cancel()
        self._follow_own_proformas()
        return result

    def _create_invoices(self, *args, **kwargs):
        moves = super()._create_invoices(*args, **kwargs)
        self._follow_own_proformas()
        return moves

    def _follow_own_proformas(self):
        """What people do with their orders is known at once, without waiting for the job."""
        followed = (*engine.PROFORMA_WAITING, "paid")
        orders_sudo = self.sudo()  # whoever cancels or invoices
        if orders_sudo := orders_sudo.filtered(lambda order: order.proforma_state in followed):
            orders_sudo._follow_proformas(orders_sudo.ids)

    def _set_proforma(self, state, says=None):
        """They stand so; who sells is told what is to be done, once.

        :param says: what the task says instead, of an order as its reader reads it
        """
        if not self:
            return
        self._end_proforma_task()
        self._stamp(proforma_state=state)
        at_once = self._invoice_paid() if state == "paid" else self.browse()
        for order in self - at_once:
            user = order._planned_for()[order]
            theirs = user._reading(order)
            summary = says(theirs) if says else theirs._proforma_task(state)
            if summary:
                theirs.activity_schedule(PROFORMA_TASK, self._today(), summary, user_id=user.id, handling_step=ONCE)

    def _proforma_task(self, state):
        """What is to be done of an order; nothing while the customer is reminded, and once it is over."""
        if state == "paid":
            if self.state != "sale":
                return self.env._("The pro-forma is paid: confirm the order, then make the invoice")
            return self.env._("The pro-forma is paid: make the invoice")
        said = {
            "found": self.env._("A payment may be for the pro-forma: look, then make the invoice"),
            "changed": self.env._("The total has changed since the pro-forma: send it again"),
            "ended": self.env._("The pro-forma isn't paid after all reminders: call the customer"),
        }
        return said.get(state, "")

    def _end_proforma_task(self):
        kind = self.env.ref(PROFORMA_TASK)
        domain = [("res_model", "=", self._name), ("res_id", "in", self.ids), ("activity_type_id", "=", kind.id)]
        self.env["mail.activity"].sudo().search(domain).unlink()  # what was planned automatically belongs to nobody

    def _invoice_paid(self):
        """Those of the paid that are invoiced at once: the job makes their invoices."""
        ready = self.filtered(lambda order: order.state == "sale" and order.invoice_status == "to invoice")
        wanting = ready._wanting_at_once()
        if wanting:
            wanting._stamp(is_invoiced_at_once=True)
            self.env.ref("lead_to_cash.cron_invoice_at_once").sudo()._trigger()  # whoever pays needn't see jobs
        return wanting

    def action_invoice_proforma(self):
        """The tax invoice of what was paid, as a draft: all that was ordered, as Odoo does for orders paid online.

        :raise UserError: for orders that aren't confirmed, or for which no money has come
        """
        self.ensure_one()
        self.check_access("write")
        if self.state != "sale":
            raise UserError(self.env._("Confirm the order first."))
        if self.proforma_state not in ("found", "paid"):
            raise UserError(self.env._("No money has come for %s yet.", self.display_name))
        self._force_lines_to_invoice_policy_order()
        return self.action_view_invoice(invoices=self._create_invoices(final=True))


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _post_process(self):
        """What was paid online for a pro-forma is known at once."""
        result = super()._post_process()
        orders_sudo = self.sudo().sale_order_ids  # who pays need not see who sells
        if orders_sudo.filtered(lambda order: order.proforma_state in engine.PROFORMA_WAITING):
            orders_sudo._follow_proformas(orders_sudo.ids)
        return result
