from odoo import Command, api, fields, models


class DunningNoticeEdit(models.TransientModel):
    """What one notice says, and what goes with it, before it leaves."""

    _name = "dunning.notice.edit"
    _inherit = ["l2c.real.records.mixin"]
    _description = "Change the Text of a Notice"

    notice_id = fields.Many2one("dunning.notice", required=True, readonly=True)
    channel = fields.Selection(related="notice_id.channel")
    edited_on = fields.Datetime(related="notice_id.edited_on")
    subject = fields.Char()
    text = fields.Html()
    attach_invoices = fields.Boolean("Its Invoices")
    attach_statement = fields.Boolean("The Customer's Statement")
    attachment_ids = fields.Many2many("ir.attachment", string="More Files")

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        notice = self.env["dunning.notice"].browse(values.get("notice_id"))
        if notice:
            notice._check_text_open()
            subject, text = notice._text_to_edit()
            invoices, statement = notice._attached()
            kept = notice.extra_attachment_ids
            values = {
                "subject": subject,
                "text": text,
                "attach_invoices": invoices,
                "attach_statement": statement,
            } | values
            values["attachment_ids"] = [Command.set(kept.ids)]
        return values

    def action_save(self):
        """Keep it with the notice."""
        self.ensure_one()
        self.check_access("write")
        self.attachment_ids.check_access("read")
        notice, known = self.notice_id, self.notice_id.extra_attachment_ids
        level = notice.level_id
        chosen = (
            self.attach_invoices != level.attach_invoices
            or self.attach_statement != level.attach_statement
            or bool(self.attachment_ids)
        )
        notice._check_text_open()
        # Files of the dialog go when it does; those of the notice are the notice's.
        added = (self.attachment_ids - known).sudo()  # which the user may read, as asked above
        copies = [file.copy({"res_model": notice._name, "res_id": notice.id, "res_field": False}) for file in added]
        # The same: the notice's own.
        files = (self.attachment_ids & known).sudo().union(*copies)
        notice._change(
            self.subject,
            self.text,
            attachments_chosen=chosen,
            attach_invoices=chosen and self.attach_invoices,
            attach_statement=chosen and self.attach_statement,
            extra_attachment_ids=[Command.set(files.ids)],
        )
        return {"type": "ir.actions.act_window_close"}

    def action_template_text(self):
        """Back to what the template says."""
        self.ensure_one()
        self.check_access("write")
        self.notice_id.action_template_text()
        return {"type": "ir.actions.act_window_close"}
