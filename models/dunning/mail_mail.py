import logging
import sys
from datetime import datetime, timedelta
from smtplib import SMTPServerDisconnected

import psycopg2
from odoo import api, fields, models
from odoo.tools import SQL, split_every
from psycopg2.extensions import TRANSACTION_STATUS_IDLE, TRANSACTION_STATUS_INERROR

from ...engine.dunning import delivery, leaving
from ...engine.handling.mail_frame import text_part
from ...engine.handling.own import Own, own
from .mail_template import first_lines

_logger = logging.getLogger(__name__)

#: In the context while mails go to the server: their notices don't follow each step of theirs.
#: Known by its identity, so that no client can put it there.
LEAVING = object()
#: After so many mails their notices follow.
FOLLOW = 500
#: So many are compared with the books at once.
TOGETHER = 10


class MailMail(models.Model):
    """The e-mails of notices.

    When the server has taken one, nothing but its own row is written with it, as for any mail of
    the host's. What its notice learns is written in a transaction after that, which can be
    repeated alone. A mail at the server is a row that its sender has locked.
    """

    _inherit = "mail.mail"

    dunning_tries = fields.Integer("Failed Tries", readonly=True, copy=False, groups="base.group_system")
    dunning_failure = fields.Char(
        "Cause at the Mail Server",
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="The same for all that fail for the same reason.",
    )
    dunning_is_uncertain = fields.Boolean(
        "The Server May Have It", readonly=True, copy=False, groups="base.group_system"
    )

    dunning_came_back = fields.Boolean("Came Back", readonly=True, copy=False, groups="base.group_system")
    dunning_notice_id = fields.Many2one(
        "dunning.notice",
        "Notice",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
        copy=False,
        groups="base.group_system",
    )

    def write(self, vals):
        result = super().write(vals)
        if ("state" in vals or "failure_reason" in vals) and self.env.context.get("l2c_leaving") is not LEAVING:
            self._follow_notices()
        return result

    def _follow_notices(self):
        """Most mails are of no notice: theirs is read with the mail's own row, not looked for."""
        of_notices_sudo = self.sudo().filtered("dunning_notice_id")  # who writes a mail need not see what it is about
        if of_notices_sudo:
            self.env["dunning.notice"]._follow_mails(of_notices_sudo.with_env(self.env))

    def unlink(self):
        self._follow_notices()  # what has left is sent
        self._notices_sudo().filtered(lambda notice: notice.state == "queued")._lose_mail()
        return super().unlink()

    def mark_outgoing(self):
        """A person says: once more. What failed before doesn't count."""
        self.check_access("write")
        result = super().mark_outgoing()
        self._of_notices().write({"dunning_tries": 0, "dunning_failure": False})
        return result

    def _notices_sudo(self):
        # The sender of a mail need not see what it is about.
        notices_sudo = self.env["dunning.notice"].sudo()
        # The host also deletes the e-mails that go once they have left where there are none.
        return notices_sudo.search([("mail_ids", "in", self.ids)]) if self else notices_sudo

    def _of_notices(self):
        """Those of these mails that are of notices."""
        return self & self._notices_sudo().mail_ids.with_env(self.env)

    # The queue ---------------------------------------------------------------------------------

    @api.model
    def process_email_queue(self, email_ids=(), batch_size=1000):
        """Notices whose moment has come are written first. The host's queue ends after so many mails, or when a server hangs up, and comes again
        in an hour; while mails of notices are due, it comes again at once."""
        self.check_access("write")
        if not email_ids:
            self.env["dunning.notice"]._write_due_mails(most=batch_size)
        due = self._count_due_notices()
        result = super().process_email_queue(email_ids=email_ids, batch_size=batch_size)
        if self.env.cr._cnx.get_transaction_status() == TRANSACTION_STATUS_INERROR:
            self.env.cr.rollback()  # of an error that the host has logged
        if left := self._count_due_notices():
            now = fields.Datetime.now()
            # When none went, another process is at them.
            self._queue_cron()._trigger(at=now if left != due else now + timedelta(minutes=1))
        return result

    def _queue_cron(self):
        return self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()  # whoever sends may wake it

    def _count_due_notices(self):
        self.env["dunning.notice"].flush_model(["state", "channel", "is_written", "send_at"])
        self.flush_model(["dunning_notice_id", "state", "scheduled_date"])
        query = SQL(
            """SELECT count(*) FROM dunning_notice n
                WHERE n.state = 'queued'
                  AND CASE WHEN n.is_written
                           THEN EXISTS (SELECT 1 FROM mail_mail m
                                         WHERE m.dunning_notice_id = n.id AND m.state = 'outgoing'
                                           AND (m.scheduled_date IS NULL OR m.scheduled_date <= %(now)s))
                           ELSE n.channel = 'email' AND n.send_at <= %(now)s END""",
            now=fields.Datetime.now(),
        )
        return self.env.execute_query(query)[0][0]

    # Sending -----------------------------------------------------------------------------------

    def send(self, auto_commit=False, raise_exception=False, post_send_callback=None):
        """Mails of notices follow their own way in :meth:`_send`; when all is done, or failed,
        the notices follow."""
        options = {"raise_exception": raise_exception, "post_send_callback": post_send_callback}
        notices_sudo = self._notices_sudo()
        if not notices_sudo:
            return super().send(auto_commit=auto_commit, **options)
        self.check_access("write")
        # The notices follow even if this process ends while a mail is at the server, or if it is
        # a part of a larger transaction.
        notices_sudo._wake_follower()
        mails = self & notices_sudo.mail_ids
        try:
            return super(MailMail, self.with_context(l2c_leaving=LEAVING)).send(auto_commit=auto_commit, **options)
        finally:
            if auto_commit:
                mails._tell_notices()

    def _split_by_mail_configuration(self):
        """Without those that another process has sent or cancelled meanwhile: when nobody listens
        the host says of all that they failed."""
        for *server, batch_ids in super()._split_by_mail_configuration():
            batch = self.browse(batch_ids).with_context(prefetch_fields=False)
            batch.invalidate_recordset(["state"])
            if outgoing := batch.filtered(lambda mail: mail.state == "outgoing").ids:
                yield *server, outgoing

    def _send(self, auto_commit=False, raise_exception=False, smtp_session=None, **options):
        """Notices leave one by one, each claimed just before; those that leave together are compared with the books
        just before the first of them. What changes the books meanwhile withdraws the e-mails that it concerns."""
        options |= {"auto_commit": auto_commit, "smtp_session": smtp_session}
        mails = self._of_notices()
        if others := self - mails:
            super(MailMail, others)._send(raise_exception=raise_exception, **options)
        ready = mails._check_reasons(auto_commit).with_context(
            l2c_server=Own(mails._filter_mail_mail_servers(options.get("mail_server") or self.env["ir.mail_server"]))
        )
        for some in split_every(FOLLOW, ready.ids, ready.browse):
            hours = some._hours_as_written()
            for together in split_every(TOGETHER, some.ids, some.browse):
                together._leave_together(hours, raise_exception, **options)
            if auto_commit:
                some._tell_notices()
                some._notices_sudo()._wake_follower()  # of those that leave next
        return True

    def _hours_as_written(self):
        """The hours of those that leave as they were written: nothing is attached. Calendars are dear to ask for each."""
        return self._notices_sudo().filtered(lambda notice: not notice._attaches())._hours_of_mails()

    def _leave_together(self, hours, raise_exception, smtp_session, **options):
        """Few enough to leave within a minute of being compared with the books.

        :param hours: as of :meth:`_hours_as_written`
        """
        self.env.cr.flush()
        rows = self.env.execute_query(leaving.as_written(self.ids))
        plain = self.with_context(l2c_hours=Own({mail_id: hours[mail_id] for [mail_id] in rows if mail_id in hours}))
        for mail_id in self.ids:
            if getattr(smtp_session, "sock", True) is None:
                return  # the server hung up: the others go with another session
            # Alone: what it reads is forgotten with each commit.
            error = plain.browse(mail_id)._leave(smtp_session=smtp_session, **options)
            if error and raise_exception:
                raise error

    def _filter_mail_mail_servers(self, mail_servers):
        """What holds for all that leave together isn't asked for each of them."""
        asked = own(self.env, "l2c_server")
        return asked if asked and asked == mail_servers else super()._filter_mail_mail_servers(mail_servers)

    def _check_reasons(self, auto_commit):
        """Withdraw what nobody is to be reminded of any more; returns the mails that could be
        looked at. The others are outgoing still."""
        ready = self.browse()
        for notices_sudo in self._notices_sudo().grouped("company_id").values():
            mails = self & notices_sudo.mail_ids
            try:
                mails._prepared(notices_sudo._follow_reasons)
                if auto_commit:
                    self._commit()
                ready |= mails
            except psycopg2.OperationalError:
                if not auto_commit:
                    raise
                _logger.info("The mails %s go with the next ones", mails.ids, exc_info=True)
                self.env.cr.rollback()
        return ready

    def _send_as_any(self, **options):
        return super()._send(**options)  # pylint: disable=super-method-mismatch

    def _commit(self):
        """The host's queue commits after each mail, and so does what belongs to it."""
        self.env.cr.commit()  # pylint: disable=invalid-commit

    def _leave(self, auto_commit, **options):
        """Hand this mail of a notice over to the server, if it may leave now. Returns the error
        with which it failed."""
        error = None
        try:
            error = self._try_to_leave(auto_commit=auto_commit, **options)
            if auto_commit and (error or self.env.cr._cnx.get_transaction_status() != TRANSACTION_STATUS_IDLE):
                self._commit()  # the host has, of what left
        except psycopg2.Error:
            if not auto_commit:
                raise
            # It changed while it was looked at. It is outgoing still, under the same Message-Id.
            _logger.info("The mail %s goes with the next ones", self.id, exc_info=True)
            self.env.cr.rollback()
        return error

    def _try_to_leave(self, **options):
        try:
            if self._claim_as_written() or self._claim_fully(options["auto_commit"]):
                self._send_as_any(raise_exception=True, **options)
        except (psycopg2.Error, MemoryError):
            raise
        except Exception as error:
            if not self.exists():
                return None  # somebody deleted it meanwhile: the others go on
            self._came_back(error)
            return error

    def _claim_as_written(self):
        """Claim it, with one query, when nothing had happened since it was written."""
        self.env.cr.flush()
        return self._is_open(own(self.env, "l2c_hours")) and bool(self.env.execute_query(leaving.claim(self.id)))

    def _is_open(self, hours):
        """Whether it may leave at this moment, by :meth:`_hours_of_mails`."""
        opens, closes = hours.get(self.id, (datetime.max, datetime.max))
        return opens <= self.env["dunning.notice"]._now() < closes

    def _claim_fully(self, auto_commit):
        """Claim it; attachments that had to be made first are kept, and what making them has
        locked is let go, before the mail is at the server."""
        attached = self.attachment_ids
        claimed = self._claim_notice()
        if claimed and auto_commit and self.attachment_ids != attached:
            self._commit()
            claimed = self._claim_notice()
        if claimed:
            self.dunning_failure = False  # what it was before is over
        return claimed

    def _claim_notice(self):
        """Lock the mail of a notice and prepare it to leave; whether it is still to be sent."""
        if not self.try_lock_for_update(allow_referencing=True):
            return False  # another process sends or changes it
        self.invalidate_recordset(["state"])
        notice_sudo = self._notices_sudo()
        if self.state != "outgoing" or not notice_sudo:
            return False
        if notice_sudo.state != "queued":
            self.cancel()  # somebody woke the mail of a notice that is done with
            return False
        return self._prepared(lambda: notice_sudo._before_leaving(self))

    def _prepared(self, prepare):
        """What ``prepare`` returns; when it fails, these mails failed, and say why. One that is
        broken doesn't hold up the others."""
        try:
            with self.env.cr.savepoint():
                return prepare()
        except psycopg2.OperationalError:
            raise  # another process was quicker: not the mails' fault
        except Exception as error:
            if len(self) > 1:
                singly = [mail._prepared(mail._notices_sudo()._follow_reasons) for mail in self]
                return all(singly)
            self._came_back(error)
            return False

    def _prepare_outgoing_list(self, mail_server=False, doc_to_followers=None):
        """The last step before the server: of a notice, what fails in the database fails here,
        while nothing has left yet. Other mails may leave in the midst of other work. In the text for who
        reads no HTML, the host puts each cell of a table on a line of its own: ours has lines that can be read."""
        result = super()._prepare_outgoing_list(mail_server=mail_server, doc_to_followers=doc_to_followers)
        for email in result:
            email["body_alternative"] = text_part(email["body"]) or email["body_alternative"]
        if self.model == "dunning.notice":
            self.env.cr.flush()
        return result

    # What fails --------------------------------------------------------------------------------

    def _postprocess_sent_message(self, success_pids, success_emails, failure_reason=False, failure_type=None):
        result = super()._postprocess_sent_message(success_pids, success_emails, failure_reason, failure_type)
        if failure_type == "mail_smtp":  # nobody listened: the host says so of the whole batch, in its handler
            self._of_notices()._try_again(delivery.no_connection(sys.exc_info()[1]))
        return result

    def _came_back(self, error):
        """These mails failed with ``error``."""
        # Of an error after which the host leaves them as they are, they have no reason yet.
        if isinstance(error, SMTPServerDisconnected) or any(mail.state != "exception" for mail in self):
            self.write({"state": "exception", "failure_reason": first_lines(error)})
        self._try_again(delivery.failure(error))

    def _try_again(self, failure):
        """What failed for a while goes again by itself, as the same mail, after pauses that grow.
        After the last one it has failed."""
        for tries, mails in self.grouped("dunning_tries").items():
            values = {"dunning_failure": failure.is_shared and failure.cause}
            if failure.is_uncertain:
                values["dunning_is_uncertain"] = True
            if failure.is_temporary and (pause := delivery.pause(tries)):
                moment = self.env["dunning.notice"]._now() + pause
                values |= {"state": "outgoing", "scheduled_date": moment, "dunning_tries": tries + 1}
                self._queue_cron()._trigger(at=moment)
            mails.write(values)

    def _put_off(self, moment):
        """Not before ``moment``."""
        self.scheduled_date = moment
        self._queue_cron()._trigger(at=moment)

    def _may_have_arrived(self):
        """Whether this mail failed so that nobody knows whether the server has it."""
        return self.state == "exception" and self.dunning_is_uncertain

    def _wake_up(self):
        """Once more, as the same mail, at once."""
        if self:
            self.write({"scheduled_date": False, "failure_reason": False})
            self.mark_outgoing()
            self._queue_cron()._trigger()

    def _tell_notices(self):
        """The notices of these mails follow, in a transaction of their own. What another process
        is in the way of follows a little later."""
        notices = self.env["dunning.notice"].with_context(l2c_leaving=None)
        for _attempt in range(3):
            try:
                self._commit()
                notices._follow_mails(self)
                self._commit()
                return
            except psycopg2.OperationalError:
                self.env.cr.rollback()
            except Exception:
                _logger.exception("Notices can't follow their mails %s now", self.ids)
                self.env.cr.rollback()
                break
        notices._wake_follower()
        self._commit()
