from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from ...engine.agreements.following import SEND_COPY
from ...engine.dunning import recipients as engine
from ..dunning.mail_template import first_lines
from ..handling.cron_step import cron_step

#: After so long copies can be asked for once more.
COPIES_AFTER = timedelta(hours=1)


class DunningNotice(models.Model):
    """The documents that a notice names: each can be opened from its page, and the open ones are sent once more."""

    _inherit = "dunning.notice"

    copies_asked_on = fields.Datetime("Asked for Copies on", readonly=True, copy=False)
    copies_wait = fields.Boolean("Copies to Send", readonly=True, copy=False)

    # Serves the job that sends them.
    _copies_idx = models.Index("(id) WHERE copies_wait")

    def _documents(self):
        """What there is on paper of what it names; nothing for who said that it isn't for them."""
        if self._is_hidden():
            return self.env["account.move"]
        return self._own_lines().move_line_id.move_id.filtered(
            lambda move: move.state == "posted" and move.is_sale_document(include_receipts=True)
        )

    def _open_documents(self):
        """Those of them that are still to be paid."""
        items = self._open_lines().move_line_id.filtered(lambda item: item.left_currency > 0)
        return self._documents() & items.move_id

    # Once more, by e-mail ------------------------------------------------------------------

    def _ask_copies(self):
        """The customer wants the open documents once more. Whoever asks again within the hour, by a second click or
        later, has asked already.

        :raise UserError: when there is nothing to send, or nobody to send it to
        """
        if not self._open_documents():
            raise UserError(self.env._("There is no open invoice to send."))
        if not self._copy_readers():
            raise UserError(self.env._("We have no e-mail address to which we could send them. Please write to us."))
        now = self._now()
        if self.copies_asked_on and self.copies_asked_on > now - COPIES_AFTER:
            return
        # Of two at once, the second fails here, is repeated by Odoo, and then sees the first.
        self.write({"copies_asked_on": now, "copies_wait": True})
        self.env.ref("lead_to_cash.cron_copies").sudo()._trigger()  # whoever asks need not see the jobs

    def _copy_readers(self):
        """Who got the notice, and can still be written to."""
        self.env.flush_all()
        gone = {
            partner_id
            for _id, partner_id in self.env.execute_query(engine.unreachable(self.ids, by_mail=engine.BY_MAIL))
        }
        return self.recipient_ids.filtered(lambda partner: partner.id not in gone)

    @api.model
    def _cron_send_copies(self):
        """Send what customers have asked for; what fails is told to the responsible."""
        cron = self.env.ref("lead_to_cash.cron_copies")
        waiting = self.search([("copies_wait", "=", True)], order="copies_asked_on, id")
        for number, notice in enumerate(waiting, 1):
            with cron_step(cron, f"Sending copies of {notice.display_name}"):
                if notice.try_lock_for_update(allow_referencing=True):
                    notice._send_copies()
            if not self.env["ir.cron"]._commit_progress(1, remaining=len(waiting) - number):
                break
        self.env["mail.mail"]._queue_cron()._trigger()

    def _send_copies(self):
        self.copies_wait = False
        user = self._responsible()
        there = self._in_company(self.company_id).with_context(lang=user.lang)
        try:
            with self.env.cr.savepoint():
                there._mail_copies()
        except UserError as error:
            there.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=there.env._("Send the customer a copy of the open invoices"),
                note=plaintext2html(first_lines(error)),
                date_deadline=self._today(),
                user_id=user.id,
                handling_step=SEND_COPY,
            )

    def _mail_copies(self):
        """One e-mail a document, by Odoo's own template, to those who got the notice: never to an address that
        somebody typed."""
        documents, readers = self._open_documents(), self._copy_readers()
        for move in documents:
            self._mail_copy(move, self._copy_readers_of(move, readers))
        self.partner_id.with_company(self.company_id)._followed_by("copy")
        self.message_post(
            body=self.env._(
                "The customer asked for the open invoices once more. %(documents)s went to %(names)s.",
                documents=", ".join(documents.mapped("name")),
                names=", ".join(readers.mapped("display_name")),
            ),
            subtype_xmlid="mail.mt_note",
        )

    def _copy_readers_of(self, move, readers):
        """Where each contact gets what is theirs alone: the one on the document, else the first."""
        if self._is_split():
            return (move.partner_id & readers) or readers[:1]
        return readers

    def _mail_copy(self, move, readers):
        name, content = move._document_pdf()
        attachment = self.env["ir.attachment"].create(
            {"name": name, "raw": content, "mimetype": "application/pdf", "res_model": "mail.message", "res_id": 0}
        )
        template = move._get_mail_template().with_context(template_preview_lang=self._lang())
        template.send_mail(
            move.id,
            email_values={
                "email_to": False,
                "email_cc": False,
                "recipient_ids": [Command.set(readers.ids)],
                "partner_ids": [Command.set(readers.ids)],
                "attachment_ids": [Command.set(attachment.ids)],
            },
            email_layout_xmlid=self.env["account.move.send"]._get_mail_layout(),
        )
