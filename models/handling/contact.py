from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...engine.handling.contact import CONTACTS, MISSES, half_of_day, misses_in_a_row, next_role

ATTEMPT_FIELDS = ["first_contact_date", "last_contact_date", "attempt_count", "contact_attempt_ids"]


class HandlingMixin(models.AbstractModel):
    """Attempts to reach somebody about a document, and what follows from them."""

    _inherit = "handling.mixin"

    first_contact_date = fields.Datetime("First Contact", copy=False, readonly=True, groups="base.group_user")
    last_contact_date = fields.Datetime("Last Contact", copy=False, readonly=True, groups="base.group_user")
    attempt_count = fields.Integer("Attempts", copy=False, readonly=True, groups="base.group_user")
    contact_attempt_ids = fields.One2many(
        "contact.attempt",
        "res_id",
        "Contact Attempts",
        domain=lambda self: [("res_model", "=", self._name)],
        readonly=True,
        copy=False,
        bypass_search_access=True,
        groups="base.group_user",
    )

    days_since_contact = fields.Integer(
        compute="_compute_days_since_contact",
        help="Days since somebody was reached, or since the status was entered.",
        groups="base.group_user",
    )

    call_hint = fields.Char("Before Calling", compute="_compute_call_hint", groups="base.group_user")
    is_phone_blocked = fields.Boolean(compute="_compute_call_hint", groups="base.group_user")

    @api.depends("last_contact_date", "handling_status_since")
    def _compute_days_since_contact(self):
        now = self._now()
        for document in self:
            last = document.last_contact_date or document.handling_status_since
            document.days_since_contact = last and (now - last).days

    # One click ---------------------------------------------------------------------

    def action_reached(self):
        """Somebody was reached; the first time, and where the status wants to know more, a small dialog asks
        what came of it."""
        self.check_access("write")
        if len(self) == 1 and (not self.first_contact_date or self._what_is_missing("reached", None)):
            return self._result_dialog("lead_to_cash.contact_dialog_action")
        return self._click("reached")

    def action_no_answer(self):
        """Nobody answered."""
        return self._click("no_answer")

    def action_left_message(self):
        """A message was left."""
        return self._click("left_message")

    def action_call_back(self):
        """They ask for another call: ask when, of one document."""
        self.check_access("write")
        if len(self) == 1 and self._moved_by_results:
            return self._result_dialog("lead_to_cash.contact_result_action", outcome="callback")
        return self._click("callback")

    def action_log_attempt(self, outcome, channel="call", note=None, date=None, callback_at=None):
        """Log one attempt for each document, with a line in its chatter.

        :param outcome: one of ``engine.handling.contact.OUTCOMES``
        :param channel: one of ``engine.handling.contact.CONTACT_CHANNELS``
        :param note: what was said
        :param date: when, a UTC datetime; now when left out
        :param callback_at: when they asked to be called, a UTC datetime; the next working day when left out
        :raise UserError: for an outcome or channel that there isn't, a future date, or a call in the past
        """
        self._log_attempts(outcome, channel, note, date, callback_at)
        return True

    def _log_attempts(self, outcome, channel="call", note=None, date=None, callback_at=None):
        """As ``action_log_attempt``; returns the attempts."""
        self.check_access("write")
        self.env["contact.attempt"].check_access("create")
        moment = self._check_callback(callback_at)
        if missing := self._what_is_missing(outcome, note):
            raise UserError(missing)
        return self.env["contact.attempt"]._log(self._handling_documents(), outcome, channel, note, date, moment)

    # What follows --------------------------------------------------------------------

    def _attempts_made(self, outcome, attempts):
        """Attempts with ``outcome`` were made: dates, counters, status, next try."""
        documents = self._with_result()
        attempts._judge()
        attempts.with_env(documents.env)._keep_what_was()
        for is_counted, group in attempts.grouped("is_counted").items():
            moments = [(attempt.res_id, attempt.date) for attempt in group]
            self.browse(group.mapped("res_id"))._count_attempts(outcome, moments, counts=int(is_counted))
        if self._moved_by_results:
            documents._end_due()
            documents._handling_event(outcome)
            documents._plan_after(outcome, attempts)
        else:
            documents._handling_event(outcome)
            if outcome in MISSES:
                self.browse(attempts.filtered("is_counted").mapped("res_id"))._after_misses()
        attempts._keep_what_followed()

    def _count_attempts(self, outcome, moments, counts=1):
        """Count the attempts with ``outcome`` at ``moments``, pairs of id and date; each as ``counts``. Written by
        SQL, like the status: on an invoice it is no accounting."""
        spoken = outcome in CONTACTS
        self.flush_recordset(ATTEMPT_FIELDS[:3])
        rows = SQL(", ").join(SQL("(%s, %s::timestamp)", *moment) for moment in moments)
        self.env.cr.execute(
            SQL(
                """UPDATE %(table)s d
                      SET attempt_count = COALESCE(d.attempt_count, 0) + x.number * %(counts)s,
                          first_contact_date = CASE WHEN %(spoken)s THEN LEAST(d.first_contact_date, x.first)
                                                    ELSE d.first_contact_date END,
                          last_contact_date = CASE WHEN %(spoken)s THEN GREATEST(d.last_contact_date, x.last)
                                                   ELSE d.last_contact_date END
                     FROM (SELECT id, count(*) AS number, min(date) AS first, max(date) AS last
                             FROM (VALUES %(rows)s) v(id, date) GROUP BY id) x
                    WHERE x.id = d.id""",
                table=SQL.identifier(self._table),
                spoken=spoken,
                counts=counts,
                rows=rows,
            )
        )
        self.invalidate_recordset(ATTEMPT_FIELDS, flush=False)
        self.modified(ATTEMPT_FIELDS[:3])

    def _handling_event(self, event):
        """Move each document to the role that ``event`` leads to, where its state allows it."""
        for role, documents in self.grouped("handling_role").items():
            target = next_role(role, event)
            if target == role:
                continue
            fit = documents.filtered(lambda doc, role=target: role in doc.handling_choice_ids.mapped("role"))
            fit._handling_update(chosen=target)
            rest = (documents - fit).filtered(lambda doc: "in_progress" in doc.handling_choice_ids.mapped("role"))
            rest._handling_update(chosen="in_progress")

    def _after_misses(self):
        """After a miss, the next try is planned and a mail of the series sent; after so many
        in a row as the status allows, the document is closed."""
        still_open = self.filtered(lambda document: not document.closure_date)
        for status, documents in still_open.grouped("handling_status_id").items():
            if not (status.max_attempts or status.requires_next_action or status.series_ids or self._moved_by_results):
                continue
            for tries, group in documents.grouped(lambda document: document._misses()).items():
                if status.max_attempts and tries >= status.max_attempts and status.exhausted_reason_id:
                    status._send_series(group, tries)
                    group.action_close(status.exhausted_reason_id)
                else:
                    group._plan_next_try(tries)
                    status._send_series(group, tries)

    def _misses(self):
        """Tries without an answer in a row: since the last contact, and since the document was
        opened again, else the next miss would close it at once."""
        attempts = self.contact_attempt_ids.filtered(lambda row: row.is_counted or row.outcome in CONTACTS).sorted(
            lambda row: (row.date, row.id)
        )
        return misses_in_a_row([(row.date, row.outcome) for row in attempts], self.reopened_date)

    def _try_again(self):
        """A try too soon after another one doesn't count, but the next one is planned all the same."""
        for tries, documents in self.grouped(lambda document: document._misses()).items():
            documents._plan_next_try(tries)

    def _plan_next_try(self, tries):
        """A call on the next working day, in the mornings and afternoons in turn."""
        for day, documents in self._by_working_day(1).items():
            documents._plan_activity(day, next_try(tries), replace=True)

    # Before calling -----------------------------------------------------------------------

    def _call_hint_fields(self):
        """Names of the fields on which the hint depends."""
        return ["partner_id.phone_sanitized"]

    @api.depends(lambda self: self._call_hint_fields())
    @api.depends_context("lang", "company", "l2c_today")
    def _compute_call_hint(self):
        for document in self:
            document.is_phone_blocked = document._sales_contact().phone_blacklisted
            document.call_hint = document._call_hint()

    def _call_hint(self):
        """Why the number must not, or not yet, be called; empty when nothing is against it."""
        return self.env._("The number is blocked: do not call.") if self.is_phone_blocked else ""


def next_try(tries):
    """What is to be done after so many tries without an answer: a function of the document, as its reader
    reads it; in the mornings and afternoons in turn."""
    if half_of_day(tries) == "afternoon":
        return lambda document: document.env._("Call again, in the afternoon")
    return lambda document: document.env._("Call again, in the morning")
