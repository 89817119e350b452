from itertools import pairwise

from odoo import api, fields, models
from odoo.exceptions import ValidationError

CHANNELS = [
    ("email", "E-mail"),
    ("letter", "Letter"),
    ("registered_letter", "Registered letter"),
    ("call", "Call"),
    ("manual", "Manual"),
]


class DunningLevel(models.Model):
    """One step of a policy: when it comes, through which channel, and what it entails."""

    _name = "dunning.level"
    _description = "Dunning Level"
    _order = "policy_id, sequence, id"

    policy_id = fields.Many2one("dunning.policy", required=True, ondelete="cascade", index=True)
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    delay_days = fields.Integer(
        "Days", required=True, help="Calendar days, moved to the next working day. Negative: before the due date."
    )
    delay_from = fields.Selection(
        [("due", "After the due date"), ("invoice", "After the invoice date"), ("sent", "After sending")],
        "From",
        required=True,
        default="due",
    )
    channel = fields.Selection(CHANNELS, required=True, default="email")
    skip_trusted = fields.Boolean("Not for Trusted Customers", help="Not for customers whose degree of trust is good.")
    mail_template_id = fields.Many2one(
        "mail.template", "E-mail Template", domain=[("model", "=", "dunning.notice")], help="Empty: the general one."
    )
    requires_approval = fields.Boolean("Approval")
    guidance = fields.Text(translate=True, help="What to say and to keep in mind.")

    @api.constrains("sequence", "delay_days", "delay_from")
    def _check_order_of_policy(self):
        self.policy_id.level_ids._check_order()

    def _check_order(self):
        """Levels of a policy that count from the same day come one after the other."""
        for levels in self.grouped(lambda level: (level.policy_id, level.delay_from)).values():
            for before, after in pairwise(levels.sorted(lambda level: (level.sequence, level.id))):
                if after.delay_days <= before.delay_days:
                    raise ValidationError(
                        self.env._(
                            "The level %(after)s comes after %(before)s, so it needs more days than %(days)s. "
                            "Change its days or drag it to its place.",
                            after=after.name,
                            before=before.name,
                            days=before.delay_days,
                        )
                    )

    def _template(self):
        """The e-mail template of the level."""
        if self.channel != "email":
            return self.env["mail.template"]
        general = self.env.ref("lead_to_cash.mail_template_dunning_notice", raise_if_not_found=False)
        return self.mail_template_id or general or self.env["mail.template"]
