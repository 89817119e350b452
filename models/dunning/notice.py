from datetime import timedelta

from markupsafe import escape
from odoo import api, fields, models
from odoo.exceptions import UserError

from ..handling.next_action import ONCE
from .level import NOTICE_CHANNELS

STATES = [
    ("draft", "Draft"),
    ("to_approve", "To approve"),
    ("queued", "Queued"),
    ("sent", "Sent"),
    ("failed", "Failed"),
    ("cancelled", "Cancelled"),
]
#: States of an e-mail that has not left.
WAITING = ("outgoing", "exception")
#: What has not left yet and follows the books.
PENDING = ("draft", "to_approve", "queued", "failed")
#: After so long somebody looks at what could not follow, or leave, at once.
SOON = timedelta(minutes=1)


class DunningNotice(models.Model):
    """One letter (or call) to one customer in one currency."""

    _name = "dunning.notice"
    _inherit = ["l2c.clock.mixin", "l2c.state.mixin", "mail.thread", "mail.activity.mixin", "dunning.banner.mixin"]
    _description = "Dunning Notice"
    _order = "date desc, id desc"

    _written_by = "action_approve, action_send, action_cancel or action_retry"
    _transitions = {
        "draft": ("to_approve", "queued", "failed", "cancelled"),
        "to_approve": ("draft", "cancelled"),
        "queued": ("draft", "to_approve", "queued", "sent", "failed", "cancelled"),
        "failed": ("draft", "to_approve", "queued", "sent", "failed", "cancelled"),
        "sent": ("failed",),  # it came back
        "cancelled": ("sent", "to_approve"),  # it was at the server when somebody said stop; they thought again
    }

    run_id = fields.Many2one("dunning.run", ondelete="set null", index=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", required=True, index=True, readonly=True)
    partner_active = fields.Boolean(related="partner_id.active", string="Customer Is Active")
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    policy_id = fields.Many2one("dunning.policy", required=True, ondelete="restrict", index=True, readonly=True)
    level_id = fields.Many2one("dunning.level", required=True, ondelete="restrict", readonly=True)
    channel = fields.Selection(NOTICE_CHANNELS, required=True, readonly=True)
    date = fields.Date(required=True, readonly=True)
    send_at = fields.Datetime("Leaves at", readonly=True, help="Not before: in the hours for sending.")
    sent_on = fields.Datetime(
        "Left on", readonly=True, copy=False, help="When the e-mail left, the letter was posted, or the call was made."
    )
    noticed_on = fields.Date("Day", compute="_compute_noticed_on", help="On which it left; until then, made for.")
    state = fields.Selection(STATES, required=True, default="draft", readonly=True, group_expand=True)
    amount_due = fields.Monetary(readonly=True)
    line_ids = fields.One2many("dunning.notice.line", "notice_id", "Items", readonly=True)
    mail_ids = fields.One2many(
        "mail.mail", "dunning_notice_id", "E-mails", readonly=True, copy=False, groups="base.group_system"
    )
    failed_tries = fields.Integer(readonly=True, copy=False, help="Of the e-mails before this one.")
    is_written = fields.Boolean("E-mail Was Written", readonly=True, copy=False)
    activity_id = fields.Many2one(
        "mail.activity", "Task", ondelete="set null", index="btree_not_null", readonly=True, copy=False
    )
    failure_reason = fields.Char(readonly=True)
    needs_answer = fields.Boolean("Answer to Deal with", readonly=True, copy=False)
    replied_date = fields.Date("Replied on", readonly=True, copy=False)
    replied_until = fields.Date("Waits after a Reply until", readonly=True, copy=False)
    payment_deadline = fields.Date("Pay by", compute="_compute_payment_deadline")
    owed_to_customer = fields.Monetary(
        "We Owe the Customer", compute="_compute_owed_to_customer", help="By open bills in the notice's currency."
    )
    sender_id = fields.Many2one("res.users", compute="_compute_sender")
    sender_email = fields.Char(compute="_compute_sender")
    signature = fields.Html(compute="_compute_sender", sanitize=False)  # a user's is clean already

    # Serves the next batch of a run.
    _run_draft_idx = models.Index("(run_id) WHERE state = 'draft'")
    # Serves the day of a customer's last notice.
    _customer_idx = models.Index("(partner_id, currency_id, company_id, date)")
    # Serves the deciding statement: who replied lately.
    _replied_idx = models.Index("(partner_id, company_id) WHERE replied_until IS NOT NULL")

    @api.depends("partner_id", "level_id")
    def _compute_display_name(self):
        for notice in self:
            notice.display_name = f"{notice.partner_id.display_name} · {notice.level_id.name}"

    @api.depends("sent_on", "date", "company_id")
    def _compute_noticed_on(self):
        """By the calendar of its company."""
        for notice in self:
            there = notice._in_company(notice.company_id)
            sent = notice.sent_on and fields.Datetime.context_timestamp(there, notice.sent_on).date()
            notice.noticed_on = max(sent or notice.date, notice.date)

    @api.depends(
        *("noticed_on", "sent_on", "level_id.payment_deadline_days"),
        *("line_ids.is_also_due", "line_ids.amount_residual", "line_ids.move_line_id.date_maturity"),
    )
    @api.depends_context("l2c_today")
    def _compute_payment_deadline(self):
        """Counted from the day on which it leaves; nobody is asked to pay before it is due."""
        for notice in self:
            days = notice.level_id.payment_deadline_days
            asked = notice.line_ids._asked_due_dates() if days else []
            notice.payment_deadline = days and max([notice._leaves_on() + timedelta(days=days), *asked])

    def _leaves_on(self):
        """The day on which it left; until then, today at the earliest."""
        return self.noticed_on if self.sent_on else max(self.noticed_on, self._today_there())

    def _today_there(self):
        """Today, in its company's time zone."""
        return self._in_company(self.company_id)._today()

    @api.depends("partner_id", "company_id", "currency_id")
    def _compute_owed_to_customer(self):
        owed = {tuple(row[:3]): row[3] for row in self.partner_id._owed_by_us(self.company_id)}
        for notice in self:
            key = notice.partner_id.commercial_partner_id.id, notice.company_id.id, notice.currency_id.id
            notice.owed_to_customer = owed.get(key, 0)

    @api.depends("level_id.sender", "partner_id", "policy_id")
    def _compute_sender(self):
        for notice in self:
            # A sender's address and signature are for everybody who gets the notice.
            user = notice.sudo()._sender()
            notice.sender_id = user
            notice.sender_email = user.email_formatted or notice.company_id.email_formatted
            notice.signature = user.signature or escape(notice.company_id.name or "")

    def _sender(self):
        """In whose name the notice goes out; nobody's: the company's."""
        sender = self.level_id.sender
        if sender == "salesperson":
            return self._escalated_invoices().invoice_user_id[:1]
        if sender == "collector":
            return self.partner_id.with_company(self.company_id).collector_id
        return self.policy_id.user_id if sender == "responsible" else self.env["res.users"]

    def _responsible(self):
        """The customer's collector, else the salesperson of an invoice that rose, else the policy's
        responsible; or who stands in for them while they are away. Never a customer who answers."""
        candidates = (
            self.partner_id.with_company(self.company_id).collector_id,
            self._escalated_invoices().invoice_user_id,
            self.policy_id.user_id,
            self.policy_id.create_uid,
            self.env.user,
        )
        found = (users.filtered(lambda user: user.active and not user.share)[:1] for users in candidates)
        return next(filter(None, found), self.policy_id.create_uid)._acting()

    def _escalated_invoices(self):
        return self.line_ids.filtered("level_id").move_line_id.move_id

    def write(self, vals):
        """What a state entails follows, whoever writes it; and what another reader does."""
        chosen = not vals.keys().isdisjoint(self._writable)
        if chosen and not self.env.su:
            self._check_chosen_in_time()
        result = super().write(vals)
        if chosen:
            self._recipients_chosen()
        if "state" in vals:
            self.line_ids.notice_state = vals["state"]
        if vals.get("state") == "sent":
            self._end_question()
            self._after_sending()
        elif vals.get("state") == "cancelled":
            self._end_page()
        return result

    def _stamp(self, target):
        return {"sent_on": self._now()} if target == "sent" else {}

    def _way_out(self):
        ways = {
            "draft": self.env._("It leaves with its run; it can be sent or cancelled."),
            "to_approve": self.env._("It can be approved or cancelled."),
            "queued": self.env._("It leaves by itself at its time; it can be cancelled."),
            "failed": self.env._("It can be tried again or cancelled."),
            "sent": self.env._("What was sent stays; write to the customer instead."),
            "cancelled": self.env._("The next run decides about its items anew."),
        }
        return ways[self.state]

    def _after_sending(self):
        """Overdue invoices that nobody has handled yet are now reminded of; what the level
        says comes next is planned."""
        raised = self.line_ids.filtered(lambda line: line.level_id and line.days_overdue > 0)
        moves = raised.move_line_id.move_id
        # One that was reset to draft meanwhile is new as long as it is a draft.
        overdue = moves.filtered(lambda move: move.state == "posted" and move.handling_role == "new")
        overdue._handling_update(chosen="contacted")
        for notice in self.filtered("level_id.next_activity_type_id"):
            if not notice._is_settled():
                user = notice._responsible()
                user._reading(notice).activity_schedule(
                    activity_type_id=notice.level_id.next_activity_type_id.id,
                    date_deadline=notice.payment_deadline or notice.noticed_on,
                    user_id=user.id,
                    handling_step=ONCE,
                )
        for level, notices in self.grouped("level_id").items():
            level.sudo().server_action_id._run_after_the_fact(notices)  # chosen by an administrator

    def _is_settled(self):
        """Whether all that rose is paid."""
        items = self.line_ids.filtered("level_id").move_line_id
        return all(item.reconciled or not item.left_currency for item in items)

    def _mail_get_partner_fields(self, introspect_fields=False):
        return ["partner_id"]

    # Buttons -------------------------------------------------------------------------

    def action_approve(self):
        """Approve, and queue at once.

        :raise UserError: when one of them can't leave, with the reason
        """
        self.check_access("write")
        self._require("to_approve", "queued")
        self._require_release()
        if problem := next(iter(self._approval_problems().values()), None):
            raise UserError(problem)
        self._approve()

    def _require_release(self):
        """Until the first run of a company is released, and in another database than that of its last
        run, nothing leaves, whatever is pressed."""
        # A setting of the company.
        waiting = self.company_id.filtered(lambda company: company.sudo().dunning_awaits_release)
        if waiting:
            raise UserError(
                self.env._(
                    "%(company)s hasn't released its first run yet: look at its notices, then press Release on the run.",
                    company=waiting[0].name,
                )
            )
        if elsewhere := next(filter(None, (company._dunning_elsewhere() for company in self.company_id)), ""):
            raise UserError(elsewhere)

    def action_send(self):
        """Queue what waits: approves what is to approve, tries again what failed."""
        self.check_access("write")
        self._require_release()
        self.filtered(lambda notice: notice.state == "to_approve").action_approve()
        self.filtered(lambda notice: notice.state == "failed").action_retry()
        self._queue()

    def action_retry(self):
        """Try again what failed, as the same notice; as the same e-mail where the server may
        have it already, so that the customer's mail program knows it again."""
        self.check_access("write")
        self._require("failed", "queued")
        self._require_release()
        again = self.filtered(lambda notice: notice._may_have_arrived())
        again.sudo().mail_ids.filtered("dunning_is_uncertain")._wake_up()  # users may not write mails
        others = self - again
        others._drop_mails()
        others._set_state("draft", failure_reason=False, failed_tries=0)
        others._queue()

    def _may_have_arrived(self):
        """Whether all that failed of it may be in the customer's mailbox, where it would go again."""
        mails_sudo = self.sudo().mail_ids - self.sudo()._left_mails()  # users may not see mails
        return bool(mails_sudo) and all(mail._may_have_arrived() and self._is_addressed(mail) for mail in mails_sudo)

    def action_promise(self):
        """Log a promise for what the notice names: everything is filled in."""
        self.ensure_one()
        self.check_access("read")
        self.env["dunning.promise"].check_access("create")
        partner = self.partner_id.with_company(self.company_id)
        values = partner._dunning_promise_defaults(self.line_ids.move_line_id)
        return partner._action_agree("lead_to_cash.dunning_promise_action_new", values)

    def action_end_reply_hold(self):
        """The reply was dealt with: the customer is reminded again from the next run on."""
        self.check_access("write")
        notices = self.search([("partner_id", "in", self.partner_id.ids), ("company_id", "in", self.company_id.ids)])
        notices.filtered("replied_until").sudo().replied_until = False  # whoever may deal with it
        notices.filtered("needs_answer")._answer_dealt_with()

    def _answer_dealt_with(self):
        """Somebody has dealt with what the customers said."""
        self.sudo().needs_answer = False  # whoever may deal with it
        self.sudo().answer_ids.is_handled = True  # the same

    def _require(self, state, target):
        """Refuse notices that aren't in the state from which an action leads to ``target``."""
        if others := self.filtered(lambda notice: notice.state != state):
            raise UserError(others[0]._no_way(target))

    # On paper -----------------------------------------------------------------------------

    def _ways_to_pay(self, lines=None):
        """How the customer can pay, as :meth:`~l2c.payment.way._told` says it.

        :param lines: which of the notice's are to be paid; None: all
        """
        asked = (self._escalated_invoices() if lines is None else lines.move_id).sudo()  # who is asked is told where
        return self.env["l2c.payment.way"]._told(
            self.company_id,
            self.currency_id,
            accounts=asked.partner_bank_id,
            reference=self._payment_reference(lines),
        )

    def _payment_reference(self, lines=None):
        """What the customer writes on the transfer: one invoice's reference, else the numbers."""
        lines = self.line_ids if lines is None else lines
        invoices = lines.filtered(lambda line: line.amount_residual > 0).move_id
        if len(invoices) == 1:
            return invoices.payment_reference or invoices.name
        return ", ".join(invoices.mapped("name"))

    def action_print(self):
        """The letters of these notices, as one PDF."""
        self.check_access("read")
        return self.env.ref("lead_to_cash.action_report_dunning_letter").report_action(self)
