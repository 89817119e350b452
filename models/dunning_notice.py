import logging
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..engine import dunning_run as engine
from .dunning_level import CHANNELS

_logger = logging.getLogger(__name__)

STATES = [
    ("draft", "Draft"),
    ("to_approve", "To approve"),
    ("queued", "Queued"),
    ("sent", "Sent"),
    ("failed", "Failed"),
    ("cancelled", "Cancelled"),
]
#: What has not left yet and follows the books.
PENDING = ("draft", "to_approve", "queued", "failed")
MAIL_STATES = {"outgoing": "queued", "sent": "sent", "received": "sent", "exception": "failed", "cancel": "cancelled"}


class DunningNotice(models.Model):
    """One letter (or call) to one customer in one currency."""

    _name = "dunning.notice"
    _inherit = ["l2c.clock.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Dunning Notice"
    _order = "date desc, id desc"
    _mail_post_access = "read"

    run_id = fields.Many2one("dunning.run", ondelete="set null", index=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", required=True, index=True, readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    policy_id = fields.Many2one("dunning.policy", required=True, ondelete="restrict", readonly=True)
    level_id = fields.Many2one("dunning.level", required=True, ondelete="restrict", readonly=True)
    channel = fields.Selection(CHANNELS, required=True, readonly=True)
    date = fields.Date(required=True, readonly=True)
    state = fields.Selection(STATES, required=True, default="draft", readonly=True)
    amount_due = fields.Monetary(readonly=True)
    line_ids = fields.One2many("dunning.notice.line", "notice_id", "Items", readonly=True)
    mail_id = fields.Many2one("mail.mail", "E-mail", ondelete="set null", index="btree_not_null", readonly=True)
    failure_reason = fields.Char(readonly=True)

    # Serves the next batch of a run.
    _run_draft_idx = models.Index("(run_id) WHERE state = 'draft'")
    # Serves the day of a customer's last notice.
    _customer_idx = models.Index("(partner_id, currency_id, company_id, date)")

    @api.depends("partner_id", "level_id")
    def _compute_display_name(self):
        for notice in self:
            notice.display_name = f"{notice.partner_id.display_name} · {notice.level_id.name}"

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals:
            self.line_ids.notice_state = vals["state"]
        if vals.get("state") == "sent":
            self._mark_reminded()
        return result

    def _mark_reminded(self):
        """Overdue invoices that nobody has handled yet are now reminded of."""
        raised = self.line_ids.filtered(lambda line: line.level_id and line.days_overdue > 0)
        overdue = raised.move_line_id.move_id.filtered(lambda move: move.handling_role == "new")
        overdue._set_handling_role("contacted")

    def _mail_get_partner_fields(self, introspect_fields=False):
        return ["partner_id"]

    # Buttons -------------------------------------------------------------------------

    def action_approve(self):
        """Approve, and queue at once."""
        self._require("to_approve")
        self.state = "draft"
        self._queue()

    def action_cancel(self):
        """Cancel what has not been sent; its items may rise again at the next run."""
        if any(notice.state == "sent" for notice in self):
            raise UserError(self.env._("What was sent can't be cancelled."))
        self._cancel()

    def action_retry(self):
        """Try again what failed, as the same notice."""
        self._require("failed")
        self.write({"state": "draft", "failure_reason": False})
        self._queue()

    def _require(self, state):
        label = dict(self._fields["state"]._description_selection(self.env))[state]
        if any(notice.state != state for notice in self):
            raise UserError(self.env._("Only notices in the state “%(state)s” can go this way.", state=label))

    def _cancel(self):
        self.mail_id.filtered(lambda mail: mail.state == "outgoing").sudo().cancel()  # users may not write mails
        self.state = "cancelled"
        self.activity_ids.unlink()

    # Queueing ------------------------------------------------------------------------

    def _queue(self):
        """Hand drafts over to their channel. When a group fails, it goes one by one, and
        the one that fails says why."""
        groups = defaultdict(self.browse)
        for notice in self.filtered(lambda notice: notice.state == "draft"):
            groups[notice.channel == "email", notice.level_id._template(), notice.partner_id.lang] |= notice
        for (by_mail, template, lang), notices in groups.items():
            queue = notices._queue_mails if by_mail else notices._queue_activities
            try:
                with self.env.cr.savepoint():
                    queue(template, lang)
            except Exception:
                _logger.info("A batch of %s notices failed; now one by one", len(notices), exc_info=True)
                notices._queue_singly(template, lang)

    def _queue_singly(self, template, lang):
        for notice in self:
            try:
                with self.env.cr.savepoint():
                    (notice._queue_mails if notice.channel == "email" else notice._queue_activities)(template, lang)
            except Exception as error:
                # A template's error has its cause on the second line.
                reason = " ".join(line.strip() for line in str(error).splitlines()[:2]) or type(error).__name__
                notice.write({"state": "failed", "failure_reason": reason})

    def _queue_mails(self, template, lang):
        """Render and queue; the notices and their mails are one transaction."""
        notices = self.with_context(lang=lang or self.env.lang)
        if not template:
            raise UserError(self.env._("The level %(name)s has no e-mail template.", name=self.level_id[:1].name))
        values = notices._prepare_mail_values(template.with_context(lang=lang))
        # Mails are made by the engine: who approves a notice may not write mails.
        mails = self.env["mail.mail"].sudo().create(values)
        for notice, mail in zip(notices, mails, strict=True):
            notice.mail_id = mail
        notices.state = "queued"
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    def _prepare_mail_values(self, template):
        bodies = template._render_bodies_at_once(self)
        subjects = template._render_field("subject", self.ids)
        senders = template._render_field("email_from", self.ids)
        return [
            {
                "model": self._name,
                "res_id": notice.id,
                "subject": subjects[notice.id],
                "body_html": body,
                "body": body,
                "email_from": senders[notice.id] or notice.company_id.email_formatted,
                "reply_to": notice.company_id.email_formatted,
                "recipient_ids": [(4, notice._addressee().id)],
                "auto_delete": False,
                "message_type": "email_outgoing",
            }
            for notice, body in zip(self, bodies, strict=True)
        ]

    def _addressee(self):
        """The customer's address for invoices, else the customer, whichever has an e-mail."""
        addresses = self.partner_id.child_ids.filtered(lambda child: child.type == "invoice" and child.email_normalized)
        return addresses[:1] or self.partner_id

    def _queue_activities(self, _template, _lang):
        """A call, a letter, a step by hand: an activity for the responsible."""
        self.mapped("display_name")  # warm: it is read one by one while planning
        for notice in self:
            notice.activity_schedule(
                "mail.mail_activity_data_call" if notice.channel == "call" else "mail.mail_activity_data_todo",
                summary=notice.level_id.name,
                note=notice.level_id.guidance,
                date_deadline=notice.date,
                user_id=notice._responsible().id,
            )
        self.state = "queued"

    def _responsible(self):
        """The salesperson of an invoice that rose, else who wrote the policy."""
        invoices = self.line_ids.filtered("level_id").move_line_id.move_id
        return invoices.invoice_user_id[:1] or self.policy_id.create_uid

    # Following the books and the mails -------------------------------------------------

    @api.model
    def _residual_changed(self, lines):
        """Money moved on these journal items: what has not left yet follows at once."""
        # Who reconciles need not see the notices.
        notices_sudo = self.sudo().search([("line_ids.move_line_id", "in", lines.ids), ("state", "in", PENDING)])
        notices_sudo._follow_books()

    def _follow_books(self):
        """Cancel notices whose items are paid; write those anew whose amounts changed."""
        if not self:
            return
        self.env.flush_all()
        rows = self.env.execute_query(engine.changed_by_the_books(self.ids))
        paid = self.browse(notice_id for notice_id, still_open, _differs in rows if not still_open)
        changed = self.browse(notice_id for notice_id, still_open, _differs in rows if still_open)
        if changed:
            self.env.cr.execute(engine.follow_the_books(changed.ids))
            self.env.cr.execute(engine.sum_lines(SQL("n.id IN %s", tuple(changed.ids))))
            self.env.invalidate_all()
        worthless = changed.filtered(lambda notice: notice.currency_id.compare_amounts(notice.amount_due, 0) <= 0)
        (paid | worthless)._cancel()
        (changed - worthless)._write_anew()

    def _write_anew(self):
        """A mail never changes its content under its Message-Id: it is cancelled, and
        another one queued."""
        queued = self.filtered(lambda notice: notice.state == "queued" and notice.mail_id)
        old = queued.mail_id
        queued.write({"mail_id": False, "state": "draft"})
        old.sudo().cancel()  # users may not write mails
        queued._queue()

    def _follow_mails(self, mails):
        """The notice's state is that of its mail."""
        # Who writes a mail need not see what it is about.
        for notice in self.sudo().search([("mail_id", "in", mails.ids)]):
            state = MAIL_STATES[notice.mail_id.state]
            if state != notice.state:
                notice.write({"state": state, "failure_reason": notice.mail_id.failure_reason})
