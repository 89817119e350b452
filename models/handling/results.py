from datetime import timedelta
from functools import partial
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_time

from ...engine.handling.contact import CONTACTS, FOLLOW_UP_DAYS, MISSES, SAME_CLICK_MINUTES, WRONG
from ...engine.handling.status import OPEN_ROLES
from .next_action import ONCE

#: What a dialog hands on: where on the call list it was opened.
ON_THE_LIST = ("l2c_open_next", "l2c_line_id", "l2c_call_domain", "l2c_called")


class HandlingMixin(models.AbstractModel):
    """A result moves the list: what was due is done with, and what follows is planned."""

    _inherit = "handling.mixin"

    #: Whether results do so: on leads and quotations. Of invoices the customers' side does.
    _moved_by_results = False

    # One click -----------------------------------------------------------------------

    def _click(self, outcome, channel="call"):
        """Log ``outcome`` for each document, and tell so, with a way back. What two tabs or two people
        log at once counts once."""
        self.check_access("write")
        if not self._moved_by_results:
            return self.action_log_attempt(outcome, channel)
        self._refuse_taken()
        twice = self._just_logged(outcome, channel)
        documents = self - self.browse(twice.mapped("res_id"))
        if not documents:
            return twice[:1]._told_twice() if twice else True
        return documents._log_attempts(outcome, channel, note=documents._clicked_note())._toast()

    def action_wrong_number(self):
        """Whoever was reached knows nobody of that name, or nobody has that number."""
        return self._click("wrong_number")

    def action_not_interested(self):
        """They don't want it: ask for the reason, then close."""
        self.check_access("write")
        return self._result_dialog("lead_to_cash.contact_result_action", outcome="not_interested")

    def action_whatsapp(self):
        """Open WhatsApp with a text filled in, and log the message as a try.

        :raise UserError: without a number that WhatsApp knows, or to a blocked one
        """
        self.ensure_one()
        self.check_access("write")
        contact = self._sales_contact()
        if contact.phone_blacklisted:
            raise UserError(self.env._("The number is blocked: write to them in another way."))
        number = (contact.phone_sanitized or "").lstrip("+")
        if not number:
            raise UserError(self.env._("There is no number that WhatsApp knows: enter one with its country, as +40 …"))
        url = f"https://wa.me/{number}?{urlencode({'text': self._whatsapp_text()}, quote_via=quote)}"
        action = self._click("left_message", "whatsapp")
        action["params"] = {**action["params"], "next": {"type": "ir.actions.act_url", "url": url, "close": True}}
        return action

    def _whatsapp_text(self):
        """What is written for them, in the contact's language; the salesperson may change it there."""
        document = self.with_context(lang=self._sales_lang())
        return document.env._(
            "Hello, this is %(user)s of %(company)s. I tried to call you about “%(subject)s”. When may I call you?",
            user=self.env.user.name,
            company=(self.company_id or self.env.company).sudo().name,  # no secret to who gets the message
            subject=document.display_name,
        )

    def _result_dialog(self, xmlid, **values):
        return result_dialog(self, xmlid, **values)

    def _log_result(self, outcome, note, *, callback_at=False, reason=None):
        """What a dialog says of a call to the document: log it; whoever isn't interested is closed with the reason.

        :return: what the browser does then
        """
        document = self._with_result()
        closes = outcome == "not_interested"
        if closes and not reason:
            raise UserError(self.env._("Choose a reason for closing."))
        attempts = document._log_attempts(outcome, note=note, callback_at=callback_at)
        if closes:
            document.action_close(reason, note)
        attempts._keep_what_followed()
        return attempts._toast()

    def _what_is_missing(self, outcome, note):
        """What the status wants to know of a conversation, and isn't known: a sentence, else empty."""
        if outcome not in CONTACTS:
            return ""
        for document in self:
            status = document.handling_status_id
            if status.requires_note and not (note or "").strip():
                return self.env._("Say what was said: the status “%s” asks for a note.", status.name)
            if status.requires_need and "need" in document._fields and not document.need:
                return self.env._("Say what %s needs: the status asks for it.", document.display_name)
        return ""

    def _clicked_note(self):
        return clicked_note(self.env)

    def _refuse_taken(self):
        """
        :raise UserError: when somebody else is calling
        """

    def _just_logged(self, outcome, channel):
        """The tries of a moment ago that say the same."""
        return just_logged(self, outcome, channel)

    # What follows ----------------------------------------------------------------------

    def _end_due(self):
        """What was due is done with, whoever planned it: the call was about it."""
        due = Domain("res_model", "=", self._name) & Domain("res_id", "in", self.ids)
        due &= Domain("date_deadline", "<=", self._today())
        # Whoever may log a try thereby ends what it was about.
        self.env["mail.activity"].sudo().search(due)._action_done()
        self.invalidate_recordset(["activity_ids"], flush=False)

    def _plan_after(self, outcome, attempts):
        """Plan what follows from ``outcome``, where the documents are still open."""
        still_open = self.filtered(lambda document: document._is_called())
        if outcome in MISSES:
            counted = self.browse(attempts.filtered("is_counted").mapped("res_id"))
            (still_open & counted)._after_misses()
            (still_open - counted)._try_again()
        elif outcome in WRONG:
            for day, documents in still_open._by_working_day(1).items():
                documents._plan_activity(day, partial(_find_out, outcome=outcome), replace=True)
        elif outcome == "callback":
            still_open._plan_call_back(attempts[:1].callback_at)
        elif outcome in CONTACTS and outcome != "not_interested":
            still_open._follow_up_anew()

    def _is_called(self):
        """Whether somebody goes on calling about the document."""
        return self.handling_role in OPEN_ROLES

    def _follow_up_anew(self):
        """They were spoken to: the follow-up counts from today."""
        self._drop_automated_activities()
        self.invalidate_recordset(["activity_ids"], flush=False)
        for status, documents in self.grouped("handling_status_id").items():
            documents._plan_follow_up(status, least=FOLLOW_UP_DAYS)

    def _plan_call_back(self, moment):
        """The call that was asked for: at ``moment``, else on the next working day."""
        self._drop_automated_activities(agreed=True)
        if not moment:
            for day, documents in self._by_working_day(1).items():
                documents._plan_activity(day, lambda document: document.env._("Call back"))
            return
        for user, documents in self.grouped(lambda document: document._handling_user()).items():
            zone = user.sudo().tz or self.env.tz.zone  # when a colleague works is no secret
            day = moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(zone)).date()
            documents._plan_activity(
                day, partial(_call_back, moment=moment, zone=zone), step=ONCE, automated=False, callback_at=moment
            )

    def _check_callback(self, moment):
        return self.env["contact.attempt"]._callback_moment(moment)


