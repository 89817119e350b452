from odoo import fields, models


class HandlingAttemptMail(models.Model):
    """An e-mail that follows a try nobody answered."""

    _name = "handling.attempt.mail"
    _description = "E-mail after an Attempt"
    _order = "status_id, number"
    _rec_name = "mail_template_id"

    status_id = fields.Many2one("handling.status", required=True, ondelete="cascade", index=True)
    number = fields.Integer("Try", required=True, default=1)
    mail_template_id = fields.Many2one("mail.template", "E-mail Template", required=True, ondelete="cascade")

    _number_uniq = models.Constraint("UNIQUE(status_id, number)", "Each try has one e-mail at most.")
