import base64
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from psycopg2 import OperationalError

from ...engine.dunning.following import ARRIVED
from ...engine.dunning.recipients import of_customers
from ...engine.dunning.run import show_mails
from ...engine.handling.links import without_links
from ..dunning.mail_template import first_lines
from ..handling.cron_step import come_again
from .token_page import DOES_BOOKS

LETTER_KINDS = [
    ("open", "Statement: open items"),
    ("movements", "Statement: all movements"),
    ("confirmation", "Balance confirmation"),
    ("copies", "Copies of invoices"),
    ("plan", "Payment plan"),
    ("instalment", "Instalment announced"),
    ("plan_kept", "Payment plan completed"),
    ("plan_broken", "Payment plan broken off"),
    ("charge_announced", "Charge to a saved card announced"),
    ("charge_again", "Charge declined, tried again"),
    ("charge_confirm", "Charge to be confirmed with the bank"),
    ("charge_failed", "Charge failed"),
]
#: Of these the state of the charges says whether they are still so.
ABOUT_CHARGES = {
    "charge_announced": ("announced",),
    "charge_again": ("announced",),
    "charge_confirm": ("pending",),
    "charge_failed": ("failed",),
}
#: Those that nobody has pressed a button for; they leave in the hours of reminders.
AUTOMATIC = ("instalment", "plan_kept", "plan_broken", *ABOUT_CHARGES)
LETTER_STATES = [("queued", "Queued"), ("sent", "Sent"), ("failed", "Failed"), ("gone", "E-mail Deleted")]
#: By kind: what is printed, and what the e-mail says.
PRINTED = {
    "open": "lead_to_cash.action_report_statement",
    "movements": "lead_to_cash.action_report_statement",
    "confirmation": "lead_to_cash.action_report_balance_confirmation",
    "plan": "lead_to_cash.action_report_payment_plan",
}
TEMPLATES = {
    "open": "lead_to_cash.mail_template_statement",
    "movements": "lead_to_cash.mail_template_statement",
    "confirmation": "lead_to_cash.mail_template_confirmation",
    "plan": "lead_to_cash.mail_template_plan",
    "instalment": "lead_to_cash.mail_template_instalment",
    "plan_kept": "lead_to_cash.mail_template_plan_kept",
    "plan_broken": "lead_to_cash.mail_template_plan_broken",
    **{kind: f"lead_to_cash.mail_template_{kind}" for kind in ABOUT_CHARGES},
}