def result_dialog(record, xmlid, **values):
    """A dialog about what came of a call, and from where on the call list it was opened."""
    record.ensure_one()
    values |= {"res_model": record._name, "res_id": record.id, "note": clicked_note(record.env)}
    kept = {name: value for name, value in record.env.context.items() if name in ON_THE_LIST}
    context = kept | {f"default_{name}": value for name, value in values.items() if value}
    return record.env["ir.actions.act_window"]._for_xml_id(xmlid) | {"context": context}


def clicked_note(env):
    """What was written beside the button."""
    note = env.context.get("l2c_note")
    return note.strip() if isinstance(note, str) else None


def just_logged(documents, outcome, channel="call"):
    """The tries of a moment ago that say the same of ``documents``."""
    attempts = documents.env["contact.attempt"]
    moment = attempts._now() - timedelta(minutes=SAME_CLICK_MINUTES)
    same = Domain("outcome", "=", outcome) & Domain("channel", "=", channel) & Domain("date", ">", moment)
    return attempts.search(same & Domain("res_model", "=", documents._name) & Domain("res_id", "in", documents.ids))


def _find_out(document, outcome):
    if outcome == "wrong_number":
        return document.env._("Find out the right number")
    return document.env._("Find out whom to call")


def _call_back(document, moment, zone):
    return document.env._("Call back at %(time)s", time=format_time(document.env, moment, zone, "short"))
