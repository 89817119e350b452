from datetime import datetime, time

from odoo import api, models
from odoo.tools import format_date, plaintext2html

from ...engine.books.paper import file_on_paper, on_paper
from ...engine.dunning.following import ARRIVED
from ...engine.handling.links import without_links
from ..dunning.posted import POSTED


class Correspondence(models.AbstractModel):
    """What was written and said about a customer's debts: as it was sent and answered. What isn't kept any
    more is said to be gone, and never written anew."""

    _name = "l2c.correspondence"
    _description = "What Was Written about a Customer's Debts"

    @api.model
    def _of(self, customer):
        """All of it in the order of time, for who may read the notices of the current company.

        :return: dicts with a ``date`` (UTC), a ``title``, ``facts`` (pairs of a label and a text), a ``body`` that
            loads nothing, its ``direction``, ``notes`` (sentences of ours) and ``files``: dicts with a ``name``, ``raw`` (a PDF; None
            when it can't be shown) and a ``number``, in the order of all
        """
        own = [("partner_id", "=", customer.id), ("company_id", "=", self.env.company.id)]
        notices = self.env["dunning.notice"].search([*own, ("state", "in", ("sent", "failed", "queued"))])
        entries = sorted(self._entries(customer, notices), key=lambda entry: entry["date"])
        shown = [file for entry in entries for file in entry["files"] if file["raw"]]
        for number, file in enumerate(shown, 1):
            file["number"] = number
        return entries

    @api.model
    def _entries(self, customer, notices):
        """The steps, each a list of entries, in any order."""
        by_mail = notices.filtered(lambda notice: notice.channel == "email")
        others = (notices - by_mail).filtered(lambda notice: notice.state == "sent")
        found = [entry for notice in by_mail for entry in self._by_mail(notice)]
        found += [self._by_post(notice) if notice.channel in POSTED else self._by_hand(notice) for notice in others]
        found += [self._answer(answer) for answer in notices.answer_ids]
        found += self._letters(customer)
        return found + [self._message(message) for message in self._messages(notices)]

    def _entry(self, date, title, facts=(), body="", notes=(), files=(), direction="auto"):
        files = [{"name": file.name, "raw": file_on_paper(file.raw, file.mimetype)} for file in files]
        lost = [
            self.env._("The file %s can't be shown here. Ask for it; it is kept with the notice.", file["name"])
            for file in files
            if not file["raw"]
        ]
        return {
            "date": date,
            "title": title,
            "facts": [(label, text) for label, text in facts if text],
            "body": on_paper(without_links(str(body or ""))),
            "direction": direction,
            "notes": [*notes, *lost],
            "files": files,
        }

    def _title(self, notice):
        channel = dict(notice._fields["channel"]._description_selection(self.env))[notice.channel]
        return f"{channel}: {notice.level_id.sudo().name}"  # its name was on it

    def _moment(self, notice):
        return notice.sent_on or datetime.combine(notice.noticed_on, time())

    # What we wrote ------------------------------------------------------------------------

    def _by_mail(self, notice):
        """An entry for each of its e-mails that has left; of one that isn't kept, that it left."""
        mails_sudo = notice.sudo().mail_ids  # who sees the notice may see what it said
        left_sudo = mails_sudo.filtered(lambda mail: mail.state in ARRIVED)
        if left_sudo:
            alone = len(left_sudo) == 1 and notice.sent_on
            return [self._mail(mail, self._title(notice), alone or mail.date) for mail in left_sudo]
        if notice.state != "sent":
            return []
        gone = self.env._("The e-mail isn't kept any more: what it said can't be shown.")
        return [self._entry(self._moment(notice), self._title(notice), notes=[gone])]

    def _mail(self, mail, title, date):
        notes = []
        if mail.dunning_came_back:
            notes.append(self.env._("It came back: nobody has read it at this address."))
        if not mail.body_html:
            notes.append(self.env._("What it said, and to whom it went, was deleted for the customer's privacy."))
        facts = (
            (self.env._("From"), mail.email_from),
            (self.env._("To"), mail.email_to or ", ".join(mail.recipient_ids.mapped("email_formatted"))),
            (self.env._("Copy to"), mail.email_cc),
            (self.env._("Subject"), mail.subject),
            (self.env._("Message-Id"), mail.message_id),
            (self.env._("Attached"), ", ".join(mail.attachment_ids.mapped("name"))),
        )
        # What is written from right to left says so itself.
        return self._entry(date, title, facts, mail.body_html, notes, direction="ltr")

    def _by_post(self, notice):
        """The letter as it was printed."""
        letter = notice._kept_letters()[-1:]
        notes, facts = [], [(self.env._("To"), notice._addressee().display_name)]
        if not letter:
            notes.append(self.env._("The letter as it was posted isn't kept: it was printed elsewhere, or long ago."))
        return self._entry(self._moment(notice), self._title(notice), facts, notes=notes, files=letter)

    def _by_hand(self, notice):
        """A call, or a step by hand, with what was noted when it was done."""
        task_sudo = notice.sudo().with_context(active_test=False).activity_id  # whomever it was for
        facts = [(self.env._("By"), task_sudo.user_id.name)]
        return self._entry(self._moment(notice), self._title(notice), facts, plaintext2html(task_sudo.feedback or ""))

    def _letters(self, customer):
        """Statements and confirmations that were sent, and what was confirmed."""
        own = [("partner_id", "=", customer.id), ("company_id", "=", self.env.company.id)]
        letters = self.env["account.letter"].search([*own, ("state", "=", "sent")])
        labels = dict(letters._fields["kind"]._description_selection(self.env))
        mails_sudo = [(letter, letter.sudo().mail_id) for letter in letters]  # as in _by_mail
        found = [self._mail(mail_sudo, labels[letter.kind], mail_sudo.date) for letter, mail_sudo in mails_sudo]
        questions = self.env["balance.confirmation"].search([*own, ("answer", "!=", False)])
        return found + [self._confirmed(question) for question in questions]

    def _confirmed(self, question):
        answers = dict(question._fields["answer"]._description_selection(self.env))
        facts = (
            (question._fields["day"]._description_string(self.env), format_date(self.env, question.day)),
            (question._fields["balance_text"]._description_string(self.env), question.balance_text),
        )
        title = self.env._("Customer's answer: %s", answers[question.answer])
        return self._entry(question.answer_date, title, facts, plaintext2html(question.note or ""))

    # What they wrote ----------------------------------------------------------------------

    def _answer(self, answer):
        """An answer on the page of a notice, with its proof."""
        labels = dict(answer._fields["kind"]._description_selection(self.env))
        money = answer.amount and answer.currency_id.format(answer.amount)
        facts = (
            (answer._fields["day"]._description_string(self.env), answer.day and format_date(self.env, answer.day)),
            (answer._fields["amount"]._description_string(self.env), money),
            (answer._fields["number"]._description_string(self.env), answer.number and str(answer.number)),
            (answer._fields["reason_id"]._description_string(self.env), answer.reason_id.with_env(self.env).name),
            (self.env._("About"), ", ".join(answer.move_line_ids.move_id.mapped("name"))),
        )
        title = self.env._("Customer's answer: %s", labels[answer.kind])
        notes = [self.env._("They sent a file that our server could not store.")] if answer.is_proof_lost else []
        # Who sees the answer sees its proof.
        return self._entry(answer.date, title, facts, plaintext2html(answer.note or ""), notes, answer.attachment_ids)

    def _messages(self, notices):
        """E-mails and SMS in the chatter: the customer's, and ours to them; answers on the page and notices'
        own e-mails have their entries already."""
        messages = self.env["mail.message"].search(
            [
                ("model", "=", notices._name),
                ("res_id", "in", notices.ids),
                ("message_type", "in", ("email", "comment", "email_outgoing", "sms")),
                ("id", "not in", notices.answer_ids.message_id.ids),
            ]
        )
        mails_sudo = self.env["mail.mail"].sudo().search([("mail_message_id", "in", messages.ids)])  # as in _by_mail
        waiting_sudo = mails_sudo.filtered(lambda mail: mail.dunning_notice_id or mail.state not in ARRIVED)
        messages -= waiting_sudo.mail_message_id.with_env(self.env)
        return messages.filtered(lambda message: self._is_from_outside(message) or self._is_to_outside(message))

    def _is_from_outside(self, message):
        ours = message.message_type in ("email_outgoing", "sms")
        return not ours and (not message.author_id or message.author_id.partner_share)

    def _is_to_outside(self, message):
        ours = message.message_type in ("email_outgoing", "sms")
        return ours or (not message.subtype_id.internal and any(message.partner_ids.mapped("partner_share")))

    def _message(self, message):
        """An e-mail or an SMS of the chatter."""
        from_outside, is_sms = self._is_from_outside(message), message.message_type == "sms"
        numbers = message.notification_ids.sudo().mapped("sms_number")  # who sees the message may see where it went
        readers = [] if from_outside else message.sudo().partner_ids.mapped("email_formatted")  # as above
        title = self.env._("SMS") if is_sms else self.env._("E-mail")
        facts = (
            (self.env._("From"), message.author_id.name or message.email_from),
            (self.env._("To"), ", ".join(filter(None, numbers if is_sms else readers))),
            (self.env._("Subject"), message.subject),
            (self.env._("Message-Id"), not is_sms and message.message_id),
        )
        title = self.env._("%s of the customer", title) if from_outside else title
        return self._entry(
            message.date, title, facts, message.body, files=message.attachment_ids if from_outside else ()
        )