class AccountLetter(models.Model):
    """A statement of account, a balance confirmation, or what is written of a payment plan, that goes to a customer
    by e-mail. It stands here, not in the customer's chatter, which every employee and company reads."""

    _name = "account.letter"
    _inherit = ["l2c.clock.mixin", "l2c.protected.mixin", "l2c.posting.mixin", "mail.thread"]
    _description = "Statement or Confirmation Sent"
    _order = "id desc"
    _rec_name = "partner_id"

    _written_by = "Send by E-mail in the dialog of statements"

    partner_id = fields.Many2one("res.partner", "Customer", required=True, index=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    user_id = fields.Many2one("res.users", "Sent by", required=True, readonly=True)
    kind = fields.Selection(LETTER_KINDS, required=True, readonly=True)
    date_from = fields.Date("From", readonly=True)
    date_to = fields.Date("As of", required=True, readonly=True)
    recipient_ids = fields.Many2many("res.partner", string="Recipients", readonly=True, context={"active_test": False})
    confirmation_id = fields.Many2one("balance.confirmation", ondelete="set null", readonly=True, copy=False)
    plan_id = fields.Many2one(
        "dunning.plan", "Payment Plan", ondelete="set null", index="btree_not_null", readonly=True, copy=False
    )
    promise_id = fields.Many2one("dunning.promise", "Instalment", ondelete="set null", readonly=True, copy=False)
    mail_id = fields.Many2one(
        "mail.mail", ondelete="set null", index="btree_not_null", readonly=True, copy=False, groups="base.group_system"
    )
    is_written = fields.Boolean(readonly=True, copy=False)
    problem = fields.Char(readonly=True, copy=False)
    # A confirmation says where to answer for the customer.
    pdf = fields.Binary("PDF", readonly=True, copy=False, groups=DOES_BOOKS)
    file_name = fields.Char(readonly=True)
    state = fields.Selection(LETTER_STATES, compute="_compute_state", search="_search_state")
    failure_reason = fields.Char(compute="_compute_state")

    # Two that are the same don't wait at once; serves the job that writes them.
    _waiting_uniq = models.UniqueIndex(
        "(company_id, partner_id, kind, date_to, COALESCE(date_from, date_to), COALESCE(plan_id, 0))"
        " WHERE is_written IS NOT TRUE AND problem IS NULL",
        "The same letter to this customer is on its way already.",
    )

    # What became of it -------------------------------------------------------------------------

    @api.depends("is_written", "problem")
    def _compute_state(self):
        """As its e-mail is; nothing of that is written with the e-mail, whose row alone changes."""
        for letter in self:
            mail_sudo = letter.sudo().mail_id  # users may not see mails
            letter.failure_reason = letter.problem or (mail_sudo.state == "exception" and mail_sudo.failure_reason)
            if letter.problem or mail_sudo.state in ("exception", "cancel"):
                letter.state = "failed"
            elif letter.is_written and not mail_sudo:
                letter.state = "gone"
            else:
                letter.state = "sent" if mail_sudo.state in ARRIVED else "queued"

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        written, sound = Domain("is_written", "=", True), Domain("problem", "=", False)
        domains = {
            "failed": ~sound | Domain("mail_id.state", "in", ("exception", "cancel")),
            "gone": sound & written & Domain("mail_id", "=", False),
            "sent": sound & Domain("mail_id.state", "in", ARRIVED),
            "queued": sound & (~written | Domain("mail_id.state", "=", "outgoing")),
        }
        wanted = Domain.OR(domains[state] for state in value if state in domains)
        return Domain("id", "in", self.sudo()._search(wanted))  # a state is no secret to who sees the letter

    def _message_receive_bounce(self, email, partner):
        result = super()._message_receive_bounce(email, partner)
        # The gateway need not write letters.
        self.sudo().problem = self.env._("The e-mail to %(address)s came back.", address=email)
        return result

    def _message_post_after_hook(self, message, msg_vals):
        """A reply repeats the e-mail that it answers, with the way to the page."""
        result = super()._message_post_after_hook(message, msg_vals)
        if message.message_type == "email":
            message.body = without_links(message.body)
        return result

    # Queueing ------------------------------------------------------------------------------------

    @api.model
    def _readers(self, customers):
        """{customer: who reads what is written about all that it owes the current company}; without those
        who have no address."""
        self.env.flush_all()
        found = {}
        for customer_id, partner_id in self.env.execute_query(of_customers(customers.ids, self.env.company.id)):
            customer = self.env["res.partner"].browse(customer_id)
            found[customer] = found.get(customer, customer.browse()) + customer.browse(partner_id)
        return found

    @api.model
    def _waiting(self, customers, kind, date_from, date_to):
        """The same letters that wait already."""
        same = Domain("kind", "=", kind) & Domain("date_from", "=", date_from) & Domain("date_to", "=", date_to)
        ours = Domain("partner_id", "in", customers.ids) & Domain("company_id", "=", self.env.company.id)
        return self.search(ours & same & Domain("state", "=", "queued"))

    @api.model
    def _queue(self, readers, kind, date_from, date_to, user=None, **about):
        """Letters of the current company, to be written and sent soon, by whoever was allowed to.

        :param readers: {customer: its readers}
        :param user: in whose name; that of who asks
        :param about: the ids of the plan and of its instalment
        """
        values = {"company_id": self.env.company.id, "user_id": (user or self.env.user).id, "kind": kind}
        values |= {"date_from": date_from, "date_to": date_to, **about}
        letters_sudo = self.sudo()  # made here alone
        letters_sudo = letters_sudo.create(
            [
                {**values, "partner_id": customer.id, "recipient_ids": [(6, 0, people.ids)]}
                for customer, people in readers.items()
            ]
        )
        self.env.ref("lead_to_cash.cron_letters").sudo()._trigger()  # whoever sends may wake it
        return letters_sudo.sudo(False)

    @api.model
    def _send_copies(self, customer, readers, subject, body, files):
        """An e-mail with files, written by whoever was allowed to; it leaves at once.

        :param files: (name, PDF) of each
        """
        # Made here alone.
        letter_sudo = self.sudo().create(
            {
                **{"company_id": self.env.company.id, "user_id": self.env.uid, "kind": "copies", "is_written": True},
                **{"partner_id": customer.id, "date_to": self._today(), "recipient_ids": [(6, 0, readers.ids)]},
            }
        )
        about = {"res_model": "mail.message", "res_id": 0, "mimetype": "application/pdf"}
        files_sudo = letter_sudo.env["ir.attachment"].create(
            [{**about, "name": name, "raw": raw} for name, raw in files]
        )
        frame = self.env.company._mail_frame(readers[:1].lang or customer.lang)
        letter_sudo._queue_mail(
            {
                "subject": subject,
                "body_html": frame.around(body),
                "email_from": self.env.user.email_formatted or self.env.company.email_formatted,
                "attachment_ids": [(6, 0, files_sudo.ids)],
            }
        )
        return letter_sudo.sudo(False)  # back to who asked

    def _check_may_send(self):
        """
        :raise AccessError: for who only reads the books
        """
        if not self.env.user.has_group(DOES_BOOKS):
            raise AccessError(
                self.env._("Who only reads the books writes to no customer. Print it, or ask somebody in invoicing.")
            )

    def action_try_again(self):
        """Write what has failed anew and send it, in one's own name, to whoever reads it today.

        :raise UserError: for what hasn't failed, or when nobody can be written to
        :raise AccessError: for who only reads the books
        """
        self.check_access("read")
        self._check_may_send()
        for letter in self:
            if letter.kind == "copies":
                raise UserError(self.env._("Send the copies again from the customer."))
            if letter.state != "failed":
                raise UserError(self.env._("The e-mail to %s has not failed.", letter.partner_id.display_name))
            readers = letter.with_company(letter.company_id)._readers(letter.partner_id)
            if letter.partner_id not in readers:
                raise UserError(self.env._("%s has no e-mail address.", letter.partner_id.display_name))
            letter_sudo = letter.sudo()  # made by the engine
            letter_sudo.mail_id.filtered(lambda mail: mail.state == "exception").cancel()
            values = {"problem": False, "is_written": False, "mail_id": False, "user_id": self.env.uid}
            letter_sudo.write({**values, "recipient_ids": [(6, 0, readers[letter.partner_id].ids)]})
        self.env.ref("lead_to_cash.cron_letters").sudo()._trigger()  # whoever sends may wake it
        return True

    # Writing -------------------------------------------------------------------------------------

    @api.model
    def _cron_write(self):
        """Write the e-mails that wait, each with its PDF and in a transaction of its own. One that can't be
        written says why, and stops no other."""
        waiting = self.search([("is_written", "=", False), ("problem", "=", False)], order="id")
        commit_progress = self.env["ir.cron"]._commit_progress
        commit_progress(remaining=len(waiting))
        for letter in waiting:
            letter._write_singly()
            if not commit_progress(1):
                break

    def _write_singly(self):
        if not self.try_lock_for_update(allow_referencing=True):
            return  # another process writes it
        self.invalidate_recordset()
        if self.is_written or self.problem:
            return
        if self._is_moot():
            self.unlink()  # it never left
            return
        try:
            with self.env.cr.savepoint():
                self._as_sender()._write_mail()
        except OperationalError:
            come_again(self.env.ref("lead_to_cash.cron_letters"), f"The letter {self.id}")
        except Exception as error:
            self.problem = first_lines(error)
            self._tell_unwritten()

    def _is_moot(self):
        """Whether it would tell of a plan what is no longer so."""
        if self.kind == "instalment":
            return self.promise_id.state != "open"
        if self.kind in ABOUT_CHARGES:
            return not self._charges()
        return self.kind == "plan" and self.plan_id.state != "open"

    def _tell_unwritten(self):
        """Nobody waits for what goes by itself: somebody is told that it doesn't."""
        if self.kind in AUTOMATIC:
            label, problem = dict(LETTER_KINDS)[self.kind], self.problem
            self.partner_id.with_company(self.company_id)._tell_responsible(
                lambda customer: (
                    customer.env._("An e-mail to the customer couldn't be written"),
                    f"{label}: {problem}",
                ),
                self.plan_id.move_line_ids.move_id,
            )

    def _as_sender(self):
        """With the rights of who sends it, in its company, on its day, in the language of its first reader."""
        company_sudo = self.company_id.sudo()  # how it speaks, and its zone, are no secret
        partners = (self.recipient_ids[:1], self.partner_id, company_sudo.partner_id)
        lang = next(filter(None, (partner.lang for partner in partners)), self.env.lang)
        # What goes by itself is in somebody's name, whatever they may.
        letter = self if self.kind in AUTOMATIC else self.with_user(self.user_id)
        letter = letter.with_context(tz=company_sudo._zone(), lang=lang)
        return letter.with_context(allowed_company_ids=self.company_id.ids)

    def _write_mail(self):
        """Print, render and queue."""
        self.check_access("read")
        letter_sudo = self.sudo()  # made by the engine: who sends may not write mails
        if self.kind in PRINTED:
            letter_sudo.pdf, letter_sudo.file_name = self._print()
        if self.kind == "confirmation":
            letter_sudo.confirmation_id = self._question()
        self.env.flush_all()
        self._queue_mail(self._prepare_mail_values())

    def _queue_mail(self, values):
        """Make the e-mail, for Odoo's own queue."""
        letter_sudo = self.sudo()  # as above
        mail_sudo = letter_sudo.env["mail.mail"].create(self._mail_frame_values(values["email_from"]) | values)
        letter_sudo.write({"mail_id": mail_sudo.id, "is_written": True})
        self.env.flush_all()
        self.env.cr.execute(show_mails(mail_sudo.ids))
        mail_sudo.invalidate_recordset(["body"], flush=False)
        queue = self.env["mail.mail"]._queue_cron()
        queue._trigger(mail_sudo.scheduled_date or None)

    def _mail_frame_values(self, sender):
        """What each of its e-mails has: whose it is, to whom it goes, and where answers arrive."""
        reply_to = self._notify_get_reply_to_batch(defaults={self.id: sender}, author_ids={self.id: False})[self.id]
        return {
            "model": self._name,
            "res_id": self.id,
            "reply_to": reply_to or sender,
            "email_to": self.env["dunning.notice"]._address_line(self.recipient_ids),
            "partner_ids": [(6, 0, self.recipient_ids.ids)],
            "auto_delete": False,
            "message_type": "email_outgoing",
        }

    def _leaves_at(self):
        """When its e-mail leaves: what goes by itself in the hours of reminders, an agreement once it can't be taken
        back any more, the others at once."""
        company_sudo = self.company_id.sudo()  # its hours and settings
        if self.kind in AUTOMATIC:
            zone = self.recipient_ids[:1].tz or False
            return company_sudo._dunning_send_moments({zone})[zone]
        return self.kind == "plan" and self._now() + timedelta(minutes=company_sudo.undo_minutes)

    def _print(self):
        """(the PDF, base64; its name)"""
        data = {"lang": self.env.lang, "date_to": fields.Date.to_string(self.date_to)}
        if self.kind == "movements":
            data["date_from"] = fields.Date.to_string(self.date_from)
        report = PRINTED[self.kind]
        about = self.plan_id if self.kind == "plan" else self.partner_id
        raw = self.env["ir.actions.report"]._render_qweb_pdf(report, about.ids, data=data)[0]
        title = self.env.ref(report).sudo().name  # its title, whoever prints
        return base64.b64encode(raw), f"{title} {fields.Date.to_string(self.date_to)}.pdf"

    def _question(self):
        """What the printed letter asks."""
        about = [("partner_id", "=", self.partner_id.id), ("company_id", "=", self.company_id.id)]
        return self.env["balance.confirmation"].search([*about, ("day", "=", self.date_to)], order="id desc", limit=1)

    def _prepare_mail_values(self):
        template = self.env.ref(TEMPLATES[self.kind]).with_context(lang=self.env.lang)
        sender = template._render_lines_at_once("email_from", self)[self.id] or self.company_id.email_formatted
        attached = [("res_model", "=", self._name), ("res_id", "=", self.id), ("res_field", "=", "pdf")]
        file_sudo = self.env["ir.attachment"].sudo().search(attached)  # as in _write_mail
        if file_sudo:
            file_sudo.name = self.file_name
        return {
            "subject": template._render_lines_at_once("subject", self)[self.id],
            "body_html": template._render_mails(self)[0],
            "email_from": sender,
            "attachment_ids": [(6, 0, file_sudo.ids)],
            "scheduled_date": self._leaves_at(),
        }
