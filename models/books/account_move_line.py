from itertools import chain

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    payment_returned_date = fields.Date(
        "Payment Returned on",
        readonly=True,
        copy=False,
        help="The day on which a payment of this item was taken back.",
        groups="base.group_user",
    )

    payment_return_open = fields.Boolean(
        readonly=True,
        copy=False,
        help="A payment was taken back, and nobody has followed it up yet.",
        groups="base.group_user",
    )

    # What of a payment it was, nobody can tell any more once they are unmatched.
    unmatched_from_id = fields.Many2one(
        "account.move.line",
        "Unmatched from",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The payment from which the item was unmatched last, until that is matched again.",
        groups="base.group_user",
    )

    # Written by engine.books.under_way alone, as superuser's SQL: no accounting check applies.
    under_way = fields.Monetary(
        currency_field="company_currency_id",
        readonly=True,
        copy=False,
        help="Of the open balance: paid by payments without an entry of their own, or online and not booked yet.",
        groups="base.group_user",
    )
    under_way_currency = fields.Monetary("Under Way in Currency", readonly=True, copy=False, groups="base.group_user")
    left_currency = fields.Monetary(
        "Left in Currency",
        compute="_compute_left_currency",
        help="The open balance less what is under way.",
        groups="base.group_user",
    )

    # Serves what follows payments: on which items some are under way.
    _under_way_idx = models.Index("(move_id) WHERE under_way_currency != 0")
    # Serves the desk: which payments came back.
    _payment_return_idx = models.Index("(company_id) WHERE payment_return_open")
    # Serves what was open on a day: drafts that are matched still.
    _matched_draft_idx = models.Index("(id) WHERE parent_state = 'draft' AND matching_number IS NOT NULL")

    @api.depends("amount_residual_currency", "under_way_currency")
    def _compute_left_currency(self):
        for item in self:
            item.left_currency = item.amount_residual_currency - item.under_way_currency

    # Paid early ---------------------------------------------------------------------------------

    def _discounts(self, day):
        """What is taken off those of these items that are paid by ``day``, wholly and together: Odoo's
        early-payment discount, by Odoo's rule. None of what is paid in part, be it by money under way; nor where
        the credits among these items leave no more than that; nor of what is disputed in part.

        :return: {item: amount above zero, in the item's currency}
        """
        items_sudo = self.sudo()  # who reads the items is told what was agreed about them
        early_sudo = items_sudo.filtered(
            lambda item: (
                item.discount_date
                and item.discount_date >= day
                and not item.under_way_currency
                and not item._is_partly_disputed()
            )
        )
        early_sudo = early_sudo.with_prefetch(items_sudo._prefetch_ids)
        early_sudo.mapped("matched_debit_ids")  # warm, as what follows: Odoo asks one by one
        early_sudo.mapped("matched_credit_ids")
        early_sudo = early_sudo.filtered(lambda item: item._is_discounted(day))
        taken = {
            item: item.currency_id.round(item.amount_currency - item.discount_amount_currency) for item in early_sudo
        }
        taken = {item: amount for item, amount in taken.items() if amount > 0}
        return taken if taken and sum(items_sudo.mapped("left_currency")) > sum(taken.values()) else {}

    def _is_discounted(self, day):
        """Whether Odoo has an early-payment discount for whoever pays all of this item by ``day``; without one,
        whatever the day."""
        terms = self.move_id.line_ids.filtered(lambda line: line.display_type == "payment_term")
        return (
            terms == self
            and self.parent_state == "posted"
            and not self.reconciled
            and self.move_id._is_eligible_for_early_payment_discount(self.currency_id, day)
        )

    def _asked(self, day=None):
        """{item: what is asked for} of these items, paid together: what is claimed; by a ``day``, less the discounts
        that run until then."""
        taken = self._discounts(day) if day else {}
        return {item: item.currency_id.round(item.claimed_currency - taken.get(item, 0)) for item in self}

    def _without_discount_account(self):
        """Those of these items whose discounts can't be booked: their documents say so."""
        items = self.filtered(lambda item: not item.company_id.account_journal_early_pay_discount_loss_account_id)
        body = self.env._(
            "It was paid less the discount for paying early, which could not be booked: choose the account for it in "
            "the settings (Early Discount Loss), then write off the rest."
        )
        items.move_id._message_log_batch(bodies=dict.fromkeys(items.move_id.ids, body))
        return items

    def _discount_entries(self):
        """The journal items, as values, by which a payment books the discounts of these items. As Odoo's dialog
        for registering payments does; Odoo's online payments book one of several taxes alone."""
        moves, values = self.env["account.move"], []
        for item in self:
            matched = {
                "aml": item,
                "amount_currency": -item.amount_residual_currency,
                "balance": -item.amount_residual,
            }
            found = moves._get_invoice_counterpart_amls_for_early_payment_discount(
                [matched], item.balance - item.discount_balance
            )
            values += chain.from_iterable(found.values())
        return values

    def write(self, vals):
        result = super().write(vals)
        if vals.get("no_followup"):
            self.env["dunning.notice"]._reasons_changed(self)
        return result

    # Payments that come back ----------------------------------------------------------------

    def _came_back(self, day, payment, reason):
        """A payment of these items was taken back on ``day``: they say so, what was promised with it is
        broken, and the responsible knows at once.

        :param payment: its name
        """
        items = self._owed_by_customers()
        items._mark_returned(day)
        promises = self.env["dunning.promise"].search(
            [("move_line_ids", "in", items.ids), ("state", "in", ("open", "kept"))]
        )
        promises._break(self.env["res.company"]._today())
        told = {"payment": payment, "reason": reason or ""}
        for company, owed in items.grouped("company_id").items():
            customers = owed.partner_id.commercial_partner_id.with_company(company)
            responsibles = customers._collection_responsibles(owed.move_id)
            for customer, moves in owed.move_id.grouped("commercial_partner_id").items():
                noted = self.env["res.users"]._noting(moves, responsibles.get(customer, self.env.user))
                body = noted.env._("Payment returned: %(payment)s. %(reason)s", **told)
                noted._message_log_batch(bodies=dict.fromkeys(moves.ids, body))
            customers._tell_responsible(
                lambda customer: (
                    customer.env._("Payment returned"),
                    customer.env._("Payment returned: %(payment)s. %(reason)s", **told),
                ),
                owed.move_id,
            )

    def _mark_returned(self, day):
        """Written by SQL: no accounting check applies to it, and a posted entry takes no other write."""
        if self:
            statement = SQL(
                "UPDATE account_move_line SET payment_returned_date = %s, payment_return_open = TRUE WHERE id IN %s",
                day,
                self._ids,
            )
            self.env.cr.execute(statement)
            self.invalidate_recordset(["payment_returned_date", "payment_return_open"], flush=False)

    def _paid_items(self):
        """What these lines of payments have paid, or had paid until they were unmatched."""
        unmatched = self.search([("unmatched_from_id", "in", self.ids)])._still_owed()
        matched = self.matched_debit_ids.debit_move_id._owed_by_customers().filtered(
            lambda line: not line._is_payment() and line.move_id.reversed_entry_id not in self.move_id
        )
        return matched | unmatched

    def _unmatched_from(self, payment):
        """These items are unmatched from a payment's line. By SQL, as above."""
        items = self._owed_by_customers().filtered(lambda line: not line._is_payment())
        if items:
            self.env.cr.execute(
                SQL("UPDATE account_move_line SET unmatched_from_id = %s WHERE id IN %s", payment.id, items._ids)
            )
            items.invalidate_recordset(["unmatched_from_id"], flush=False)

    def _forget_unmatched(self):
        """{line of a payment: items that were unmatched from it}, of these lines, which are matched again."""
        if not self.ids:
            return {}
        rows = self.env.execute_query(
            SQL(
                """UPDATE account_move_line i SET unmatched_from_id = NULL FROM account_move_line p
                    WHERE p.id = i.unmatched_from_id AND p.id IN %s RETURNING i.id, p.id""",
                self._ids,
            )
        )
        items = self.browse(row[0] for row in rows)
        items.invalidate_recordset(["unmatched_from_id"], flush=False)
        payments = dict(rows)
        return items.grouped(lambda item: self.browse(payments[item.id]))

    @api.model
    def _return_followed_up(self, customers):
        """Somebody has spoken to these customers about what came back. By SQL, as above."""
        self.env.cr.execute(
            SQL(
                """UPDATE account_move_line l SET payment_return_open = FALSE FROM res_partner p
                    WHERE l.payment_return_open AND l.company_id = %s AND p.id = l.partner_id
                      AND p.commercial_partner_id IN %s""",
                self.env.company.id,
                tuple(customers.ids) or (0,),
            )
        )
        self.invalidate_model(["payment_return_open"], flush=False)

    def _return_open_again(self):
        """It was said by mistake that somebody has spoken about what came back. By SQL, as above."""
        if self:
            query = "UPDATE account_move_line SET payment_return_open = TRUE WHERE id IN %s AND reconciled IS NOT TRUE"
            self.env.cr.execute(SQL(query, self._ids))
            self.invalidate_recordset(["payment_return_open"], flush=False)

    @api.model
    def _open_domain(self):
        """What customers owe, and their credits, that is still open."""
        return (
            Domain("account_type", "=", "asset_receivable")
            & Domain("parent_state", "=", "posted")
            & Domain("reconciled", "=", False)
        )

    @api.model
    def _past_due_domain(self, day):
        """Items that were due before ``day``; entries by hand (opening balances) may have no due
        date: theirs counts."""
        return Domain("date_maturity", "<", day) | (Domain("date_maturity", "=", False) & Domain("date", "<", day))

    def _owed_by_customers(self):
        return self.filtered(lambda line: line.account_type == "asset_receivable" and line.balance > 0)

    def _still_owed(self):
        return self._owed_by_customers().filtered(lambda line: not line.reconciled and line.parent_state == "posted")

    def _is_payment(self):
        """Whether the line is money: of a payment, or of a bank statement."""
        return bool(self.payment_id or self.statement_line_id)
