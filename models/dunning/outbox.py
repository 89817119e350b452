import logging

from odoo import api, fields, models, modules
from odoo.exceptions import UserError
from odoo.tools import SQL, plaintext2html
from psycopg2 import OperationalError

from ...engine.dunning import run as engine
from ...engine.handling.own import Own
from ...engine.handling.window import next_midnight
from ..handling.cron_step import conflict_in
from .mail_template import first_lines
from .notice import PENDING, SOON

_logger = logging.getLogger(__name__)

#: E-mails that are written in one transaction.
AT_ONCE = 500


class DunningNotice(models.Model):
    """How notices leave: they wait for their moment and follow the books; when it has come, their
    e-mails are written from the books of then, and the mail queue sends them."""

    _inherit = "dunning.notice"

    # Serves the mail queue: whose moment has come.
    _due_idx = models.Index("(send_at, id) WHERE state = 'queued' AND channel = 'email' AND is_written IS NOT TRUE")

    # Queueing ------------------------------------------------------------------------

    def _hand_over(self):
        """What a run does with its drafts: queue them, or, until its company's first run is
        released, let a person look at them first."""
        held = self.filtered(lambda notice: notice.company_id.dunning_awaits_release)
        held._rehearse()
        held.filtered(lambda notice: notice.state == "draft")._set_state("to_approve")
        (self - held)._queue()

    def _queue(self):
        """Drafts go their way: e-mails wait for their moment, the others become somebody's task."""
        drafts = self.filtered(lambda notice: notice.state == "draft")
        by_mail = drafts.filtered(lambda notice: notice.channel == "email")
        by_mail._at_once_or_singly(lambda notices: notices._wait())
        (drafts - by_mail)._at_once_or_singly(lambda notices: notices._queue_activities())
        drafts._outvoice()

    def _outvoice(self):
        """A softer call or letter to a customer who now hears these isn't made any more; e-mails are asked before
        they leave."""
        customers = self.partner_id.commercial_partner_id
        desk = [("partner_id", "in", customers.ids), ("state", "in", PENDING), ("channel", "!=", "email")]
        # Who approves one need not see the customer's others.
        self.sudo().search([*desk, ("company_id", "in", self.company_id.ids)])._follow_reasons()

    def _wait(self):
        """Until the moment in the hours for sending comes."""
        moments = self._send_moments()
        for moment, notices in self.grouped(moments.get).items():
            notices._set_state("queued", send_at=moment)
        if moments:
            self.env["mail.mail"]._queue_cron()._trigger(at=set(moments.values()))

    def _at_once_or_singly(self, work):
        """Do ``work`` for all of them; when that fails, one by one, and the one that fails says why."""
        if not self:
            return
        try:
            with self.env.cr.savepoint():
                work(self)
        except Exception:
            _logger.info("A batch of %s notices failed; now one by one", len(self), exc_info=True)
            for notice in self:
                notice._singly(work)

    def _singly(self, work):
        try:
            with self.env.cr.savepoint():
                work(self)
        except Exception as error:
            if conflict := conflict_in(error):
                raise conflict from error  # another process was quicker: not the notice's fault
            self._set_state("failed", failure_reason=first_lines(error))

    # Writing e-mails -------------------------------------------------------------------

    @api.model
    def _write_due_mails(self, most=None):
        """Write the e-mails of the notices whose moment has come, each batch in its transaction.
        Another process takes others.

        :param most: so many at most, about
        """
        last = done = 0
        while (most is None or done < most) and (due := self._claim_due(last)):
            last, done = due[-1].id, done + len(due)
            try:
                due._at_once_or_singly(lambda notices: notices._write_mails())
                self.env.flush_all()
                if not modules.module.current_test:  # as the host's queue does
                    self.env.cr.commit()  # pylint: disable=invalid-commit
            except OperationalError:
                if modules.module.current_test:
                    raise
                _logger.info("These go a little later: another process was quicker", exc_info=True)
                self.env.cr.rollback()
                self.env["mail.mail"]._queue_cron()._trigger(at=fields.Datetime.now() + SOON)

    @api.model
    def _claim_due(self, after):
        """The next batch, by their ids, locked until the transaction ends."""
        self.flush_model(["state", "channel", "is_written", "send_at"])
        query = SQL(
            """SELECT id FROM dunning_notice
                WHERE state = 'queued' AND channel = 'email' AND is_written IS NOT TRUE AND send_at <= %s AND id > %s
             ORDER BY id LIMIT %s
                  FOR NO KEY UPDATE SKIP LOCKED""",
            self._now(),
            after,
            AT_ONCE,
        )
        # Whoever wakes the queue need not see what it sends.
        return self.sudo().browse(row[0] for row in self.env.execute_query(query))

    def _write_mails(self):
        """From the books of now; what is paid, or not to leave now, isn't written. What else stands
        against reminding has said so itself, and is asked once more before they leave."""
        self._follow_books()
        self.filtered(lambda notice: notice.state == "queued")._find_readers()
        waiting = self.filtered(lambda notice: notice.state == "queued")
        moments, now = waiting._send_moments(), self._now()
        later = waiting.filtered(lambda notice: moments[notice] > now)
        later._wait()
        (waiting - later)._by_text(lambda notices, *text: notices._write_alike(*text))

    def _by_text(self, work):
        """Do ``work`` for those of a company whose e-mails are made from one template in one language:
        in that company, on its day."""
        for there, *text in self._text_groups():
            there._at_once_or_singly(lambda some, text=text: work(some, *text))

    def _text_groups(self):
        """(notices as their company sees them, template, language) of those whose texts are made alike."""
        templates = {level: level._template(channel="email") for level in self.level_id}
        groups = self.grouped(lambda notice: (notice.company_id, templates[notice.level_id], notice._lang()))
        for (company, *text), notices in groups.items():
            yield notices._in_company(company), *text

    def _in_company(self, company):
        """The notices as their company sees them: its settings, its day."""
        return self.with_company(company).with_context(tz=company.sudo()._zone())  # the zone is no secret

    def _write_alike(self, template, lang):
        """Render and queue; the notices and their mails are one transaction."""
        mails_sudo = self.env["mail.mail"].sudo()  # made by the engine: who approves a notice may not write mails
        tries = {notice.id: notice.failed_tries for notice in self}
        mails = mails_sudo.create(
            [
                mail | {"dunning_notice_id": mail["res_id"], "dunning_tries": tries[mail["res_id"]]}
                for mail in self._prepare_mails(template, lang)
            ]
        )
        self.env.flush_all()
        self.env.cr.execute(engine.mark_written(self.ids, self._now()))
        self.env.cr.execute(engine.show_mails(mails.ids))
        mails.invalidate_recordset(["body"], flush=False)
        self.invalidate_recordset(["is_written", "send_at"], flush=False)
        done_sudo = (self - mails.dunning_notice_id).sudo()  # nobody is left to write to; users may not see mails
        self._follow_mails(done_sudo.mail_ids)
        self.env["mail.mail"]._queue_cron()._trigger()

    def _prepare_mails(self, template, lang):
        """The e-mails that are still to be written: one a notice, or one a contact."""
        single = self.filtered(lambda notice: notice._is_split() or notice._reached())
        values = (self - single)._prepare_mail_values(template, lang) if self - single else []
        for notice in single:
            for readers, lines in notice._parts():
                part = notice.with_context(l2c_readers=Own({notice.id: readers}))
                with part._showing(lines):
                    values += part._prepare_mail_values(template, part._lang())
        return values

    def _prepare_mail_values(self, template, lang):
        if not template:
            raise UserError(self.env._("The level %(name)s has no e-mail template.", name=self.level_id[:1].name))
        notices, template = self.with_context(lang=lang or self.env.lang), template.with_context(lang=lang)
        notices._ask_ratings()
        subjects, bodies = notices._texts(template)
        senders = template._render_lines_at_once("email_from", notices)
        replies = self._notify_get_reply_to_batch(defaults=senders, author_ids=dict.fromkeys(self.ids, False))
        return [
            {
                "model": self._name,
                "res_id": notice.id,
                "subject": subjects[notice.id],
                "body_html": bodies[notice.id],
                "email_from": senders[notice.id] or notice.sender_email,
                "reply_to": replies[notice.id] or notice.sender_email,
                **notice._prepare_addresses(),
                "auto_delete": False,
                "message_type": "email_outgoing",
            }
            for notice in notices
        ]

    def _send_moments(self):
        """When each notice may leave."""
        moments = {}
        for company, notices in self.grouped("company_id").items():
            zones = company.sudo()._dunning_send_moments(set(notices.mapped("partner_id.tz")))  # its calendar
            moments |= {notice: zones[notice.partner_id.tz] for notice in notices}
        return moments

    def _rehearse(self):
        """The same e-mails, to the person who wants to see them first."""
        by_mail = self.filtered(lambda notice: notice.channel == "email")
        by_mail.filtered("company_id.dunning_rehearsal_user_id")._by_text(lambda notices, *text: notices._show(*text))
        self.env["mail.mail"]._queue_cron()._trigger()

    def _show(self, template, lang):
        values = self._prepare_mails(template, lang)
        for mail in values:
            company = self.browse(mail.pop("res_id")).company_id
            mail["subject"] = f"[{mail['email_to']}] {mail['subject']}"
            mail["email_to"] = company.dunning_rehearsal_user_id.email_formatted
            mail["auto_delete"] = True  # a copy to look at, of no use after that
            del mail["model"], mail["email_cc"], mail["partner_ids"]
        self.env["mail.mail"].sudo().create(values)  # as in _write_alike

    def _queue_activities(self):
        """A call, a letter, a step by hand: an activity for the responsible."""
        self.mapped("display_name")  # warm: it is read one by one while planning
        days = self._call_days()
        for notice in self:
            user = notice._responsible()
            theirs = user._reading(notice)
            # Whoever may hand it over.
            notice.sudo().activity_id = theirs.activity_schedule(
                "mail.mail_activity_data_call" if notice.channel == "call" else "mail.mail_activity_data_todo",
                summary=theirs.level_id.name,
                note=plaintext2html(theirs.level_id.guidance or ""),
                date_deadline=days.get(notice, notice.date),
                user_id=user.id,
            )
        self._set_state("queued")

    # Leaving ---------------------------------------------------------------------------

    def _before_leaving(self, mail):
        """Bring the notice in line with the books once more, and make what is attached;
        whether this mail of it may leave now."""
        if not self._not_leaving():
            return False  # another part of it is leaving
        self._follow_books()
        if mail not in self.mail_ids or mail.state != "outgoing":
            return False
        hours = self._hours_of_mails()
        if mail.dunning_is_uncertain:
            opens, _closes = hours[mail.id]
            if opens > self._now():
                mail._put_off(opens)  # the server may have it: it goes again as the same mail
                return False
        elif not mail._is_open(hours):
            self.failed_tries = mail.dunning_tries
            self._write_anew()
            return False
        if not mail.attachment_ids and self._attaches():
            mail.attachment_ids = self._attachments_of(mail)
        return True

    def _hours_of_mails(self):
        """{id of the mail: (from when it may leave, when its day is over)}: it names days, those of its company."""
        ends = {}
        for company, notices in self.grouped("company_id").items():
            zone = company.sudo()._zone()  # no secret
            ends |= {notice: next_midnight(notice.send_at, zone) for notice in notices}
        moments = self._send_moments()
        return {mail.id: (moments[notice], ends[notice]) for notice in self for mail in notice.mail_ids}

    def _attached(self):
        """(invoices, statement): which of these go with its e-mail, by its level, or as a person chose."""
        chosen = self if self.attachments_chosen else self.level_id
        return chosen.attach_invoices, chosen.attach_statement

    def _attaches(self):
        """Whether something goes with its e-mail."""
        return any(self._attached()) or bool(self.extra_attachment_ids)

    def _invoice_attachments(self):
        """The invoices that rose, as PDF: those that were sent, else printed anew."""
        values = []
        for move in self._escalated_invoices().filtered(lambda move: move.is_invoice()):
            name, raw = move._document_pdf()
            values.append({"name": name, "raw": raw, "mimetype": "application/pdf"})
        linked = {"res_model": self._name, "res_id": self.id}
        return self.env["ir.attachment"].create([{**attachment, **linked} for attachment in values])

    def _attachments_of(self, mail):
        """What goes with an e-mail, by its level; a part of a notice has the invoices of that part."""
        lines = next((lines for readers, lines in self._parts() if readers == mail.partner_ids), self.line_ids)
        with self._showing(lines):
            return self._attachments()

    def _attachments(self):
        invoices, statement = self._attached()
        attachments = self._invoice_attachments() if invoices else self.env["ir.attachment"]
        if statement and not self._is_split():  # it would tell each of the others' items
            attachments += self._statement_attachment()
        return attachments + self.extra_attachment_ids

    def _statement_attachment(self):
        """The customer's open items today, as PDF."""
        reports = self.env["ir.actions.report"].with_company(self.company_id)
        lang = self._lang()
        raw = reports._render_qweb_pdf(
            "lead_to_cash.action_report_statement", self.partner_id.ids, data={"lang": lang}
        )[0]
        name = self.with_context(lang=lang).env._("Statement of account")
        return self.env["ir.attachment"].create(
            {
                "name": f"{name} {fields.Date.to_string(self._today())}.pdf",
                "raw": raw,
                "mimetype": "application/pdf",
                "res_model": self._name,
                "res_id": self.id,
            }
        )
