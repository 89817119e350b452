"""What people did, booked on its day as they would have done it."""

from contextlib import contextmanager
from datetime import date
from functools import partial

from odoo import Command, fields
from odoo.service.model import retrying
from odoo.tools import SQL

from .calendar import promise_of
from .company import find_bank

#: Nobody watches: no log notes, no followers, no mails about activities.
QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_activity_quick_update": True,
}


class Booking:
    """Books a calendar's events in the company of ``env``. Each day is committed with a mark of that
    name, and tried again when another process was in the way."""

    def __init__(self, env, calendar, mapping, mark):
        self.env = env
        self.calendar = calendar
        self.mapping = mapping
        self.mark = mark

    @contextmanager
    def meanwhile(self, day):
        """Where there is one process only, things happen in turn."""
        self.book(day)
        yield

    def book(self, day):
        """What happened on that day; once."""
        self.env = as_of(self.env, day)
        retrying(partial(self._book, day), self.env)
        self.env.invalidate_all()

    def _book(self, day):
        if read_mark(self.env, self.mark) == day:
            return
        if events := self.calendar.get(day):
            self._book_events(events, day)
        write_mark(self.env, self.mark, day)

    def _book_events(self, events, day):
        if events.invoiced:
            self._invoice(events.invoiced)
        moves = self._moves(invoice for rows in events[1:] for invoice in rows)
        self._resolve([moves[invoice.number] for invoice in events.resolved])
        self._dispute([moves[invoice.number] for invoice in events.disputed])
        self._promise([(moves[invoice.number], invoice) for invoice in events.promised])
        self._settle([moves[invoice.number] for invoice in events.settled], day)

    def _invoice(self, invoices):
        partners = self.env["res.partner"].search([("ref", "in", [invoice.customer for invoice in invoices])])
        partners = {partner.ref: partner.id for partner in partners}
        moves = self.env["account.move"].create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": partners[invoice.customer],
                    "ref": invoice.number,
                    "invoice_date": invoice.date,
                    "invoice_date_due": invoice.due,
                    "invoice_payment_term_id": False,
                    "invoice_line_ids": [
                        Command.create({"name": invoice.number, "price_unit": float(invoice.amount), "tax_ids": False})
                    ],
                }
                for invoice in invoices
            ]
        )
        moves.action_post()

    def _moves(self, invoices):
        """The documents of invoices by number."""
        numbers = [invoice.number for invoice in invoices]
        own = [("company_id", "=", self.env.company.id), ("move_type", "=", "out_invoice")]
        return {move.ref: move for move in self.env["account.move"].search([*own, ("ref", "in", numbers)])}

    def _dispute(self, moves):
        self.env["dunning.dispute"].create(
            [
                {
                    "partner_id": move.commercial_partner_id.id,
                    "company_id": move.company_id.id,
                    "move_line_ids": [Command.set(receivables(move).ids)],
                    "note": "The file says disputed",
                }
                for move in moves
            ]
        )

    def _resolve(self, moves):
        lines = receivables(self.env["account.move"].union(*moves))
        disputes = self.env["dunning.dispute"].search([("move_line_ids", "in", lines.ids), ("state", "=", "open")])
        if disputes:
            disputes.action_resolve()

    def _promise(self, pairs):
        self.env["dunning.promise"].create(
            [
                {
                    "partner_id": move.commercial_partner_id.id,
                    "company_id": move.company_id.id,
                    "currency_id": move.currency_id.id,
                    "move_line_ids": [Command.set(receivables(move).ids)],
                    "amount": move.amount_residual,
                    "date": promise_of(invoice, self.mapping["promise"])[1],
                }
                for move, invoice in pairs
            ]
        )

    def _settle(self, moves, day):
        """A payment an invoice, all of a day made and reconciled together."""
        if not moves:
            return
        payments = self.env["account.payment"].create(
            [
                {
                    "partner_id": move.commercial_partner_id.id,
                    "amount": move.amount_residual,
                    "currency_id": move.currency_id.id,
                    "date": day,
                    "journal_id": find_bank(self.env).id,
                    "memo": move.ref,
                }
                for move in moves
            ]
        )
        payments.action_post()
        pairs = zip(moves, payments.move_id, strict=True)
        self.env["account.move.line"]._reconcile_plan([receivables(move | paid) for move, paid in pairs])


def receivables(moves):
    """The items of invoices."""
    return moves.line_ids.filtered(lambda line: line.account_type == "asset_receivable")


def as_of(env, day):
    """The environment of a day on which nobody watches."""
    return env(context={**env.context, **QUIET, "l2c_today": fields.Date.to_string(day)})


# By SQL: through the ORM each write of a parameter empties Odoo's caches.


def read_mark(env, key):
    """The last day for which this was done, or None."""
    rows = env.execute_query(SQL("SELECT value FROM ir_config_parameter WHERE key = %s", key))
    return date.fromisoformat(rows[0][0]) if rows else None


def write_mark(env, key, day):
    """This was done for that day."""
    env.cr.execute(
        SQL(
            "INSERT INTO ir_config_parameter (key, value) VALUES (%s, %s)"
            " ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value",
            key,
            day.isoformat(),
        )
    )
