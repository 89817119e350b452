from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.http import request

from ...engine.handling.own import own
from ...engine.handling.status import OPEN_ROLES

#: The bases on which the series of tries is written: an enquiry covers its answer alone.
SERIES_BASES = ("customer", "consent", "notified")


class CrmLead(models.Model):
    """The e-mails of the series of tries: drafts that the salesperson sends with one click."""

    _inherit = "crm.lead"

    series_draft_id = fields.Many2one(
        "handling.attempt.mail",
        "E-mail to Send",
        copy=False,
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        groups="base.group_user",
    )
    series_template_id = fields.Many2one(
        related="series_draft_id.mail_template_id", string="Drafted E-mail", groups="base.group_user"
    )
    needs_consent = fields.Boolean(
        compute="_compute_needs_consent",
        help="An e-mail of the series waits, and they have not agreed to it.",
        groups="base.group_user",
    )

    @api.depends("series_draft_id", "contact_basis", "partner_id.commercial_partner_id.customer_status")
    def _compute_needs_consent(self):
        for lead in self:
            lead.needs_consent = lead.series_draft_id and lead._contact_basis() not in SERIES_BASES

    # On what basis ------------------------------------------------------------------------

    def _take_basis(self):
        """Who has asked may be answered."""
        self.filtered(lambda lead: not lead.contact_basis)._own_enquiries().contact_basis = "enquiry"

    def _own_enquiries(self):
        """Those whose person has asked: in a form of the website, or in a chat there."""
        user = bool(request) and request.env.user
        if user and not user._is_internal():
            website = self.env.ref("utm.utm_medium_website", raise_if_not_found=False)
            # Resellers with a login enter leads of others.
            return self if user._is_public() else self.filtered(lambda lead: website and lead.medium_id == website)
        # Asked once: without the addon it is looked up each time.
        chat = self.env.ref("crm_livechat.utm_source_livechat", raise_if_not_found=False)
        return self.filtered(lambda lead: chat and lead.source_id == chat)

    def action_tell_of_series(self):
        """Tell who has asked that we write again, and how to object: a soft opt-in.

        :raise UserError: when they have not asked, or can't be written to
        """
        self.check_access("write")
        if other := self.filtered(lambda lead: lead.contact_basis != "enquiry")[:1]:
            raise UserError(
                self.env._(
                    "%s has not written to you. Ask for a consent on the phone, and enter it under Qualification.",
                    other.display_name,
                )
            )
        self._check_reachable()
        # The template is shipped; whoever works with leads need not administer mails.
        template = self.env.ref("lead_to_cash.mail_template_soft_opt_in")
        self._send_sales_mail(template)
        self.contact_basis = "notified"
        return True

    def _on_basis_of_series(self):
        """An enquiry covers its answer alone."""
        return self.filtered(lambda lead: lead._contact_basis() in SERIES_BASES)

    # The draft ----------------------------------------------------------------------------

    def _draft_series(self, step):
        """What the try ``step`` wants to be sent waits for the salesperson."""
        self._write_draft(step.id)

    def _end_series(self):
        self.filtered("series_draft_id")._write_draft(False)

    def _write_draft(self, step_id):
        if self:
            self.sudo().series_draft_id = step_id  # whoever logs a try, or what has happened by itself

    def action_send_draft(self):
        """Send the e-mails of the series that wait.

        :raise UserError: without one, without a basis, or to who can't be written to
        """
        self.check_access("write")
        self._check_draft()
        for step, leads in self.grouped("series_draft_id").items():
            leads._send_sales_mail(step.mail_template_id)
        self._draft_is_done()
        return True

    def action_edit_draft(self):
        """Open the e-mail that waits in Odoo's own composer."""
        self.ensure_one()
        self.check_access("write")
        self._check_draft()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("E-mail"),
            "res_model": "mail.compose.message",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_template_id": self.series_template_id.id,
                "default_composition_mode": "comment",
                "force_email": True,
                "l2c_series_draft": True,
            },
        }

    def _notify_by_email_get_headers(self, headers=None):
        """One that was edited before it went has its way out, too."""
        headers = super()._notify_by_email_get_headers(headers=headers)
        address = own(self.env, "l2c_way_out")
        return headers | self.env["mail.blacklist"]._opt_out_headers(address) if address else headers

    def action_drop_draft(self):
        """Leave this e-mail out; the series goes on with the next try."""
        self.check_access("write")
        self._draft_is_done()
        return True

    def _draft_is_done(self):
        """It was sent, or left out: nor does a try that is taken back bring it back."""
        self._end_series()
        # Nobody writes or reads it but this code.
        for attempt_sudo in self.contact_attempt_ids.sudo().filtered("snapshot"):
            was = attempt_sudo.snapshot
            attempt_sudo.snapshot = was | {"values": was["values"] | {"series_draft_id": None}}

    def _check_draft(self):
        if other := self.filtered(lambda lead: not lead.series_draft_id)[:1]:
            raise UserError(self.env._("No e-mail waits for %s.", other.display_name))
        if other := self.filtered("needs_consent")[:1]:
            raise UserError(
                self.env._(
                    "%s has not agreed to such e-mails. First tell them, or ask for their consent.", other.display_name
                )
            )
        self._check_reachable()

    def _check_reachable(self):
        addresses = self._sales_mail_addresses()
        if other := self.filtered(lambda lead: lead.id not in addresses)[:1]:
            raise UserError(
                self.env._("%s can't be written to: there is no e-mail address, or it is blocked.", other.display_name)
            )

    # The series ends ----------------------------------------------------------------------

    def _series_follows(self, changed):
        """Who was reached, meets us, has a quotation or has bought gets no more of it."""
        self.browse(row.id for row in changed if row.role not in ("no_answer", "lost"))._end_series()

    def _series_is_closed(self, reason_id):
        """The last e-mail of the series, which says that it ends here, outlives the closing by it."""
        self.filtered(lambda lead: lead.series_draft_id.status_id.exhausted_reason_id.id != reason_id)._end_series()

    def _message_post_after_hook(self, message, msg_vals):
        result = super()._message_post_after_hook(message, msg_vals)
        author = message.author_id
        if message.message_type == "email" and not (author and not author.partner_share):  # no colleague
            self.sudo()._they_answered()  # who has written need not be a user
        return result

    def _they_answered(self):
        """An answer by e-mail is a contact, and is answered today; who has not been called yet, waits for the call.
        Who was closed stands on the call list again."""
        still_open = self.filtered(lambda lead: lead.handling_role in OPEN_ROLES)
        tried = still_open.filtered(lambda lead: lead.handling_role != "new" or lead.attempt_count)
        tried._handling_event("reply")
        closed = self.filtered(lambda lead: lead.handling_role == "lost")
        closed.reengaged_date = self._today()
        answered = tried | closed
        answered._plan_activity(self._today(), lambda lead: lead.env._("Answer their e-mail"), replace=True)
