"""An addon of one's own on top of Lead to Cash, told in docs/extending.md."""

from odoo import models
from odoo.fields import Domain


class DunningPolicy(models.Model):
    _inherit = "dunning.policy"

    def _partner_domain(self):
        """Nobody with the tag "No reminders" belongs to a policy."""
        return super()._partner_domain() & Domain("category_id", "not any", [("name", "=", "No reminders")])


class DunningNotice(models.Model):
    _inherit = "dunning.notice"

    def _prepare_mail_values(self, template, lang):
        """The company gets a copy of each reminder."""
        values = super()._prepare_mail_values(template, lang)
        return [mail | {"email_cc": self.browse(mail["res_id"]).company_id.email} for mail in values]

    def _heard_from(self):
        """Who answers, by e-mail or on the page, was reached: a try, from which the status follows."""
        self.partner_id.action_log_attempt("reached", channel="email", note="Answered a reminder")
        return super()._heard_from()
