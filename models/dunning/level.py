from itertools import pairwise

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

NOTICE_CHANNELS = [
    ("email", "E-mail"),
    ("letter", "Letter"),
    ("registered_letter", "Registered letter"),
    ("call", "Call"),
    ("manual", "Manual"),
]

DELAYS_FROM = [
    ("due", "After the due date"),
    ("invoice", "After the invoice date"),
    ("sent", "After sending"),
    ("returned", "After a returned payment"),
    ("discount", "After the last day of the early-payment discount"),
]
SENDERS = [
    ("company", "Company"),
    ("salesperson", "Salesperson of the invoice"),
    ("collector", "Collector"),
    ("responsible", "Responsible for the policy"),
]


class DunningLevel(models.Model):
    """One step of a policy: when it comes, through which channel, and what it entails."""

    _name = "dunning.level"
    _inherit = ["l2c.audited.mixin"]
    _description = "Dunning Level"
    _audits_existence = True
    _order = "policy_id, sequence, id"

    policy_id = fields.Many2one("dunning.policy", required=True, ondelete="cascade", index=True)
    sequence = fields.Integer(default=10, audited=True)
    name = fields.Char(required=True, translate=True)
    delay_days = fields.Integer(
        "Days",
        required=True,
        help="Calendar days, moved to the next working day. Negative: before the due date, or before that day.",
        audited=True,
    )
    delay_from = fields.Selection(DELAYS_FROM, "Counted from", required=True, default="due", audited=True)
    channel = fields.Selection(NOTICE_CHANNELS, required=True, default="email", audited=True)
    skip_trusted = fields.Boolean(
        "Not for Trusted Customers", help="Not for customers whose degree of trust is good.", audited=True
    )
    requires_sent = fields.Boolean(
        "Only What Was Sent", help="Not for invoices that were not sent to the customer yet.", audited=True
    )
    mail_template_id = fields.Many2one(
        "mail.template",
        "E-mail Template",
        domain=[("model", "=", "dunning.notice")],
        help="Empty: the general one.",
        audited=True,
    )
    sender = fields.Selection(
        SENDERS,
        required=True,
        default="company",
        help="In whose name, and with whose signature, the notice goes out.",
        audited=True,
    )
    cc_user_ids = fields.Many2many(
        "res.users",
        "dunning_level_cc_rel",
        "level_id",
        "user_id",
        "Copy to",
        domain=[("share", "=", False)],
        help="Colleagues who get a copy of each e-mail.",
    )
    copy_to_books = fields.Boolean("Copy to Our Books", help="A copy goes to the address in the settings.")
    attach_invoices = fields.Boolean(help="Those that the notice raises to this level.")
    attach_statement = fields.Boolean(help="The customer's statement of account, as of the day on which it leaves.")
    payment_deadline_days = fields.Integer(
        "Deadline", help="Days from the notice in which it asks to pay. 0: it names no day.", audited=True
    )
    hold_sales = fields.Boolean(help="New orders of the customer need a second look.", audited=True)
    requires_approval = fields.Boolean("Approval", audited=True)
    ask_rating = fields.Boolean("Ask Whether All Was Well", help="Three smileys in the e-mail.")
    is_final = fields.Boolean("Final Notice", help="Neither it nor what follows it is ever repeated.", audited=True)
    patience_days = fields.Integer(
        "Patience",
        default=5,
        required=True,
        help="Working days after which the collector is asked about a call or letter that nobody has made or "
        "posted. Until it is done, no further step comes.",
        audited=True,
    )
    next_activity_type_id = fields.Many2one(
        "mail.activity.type",
        "Then",
        ondelete="restrict",
        help="Planned when the notice was sent, for the end of its deadline.",
    )
    guidance = fields.Text(translate=True, help="What to say and to keep in mind.")

    _patience_positive = models.Constraint(
        "CHECK(patience_days >= 0)", "Patience can't be negative; 0 asks the next day."
    )
    _deadline_positive = models.Constraint(
        "CHECK(payment_deadline_days >= 0)", "A deadline can't be negative; 0 names no day."
    )

    # What is attached runs with all rights: administrators choose it, for a copy anew.
    server_action_id = fields.Many2one(
        "ir.actions.server",
        "Own Action",
        domain=[("model_name", "=", "dunning.notice")],
        ondelete="set null",
        copy=False,
        groups="base.group_system",
        help="Run for the notices of this level when they were sent, or their task was done.",
    )

    def _audit_company(self, _field):
        return self.policy_id.company_id

    def _audited_name(self):
        return f"{self.policy_id.display_name} · {self.display_name}"

    def _audited_part_of(self):
        return self.policy_id

    @api.constrains("sequence", "delay_days", "delay_from")
    def _check_order_of_policy(self):
        self.policy_id.level_ids._check_order()

    @api.constrains("is_final")
    def _check_not_repeated(self):
        self.policy_id._check_nothing_final_repeated()

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

    @api.constrains("cc_user_ids")
    def _check_copies(self):
        self.env["res.users"]._check_colleagues(self.cc_user_ids)

    @api.constrains("mail_template_id")
    def _check_template(self):
        for template in self.mail_template_id:
            if template.model != "dunning.notice":
                raise ValidationError(
                    self.env._(
                        "The template %(name)s is for other records. Choose one for dunning notices.",
                        name=template.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        levels = super().create(vals_list)
        levels._check_renders()
        return levels

    def write(self, vals):
        result = super().write(vals)
        if "policy_id" in vals:
            self.check_access("write")  # nobody moves a level into a policy of others
        if "mail_template_id" in vals:
            self._check_renders()
        return result

    def _check_renders(self):
        """The template can be rendered for a notice, before it has to be: as whoever chooses it,
        therefore in no constraint."""
        for level in self.filtered("mail_template_id"):
            level.mail_template_id._check_renders(level._sample_notice())

    def _sample_notice(self):
        """A notice of this level that is never saved."""
        company = self.policy_id.company_id
        return self.env["dunning.notice"].new(
            {
                "company_id": company.id,
                "partner_id": company.partner_id.id,
                "currency_id": company.currency_id.id,
                "policy_id": self.policy_id.id,
                "level_id": self.id,
                "channel": self.channel,
                "date": company._today(),
            }
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        line = self.env["dunning.notice.line"].sudo().search([("level_id", "in", self.ids)], limit=1)  # any company's
        if line:
            raise UserError(
                self.env._(
                    "Items have reached the level %(name)s. Archive its policy and make a copy without the level.",
                    name=line.level_id.name,
                )
            )

    def _template(self, channel=None):
        """The e-mail template of the level, for a notice of that channel: a level may get another."""
        if (channel or self.channel) != "email":
            return self.env["mail.template"]
        general = self.env.ref("lead_to_cash.mail_template_dunning_notice", raise_if_not_found=False)
        return self.mail_template_id or general or self.env["mail.template"]

    @api.constrains("server_action_id")
    def _check_server_action(self):
        for level in self:
            level.server_action_id._check_is_for("dunning.notice")
