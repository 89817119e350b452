from ast import literal_eval

from odoo import Command, api, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext

from ...engine.handling.own import ids_of
from ..handling.next_action import PLANNED

#: Characters of a reply that are filled in as what the customer said.
LENGTH = 2000
#: Messages that nobody has written.
BY_ITSELF = ("user_notification", "auto_comment", "out_of_office")
ANSWERS_BY = {"copies": "lead_to_cash.mail_template_reply_copies", "bank": "lead_to_cash.mail_template_reply_bank"}


class DunningNotice(models.Model):
    """A customer's reply, with its answer prepared; once it is answered, by whomever, it is done."""

    _inherit = "dunning.notice"

    def action_reply_copies(self):
        """Write to the customer, with copies of the open invoices.

        :raise UserError: when there is none
        :raise AccessError: for who only reads the books
        """
        self.ensure_one()
        self.env["account.letter"]._check_may_send()
        moves = self._open_documents()
        if not moves:
            raise UserError(self.env._("There is no open invoice to send."))
        files = [move._document_pdf() for move in moves]
        about = {"res_model": "mail.compose.message", "res_id": 0, "mimetype": "application/pdf"}
        attachments = self.env["ir.attachment"].create([{**about, "name": name, "raw": raw} for name, raw in files])
        return self._composer("copies", default_attachment_ids=[Command.set(attachments.ids)])

    def action_reply_bank(self):
        """Write to the customer where to pay.

        :raise UserError: while the company has no bank account
        """
        self.ensure_one()
        if not self._transfers():
            raise UserError(self.env._("The company has no bank account yet. Enter it on the company's contact first."))
        return self._composer("bank")

    def action_reply_promise(self):
        """Log what the customer promises, as far as it said so."""
        self.ensure_one()
        self.check_access("read")
        action = self._customer().action_promise()
        asked = self.answer_ids.filtered(lambda answer: answer.day and answer.kind in ("paid", "promise"))[:1]
        if asked and asked.day >= self._today():
            action["context"] = action["context"] | {"default_date": asked.day}
        return action

    def action_reply_dispute(self):
        """Open a dispute about the open documents, with what the customer said."""
        self.ensure_one()
        self.check_access("read")
        moves = self._open_lines().move_line_id.move_id
        if not moves:
            raise UserError(self.env._("Nothing of this notice is open any more."))
        action = moves.action_dispute()
        said = {"default_note": self._what_was_said(), "l2c_answers": self.id}
        return action | {"context": self.env.context | action["context"] | said}

    def _customer(self):
        return self.partner_id.with_company(self.company_id)

    def _transfers(self):
        """The ways to pay by transfer, with their account."""
        return [way for way in self._ways_to_pay() if way["account"]]

    def _what_was_said(self):
        """The words of the last answer or e-mail of the customer."""
        answer, mail = self.answer_ids[:1], self._last_reply()
        if answer.note and (not mail or answer.date >= mail.date):
            return answer.note
        return html2plaintext(mail.body or "").strip()[:LENGTH]

    def _last_reply(self):
        """The last e-mail that came from outside."""
        about = [("model", "=", self._name), ("res_id", "=", self.id), ("message_type", "=", "email")]
        messages = self.env["mail.message"].search(about, order="id desc", limit=20)
        return messages.filtered(lambda message: not message.author_id or message.author_id.partner_share)[:1]

    def _composer(self, kind, **values):
        """The host's composer, in the customer's language; it answers the customer's last e-mail."""
        self.check_access("read")
        self.env["account.letter"]._check_may_send()
        reply = self._last_reply()
        readers = reply.author_id or self.recipient_ids or self.partner_id
        lang = readers[:1].lang or self._lang()
        template_sudo = self.env.ref(ANSWERS_BY[kind]).sudo()  # its words are for whoever writes
        template_sudo = template_sudo.with_context(lang=lang)
        notice = self.with_context(lang=lang)
        subject = template_sudo._render_lines_at_once("subject", notice)[self.id]
        context = {
            "default_composition_mode": "comment",
            "default_model": self._name,
            "default_res_ids": self.ids,
            "default_partner_ids": readers.ids,
            "default_subject": f"Re: {reply.subject}" if reply.subject else subject,
            "default_body": template_sudo._render_bodies_at_once(notice)[0],
            "default_parent_id": reply.id,
            **values,
        }
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Answer"),
            "res_model": "mail.compose.message",
            "views": [[False, "form"]],
            "target": "new",
            "context": context,
        }

    # Answered ------------------------------------------------------------------------------

    def _message_post_after_hook(self, message, msg_vals):
        """Whoever answers the customer, from wherever, has answered."""
        result = super()._message_post_after_hook(message, msg_vals)
        if self.needs_answer and self._is_answer(message):
            self._is_answered()
        return result

    def _is_answer(self, message):
        """Whether a colleague wrote to the customer."""
        author = message.author_id
        from_us = message.message_type not in BY_ITSELF and author and not author.partner_share
        to_them = message.message_type == "email" or any(message.partner_ids.mapped("partner_share"))
        return from_us and to_them and not message.subtype_id.internal

    def _is_answered(self):
        """What was to be done because of it is done, too."""
        self._answer_dealt_with()
        # Whoever answers need not be who was asked to.
        asked_sudo = (self.sudo().activity_ids - self.sudo().activity_id).filtered_domain(PLANNED)
        asked_sudo.filtered(lambda activity: activity.date_deadline <= self._today())._action_done()

    @api.model
    def _disputed(self, disputes):
        """These were opened: one that is opened because of a reply is its answer."""
        notices = self.browse(ids_of(self.env, "l2c_answers")).exists()
        if not notices:
            return
        notices.check_access("read")
        of_customers = {(dispute.partner_id, dispute.company_id) for dispute in disputes}
        for notice in notices.filtered("needs_answer"):
            if (notice.partner_id, notice.company_id) in of_customers:
                notice._is_answered()

    def _notify_by_email_get_base_mail_values(self, message, recipients_data, additional_values=None):
        """An answer says to which e-mail: mail programs show them together."""
        values = super()._notify_by_email_get_base_mail_values(message, recipients_data, additional_values)
        message_sudo = message.sudo()  # its header, whoever answers
        if answered := message_sudo.parent_id.message_id:
            values["headers"] = repr({**literal_eval(values.get("headers") or "{}"), "In-Reply-To": answered})
        return values


class CallListLine(models.Model):
    """The same from the desk's card."""

    _inherit = "call.list.line"

    def _reply(self, method):
        self.ensure_one()
        self.check_access("read")
        if not self.notice_id:
            raise UserError(self.env._("There is no reply to answer on this line."))
        notice = self.notice_id.with_company(self.company_id).with_context(l2c_line_id=self.id)
        return getattr(notice, method)()

    def action_reply_copies(self):
        """Answer with copies of the open invoices."""
        return self._reply("action_reply_copies")

    def action_reply_bank(self):
        """Answer with our bank account."""
        return self._reply("action_reply_bank")

    def action_reply_promise(self):
        """Log what the reply promises."""
        return self._reply("action_reply_promise")

    def action_reply_dispute(self):
        """Open a dispute with what the reply says."""
        return self._reply("action_reply_dispute")
