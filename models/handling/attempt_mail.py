from odoo import api, fields, models
from odoo.exceptions import ValidationError


class HandlingAttemptMail(models.Model):
    """An e-mail, an SMS, or both, that follow a try nobody answered."""

    _name = "handling.attempt.mail"
    _description = "E-mail after an Attempt"
    _order = "status_id, number"
    _rec_name = "number"

    status_id = fields.Many2one("handling.status", required=True, ondelete="cascade", index=True)
    number = fields.Integer("Try", required=True, default=1)
    mail_template_id = fields.Many2one("mail.template", "E-mail Template", ondelete="cascade")
    as_draft = fields.Boolean(
        help="On a lead the salesperson looks at the e-mail, and sends it with one click. Otherwise it goes by itself."
    )
    sms_template_id = fields.Many2one("sms.template", "SMS Template", ondelete="cascade")

    _number_uniq = models.Constraint("UNIQUE(status_id, number)", "Each try has one e-mail at most.")

    @api.constrains("status_id", "mail_template_id", "sms_template_id")
    def _check_templates(self):
        for step in self:
            if not (step.mail_template_id or step.sms_template_id):
                raise ValidationError(
                    self.env._("Choose an e-mail or an SMS for try %(number)s, or remove it.", number=step.number)
                )
            step.status_id._check_template(step.mail_template_id)
            step.status_id._check_template(step.sms_template_id)
