"""Time goes by: each day what happened is booked, then the daily jobs run, as people and Odoo
would do it. Both are committed with a mark, so that a replay that was killed goes on."""

from datetime import date, timedelta

from odoo import Command, fields
from odoo.tools import SQL

from .calendar import calendar_of, promise_of
from .company import find_bank

#: Of which day the events are booked, and of which the jobs are done.
BOOKED, DONE = "lead_to_cash.replay_booked", "lead_to_cash.replay_done"
#: Nobody watches: no log notes, no followers, no mails about activities.
QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_activity_quick_update": True,
}


class Replay:
    """The replay of one file in the company of ``env``. ``commit`` is called after each step."""

    def __init__(self, env, invoices, mapping, commit):
        self.env = env(context={**env.context, **QUIET})
        self.mapping = mapping
        self.commit = commit
        self.first = invoices[0].date
        self.calendar = calendar_of(invoices, mapping)
        self.crons = self._crons()
        self.bank = find_bank(self.env)

    def run(self, until):
        """Replay the days that are left; yields each when it is done."""
        day = self._mark(DONE) or self.first - timedelta(days=1)
        while day < until:
            day += timedelta(days=1)
            self.env = self.env(context={**self.env.context, "l2c_today": fields.Date.to_string(day)})
            if self._mark(BOOKED) != day:
                self.book(day)
                self._set_mark(BOOKED, day)
            self.work(day)
            self._set_mark(DONE, day)
            yield day

    # What people did ---------------------------------------------------------------------

    def book(self, day):
        """What happened on that day."""
        events = self.calendar.get(day)
        if not events:
            return
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
                    "reason": "The file says disputed",
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
                    "journal_id": self.bank.id,
                    "memo": move.ref,
                }
                for move in moves
            ]
        )
        payments.action_post()
        pairs = zip(moves, payments.move_id, strict=True)
        self.env["account.move.line"]._reconcile_plan([receivables(move | paid) for move, paid in pairs])

    # What Odoo and the collectors do -------------------------------------------------------

    def work(self, day):
        """The daily jobs, and what they leave to a person: notices are approved, calls made.

        Mails stay queued. Notices count as sent in the evening, like those whose mail has left:
        else each payment would take back reminders that the customer got long ago.
        """
        for cron in self.crons:
            action = cron.with_context(**self.env.context).ir_actions_server_id
            action.with_user(cron.user_id).run()
        runs = self.env["dunning.run"]
        own = [("company_id", "=", self.env.company.id), ("date", "=", day)]
        (runs.search(own, limit=1) or runs.create({"company_id": self.env.company.id, "date": day})).action_run()
        notices = self.env["dunning.notice"]
        if waiting := notices.search([("state", "=", "to_approve")]):
            waiting.action_approve()
        queued = notices.search([("state", "=", "queued")])
        queued.activity_id.action_feedback(feedback="Done on the day")
        queued.filtered(lambda notice: notice.state == "queued").write({"state": "sent"})
        if failed := notices.search([("state", "=", "failed"), ("date", "=", day)], limit=1):
            raise RuntimeError(f"The notice to {failed.partner_id.name} of {day} failed: {failed.failure_reason}")

    def _crons(self):
        """The addon's scheduled actions but the run, which is done for its own day."""
        rows = self.env["ir.model.data"].search(
            [("module", "=", "lead_to_cash"), ("model", "=", "ir.cron"), ("name", "!=", "cron_dunning_run")]
        )
        return self.env["ir.cron"].browse(sorted(rows.mapped("res_id")))

    # Where it stands -----------------------------------------------------------------------

    # By SQL: through the ORM each write of a parameter empties Odoo's caches.

    def _mark(self, key):
        rows = self.env.execute_query(SQL("SELECT value FROM ir_config_parameter WHERE key = %s", key))
        return rows and date.fromisoformat(rows[0][0])

    def _set_mark(self, key, day):
        self.env.cr.execute(
            SQL(
                "INSERT INTO ir_config_parameter (key, value) VALUES (%s, %s)"
                " ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value",
                key,
                day.isoformat(),
            )
        )
        self.env.flush_all()
        self.commit()
        self.env.invalidate_all()


def receivables(moves):
    """The items of invoices."""
    return moves.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
