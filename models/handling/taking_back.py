from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_list
from psycopg2.extras import Json

from ...engine.handling.own import Own, own
from .contact import ATTEMPT_FIELDS
from .mixin import HANDLING_FIELDS

#: What is kept of the activities of a document.
ACTIVITY_FIELDS = ["activity_type_id", "summary", "note", "user_id", "automated", "handling_step"]
ACTIVITY_DATES = ["date_deadline", "callback_at"]
#: Documents of which a toast tells the names.
MOST_NAMED = 3


class HandlingMixin(models.AbstractModel):
    """A document is again as it was before its last try."""

    _inherit = "handling.mixin"

    def _taken_back_names(self):
        """The columns that a try changes."""
        closure = [self._closure_column(), "closure_note", "closure_date", "reopened_date"]
        return [*HANDLING_FIELDS, *ATTEMPT_FIELDS[:3], *closure]

    def _with_result(self):
        """The same, while a result is logged: its e-mails wait as long as it can be taken back; all from one
        moment, by which they are found again."""
        return self if own(self.env, "l2c_result") else self.with_context(l2c_result=Own(self._now()))

    def _undo_until(self, moment):
        """Until when what was logged at ``moment`` can be taken back."""
        company_sudo = (self.company_id or self.env.company).sudo()  # a setting
        return moment + timedelta(minutes=company_sudo.undo_minutes)

    def _mail_waits_until(self):
        """When an e-mail or SMS may leave; False: at once."""
        moment = own(self.env, "l2c_result")
        until = self._moved_by_results and moment and self._undo_until(moment)
        return until if until and until > moment else False

    def _forget_what_was(self):
        """No try of the documents can be taken back any more."""
        about = Domain("res_model", "=", self._name) & Domain("res_id", "in", self.ids)
        # Whoever made them.
        self.env["contact.attempt"].sudo().search(about & Domain("snapshot", "!=", False)).snapshot = False

    # What was, and what followed -----------------------------------------------------------

    def _what_is(self):
        """{id: columns, what is planned and the last change of status}, as values for JSON."""
        self.flush_recordset()
        columns = SQL(", ").join(map(SQL.identifier, ["id", *self._taken_back_names()]))
        table, ids = SQL.identifier(self._table), tuple(self.ids)
        query = SQL("SELECT x.id, to_jsonb(x) - 'id' FROM (SELECT %s FROM %s WHERE id IN %s) x", columns, table, ids)
        planned, changes = self._planned_values(), self._last_changes()
        return {
            res_id: {"values": values, "planned": planned.get(res_id, {}), "change": changes.get(res_id, 0)}
            for res_id, values in self.env.execute_query(query)
        }

    def _planned_values(self):
        """{id of a document: {id: values} of what is planned}"""
        planned = Domain("res_model", "=", self._name) & Domain("res_id", "in", self.ids)
        # Whoever may log a try may bring back what it ended.
        activities_sudo = self.env["mail.activity"].sudo().search(planned)
        found = {}
        for values in activities_sudo.read(["res_id", *ACTIVITY_FIELDS, *ACTIVITY_DATES], load=None):
            values |= {name: values[name] and str(values[name]) for name in ACTIVITY_DATES}
            found.setdefault(values.pop("res_id"), {})[str(values.pop("id"))] = values
        return found

    def _last_changes(self):
        """{id of a document: id of the latest change of its status}"""
        query = SQL(
            "SELECT res_id, max(id) FROM handling_status_change WHERE res_model = %s AND res_id IN %s GROUP BY res_id",
            self._name,
            tuple(self.ids),
        )
        return dict(self.env.execute_query(query))

    # Back ------------------------------------------------------------------------------------

    def _check_may_take_back(self):
        """Whoever takes a try back may write its document."""
        self.check_access("write")

    def _has_changed_since(self, was):
        """A sentence, when something has happened since the try before which the document ``was`` so; else empty."""
        if "made" not in was:  # kept by an earlier release
            return self.env._("This try can't be taken back any more. Log how it really was as another one.")
        if self._last_changes().get(self.id, 0) != was["changed"]:
            return self.env._("The status has changed since: this try can't be taken back any more.")
        return ""

    def _tell_taken_back(self, label):
        self._message_log(body=self.env._("Taken back: %s", label))

    def _take_back(self, was):
        """Bring the document back to what ``was``, as of ``_what_is``; with ``made`` and ``ended``, what the try
        planned and ended, and ``until`` when its e-mails wait. What somebody has done or changed since stays so."""
        self.ensure_one()
        self._drop_waiting(was["until"])
        now = self._planned_values().get(self.id, {})
        followed = {number for number, values in was["made"].items() if now.get(number) == values}
        if self.handling_role == "lost" and was["values"]["handling_role"] != "lost":
            known = self._planned_values().get(self.id, {}).keys()
            # Whoever logged the try that closed it opens it again; nobody is written to.
            self.with_context(l2c_status_of=Own(self._name)).sudo()._reopen()
            followed |= self._planned_values().get(self.id, {}).keys() - known
        self._plan_as_before({number: was["planned"][number] for number in was["ended"]}, followed)
        self._write_back(was)

    def _drop_waiting(self, until):
        """What waited to leave until then doesn't."""
        about = Domain("model", "=", self._name) & Domain("res_id", "=", self.id)
        waiting = Domain("state", "=", "outgoing")
        # Whoever logs a try need not administer mails and SMS.
        sudo = self.sudo().env
        sudo["mail.mail"].search(about & waiting & Domain("scheduled_date", "=", until)).unlink()
        about = Domain("mail_message_id", "any", about)
        sudo["sms.sms"].search(about & waiting & Domain("waits_until", "=", until)).unlink()

    def _plan_as_before(self, ended, followed):
        """What ``followed`` isn't planned any more, and what the try ``ended`` or dropped is. Both by their ids, as
        JSON has them."""
        # Somebody else may have planned it.
        activities_sudo = self.env["mail.activity"].sudo().with_context(mail_activity_quick_update=True)
        activities_sudo.browse(map(int, followed)).exists().unlink()
        kept_sudo = activities_sudo.with_context(active_test=False).browse(map(int, ended)).exists()
        kept_sudo.filtered(lambda activity: not activity.active).action_unarchive()
        about = {"res_model_id": self.env["ir.model"]._get_id(self._name), "res_id": self.id}
        dropped = [values | about for number, values in ended.items() if int(number) not in kept_sudo._ids]
        activities_sudo.create(dropped)

    def _write_back(self, was):
        """The columns, and no change of status since. Written by SQL, as they were."""
        names = self._taken_back_names()
        self.flush_recordset()
        self.env.execute_query(
            SQL(
                "UPDATE %(table)s d SET %(columns)s FROM jsonb_populate_record(NULL::%(table)s, %(values)s) r"
                " WHERE d.id = %(id)s RETURNING d.id",
                table=SQL.identifier(self._table),
                columns=SQL(", ").join(SQL("%s = r.%s", SQL.identifier(name), SQL.identifier(name)) for name in names),
                values=Json(was["values"]),
                id=self.id,
            )
        )
        self.env.execute_query(
            SQL(
                "DELETE FROM handling_status_change WHERE res_model = %s AND res_id = %s AND id > %s RETURNING id",
                self._name,
                self.id,
                was["change"],
            )
        )
        self.env["handling.status.change"].invalidate_model(flush=False)
        self.invalidate_recordset(flush=False)
        self.modified(names)


