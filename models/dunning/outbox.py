import logging

from odoo import api, fields, models, modules
from odoo.exceptions import UserError
from odoo.tools import SQL, plaintext2html
from psycopg2 import OperationalError

from ...engine.dunning import run as engine
from .mail_template import first_lines
from .notice import SOON, WAITING

_logger = logging.getLogger(__name__)

#: What has not left yet and follows the books.
PENDING = ("draft", "to_approve", "queued", "failed")
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
        by_mail._wait()
        (drafts - by_mail)._at_once_or_singly(lambda notices: notices._queue_activities())

    def _wait(self):
        """Until the moment in the hours for sending comes."""
        moments = self._send_moments()
        for moment, notices in self.grouped(moments.get).items():
            notices._set_state("queued", send_at=moment)
        if moments:
            self.env["mail.mail"]._queue_cron()._trigger(at=set(moments.values()))

    def _at_once_or_singly(self, work):
        """Do ``work`` for all of them; when that fails, one by one, and the one that fails says why."""
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
        except OperationalError:
            raise  # another process was quicker: not the notice's fault
        except Exception as error:
            self._set_state("failed", failure_reason=first_lines(error))

    # Writing e-mails -------------------------------------------------------------------

    @api.model
    def _write_due_mails(self):
        """Write the e-mails of the notices whose moment has come, each batch in its transaction.
        Another process takes others."""
        last = 0
        try:
            while due := self._claim_due(last):
                due._write_mails()
                last = due[-1].id
                self.env.flush_all()
                if not modules.module.current_test:  # as the host's queue does
                    self.env.cr.commit()  # pylint: disable=invalid-commit
        except OperationalError:
            if modules.module.current_test:
                raise
            _logger.info("Notices are written a little later: another process was quicker", exc_info=True)
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
        """From the books of now; what is no longer to be reminded of, or not now, isn't written."""
        self._follow_reasons()
        self._follow_books()
        waiting = self.filtered(lambda notice: notice.state == "queued")
        moments, now = waiting._send_moments(), self._now()
        later = waiting.filtered(lambda notice: moments[notice] > now)
        later._wait()
        (waiting - later)._by_text(lambda notices, *text: notices._write_alike(*text))

    def _by_text(self, work):
        """Do ``work`` for those whose e-mails are made from one template in one language."""
        templates = {level: level._template() for level in self.level_id}
        groups = self.grouped(lambda notice: (templates[notice.level_id], notice.partner_id.lang))
        for text, notices in groups.items():
            notices._at_once_or_singly(lambda some, text=text: work(some, *text))

    def _write_alike(self, template, lang):
        """Render and queue; the notices and their mails are one transaction."""
        # Mails are made by the engine: who approves a notice may not write mails.
        mails = self.env["mail.mail"].sudo().create(self._prepare_mail_values(template, lang))
        self.env.flush_all()
        now = self._now()
        self.env.cr.execute(
            engine.link_mails((notice, mail, now) for notice, mail in zip(self.ids, mails.ids, strict=True))
        )
        self.env.cr.execute(engine.show_mails(mails.ids))
        mails.invalidate_recordset(["body"], flush=False)
        self.invalidate_recordset(["mail_id", "is_written", "send_at"], flush=False)
        self.env["mail.mail"]._queue_cron()._trigger()

    def _prepare_mail_values(self, template, lang):
        if not template:
            raise UserError(self.env._("The level %(name)s has no e-mail template.", name=self.level_id[:1].name))
        notices, template = self.with_context(lang=lang or self.env.lang), template.with_context(lang=lang)
        notices._ask_ratings()
        bodies = template._render_bodies_at_once(notices)
        subjects = template._render_lines_at_once("subject", notices)
        senders = template._render_lines_at_once("email_from", notices)
        replies = self._notify_get_reply_to_batch(defaults=senders, author_ids=dict.fromkeys(self.ids, False))
        return [
            {
                "model": self._name,
                "res_id": notice.id,
                "subject": subjects[notice.id],
                "body_html": body,
                "email_from": senders[notice.id] or notice.sender_email,
                "reply_to": replies[notice.id] or notice.sender_email,
                "recipient_ids": [(4, notice._addressee().id)],
                "auto_delete": False,
                "message_type": "email_outgoing",
            }
            for notice, body in zip(notices, bodies, strict=True)
        ]

    def _send_moments(self):
        """When each notice may leave."""
        moments = {}
        for company, notices in self.grouped("company_id").items():
            zones = company.sudo()._dunning_send_moments(set(notices.mapped("partner_id.tz")))  # its calendar
            moments |= {notice: zones[notice.partner_id.tz] for notice in notices}
        return moments

    def _addressee(self):
        """The customer's address for invoices, else the customer, whichever has an e-mail."""
        addresses = self.partner_id.child_ids.filtered(
            lambda child: (
                child.type == "invoice"
                and child.email_normalized
                and not child.is_wrong_addressee
                and child.commercial_partner_id == self.partner_id.commercial_partner_id
            )
        )
        return addresses[:1] or self.partner_id

    def _rehearse(self):
        """The same e-mails, to the person who wants to see them first."""
        by_mail = self.filtered(lambda notice: notice.channel == "email")
        by_mail.filtered("company_id.dunning_rehearsal_user_id")._by_text(lambda notices, *text: notices._show(*text))
        self.env["mail.mail"]._queue_cron()._trigger()

    def _show(self, template, lang):
        values = self._prepare_mail_values(template, lang)
        for notice, mail in zip(self, values, strict=True):
            del mail["model"], mail["res_id"], mail["recipient_ids"]
            mail["email_to"] = notice.company_id.dunning_rehearsal_user_id.email_formatted
            mail["subject"] = f"[{notice._addressee().email_formatted}] {mail['subject']}"
        self.env["mail.mail"].sudo().create(values)  # as in _write_alike

    def _queue_activities(self):
        """A call, a letter, a step by hand: an activity for the responsible."""
        self.mapped("display_name")  # warm: it is read one by one while planning
        for notice in self:
            # Whoever may hand it over.
            notice.sudo().activity_id = notice.activity_schedule(
                "mail.mail_activity_data_call" if notice.channel == "call" else "mail.mail_activity_data_todo",
                summary=notice.level_id.name,
                note=plaintext2html(notice.level_id.guidance or ""),
                date_deadline=notice.date,
                user_id=notice._responsible().id,
            )
        self._set_state("queued")

    # Following the books and the mails -------------------------------------------------

    def _money_moved(self):
        """Money moved on items of these notices: what has not left yet follows at once, and what was
        planned after a notice whose items are all paid is dropped."""
        self._follow_expiry()
        self.filtered(lambda notice: notice.state in PENDING)._follow_books()
        for notice in self.filtered(lambda notice: notice.state == "sent" and notice.activity_ids):
            if notice._is_settled():
                notice.activity_ids.filtered("automated").unlink()

    @api.model
    def _reasons_changed(self, lines):
        """What stands against reminding of these journal items changed: what has not left yet
        follows at once."""
        # Who promises, disputes or closes need not see the notices.
        notices_sudo = self.env["l2c.money"].sudo()._naming(lines)["dunning.notice"]
        notices_sudo.filtered(lambda notice: notice.state in PENDING)._follow_reasons()

    @api.model
    def _customers_changed(self, partners):
        """Something stands against reminding these customers in the current company."""
        # Who holds a customer need not see the notices.
        pending_sudo = self.sudo().search(
            [
                ("partner_id", "in", partners.commercial_partner_id.ids),
                ("company_id", "=", self.env.company.id),
                ("state", "in", PENDING),
            ]
        )
        pending_sudo._follow_reasons()

    def _follow_reasons(self):
        """What was promised, disputed, held or excluded since the run is not reminded of."""
        for company, notices in self.grouped("company_id").items():
            question = company.with_company(company)._dunning_question(partners=notices.partner_id)
            self.env.flush_all()
            rows = self.env.execute_query(engine.withdrawn(question, notices.ids))
            if rows:
                notices._follow_books(withdrawn=[line_id for [line_id] in rows])

    def _follow_books(self, withdrawn=()):
        """Cancel notices whose items are paid; write those anew whose amounts changed.
        Lines with the ids ``withdrawn`` go as if they were paid."""
        if not self:
            return
        self.env.flush_all()
        rows = self.env.execute_query(engine.changed_by_the_books(self.ids, withdrawn))
        still_open = dict(rows)
        notices = self.browse(still_open)._not_leaving()
        paid = notices.filtered(lambda notice: not still_open[notice.id])
        changed = notices - paid
        if changed:
            self.env.cr.execute(engine.follow_the_books(changed.ids, withdrawn))
            self.env.cr.execute(engine.sum_lines(SQL("n.id IN %s", tuple(changed.ids))))
            self.env.invalidate_all()
        worthless = changed.filtered(lambda notice: notice.currency_id.compare_amounts(notice.amount_due, 0) <= 0)
        (paid | worthless)._cancel()
        (changed - worthless)._write_anew()

    def _write_anew(self):
        """A mail never changes its content under its Message-Id: it is cancelled, and another one
        written when the moment comes; of what failed, when a person tries again."""
        written = self.filtered(lambda notice: notice.state == "queued" and notice.sudo().mail_id)  # as below
        self._drop_mails()
        written._wait()

    def _drop_mails(self):
        """These notices let go of their e-mails that have not left; nobody can wake them up."""
        waiting = self.filtered(lambda notice: notice.sudo().mail_id.state in WAITING)  # users may not see mails
        mails_sudo = waiting.sudo().mail_id  # as above
        waiting.sudo().write({"mail_id": False, "is_written": False})  # as above
        mails_sudo.cancel()

    # Leaving ---------------------------------------------------------------------------

    def _before_leaving(self):
        """Bring the notice in line with the books once more, and make what is attached;
        whether its mail may leave now."""
        mail = self.mail_id
        self._follow_books()
        if self.mail_id != mail or mail.state != "outgoing":
            return False
        moment = self._send_moments()[self]
        if mail.dunning_tries and moment > self._now():
            mail._put_off(moment)  # the server may have it: it goes again as the same mail
            return False
        if not mail.dunning_tries and (moment > self._now() or self._is_of_another_day()):
            self._write_anew()
            return False
        if not mail.attachment_ids:
            mail.attachment_ids = self._attachments()
        return True

    def _is_of_another_day(self):
        """Whether its e-mail was written on a day before, in its company's zone: it names days."""
        there = self.with_context(tz=self.company_id._zone())
        written, now = (fields.Datetime.context_timestamp(there, moment) for moment in (self.send_at, self._now()))
        return written.date() < now.date()

    def _invoice_attachments(self):
        """The invoices that rose, as PDF: those that were sent, else printed anew."""
        values = []
        for move in self._escalated_invoices().filtered(lambda move: move.is_invoice()):
            sent = move.invoice_pdf_report_id
            raw = sent.raw or self.env["ir.actions.report"]._render_qweb_pdf("account.account_invoices", move.ids)[0]
            name = sent.name or move._get_invoice_report_filename()
            values.append({"name": name, "raw": raw, "mimetype": "application/pdf"})
        linked = {"res_model": self._name, "res_id": self.id}
        return self.env["ir.attachment"].create([{**attachment, **linked} for attachment in values])
