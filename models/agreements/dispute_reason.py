from odoo import api, fields, models
from odoo.exceptions import ValidationError


class DunningDisputeReason(models.Model):
    """Why customers dispute what is asked for."""

    _name = "dunning.dispute.reason"
    _description = "Reason of Disputes"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        domain=[("share", "=", False)],
        help="Who owns its disputes, unless somebody else is chosen; any employee can.",
    )
    revisit_days = fields.Integer("Days to Revisit", help="After so many days somebody has a look. 0: on no day.")

    _revisit_days_not_negative = models.Constraint(
        "CHECK (revisit_days >= 0)", "A dispute is revisited after 0 or more days."
    )

    @api.constrains("user_id")
    def _check_user(self):
        self.env["res.users"]._check_colleagues(self.user_id)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_other(self):
        other = self._other()
        if other and other in self:
            raise ValidationError(
                self.env._(
                    "“%(name)s” stays: what has no reason of the list has this one. Archive it instead.",
                    name=other.name,
                )
            )

    @api.model
    def _other(self):
        """The reason of what is only noted."""
        return self.env.ref("lead_to_cash.dispute_reason_other", raise_if_not_found=False) or self.browse()