class ContactAttempt(models.Model):
    """For some minutes, who has made the last try can take it back."""

    _inherit = "contact.attempt"

    snapshot = fields.Json(
        "State Before", copy=False, groups=fields.NO_ACCESS, help="What the document was before its last try."
    )
    can_undo = fields.Boolean("Can Be Taken Back", compute="_compute_can_undo")

    @api.depends("active", "user_id")
    @api.depends_context("uid")
    def _compute_can_undo(self):
        for attempt in self:
            attempt.can_undo = not attempt._why_not_undone()

    def _document(self):
        return self.env[self.res_model].browse(self.res_id)

    def _about(self):
        """What is as it was before, when the try is taken back."""
        return self._document()

    def _keep_what_was(self):
        """Keep what the documents are, before anything follows from the new attempts."""
        for model, attempts in self.grouped("res_model").items():
            documents = self.env[model].browse(attempts.mapped("res_id"))
            if not documents._moved_by_results:
                continue
            was, now = documents._what_is(), own(self.env, "l2c_result") or self._now()
            about = Domain("res_model", "=", model) & Domain("res_id", "in", documents.ids)
            # Of earlier tries it isn't needed any more, whoever made them.
            self.sudo().search(
                about & Domain("id", "not in", self.ids) & Domain("snapshot", "!=", False)
            ).snapshot = False
            for attempt in attempts:
                until = attempt._document()._undo_until(now)
                if until > now:
                    # Nobody writes or reads it but this code.
                    attempt.sudo().snapshot = was[attempt.res_id] | {"until": str(until)}

    def _keep_what_followed(self):
        """Keep what is planned now and wasn't, what was and isn't, and the last change of status."""
        kept_sudo = self.sudo().filtered("snapshot")  # as above
        for model, attempts_sudo in kept_sudo.grouped("res_model").items():
            documents = self.env[model].browse(attempts_sudo.mapped("res_id"))
            planned, changes = documents._planned_values(), documents._last_changes()
            for attempt_sudo in attempts_sudo:
                was = attempt_sudo.snapshot
                now = planned.get(attempt_sudo.res_id, {})
                attempt_sudo.snapshot = was | {
                    "made": {number: values for number, values in now.items() if number not in was["planned"]},
                    "ended": sorted(was["planned"].keys() - now.keys()),
                    "changed": changes.get(attempt_sudo.res_id, 0),
                }

    def action_undo(self):
        """Take the tries back: their documents are as they were before, and what waited to be sent isn't.

        :raise UserError: by anybody else, after the minutes that the company sets, or when something has
            happened since
        """
        self.check_access("read")
        if not self:
            raise UserError(self.env._("Only the last try can be taken back."))
        for attempt in self.sorted("id", reverse=True):
            if reason := attempt._why_not_undone():
                raise UserError(reason)
            document = attempt._about()
            document._check_may_take_back()
            attempt_sudo = attempt.sudo()  # whose it is, was asked
            document._take_back(attempt_sudo.snapshot)
            document._tell_taken_back(attempt._label("outcome", attempt.outcome))
            attempt_sudo.write({"active": False, "snapshot": False})
        return True

    def _why_not_undone(self):
        """A sentence; empty when the attempt can be taken back."""
        was = self.sudo().snapshot  # as above
        if not self.active:
            return self.env._("This try was taken back already.")
        if self.user_id != self.env.user:
            return self.env._("Only %s can take this try back.", self.sudo().user_id.name)  # no secret to colleagues
        since = Domain("res_model", "=", self.res_model) & Domain("res_id", "=", self.res_id)
        if self.sudo().search_count(since & Domain("id", ">", self.id), limit=1):  # whoever made it
            return self.env._("Only the last try can be taken back.")
        if not was or self._now() > fields.Datetime.to_datetime(was["until"]):
            return self.env._("This try can't be taken back any more. Log how it really was as another one.")
        return self._about()._has_changed_since(was)

    # Telling it ------------------------------------------------------------------------------

    def _toast(self):
        """Tell what was logged, with a way back."""
        label = self._label("outcome", self[:1].outcome) if self else ""
        names = [attempt._document().display_name for attempt in self[:MOST_NAMED]]
        name = format_list(self.env, names) if len(self) <= MOST_NAMED else self.env._("%s tries", len(self))
        params = {
            "message": f"{label}: {name}",
            "attempt_ids": self.filtered("can_undo").ids,
            "next": {"type": "ir.actions.act_window_close"},
        }
        return self._going_on({"type": "ir.actions.client", "tag": "l2c_logged", "params": params})

    def _going_on(self, action):
        """What the browser does after it has told what was logged: ``action``, or more."""
        return action

    def _told_twice(self):
        """Tell that somebody has logged the same a moment ago."""
        self.ensure_one()
        message = self.env._(
            "%(user)s has logged “%(outcome)s” a moment ago: nothing was counted.",
            user=self.sudo().user_id.name,  # no secret to colleagues
            outcome=self._label("outcome", self.outcome),
        )
        params = {"message": message, "type": "warning", "attempt_ids": []}
        params["next"] = {"type": "ir.actions.act_window_close"}
        return self._going_on({"type": "ir.actions.client", "tag": "l2c_logged", "params": params})
