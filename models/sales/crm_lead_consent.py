from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

BASES = [("enquiry", "Own enquiry"), ("customer", "Customer"), ("consent", "Consent")]


class CrmLead(models.Model):
    """On what basis a lead is written to and called."""

    _inherit = "crm.lead"

    contact_basis = fields.Selection(
        BASES,
        help="Without a basis no automatic sales mail is sent. E-mails that make a lead are own enquiries.",
        groups="base.group_user",
    )
    consent_date = fields.Date("Consent Given on", groups="base.group_user")
    do_not_call_checked_on = fields.Date(
        "Do-not-call List Checked on",
        help="The day on which the number was looked up in the official list.",
        groups="base.group_user",
    )

    @api.constrains("contact_basis", "consent_date")
    def _check_consent(self):
        for lead in self:
            if lead.contact_basis == "consent" and not lead.consent_date:
                raise ValidationError(self.env._("A consent needs its date: enter when %s gave it.", lead.display_name))

    def _call_hint_fields(self):
        return ["phone_sanitized", "phone", "do_not_call_checked_on"]

    def _call_hint(self):
        if hint := super()._call_hint():
            return hint
        days = (self.company_id or self.env.company).do_not_call_days
        checked = self.do_not_call_checked_on
        if self.phone and days and (not checked or checked + timedelta(days=days) < self._today()):
            return self.env._("Look the number up in the do-not-call list first.")
        return ""

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        self.browse().check_access("create")
        values = {"contact_basis": "enquiry", **(custom_values or {})}
        return super().message_new(msg_dict, custom_values=values)

    def _contact_basis(self):
        is_customer = self.partner_id.commercial_partner_id.customer_status == "customer"
        return self.contact_basis or (is_customer and "customer")

    def _sales_contact(self):
        return self

    def _sales_lang(self):
        return self.lang_id.code or super()._sales_lang()
