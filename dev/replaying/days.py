"""Time goes by: each day what happened is booked, then the daily jobs run, as people and Odoo
would do it. All is committed with marks, so that a replay that was killed goes on."""

from datetime import timedelta
from functools import partial

from odoo.service.model import retrying

from .booking import Booking, as_of, read_mark, write_mark
from .calendar import calendars_of

#: Of which day the events are booked (of that day's invoices, of earlier ones), the jobs done.
NEW, EARLIER, DONE = (f"lead_to_cash.replay_{name}" for name in ("new", "earlier", "done"))


class Replay:
    """The replay of one file in the company of ``env``. What happens to the invoices of a day may
    be booked by another process, given as ``apart``, while this one books the rest."""

    def __init__(self, env, invoices, mapping, apart=None):
        self.env = env
        self.first = invoices[0].date
        new, earlier = calendars_of(invoices, mapping)
        self.earlier = Booking(env, earlier, mapping, EARLIER)
        self.new = apart or Booking(env, new, mapping, NEW)
        self.crons = self._crons()

    def run(self, until):
        """Replay the days that are left; yields each when it is done."""
        day = read_mark(self.env, DONE) or self.first - timedelta(days=1)
        while day < until:
            day += timedelta(days=1)
            with self.new.meanwhile(day):
                self.earlier.book(day)
            self.env = as_of(self.env, day)
            retrying(partial(self.work, day), self.env)
            self.env.invalidate_all()
            yield day

    def work(self, day):
        """The daily jobs, and what they leave to a person: notices are approved, calls made.

        E-mails aren't written. Notices count as sent in the evening, like those whose mail has left:
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
        queued.filtered(lambda notice: notice.state == "queued")._set_state("sent")
        if failed := notices.search([("state", "=", "failed"), ("date", "=", day)], limit=1):
            raise RuntimeError(f"The notice to {failed.partner_id.name} of {day} failed: {failed.failure_reason}")
        write_mark(self.env, DONE, day)

    def _crons(self):
        """The addon's scheduled actions but the run, which is done for its own day."""
        rows = self.env["ir.model.data"].search(
            [("module", "=", "lead_to_cash"), ("model", "=", "ir.cron"), ("name", "!=", "cron_dunning_run")]
        )
        return self.env["ir.cron"].browse(sorted(rows.mapped("res_id")))
