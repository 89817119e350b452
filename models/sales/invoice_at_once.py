import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html, str2bool
from psycopg2 import OperationalError

from ...engine.sales import at_once as engine
from ...engine.sales.proforma import PROFORMA_WAITING
from ..dunning.mail_template import first_lines
from ..handling.cron_step import cron_step
from ..handling.next_action import ONCE

_logger = logging.getLogger(__name__)

#: Orders that are invoiced in one transaction.
INVOICED_TOGETHER = 250


class SaleOrder(models.Model):
    """An order that is confirmed is invoiced at once, where the company wants it: as soon as there is something to
    invoice by Odoo's own policies, by Odoo's own ways, in the background."""

    _inherit = "sale.order"

    is_invoiced_at_once = fields.Boolean(
        "Invoice at Once",
        copy=False,
        help="As soon as there is something to invoice, the invoice is made, posted and sent by itself. Decided when "
        "the order is confirmed, by the settings of the company and of its products' categories.",
        groups="base.group_user",
    )
    at_once_text = fields.Text(
        "Invoice on Confirmation",
        compute="_compute_at_once_text",
        groups="base.group_user",
        help="What confirming leads to, and whose VAT falls due earlier by it; of a confirmed order, what its invoice "
        "waits for.",
    )

    # Serves the job that makes their invoices.
    _at_once_idx = models.Index("(id) WHERE is_invoiced_at_once AND state = 'sale' AND invoice_status = 'to invoice'")

    @api.depends(
        *("company_id", "state", "order_line.product_id", "order_line.tax_ids", "is_invoiced_at_once"),
        *("invoice_status", "require_payment", "prepayment_percent", "proforma_state"),
    )
    @api.depends_context("lang")
    def _compute_at_once_text(self):
        offers = self.filtered(lambda order: order.state in ("draft", "sent"))
        wanting = offers._wanting_at_once()
        waiting = self._waiting_at_once()
        for order in self:
            offered = order in wanting and order._at_once_sentence()
            order.at_once_text = offered or waiting.get(order._origin.id, False)

    def _waiting_at_once(self):
        """{id: what its invoice waits for, in a sentence}"""
        ready = self._origin.filtered(lambda order: order.is_invoiced_at_once and order.invoice_status == "to invoice")
        if not ready:
            return {}
        self.env.flush_all()
        what = {
            "down_payment": self.env._("The invoice is made by itself once the down payment is paid."),
            "prepayment": self.env._("The invoice is made by itself once the prepayment is paid, or by you."),
            "proforma": self.env._("The invoice is made by itself once the pro-forma is paid, or by you."),
        }
        rows = self.env.execute_query(engine.waiting(ready.ids, PROFORMA_WAITING))
        return {order_id: what[why] for order_id, why in rows if why}

    def _at_once_sentence(self):
        told = self.env._("On confirmation, the invoice is made and sent by itself.")
        if not any(line._brings_vat_forward() for line in self.order_line):
            return told
        early = self.env._("Its VAT falls due with it, also for what is delivered later.")
        return f"{told} {early}"

    # Which --------------------------------------------------------------------------------------

    def _wanting_at_once(self):
        """Those that the settings want to be invoiced at once."""
        wanting = self.browse()
        for company, orders in self.grouped("company_id").items():
            of_company = company.sudo().invoices_at_once  # a setting is no secret
            if not (of_company or self.env["product.category"]._is_any_at_once(company)):
                continue
            for order in orders:
                lines = order.order_line.filtered(lambda line: not line.display_type and not line.is_downpayment)
                if engine.wants([line._at_once_said(company) for line in lines], of_company):
                    wanting |= order
        return wanting

    def _action_confirm(self):
        result = super()._action_confirm()
        if wanting := self._wanting_at_once():
            wanting._stamp(is_invoiced_at_once=True)
            # Whoever confirms, also a customer, needn't see jobs.
            self.env.ref("lead_to_cash.cron_invoice_at_once").sudo()._trigger()
        return result

    # The job ------------------------------------------------------------------------------------

    @api.model
    def _cron_invoice_at_once(self):
        """Invoice what waits, a batch in a transaction. What fails is left as it is, with a task that says why."""
        self._leave_taken_back()
        cron, last = self.env.ref("lead_to_cash.cron_invoice_at_once"), 0
        commit_progress = self.env["ir.cron"]._commit_progress
        while found := self._next_at_once(last):
            last = found[-1].id
            with cron_step(cron, f"Invoicing {len(found)} orders at once"):
                found.try_lock_for_update(allow_referencing=True)._invoice_wanted()
            if not commit_progress(len(found), remaining=len(self._next_at_once(last))):
                break

    @api.model
    def _next_at_once(self, after):
        host = str2bool(self.env["ir.config_parameter"].sudo().get_param("sale.automatic_invoice"))  # a setting
        self.env.flush_all()
        rows = self.env.execute_query(engine.candidates(after, INVOICED_TOGETHER, PROFORMA_WAITING, host_invoices=host))
        return self.browse(row[0] for row in rows)

    @api.model
    def _leave_taken_back(self):
        """Whose invoice somebody cancelled or credited decides about the next one, too."""
        self.env.flush_all()
        self.browse(row[0] for row in self.env.execute_query(engine.taken_back()))._stamp(is_invoiced_at_once=False)

    def _invoice_wanted(self):
        """Also what was marked by hand has to be wanted by the settings: who marks needn't be allowed to post."""
        self.invalidate_recordset()
        wanting = self._wanting_at_once()
        (self - wanting)._stamp(is_invoiced_at_once=False)
        for orders in wanting.grouped("company_id").values():
            failed = orders._invoice_together()
            if failed:
                self.browse().union(*failed)._stamp(is_invoiced_at_once=False)
                for order, reason in failed.items():
                    order._plan_by_hand(reason)

    def _invoice_together(self):
        """All of one company at once; where that fails, in halves, to find which. Returns ``{order: why it failed}``."""
        try:
            with self.env.cr.savepoint():
                self._invoice_and_send()
            return {}
        except OperationalError:
            raise
        except Exception as error:
            if len(self) == 1:
                if not isinstance(error, UserError):
                    _logger.exception("Invoicing %s at once failed", self.name)
                return {self: first_lines(error)}
        half = len(self) // 2
        return self[:half]._invoice_together() | self[half:]._invoice_together()

    def _invoice_and_send(self):
        """Odoo's own invoices, one an order, less its down payments; posted, and on their way.

        :raise UserError: when there is nothing to invoice, an invoice lacks what is compulsory, or it is a credit note
        """
        there = self.with_company(self.company_id)
        moves = there._create_invoices(grouped=True, final=True)
        if self - moves.invoice_line_ids.sale_line_ids.order_id:
            raise UserError(self._nothing_to_invoice_error_message())
        if moves.filtered(lambda move: move.move_type != "out_invoice"):
            raise UserError(self.env._("It would be a credit note. Make it by hand."))
        moves.action_post()
        moves._send_by_itself()

    def _plan_by_hand(self, reason):
        """A task for who sells, with the reason, once."""
        kind = self.env.ref("lead_to_cash.mail_activity_type_invoice_by_hand")
        there = self.activity_ids.filtered(lambda activity: activity.activity_type_id == kind)
        if there:
            there.note = plaintext2html(reason)
            return
        user = self._planned_for()[self]
        user._reading(self).activity_schedule(
            "lead_to_cash.mail_activity_type_invoice_by_hand",
            self._today(),
            note=plaintext2html(reason),
            user_id=user.id,
            handling_step=ONCE,
        )


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _at_once_said(self, company):
        """What the category of the product, or the nearest above it that says something, says for a company."""
        category = self.product_id.sudo().categ_id.with_company(company)  # a setting is no secret
        while category and not category.invoices_at_once:
            category = category.parent_id
        return category.invoices_at_once or ""

    def _brings_vat_forward(self):
        """Whether it is invoiced with tax before it is delivered."""
        if self.display_type or self.product_id.invoice_policy != "order":
            return False
        return any(tax.amount > 0 and tax.tax_exigibility != "on_payment" for tax in self.tax_ids)


class ProductCategory(models.Model):
    _inherit = "product.category"

    invoices_at_once = fields.Selection(
        [(engine.AT_ONCE, "At once"), (engine.NOT_AT_ONCE, "Not at once")],
        "Invoice Orders",
        company_dependent=True,
        index=False,
        help="Orders of these products. Empty: as the category above says, else the company.",
        groups="base.group_user",
    )

    @api.model
    def _is_any_at_once(self, company):
        categories_sudo = self.sudo().with_company(company)  # whoever confirms an order
        return bool(categories_sudo.search([("invoices_at_once", "=", engine.AT_ONCE)], limit=1))


class AccountMove(models.Model):
    _inherit = "account.move"

    @api.ondelete(at_uninstall=False)
    def _unlink_leaves_orders(self):
        """Who deletes the invoice of an order decides about the next one: it isn't made again by itself."""
        drafts_sudo = self.sudo().filtered(lambda move: move.move_type == "out_invoice")  # whoever sells it
        drafts_sudo.invoice_line_ids.sale_line_ids.order_id._stamp(is_invoiced_at_once=False)
