from odoo import fields, models


class ResPartner(models.Model):
    """Whether an address is the right one to remind."""

    _inherit = "res.partner"

    is_wrong_addressee = fields.Boolean(
        "Wrong Addressee",
        copy=False,
        help="Somebody said that this address isn't theirs: no reminders go there. Untick it when it was corrected.",
        groups="base.group_user",
    )

    def write(self, vals):
        if "email" in vals and "is_wrong_addressee" not in vals:
            vals = {**vals, "is_wrong_addressee": False}  # another address is another person's
        return super().write(vals)
