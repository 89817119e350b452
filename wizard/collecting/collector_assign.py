from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ...engine.handling.own import ids_of


class DunningCollectorAssign(models.TransientModel):
    """Gives customers another collector: for good, or while somebody is away."""

    _name = "dunning.collector.assign"
    _inherit = ["l2c.real.records.mixin"]
    _description = "Assign Collector"

    scope = fields.Selection(
        [("chosen", "These customers"), ("collector", "All customers of a collector")],
        "Which",
        required=True,
        default="collector",
    )
    partner_ids = fields.Many2many("res.partner", string="Customers")
    from_user_id = fields.Many2one(
        "res.users", "Collector until Now", domain=[("share", "=", False)], context={"active_test": False}
    )
    way = fields.Selection(
        [("person", "To a person"), ("rules", "By the rules"), ("absence", "To a substitute, while away")],
        "How",
        required=True,
        default="person",
    )
    user_id = fields.Many2one("res.users", "New Collector", domain=[("share", "=", False)])
    date_from = fields.Date("Away from", help="Empty: from now on.")
    date_until = fields.Date("Away until", help="Empty: until further notice.")

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if self.env.context.get("active_model") == "res.partner" and self.env.context.get("active_ids"):
            customers = self.env["res.partner"].browse(ids_of(self.env, "active_ids")).commercial_partner_id
            values |= {"scope": "chosen", "partner_ids": [Command.set(customers.ids)]}
        return values

    def action_assign(self):
        """Assign in the current company.

        :raise UserError: when something is not chosen, or a collector may not see the company
        """
        self.ensure_one()
        self.check_access("write")
        self._check_choice()
        if self.way == "absence":
            self._check_companies()
            # A collections manager need not administer users.
            self.from_user_id.sudo().write(self._prepare_absence_values())
        elif self.way == "rules":
            self.env["dunning.collector.rule"]._assign(self.env.company, self._customers())
        else:
            self._customers().collector_id = self.user_id
        return {"type": "ir.actions.act_window_close"}

    def _check_companies(self):
        """Somebody away is away in all companies: only who works in all of them may say so."""
        companies_sudo = self.from_user_id.sudo().company_ids  # a fact of the collector
        if self.env.company not in companies_sudo or companies_sudo - self.env.user.company_ids:
            raise UserError(
                self.env._(
                    "You can name a substitute only for those who work in your companies alone. Ask the collector, "
                    "who does it in the own preferences, or an administrator."
                )
            )

    def _prepare_absence_values(self):
        return {
            "collector_substitute_id": self.user_id.id,
            "collector_absent_from": self.date_from,
            "collector_absent_until": self.date_until,
        }

    def _check_choice(self):
        if (self.scope == "collector" or self.way == "absence") and not self.from_user_id:
            raise UserError(self.env._("Choose the collector whose customers they are until now."))
        if self.scope == "chosen" and self.way != "absence" and not self.partner_ids:
            raise UserError(self.env._("Choose the customers."))
        if self.way != "rules" and not self.user_id:
            raise UserError(self.env._("Choose the new collector."))
        if self.way != "rules" and self.env.company not in self.user_id.sudo().company_ids:  # a fact of the company
            raise UserError(
                self.env._(
                    "%(user)s may not work in %(company)s. Choose somebody else.",
                    user=self.user_id.name,
                    company=self.env.company.name,
                )
            )

    def _customers(self):
        """The commercial partners, as those who may assign them see them."""
        # Collectors need not be partner managers; the wizard's access says who may assign.
        partners_sudo = self.env["res.partner"].sudo().with_context(active_test=False)
        if self.scope == "chosen":
            self.partner_ids.check_access("read")
            return partners_sudo.browse(self.partner_ids.commercial_partner_id.ids)
        return partners_sudo.search([("collector_id", "=", self.from_user_id.id)])
