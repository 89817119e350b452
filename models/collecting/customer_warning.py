from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import format_date


class CustomerWarning(models.Model):
    """What somebody has heard of a customer, and where. Entered by a dialog, never changed; shown above its
    quotations to those whom the customer's debts concern, and on the watch list."""

    _name = "customer.warning"
    _inherit = ["l2c.clock.mixin", "l2c.protected.mixin"]
    _description = "Warning about a Customer"
    _order = "day desc, id desc"
    _rec_name = "what"
    _written_by = "Enter Warning, and End on the warning"

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    active = fields.Boolean(default=True, readonly=True)
    what = fields.Char(required=True, readonly=True)
    source = fields.Char(required=True, readonly=True, help="Who says so, or where it stands.")
    day = fields.Date("Heard on", required=True, readonly=True)
    until = fields.Date("Holds until", readonly=True, help="The last day. Empty: until somebody ends it.")
    sentence = fields.Char("Warning", compute="_compute_sentence")

    @api.depends("what", "source", "day")
    @api.depends_context("lang")
    def _compute_sentence(self):
        for warning in self:
            warning.sentence = self.env._(
                "%(what)s (%(rater)s, %(day)s)",
                what=(warning.what or "").rstrip("."),
                rater=warning.source,
                day=format_date(self.env, warning.day),
            )

    @api.model
    def _in_force_domain(self):
        today = self._today()
        return Domain("day", "<=", today) & (Domain("until", "=", False) | Domain("until", ">=", today))

    @api.model
    def _texts(self, partners, companies):
        """``{(customer id, company id): the warnings in force, a line each}``; who may know was asked before."""
        own = Domain("partner_id", "in", partners.ids) & Domain("company_id", "in", companies.ids)
        found = self.search(own & self._in_force_domain()).grouped(lambda row: (row.partner_id.id, row.company_id.id))
        return {key: "\n".join(warnings.mapped("sentence")) for key, warnings in found.items()}

    def action_end(self):
        """The warnings don't hold any more.

        :raise AccessError: when the user doesn't do the books
        """
        self.check_access("read")
        if not self.env.user.has_group("account.group_account_invoice"):
            raise AccessError(self.env._("Warnings are ended by those who do the books. Ask one of them."))
        self.sudo().active = False  # asked just now; nobody writes a warning itself
        return True
