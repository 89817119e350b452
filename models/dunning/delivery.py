from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import email_normalize, email_normalize_all, plaintext2html, split_every
from psycopg2 import OperationalError

from ...engine.dunning import waiting as engine
from ...engine.dunning.following import CAME_BACK, FOLLOWING, follows
from ...engine.handling.own import own
from ..handling.cron_step import cron_step
from ..handling.next_action import ONCE, PLANNED
from .notice import PENDING, SOON, WAITING

BATCH = 100


class DunningNotice(models.Model):
    """What notices learn of their e-mails once these have left or failed; and who changes a
    notice whose e-mail is at the server: nobody, until the server has answered."""

    _inherit = "dunning.notice"

    # Serves the mail queue and the follower: what is on its way.
    _queued_mail_idx = models.Index("(id) WHERE state = 'queued' AND is_written")
    # Serves the follower: what follows the books.
    _pending_idx = models.Index("(id) WHERE state IN ('draft', 'to_approve', 'queued', 'failed')")

    @api.model
    def _follow_mails(self, mails):
        """The notices' state is that of their e-mails, and so is what went wrong."""
        # Those that have followed already aren't read again.
        following = [("is_written", "=", True), ("state", "in", FOLLOWING)]
        # Who writes a mail need not see what it is about.
        notices_sudo = self.sudo().search([("mail_ids", "in", mails.ids), *following])
        for (state, reason, moment), group_sudo in notices_sudo.grouped(_by_mails).items():
            if state:
                group_sudo._take_over(state, reason, moment)

    def _take_over(self, state, reason, moment):
        """Write what the e-mails say, where it is new."""
        self.filtered(lambda notice: (notice.failure_reason or False) != reason).failure_reason = reason
        if moment:
            self.filtered(lambda notice: notice.send_at != moment).send_at = moment
        changed = self.filtered(lambda notice: notice.state != state)
        if changed:
            changed._set_state(state)
        if state == "failed":
            changed._ask_about_server()

    # A mail server that takes nothing -----------------------------------------------------------

    def _ask_about_server(self):
        """What passes by itself for all has not passed: one person looks at each cause once."""
        failed = self.filtered(lambda notice: notice._server_failure())
        groups = failed.grouped(lambda notice: (notice.company_id, notice._server_failure()))
        for (company, cause), notices in groups.items():
            asked = self._asked_about_server(company) & Domain("mail_ids.dunning_failure", "=", cause)
            if not self.search_count(asked, limit=1):
                notices[0]._plan_look_at_server()

    def _server_failure(self):
        """What a mail server does to all, and did to an e-mail of this notice."""
        return next(filter(None, self.mail_ids.mapped("dunning_failure")), False)

    def _still_asked(self):
        """Those of these notices with the question about the server."""
        kind = self.env.ref("lead_to_cash.mail_activity_type_mail_server")
        return self.filtered(lambda notice: kind in notice.activity_ids.activity_type_id)

    def _ask_others(self):
        """These notices had the question, and go: others that failed so have it."""
        for notice in self.filtered(lambda notice: notice._server_failure()):
            cause = ("mail_ids.dunning_failure", "=", notice._server_failure())
            failed = [("company_id", "=", notice.company_id.id), ("state", "=", "failed"), cause]
            self.search([*failed, ("id", "not in", self.ids)], limit=1)._ask_about_server()

    def _asked_about_server(self, company):
        kind = self.env.ref("lead_to_cash.mail_activity_type_mail_server")
        return (
            Domain("company_id", "=", company.id)
            & Domain("state", "=", "failed")
            & Domain("activity_ids.activity_type_id", "=", kind.id)
        )

    def _plan_look_at_server(self):
        user = (self.policy_id.user_id or self._responsible())._acting()
        theirs = user._reading(self)
        note = theirs.env._(
            "The mail server has taken none of them for a day: %(reason)s. When that is mended, try the failed "
            "notices again, all at once in their list.",
            reason=self.failure_reason,
        )
        theirs.activity_schedule(
            "lead_to_cash.mail_activity_type_mail_server",
            self._today(),
            note=plaintext2html(note),
            user_id=user.id,
            handling_step=ONCE,
        )

    # While its e-mail is at the server -----------------------------------------------------------

    def _not_leaving(self):
        """Those whose e-mail hasn't left and isn't at the server just now: it is kept from leaving
        until this transaction ends. The others follow when the server has answered."""
        notices_sudo = self.sudo()  # users may not read mails
        here_sudo = notices_sudo.mail_ids.try_lock_for_update(allow_referencing=True)
        here_sudo.invalidate_recordset(["state"])
        self._follow_mails(here_sudo)  # what has left says so first
        if notices_sudo.mail_ids - here_sudo:
            self._wake_follower()
        left = notices_sudo.filtered(lambda notice: notice.mail_ids - here_sudo or notice.state == "sent")
        return self - left.with_env(self.env)

    def _wake_follower(self):
        cron_sudo = self.env.ref("lead_to_cash.cron_follow").sudo()  # whoever moves money may wake it
        cron_sudo._trigger(at=fields.Datetime.now() + SOON)

    # Afterwards ----------------------------------------------------------------------------------

    @api.model
    def _cron_follow(self):
        """Notices follow what they could not follow at once: an e-mail whose sender has ended, or
        the books, while their e-mail was at the server."""
        lost = [("state", "=", "queued"), ("is_written", "=", True), ("mail_ids", "=", False)]
        self.search(lost)._lose_mail()
        self.env.flush_all()
        behind = [notice_id for [notice_id] in self.env.execute_query(engine.behind_their_mails())]
        self._follow_in_batches(behind, lambda notices: notices._follow_mails(notices.mail_ids))
        rows = self.env.execute_query(engine.changed_by_the_books(engine.in_states(PENDING)))
        self._follow_in_batches([notice_id for notice_id, _open in rows], lambda notices: notices._follow_books())

    @api.model
    def _follow_waiting(self, company):
        """What still waits in a company, in line with the books before it is decided anew."""
        self.env["l2c.money"]._follow_all_under_way()
        self.env.flush_all()
        rows = self.env.execute_query(engine.changed_by_the_books(engine.in_states(PENDING, company.id)))
        # Whoever may run.
        self.sudo().browse(notice_id for notice_id, _open in rows)._follow_books()
        # E-mails that wait for their moment are asked before they leave.
        by_people = [("state", "=", "to_approve")], [("state", "in", PENDING), ("channel", "!=", "email")]
        waiting = Domain("company_id", "=", company.id) & Domain.OR(by_people)
        self.sudo().search(waiting)._follow_reasons()  # as above

    def _follow_in_batches(self, ids, work):
        cron = self.env.ref("lead_to_cash.cron_follow")
        for batch in split_every(BATCH, ids, self.browse):
            try:
                with self.env.cr.savepoint():
                    work(batch)
            except OperationalError:
                self.env.cr.rollback()  # another look, at what has changed
                self._wake_follower()
            except Exception:
                for notice in batch:
                    with cron_step(cron, f"The notice {notice.id}, which follows its e-mail and the books,"):
                        work(notice)
            self.env["ir.cron"]._commit_progress(len(batch))

    def _lose_mail(self):
        self._fail(lambda notice: notice.env._("The e-mail was deleted."))

    def _fail(self, say):
        """These notices have failed: ``say`` why, of a notice as its responsible reads it."""
        for notice in self:
            notice._set_state("failed", failure_reason=say(notice._responsible()._reading(notice)))

    # Following the books -------------------------------------------------

    def _money_moved(self):
        """Money moved on items of these notices: what has not left yet follows at once, and what was
        planned after a notice whose items are all paid is dropped."""
        self._follow_expiry()
        self.filtered(lambda notice: notice.state in PENDING)._follow_books()
        self.filtered(lambda notice: notice.state in PENDING and notice._may_be_withheld())._follow_reasons()
        for notice in self.filtered(lambda notice: notice.state == "sent" and notice.activity_ids):
            if notice._is_settled():
                notice.activity_ids.filtered_domain(PLANNED).unlink()

    def _may_be_withheld(self):
        """Whether what is left of its items may be tax that the customer withheld."""
        payments = self.line_ids.move_line_id.matched_credit_ids.credit_move_id.payment_id
        return self.partner_id.with_company(self.company_id).withholding_rate or any(payments.mapped("is_tax_withheld"))

    @api.model
    def _reasons_changed(self, lines):
        """What stands against reminding of these journal items changed: what has not left yet
        follows at once."""
        self._decided_anew()
        # Who promises, disputes or closes need not see the notices.
        notices_sudo = self.env["l2c.money"].sudo()._naming(lines).get("dunning.notice", self.browse())
        notices_sudo.filtered(lambda notice: notice.state in PENDING)._follow_reasons()

    def _decided_anew(self):
        """What was read of today's decisions may be another one now."""
        names = ["dunning_decision_code", "dunning_level_id", "dunning_next_date", "dunning_sentence"]
        self.env["account.move"].invalidate_model(names, flush=False)

    @api.model
    def _customers_changed(self, partners):
        """Something stands against reminding these customers in the current company."""
        self._decided_anew()
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
        """What was promised, disputed, held or excluded since the run is not reminded of; credits that came since
        are set against the rest."""
        for company, notices in self.grouped("company_id").items():
            question = company.with_company(company)._dunning_question(partners=notices.partner_id)
            self.env.flush_all()
            rows = self.env.execute_query(engine.withdrawn(question, notices.ids))
            notices._follow_books([line_id for [line_id] in rows], question)

    def _follow_books(self, withdrawn=(), question=None):
        """Cancel notices whose items are paid; write those anew whose amounts changed.
        Lines with the ids ``withdrawn`` go as if they were paid. With the engine's ``question``, credits that came
        since are listed too."""
        if not self:
            return
        self.env.flush_all()
        still_open = {}
        if question:
            still_open = {row[0]: True for row in self.env.execute_query(engine.new_credits(question, self.ids))}
        still_open.update(self.env.execute_query(engine.changed_by_the_books(self.ids, withdrawn)))
        if not still_open:
            return
        notices = self.browse(still_open)._not_leaving()
        paid = notices.filtered(lambda notice: not still_open[notice.id])
        changed = notices - paid
        if changed:
            self.env.cr.execute(engine.follow_the_books(changed.ids, withdrawn))
            if question:
                self.env.cr.execute(engine.list_credits(question, changed.ids))
            self.env.cr.execute(engine.sum_lines(changed.ids))
            self.env.invalidate_all()
        worthless = changed.filtered(lambda notice: notice.currency_id.compare_amounts(notice.amount_due, 0) <= 0)
        (paid | worthless)._cancel()
        edited = (changed - worthless).filtered("edited_on")
        edited._look_again()
        (changed - worthless - edited)._write_anew()

    def _write_anew(self):
        """A mail never changes its content under its Message-Id: it is cancelled, and another one
        written when the moment comes; of what failed, when a person tries again."""
        queued = self.filtered(lambda notice: notice.state == "queued")
        self._drop_mails()
        queued._wait()

    def _drop_mails(self):
        """These notices let go of their e-mails, but for those that have arrived; nobody can wake up those that
        have not left."""
        notices_sudo = self.sudo()  # users may not see mails
        mails_sudo = notices_sudo.mail_ids - notices_sudo._left_mails()
        mails_sudo.dunning_notice_id = False
        mails_sudo.partner_ids = False  # whom they name may read them
        notices_sudo.is_written = False
        mails_sudo.filtered(lambda mail: mail.state in WAITING).cancel()

    # What comes back ----------------------------------------------------------------------

    def message_update(self, msg_dict, update_vals=None):
        self.check_access("write")  # the mail gateway has all rights
        result = super().message_update(msg_dict, update_vals)
        author = self.env["res.partner"].browse(msg_dict.get("author_id"))
        if not own(self.env, "l2c_automatic_mail") and (author.partner_share or not author):
            self._replied()
        return result

    def _replied(self):
        """Hold the customer, and ask the responsible to answer."""
        self._hold_after_reply()
        for notice in self:
            if not notice.activity_ids - notice.activity_id:
                user = notice._responsible()
                theirs = user._reading(notice)
                theirs.activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=theirs.env._("The customer replied"),
                    date_deadline=notice._today(),
                    user_id=user.id,
                    handling_step=ONCE,
                )
        self._heard_from()

    def _heard_from(self):
        """The customer said something, by e-mail or on the page of the notice: somebody is to answer,
        and the company's own action runs."""
        self.sudo().write({"needs_answer": True, "replied_date": self._today()})  # a fact, whoever takes it
        self.env["res.company"]._dunning_fire("answer_received", self)

    def _hold_after_reply(self):
        """Leave the customer alone while somebody deals with what they said."""
        for notice in self:
            days = notice.company_id.dunning_reply_hold_days
            if days:
                # A fact, whoever takes the answer.
                notice.sudo().replied_until = notice.company_id._dunning_working_days_later(days)

    def _message_receive_bounce(self, email, partner):
        result = super()._message_receive_bounce(email, partner)
        # The gateway need not write mails.
        mails_sudo = self.sudo()._left_mails()
        theirs_sudo = mails_sudo.filtered(
            lambda mail: email_normalize(email) in email_normalize_all(mail.email_to or "")
        )
        (theirs_sudo or mails_sudo).dunning_came_back = True
        self.filtered(lambda notice: notice.state in ("queued", "sent"))._fail(
            lambda notice: notice.env._("The e-mail to %(address)s came back.", address=email)
        )
        return result


def _by_mails(notice):
    """(state, reason, moment) that a notice takes from its e-mails; no state: nothing."""
    mails = notice.mail_ids
    state = follows(notice.state, [CAME_BACK if mail.dunning_came_back else mail.state for mail in mails])
    told = mails.filtered(lambda mail: mail.state == {"queued": "outgoing", "failed": "exception"}.get(state))
    reasons = dict.fromkeys(" ".join((mail.failure_reason or "").split()) for mail in told)
    moment = state == "queued" and min(filter(None, told.mapped("scheduled_date")), default=False)
    return state, " ".join(filter(None, reasons)) or False, moment
