from markupsafe import Markup
from odoo import api, fields, models

from ...engine.handling.directions import isolated
from ...engine.handling.links import without_links


class DunningNotice(models.Model):
    """What of a notice needs a person: an answer, a look before it is approved."""

    _name = "dunning.notice"
    _inherit = ["dunning.notice", "collector.mine.mixin"]

    contact_key = fields.Char(readonly=True, help="Tells whether address, e-mail or bank accounts have changed since.")
    answer_text = fields.Char("Answered", compute="_compute_answer_text", help="On the page behind the notice.")

    # Serves the desk: who has answered.
    _answer_idx = models.Index("(company_id) WHERE needs_answer")
    # Serves the desk: what is to approve or failed.
    _decision_idx = models.Index("(company_id, state) WHERE state IN ('to_approve', 'failed')")

    collection_note = fields.Text(related="partner_id.collection_note", related_sudo=False)

    # Serves the watch list: who has not replied for long.
    _sent_mails_idx = models.Index("(company_id, partner_id, date) WHERE state = 'sent' AND channel = 'email'")

    mail_subject = fields.Char("Subject", compute="_compute_mail_text")
    mail_body = fields.Html("Text of the E-mail", compute="_compute_mail_text")

    @api.depends("state", "mail_ids", "level_id", "line_ids.amount_residual", "text_subject", "text_body")
    @api.depends_context("l2c_today", "uid", "lang")
    def _compute_mail_text(self):
        """What the e-mail says: as it was written, else as it would be written now. The way to the
        customer's page is for those who may open it."""
        opens = self.browse()._has_field_access(self._fields["access_token"], "read")
        for notice in self:
            # Who sees the notice may see what it says.
            texts = notice.sudo()._mail_text()
            notice.mail_subject, notice.mail_body = texts if opens else map(without_links, texts)

    def _mail_text(self):
        if mails := self.mail_ids:
            return mails[:1].subject, Markup("<hr/>").join(map(Markup, mails.mapped("body_html")))
        template = self.level_id._template(channel=self.channel)
        if self.state == "cancelled" or not template:
            return False, False
        values = {"lang": self._lang(), "l2c_reads": True}
        template, notice = template.with_context(**values), self._in_company(self.company_id).with_context(**values)
        try:
            with self.env.cr.savepoint():
                subjects, bodies = notice._texts(template)
                return subjects[self.id], bodies[self.id]
        except Exception:
            return False, self.env._("The template %s can't be rendered. Look at it.", template.name)

    @api.depends("answer_ids.is_handled")
    @api.depends_context("lang")
    def _compute_answer_text(self):
        """The newest answer that nobody has dealt with, in their words; empty for e-mails."""
        labels = dict(self.env["dunning.answer"]._fields["kind"]._description_selection(self.env))
        is_rtl = self.env["res.lang"]._get_data(code=self.env.lang).direction == "rtl"
        for notice in self:
            answer = notice.answer_ids.filtered(lambda answer: not answer.is_handled)[:1]
            note = isolated(" ".join((answer.note or "").split()), is_rtl)
            parts = [labels.get(answer.kind), note]
            notice.answer_text = ": ".join(filter(None, parts))

    @api.model
    def action_approve_plain(self):
        """Approve all notices but those that somebody has to look at."""
        return self._approve_plain([])

    @api.model
    def _approve_plain(self, domain):
        """Approve those of the domain that nobody has to look at; says how many."""
        self.browse().check_access("write")
        plain = self.search([("state", "=", "to_approve"), ("exceptions", "=", False), *domain])
        plain = plain.filtered(lambda notice: not notice.company_id.dunning_awaits_release) or plain
        plain._require_release()
        problems = plain._approval_problems()
        plain.filtered(lambda notice: notice not in problems)._approve()
        return self._said(self._approved_text(len(plain) - len(problems), problems))

    @api.model
    def get_dunning_banners(self):
        """Says how many notices wait for approval, and offers to approve the plain ones."""
        self.browse().check_access("read")
        return super().get_dunning_banners() + self._approval_banner(*self._look_counts([("state", "=", "to_approve")]))

    @api.model
    def _approval_banner(self, plain, first, look):
        """“742 to send; 30 first reminders ever; 18 to look at”, for who may approve."""
        if not (plain or first or look) or not self.has_access("write"):
            return []
        offer = plain and {"action": "action_approve_plain", "label": self.env._("Approve all but the exceptions")}
        text = self.env._("%(plain)s to send; %(look)s to look at", plain=plain, look=look)
        if first == 1:
            text = self.env._("%(plain)s to send; 1 first reminder ever; %(look)s to look at", plain=plain, look=look)
        elif first:
            text = self.env._(
                "%(plain)s to send; %(first)s first reminders ever; %(look)s to look at",
                plain=plain,
                first=first,
                look=look,
            )
        return [{"kind": "info", "text": text, "action": False, "label": False, **(offer or {})}]

    def action_ask_salesperson(self):
        """Ask the salesperson of these notices' invoices for help."""
        return self.env["dunning.ask.salesperson"]._open(self)
