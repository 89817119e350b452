from odoo import api, fields, models
from odoo.exceptions import UserError

from ...engine.handling.status import DOCUMENTS

#: What is asked for and stands on the lead.
ASKED = ("need", "budget", "decision_maker")
#: What is proposed is read as who asks: Odoo would compute what is stored as superuser.
AS_READER = {"store": True, "compute_sudo": False}


class ContactDialog(models.TransientModel):
    """After the first contact: what is needed, for how much, who decides, what was said, and what comes next."""

    _name = "contact.dialog"
    _inherit = ["l2c.real.records.mixin"]
    _description = "First Contact"

    res_model = fields.Selection(DOCUMENTS, required=True)
    res_id = fields.Many2oneReference(model_field="res_model", required=True)
    need = fields.Char(
        compute="_compute_known", readonly=False, help="What the customer needs, in a few words.", **AS_READER
    )
    budget = fields.Monetary(compute="_compute_known", readonly=False, **AS_READER)
    currency_id = fields.Many2one("res.currency", compute="_compute_known", **AS_READER)
    decision_maker = fields.Char(compute="_compute_known", readonly=False, help="Who decides.", **AS_READER)
    note = fields.Text(help="What was said.")
    day = fields.Date("Next Action on", compute="_compute_day", readonly=False, **AS_READER)
    requires_need = fields.Boolean(compute="_compute_known", **AS_READER)
    requires_note = fields.Boolean(compute="_compute_known", **AS_READER)

    @api.depends("res_model", "res_id")
    def _compute_known(self):
        """What is known already, and what the status wants to know."""
        for dialog in self:
            document = dialog._document()
            of_lead = "need" in document._fields
            for name in ASKED:
                dialog[name] = document[name] if of_lead else dialog[name]
            dialog.currency_id = (document.company_id or self.env.company).currency_id
            dialog.requires_need = of_lead and document.handling_status_id.requires_need
            dialog.requires_note = document.handling_status_id.requires_note

    @api.depends("res_model", "res_id")
    def _compute_day(self):
        for dialog in self:
            dialog.day = dialog.day or next(iter(dialog._document()._by_working_day(2)))

    def _document(self):
        return self.env[self.res_model].browse(self.res_id)

    def action_demo(self):
        """Log the contact; a demonstration comes next."""
        return self._log(lambda document: document.env._("Demo call"), "mail.mail_activity_data_call")

    def action_meeting(self):
        """Log the contact; a meeting comes next."""
        return self._log(lambda document: document.env._("Meeting"), "mail.mail_activity_data_meeting")

    def action_call(self):
        """Log the contact; a call about the quotation comes next."""
        return self._log(lambda document: document.env._("Call after quotation"), "mail.mail_activity_data_call")

    def _log(self, say, activity_type):
        self.ensure_one()
        self.check_access("write")
        document = self._document()
        if self.day and self.day < document._today():
            raise UserError(
                self.env._("What comes next can't be planned for a day that has passed. Choose a later one.")
            )
        if "need" in document._fields:
            document.write({name: self[name] for name in ASKED if self[name]})
        attempts = document._log_attempts("reached", note=self.note)
        document._drop_automated_activities()
        user = document._handling_user() or self.env.user
        read = user._reading(document)
        read.activity_schedule(activity_type, self.day, say(read), user_id=user.id, automated=False)
        attempts._keep_what_followed()
        return attempts._toast()
