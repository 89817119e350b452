from odoo import api, fields, models


class HandlingMixin(models.AbstractModel):
    """What is to be known before calling: a blocked number stands nowhere, its reason does."""

    _inherit = "handling.mixin"

    call_hint = fields.Char("Before Calling", compute="_compute_call_hint", groups="base.group_user")
    is_phone_blocked = fields.Boolean(compute="_compute_call_hint", groups="base.group_user")

    def _call_hint_fields(self):
        """Names of the fields on which the hint depends."""
        return ["partner_id.phone_sanitized"]

    @api.depends(lambda self: self._call_hint_fields())
    def _compute_call_hint(self):
        for document in self:
            document.is_phone_blocked = document._sales_contact().phone_blacklisted
            document.call_hint = document._call_hint()

    def _call_hint(self):
        """Why the number must not, or not yet, be called; empty when nothing is against it."""
        return self.env._("The number is blocked: do not call.") if self.is_phone_blocked else ""
