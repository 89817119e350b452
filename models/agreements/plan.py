from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_amount

from ...engine.agreements.promises import instalment_dates, instalments


class DunningPlan(models.Model):
    """Several promises that together pay the same items: an agreement on instalments."""

    _name = "dunning.plan"
    _inherit = ["l2c.clock.mixin", "l2c.protected.mixin"]
    _description = "Payment Plan"
    _order = "first_date desc, id desc"

    _given = frozenset(
        {
            *("partner_id", "company_id", "currency_id", "total", "number", "first_date", "interval"),
            "move_line_ids",
        }
    )
    _written_by = "action_cancel, and make another plan"

    partner_id = fields.Many2one("res.partner", "Customer", required=True, index=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one("res.currency", required=True, default=lambda self: self.env.company.currency_id)
    total = fields.Monetary(required=True)
    number = fields.Integer("Number of Instalments", required=True, default=3)
    first_date = fields.Date("First Instalment on", required=True)
    interval = fields.Selection([("weekly", "Weekly"), ("monthly", "Monthly")], required=True, default="monthly")
    move_line_ids = fields.Many2many(
        "account.move.line", "dunning_plan_line_rel", "plan_id", "move_line_id", "Items", required=True
    )
    promise_ids = fields.One2many("dunning.promise", "plan_id", "Promises", readonly=True)
    state = fields.Selection(
        [("open", "Ongoing"), ("kept", "Completed"), ("broken", "Broken off"), ("cancelled", "Called off")],
        compute="_compute_state",
        store=True,
    )

    @api.depends("partner_id", "total", "number")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for plan in self:
            amount = plan.currency_id and format_amount(self.env, plan.total, plan.currency_id)
            plan.display_name = f"{plan.partner_id.display_name or ''} · {amount} / {plan.number}"

    @api.depends("promise_ids.state")
    def _compute_state(self):
        """Broken by one instalment; open while one is; kept when the rest was paid."""
        for plan in self:
            states = set(plan.promise_ids.mapped("state"))
            order = ("broken", "open", "kept", "cancelled")
            plan.state = next((state for state in order if state in states), "open")

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        if self.partner_id and self.move_line_ids.partner_id.commercial_partner_id != self.partner_id:
            self.update(self.partner_id._dunning_plan_defaults())

    @api.onchange("move_line_ids")
    def _onchange_move_line_ids(self):
        if self.move_line_ids:
            self.currency_id = self.move_line_ids.currency_id[:1]
            self.total = sum(self.move_line_ids.mapped("amount_residual_currency"))

    @api.constrains("number", "total", "partner_id")
    def _check_number(self):
        """What customers may be granted; managers of collections may go beyond."""
        manager = self.env.user.has_group("lead_to_cash.group_collections_manager")
        for plan in self:
            if plan.number < 2:
                raise ValidationError(self.env._("A plan has at least two instalments. For one, log a promise."))
            if plan.currency_id.compare_amounts(plan.total, plan.number * plan.currency_id.rounding) < 0:
                raise ValidationError(self.env._("Each instalment of a plan is for an amount above zero."))
            # Whoever makes a plan need not see the policies.
            policy_sudo = plan.partner_id.with_company(plan.company_id)._get_dunning_policy().sudo()
            if policy_sudo and not manager and plan.number > policy_sudo.plan_max_instalments:
                raise ValidationError(
                    self.env._(
                        "A plan can have at most %(number)s instalments. Agree on fewer, "
                        "or ask a manager of collections.",
                        number=policy_sudo.plan_max_instalments,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        plans = super().create(vals_list)
        self.env["dunning.promise"].create([values for plan in plans for values in plan._prepare_promise_values()])
        plans._follow_promises()
        return plans

    def _prepare_promise_values(self):
        """Values for the promise of each instalment."""
        amounts = instalments(self.total, self.number, self.currency_id.decimal_places)
        return [
            {
                "plan_id": self.id,
                "partner_id": self.partner_id.id,
                "company_id": self.company_id.id,
                "currency_id": self.currency_id.id,
                "move_line_ids": [Command.set(self.move_line_ids.ids)],
                "amount": amount,
                "date": day,
            }
            for amount, day in zip(amounts, instalment_dates(self.first_date, self.number, self.interval), strict=True)
        ]

    def write(self, vals):
        if not self.env.su and not self._given.isdisjoint(vals):
            raise UserError(self.env._("A plan stands as it was agreed. Cancel it, and make another one."))
        return super().write(vals)

    def action_next(self):
        """Go on to the next customer of the desk, after a plan was agreed on the phone."""
        self.check_access("read")
        return self.env["call.list.line"]._after_result()

    def action_cancel(self):
        """The instalments that are still open no longer count: the items go on as before."""
        self.check_access("write")
        self.promise_ids.action_cancel()

    def _follow_promises(self):
        """A customer with an open plan is marked so, until it has none."""
        # Whoever promises need not be allowed to write customers.
        for company, plans_sudo in self.sudo().grouped("company_id").items():
            partners = plans_sudo.partner_id.with_company(company)
            busy = self.sudo().search(  # whoever promises
                [("partner_id", "in", partners.ids), ("company_id", "=", company.id), ("state", "=", "open")]
            )
            busy = busy.partner_id.with_company(company)
            busy.filtered(lambda partner: partner.collection_state in (False, "normal")).collection_state = "plan"
            (partners - busy).filtered(lambda partner: partner.collection_state == "plan").collection_state = "normal"
