import logging

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL, plaintext2html
from psycopg2 import OperationalError

from ...engine.dunning import run as engine
from .mail_template import first_lines
from .notice import WAITING

_logger = logging.getLogger(__name__)

#: What has not left yet and follows the books.
PENDING = ("draft", "to_approve", "queued", "failed")


class DunningNotice(models.Model):
    """How notices leave: queued by their channel, following the books until they have left."""

    _inherit = "dunning.notice"

    # Queueing ------------------------------------------------------------------------

    def _hand_over(self):
        """What a run does with its drafts: queue them, or, until its company's first run is
        released, let a person look at them first."""
        held = self.filtered(lambda notice: notice.company_id.dunning_awaits_release)
        held._by_group(held._rehearse)
        held.filtered(lambda notice: notice.state == "draft")._set_state("to_approve")
        (self - held)._queue()

    def _queue(self):
        """Hand drafts over to their channel."""
        self._by_group(lambda notices, *args: notices._queue_group(*args))

    def _by_group(self, work):
        """Do ``work`` for the drafts that go the same way, in the same language. When a group
        fails, it goes one by one, and the one that fails says why."""
        templates = {level: level._template() for level in self.level_id}
        drafts = self.filtered(lambda notice: notice.state == "draft")
        groups = drafts.grouped(
            lambda notice: (notice.channel == "email", templates[notice.level_id], notice.partner_id.lang)
        )
        for (by_mail, template, lang), notices in groups.items():
            try:
                with self.env.cr.savepoint():
                    work(notices, by_mail, template, lang)
            except Exception:
                _logger.info("A batch of %s notices failed; now one by one", len(notices), exc_info=True)
                notices._singly(work, by_mail, template, lang)

    def _singly(self, work, *args):
        for notice in self:
            try:
                with self.env.cr.savepoint():
                    work(notice, *args)
            except OperationalError:
                raise  # another process was quicker: not the notice's fault
            except Exception as error:
                notice._set_state("failed", failure_reason=first_lines(error))

    def _queue_group(self, by_mail, template, lang):
        if by_mail:
            self._queue_mails(template, lang)
        else:
            self._queue_activities()

    def _queue_mails(self, template, lang):
        """Render and queue; the notices and their mails are one transaction."""
        # Mails are made by the engine: who approves a notice may not write mails.
        mails = self.env["mail.mail"].sudo().create(self._prepare_mail_values(template, lang))
        self.env.flush_all()
        rows = zip(self.ids, mails.ids, mails.mapped("scheduled_date"), strict=True)
        self.env.cr.execute(engine.link_mails(rows))
        self.env.cr.execute(engine.show_mails(mails.ids))
        mails.invalidate_recordset(["body"], flush=False)
        self.invalidate_recordset(["mail_id", "send_at"], flush=False)
        self._set_state("queued")
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger(at=set(mails.mapped("scheduled_date")))

    def _prepare_mail_values(self, template, lang):
        if not template:
            raise UserError(self.env._("The level %(name)s has no e-mail template.", name=self.level_id[:1].name))
        notices, template = self.with_context(lang=lang or self.env.lang), template.with_context(lang=lang)
        notices._ask_ratings()
        bodies = template._render_bodies_at_once(notices)
        subjects = template._render_lines_at_once("subject", notices)
        senders = template._render_lines_at_once("email_from", notices)
        replies = self._notify_get_reply_to_batch(defaults=senders, author_ids=dict.fromkeys(self.ids, False))
        moments = notices._send_moments()
        return [
            {
                "model": self._name,
                "res_id": notice.id,
                "subject": subjects[notice.id],
                "body_html": body,
                "email_from": senders[notice.id] or notice.sender_email,
                "reply_to": replies[notice.id] or notice.sender_email,
                "recipient_ids": [(4, notice._addressee().id)],
                "scheduled_date": moments[notice],
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

    def _rehearse(self, notices, by_mail, template, lang):
        """The same e-mails, to the person who wants to see them first."""
        reader = notices.company_id.dunning_rehearsal_user_id
        if not by_mail or not reader:
            return
        values = notices._prepare_mail_values(template, lang)
        for notice, mail in zip(notices, values, strict=True):
            del mail["model"], mail["res_id"], mail["recipient_ids"], mail["scheduled_date"]
            mail["email_to"] = reader.email_formatted
            mail["subject"] = f"[{notice._addressee().email_formatted}] {mail['subject']}"
        self.env["mail.mail"].sudo().create(values)  # as in _queue_mails
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

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
        """A mail never changes its content under its Message-Id: it is cancelled, and
        another one queued; of what failed, when a person tries again."""
        queued = self.filtered(lambda notice: notice.state == "queued" and notice.mail_id)
        self._drop_mails()
        queued._set_state("draft")
        queued._queue()

    def _drop_mails(self):
        """These notices let go of their e-mails that have not left; nobody can wake them up."""
        waiting = self.filtered(lambda notice: notice.sudo().mail_id.state in WAITING)  # users may not see mails
        mails_sudo = waiting.sudo().mail_id  # as above
        waiting.sudo().mail_id = False  # as above
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
        if moment > self._now():
            self.send_at = moment
            mail.scheduled_date = moment
            self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger(at=moment)
            return False
        if not mail.attachment_ids:
            mail.attachment_ids = self._attachments()
        return True

    def _invoice_attachments(self):
        """The invoices that rose, as PDF: those that were sent, else printed anew."""
        values = []
        for move in self._raised_invoices().filtered(lambda move: move.is_invoice()):
            sent = move.invoice_pdf_report_id
            raw = sent.raw or self.env["ir.actions.report"]._render_qweb_pdf("account.account_invoices", move.ids)[0]
            name = sent.name or move._get_invoice_report_filename()
            values.append({"name": name, "raw": raw, "mimetype": "application/pdf"})
        linked = {"res_model": self._name, "res_id": self.id}
        return self.env["ir.attachment"].create([{**attachment, **linked} for attachment in values])
