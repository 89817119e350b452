from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError


class CustomerWarningDialog(models.TransientModel):
    """Enter what was heard of a customer: by those who do the books, and by the customer's salesperson."""

    _name = "customer.warning.dialog"
    _inherit = ["l2c.clock.mixin"]
    _description = "Enter a Warning about a Customer"

    partner_id = fields.Many2one("res.partner", "Customer", required=True)
    what = fields.Char(required=True)
    source = fields.Char(required=True, help="Who says so, or where it stands.")
    day = fields.Date("Heard on", required=True, default=lambda self: self._today())
    until = fields.Date("Holds until", help="The last day. Empty: until somebody ends it.")

    @api.model
    def _open(self, partner):
        """The dialog about a customer.

        :raise AccessError: when the user neither does the books nor is its salesperson
        """
        self.check_access("create")
        self._check_may(partner)
        action = self.env["ir.actions.act_window"]._for_xml_id("lead_to_cash.customer_warning_dialog_action")
        return action | {"context": {"default_partner_id": partner.commercial_partner_id.id}}

    @api.model
    def _check_may(self, partner):
        partner.check_access("read")
        if not partner.may_enter_warning:
            raise AccessError(
                self.env._("Warnings are entered by the customer's salesperson, and by those who do the books.")
            )

    def action_enter(self):
        """Enter the warning, in the current company.

        :raise AccessError: as of ``_open``
        :raise ValidationError: when it ends before it begins, or begins later than today
        """
        self.ensure_one()
        self.check_access("write")
        self._check_may(self.partner_id)
        if self.day > self._today() or (self.until and self.until < self.day):
            raise ValidationError(
                self.env._("A warning was heard today or before, and doesn't end before that. Change its days.")
            )
        values = {name: self[name] for name in ("what", "source", "day", "until")}
        # Who may enter one was asked; nobody writes a warning itself.
        self.env["customer.warning"].sudo().create(
            {**values, "partner_id": self.partner_id.commercial_partner_id.id, "company_id": self.env.company.id}
        )
        return {"type": "ir.actions.act_window_close"}
