from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount

from ...engine.dunning.exceptions import CHANGED
from ...engine.dunning.text_parts import emptied, filled, one_line, says, split
from ...engine.handling.links import without_links
from .notice import PENDING

#: Whose text a person can change: the others are said, not written.
WRITTEN = ("email", "letter", "registered_letter")


class DunningNotice(models.Model):
    """What a person has changed of one notice before it leaves: its subject, its text, what goes with it. What is
    computed in the text stays so: it is a block, made from the template when the notice leaves."""

    _inherit = "dunning.notice"

    text_subject = fields.Char("Changed Subject", readonly=True, copy=False)
    text_body = fields.Html("Changed Text", readonly=True, copy=False, help="With empty blocks for what is computed.")
    text_parts = fields.Json(readonly=True, copy=False, groups="base.group_system")
    text_lang = fields.Char("Language of the Changed Text", readonly=True, copy=False)
    text_amount = fields.Monetary("When Its Text Was Changed", readonly=True, copy=False)
    edited_by_id = fields.Many2one("res.users", "Changed by", readonly=True, copy=False)
    edited_on = fields.Datetime("Changed on", readonly=True, copy=False)
    attachments_chosen = fields.Boolean(readonly=True, copy=False)
    attach_invoices = fields.Boolean("Attach Its Invoices", readonly=True, copy=False)
    attach_statement = fields.Boolean("Attach the Customer's Statement", readonly=True, copy=False)
    extra_attachment_ids = fields.Many2many(
        "ir.attachment",
        "dunning_notice_extra_attachment_rel",
        "notice_id",
        "attachment_id",
        "More Files",
        readonly=True,
        copy=False,
    )
    attachment_text = fields.Char("Attached", compute="_compute_attachment_text")

    @api.depends(
        "channel", "level_id", "attachments_chosen", "attach_invoices", "attach_statement", "extra_attachment_ids"
    )
    @api.depends_context("lang")
    def _compute_attachment_text(self):
        """What goes with the e-mail, by name."""
        for notice in self:
            invoices, statement = notice._attached() if notice.channel == "email" else (False, False)
            moves = notice._escalated_invoices().filtered(lambda move: move.is_invoice()) if invoices else []
            # Who may read the notice may read what goes with it.
            names = [move.name for move in moves] + notice.sudo().extra_attachment_ids.mapped("name")
            if statement and not notice._is_split():
                names.append(notice.env._("Statement of account"))
            notice.attachment_text = " · ".join(names)

    # Changing ----------------------------------------------------------------------------

    def action_edit_text(self):
        """The dialog in which the text of this one notice is changed."""
        self.ensure_one()
        self._check_text_open()
        self._check_renders()
        action = self.env["ir.actions.act_window"]._for_xml_id("lead_to_cash.dunning_notice_edit_action")
        return action | {"context": {"default_notice_id": self.id}}

    def _check_text_open(self):
        """What a notice says is changed until it leaves.

        :raise UserError: when it has left, leaves right now, is cancelled, or is a call
        """
        self.check_access("write")
        for notice in self.filtered(lambda notice: notice.state not in PENDING):
            raise UserError(
                self.env._("What %(name)s says can't be changed any more. %(advice)s", **notice._name_and_advice())
            )
        for notice in self.filtered(lambda notice: notice.channel not in WRITTEN):
            raise UserError(self.env._("%s is not written, so that there is no text to change.", notice.display_name))
        if self._not_leaving() != self:
            raise UserError(self.env._("An e-mail is leaving right now. Try again in a moment, without it."))

    def _check_renders(self):
        """The template of its e-mail.

        :raise UserError: when the e-mail can't be written
        """
        template = self.level_id._template(channel=self.channel)
        if self.channel == "email" and not self._renders(template, self._lang()):
            raise UserError(self._unrenderable_sentence(template))
        return template

    def _text_now(self):
        """(subject, text with empty blocks, parts, language) as they are: changed, or the template's."""
        lang = self._lang()
        if self.edited_on and self.text_body:
            return self.text_subject, self.text_body, self.sudo().text_parts, lang  # what it would say is no secret
        return (*self._template_text(lang), lang)

    def _template_text(self, lang):
        """(subject, text with empty blocks, parts) of the template, of the letter's words."""
        if self.channel != "email":
            return False, self._letter_words(lang), []
        template = self._check_renders().with_context(lang=lang, l2c_reads=True)
        notice = self.with_context(lang=lang, l2c_reads=True)
        text, parts = split(template.sudo().body_html)  # who may see what it says may see how
        return template.sudo()._render_lines_at_once("subject", notice.sudo())[self.id], text, parts  # as above

    def _letter_words(self, lang):
        """What stands above the table of a letter, as its level says it."""
        notice = self.with_context(lang=lang)
        letter = {
            "record": notice,
            "early": False,
            "level": notice.level_id.sudo(),  # for who may not open policies, too
            "is_overdue": any(line.days_overdue > 0 for line in self.line_ids),
        }
        values = {"letter": letter, "words_only": True}
        views = self.env["ir.qweb"].with_context(lang=lang)
        return str(views._render("lead_to_cash.dunning_letter_document", values)).strip()

    def _text_to_edit(self):
        """(subject, text) for an editor: what is computed stands in its blocks, as it is now."""
        subject, text, parts, lang = self._text_now()
        # As the engine reads it.
        template = self.level_id._template(channel="email").sudo().with_context(lang=lang, l2c_reads=True)
        # Who may change what it says may see what it says.
        notice = self.sudo()._in_company(self.company_id).with_context(lang=lang, l2c_reads=True)
        pieces = template._render_computed(notice, parts) if parts else []
        return subject, without_links(filled(text, pieces, shown=True))

    def _change(self, subject, text, **attached):
        """Keep what a person wrote, in place of what the template says, and what goes with it.

        :param text: with blocks, empty or not
        :param attached: ``attach_invoices``, ``attach_statement`` and ``extra_attachment_ids``
        """
        self.ensure_one()
        self._check_text_open()
        text, subject = emptied(text), one_line(subject)
        if not says(text) or (self.channel == "email" and not subject):
            raise UserError(self.env._("A notice needs a subject and a text. Write them, or go back to the template."))
        values = {"edited_by_id": self.env.uid, "edited_on": self._now(), "text_amount": self.amount_due}
        old_subject, old_text, parts, lang = self._text_now()
        if subject != one_line(old_subject) or says(text) != says(old_text) or self.text_body:
            values |= {"text_subject": subject or False, "text_body": text, "text_parts": parts, "text_lang": lang}
        self.sudo().write(values | attached)  # whoever may write it has changed it
        self._text_changed(self.env._("The text, or what goes with it, was changed for this notice."))

    def action_template_text(self):
        """Back to what the template says, and to what its level attaches."""
        self.check_access("write")
        self._check_text_open()
        names = ("text_subject", "text_body", "text_parts", "text_lang", "text_amount", "edited_by_id", "edited_on")
        attached = ("attachments_chosen", "attach_invoices", "attach_statement", "extra_attachment_ids")
        self.sudo().write(dict.fromkeys([*names, *attached], False))  # as in _change
        self._text_changed(self.env._("Back to the template's text."))

    def _text_changed(self, note):
        """What was written with another text is written anew."""
        self._looked_at()
        self.filtered(lambda notice: notice.is_written and notice.state in ("queued", "failed"))._write_anew()
        for notice in self:
            notice._message_log(body=note)

    def _look_again(self):
        """Its items changed after a person had written its text: a person looks at it once more."""
        if not self:
            return
        self._drop_mails()
        for notice in self.sudo():  # whoever moves money
            notice.activity_id.unlink()
            codes = notice._exception_codes()
            notice.exceptions = ",".join([CHANGED, *(code for code in codes if code != CHANGED)])
            user = notice._responsible()
            theirs = user._reading(notice)
            body = theirs.env._(
                "Its items changed after its text was written: it asked for %(before)s, and asks for %(now)s. Look at "
                "it again, then approve it.",
                before=format_amount(theirs.env, notice.text_amount, notice.currency_id),
                now=format_amount(theirs.env, notice.amount_due, notice.currency_id),
            )
            notice._message_log(body=body)
        self.filtered(lambda notice: notice.state != "to_approve")._set_state("to_approve", failure_reason=False)

    # Rendering ----------------------------------------------------------------------------

    def _texts(self, template):
        """({id: subject}, {id: whole e-mail}): what they say, by ``template``, or as a person wrote it."""
        edited = self.filtered("text_body")
        plain = self - edited
        subjects = template._render_lines_at_once("subject", plain) if plain else {}
        bodies = dict(zip(plain.ids, template._render_mails(plain), strict=True)) if plain else {}
        for notice in edited:
            subjects[notice.id] = notice.text_subject or ""
            parts = notice.sudo().text_parts or []  # the template's, as whoever wrote the text saw it
            bodies[notice.id] = template._render_edited(notice, notice.text_body, parts)
        return subjects, bodies

    # Trying -------------------------------------------------------------------------------

    def action_send_test(self):
        """The e-mail as it would leave now, to whoever asks, and to nobody else; the notice stays as it is.

        :raise UserError: for who has no address, or when it can't be written or sent
        """
        self.ensure_one()
        self.check_access("write")
        if self.channel != "email":
            raise UserError(self.env._("%s is no e-mail. Print it to see what it says.", self.display_name))
        if not self.env.user.email_normalized:
            raise UserError(self.env._("You have no e-mail address. Enter it in your preferences, then try again."))
        mails_sudo = self._test_mails(self._check_renders())
        mails_sudo.send()
        if failed := mails_sudo.exists().filtered(lambda mail: mail.state == "exception")[:1]:
            raise UserError(self.env._("The test could not be sent: %s", failed.failure_reason or ""))
        return self._said(self.env._("The test is on its way to %s.", self.env.user.email_normalized))

    def _test_mails(self, template):
        # As its sender makes it: who tries it need not write mails.
        notice_sudo = self.sudo()._in_company(self.company_id).with_context(l2c_reads=True)
        me, attached = self.env.user.email_formatted, notice_sudo._attachments()
        made = attached - notice_sudo.extra_attachment_ids
        mails_sudo = self.env["mail.mail"].sudo()  # as above
        for values in notice_sudo._prepare_mails(template, notice_sudo._lang())[:1]:
            mails_sudo += mails_sudo.create(
                {
                    "subject": self.env._("[Test] %s", values["subject"]),
                    "body_html": Markup(without_links(values["body_html"])),
                    "email_from": values["email_from"],
                    "email_to": me,
                    "reply_to": me,
                    "auto_delete": True,
                    "message_type": "email_outgoing",
                    "attachment_ids": [(6, 0, attached.ids)],
                }
            )
        # They go with the test.
        made.write({"res_model": "mail.message", "res_id": mails_sudo.mail_message_id.id})
        return mails_sudo
