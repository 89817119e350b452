from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_amount, format_date
from odoo.tools.date_utils import add

from ...engine.agreements.promises import instalment_dates, instalments_after


class DunningPlan(models.Model):
    """Several promises that together pay the same items: an agreement on instalments."""

    _name = "dunning.plan"
    _inherit = ["l2c.clock.mixin", "l2c.protected.mixin"]
    _description = "Payment Plan"
    _order = "first_date desc, id desc"

    _given = frozenset(
        {
            *("partner_id", "company_id", "currency_id", "total", "number", "first_date", "interval"),
            *("move_line_ids", "deposit", "sets_off_credits"),
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
    deposit = fields.Monetary(help="The first instalment, when it is another amount than the others.")
    credit_amount = fields.Monetary("Open Credits", compute="_compute_credit_amount")
    sets_off_credits = fields.Boolean(
        "Set Open Credits off First", help="They pay the oldest items; the plan is about what is left."
    )
    promise_ids = fields.One2many("dunning.promise", "plan_id", "Instalments")
    row_problem = fields.Char(compute="_compute_row_problem")
    agreed_on = fields.Date(readonly=True, copy=False)
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
            name = plan.partner_id.display_name
            plan.display_name = f"{name} · {amount} / {plan.number}" if name else plan.env._("New")

    @api.depends("promise_ids.state")
    def _compute_state(self):
        """Broken by one instalment; open while one is; kept when the rest was paid."""
        for plan in self:
            states = set(plan.promise_ids.mapped("state"))
            order = ("broken", "open", "kept", "cancelled")
            plan.state = next((state for state in order if state in states), "open")

    @api.depends("partner_id", "company_id", "currency_id", "move_line_ids")
    def _compute_credit_amount(self):
        for plan in self:
            credits = plan._open_credits() if not plan._origin else plan.move_line_ids.browse()
            plan.credit_amount = -sum(credits.mapped("amount_residual_currency"))

    def _open_credits(self):
        """What the customer has open with us, on the accounts of the items and in their currency."""
        items = self.move_line_ids._origin
        if not items:
            return items
        domain = (
            Domain("partner_id.commercial_partner_id", "=", self.partner_id.commercial_partner_id.id)
            & Domain("company_id", "=", items.company_id[:1].id)
            & Domain("currency_id", "=", items.currency_id[:1].id)
            & Domain("account_id", "in", items.account_id.ids)
            & items._open_domain()
            & Domain("amount_residual_currency", "<", 0)
        )
        return items.search(domain, order="date, id")

    @api.depends("promise_ids.amount", "promise_ids.date", "total")
    def _compute_row_problem(self):
        for plan in self:
            rows = [(row.amount, row.date) for row in plan.promise_ids]
            plan.row_problem = bool(rows) and plan._problem_of(rows)

    def _problem_of(self, rows):
        """Why the plan can't have these instalments, in a sentence; empty when it can.

        :param rows: (amount, day) of each
        """
        if not all(amount and day for amount, day in rows):
            return self.env._("Each instalment has a day, and an amount above zero.")
        spread = sum(amount for amount, _day in rows)
        if self.currency_id.compare_amounts(spread, self.total):
            return self.env._(
                "The instalments make %(spread)s, the plan is about %(total)s. Change an instalment, or the total.",
                spread=format_amount(self.env, spread, self.currency_id),
                total=format_amount(self.env, self.total, self.currency_id),
            )
        return ""

    @api.onchange("total", "number", "first_date", "interval", "deposit", "currency_id")
    def _onchange_rows(self):
        """The instalments as they are proposed; each can be changed then."""
        if self.total and self.first_date and 1 < self.number <= 60 and 0 <= self.deposit < self.total:
            rows = [Command.create({"amount": amount, "date": day}) for amount, day in self._proposed_rows()]
            self.promise_ids = [Command.clear(), *rows]

    @api.onchange("sets_off_credits")
    def _onchange_sets_off_credits(self):
        if self.move_line_ids:
            owed = sum(self.move_line_ids.mapped("amount_residual_currency"))
            self.total = max(owed - ((self.sets_off_credits and self.credit_amount) or 0), 0)

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        if self.partner_id and self.move_line_ids.partner_id.commercial_partner_id != self.partner_id:
            self.update(self.partner_id._dunning_plan_defaults())

    @api.onchange("move_line_ids")
    def _onchange_move_line_ids(self):
        if self.move_line_ids:
            self.currency_id = self.move_line_ids.currency_id[:1]
            self._onchange_sets_off_credits()

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
                        "The plan has more instalments than the policy allows (%(number)s). Agree on fewer, "
                        "or ask a manager of collections.",
                        number=policy_sudo.plan_max_instalments,
                    )
                )

    @api.constrains("deposit", "total")
    def _check_deposit(self):
        for plan in self:
            if plan.deposit and not 0 < plan.deposit < plan.total:
                raise ValidationError(self.env._("A deposit is less than the whole plan, and not below zero."))

    @api.model_create_multi
    def create(self, vals_list):
        """With ``promise_ids``, the instalments as they were agreed: of each its amount and day; else equal ones.

        :raise ValidationError: in a sentence, when they can't be so
        """
        given, vals_list = [], [dict(vals) for vals in vals_list]
        for vals in vals_list:
            rows = self._given_rows(vals.pop("promise_ids", None) or ())
            if rows and all(day for _amount, day in rows):
                vals |= {"number": len(rows), "first_date": min(day for _amount, day in rows)}
            given.append(rows)
        plans = super().create(vals_list)
        plans.sudo().agreed_on = self._today()  # noted by whoever agrees
        for plan, rows in zip(plans, given, strict=True):
            plan._set_off()
            plan._agree_on(rows)
        plans._follow_promises()
        plans._write_agreement()
        for company, agreed in plans.grouped("company_id").items():
            agreed.partner_id.with_company(company)._followed_by("plan")
        plans._keep_what_followed()
        return plans

    def _keep_what_followed(self):
        """By a click of the desk: what has ended with it comes back when it is taken back."""
        if self.env.context.get("l2c_line_id"):
            for company, plans in self.grouped("company_id").items():
                plans.partner_id.with_company(company)._last_attempt()._keep_what_followed()

    def _given_rows(self, commands):
        """(amount, day) of each instalment that a dialog says; nothing else of a promise can be said there."""
        rows = [command[2] for command in commands if command[0] == Command.CREATE]
        if len(rows) < len([command for command in commands if command[0] != Command.CLEAR]):
            raise UserError(self.env._("The instalments of a plan are made with it."))
        return [(row.get("amount") or 0, fields.Date.to_date(row.get("date"))) for row in rows]

    def _proposed_rows(self):
        """(amount, day) of each instalment: the deposit, then equal ones."""
        amounts = instalments_after(self.deposit, self.total, self.number, self.currency_id.decimal_places)
        return list(zip(amounts, instalment_dates(self.first_date, self.number, self.interval), strict=True))

    def _set_off(self):
        """Open credits pay the oldest of the items, by the host's own reconciliation; what is paid leaves the plan."""
        if not self.sets_off_credits:
            return
        items = self.move_line_ids
        for lines in (self._open_credits() | items).grouped("account_id").values():
            if min(lines.mapped("amount_residual_currency")) < 0:
                lines.reconcile()
        self.sudo().move_line_ids = items.filtered(lambda item: not item.reconciled)  # noted by whoever agrees

    def _agree_on(self, rows):
        """Make the promises.

        :param rows: (amount, day) of each; empty: equal ones
        """
        if problem := rows and self._problem_of(rows):
            raise ValidationError(problem)
        rows = rows or self._proposed_rows()
        self._check_least(rows)
        self.env["dunning.promise"].create([self._prepare_promise_values(amount, day) for amount, day in rows])

    def _check_least(self, rows):
        """What customers may be granted; managers of collections may go beyond.

        :raise ValidationError: for instalments that are too small, or too late
        """
        # Whoever makes a plan need not see the policies.
        policy_sudo = self.partner_id.with_company(self.company_id)._get_dunning_policy().sudo()
        if not policy_sudo or self.env.user.has_group("lead_to_cash.group_collections_manager"):
            return
        least = self.company_id.currency_id._convert(
            policy_sudo.plan_min_amount, self.currency_id, self.company_id, self._today()
        )
        if self.currency_id.compare_amounts(min(amount for amount, _day in rows), least) < 0:
            raise ValidationError(
                self.env._(
                    "An instalment is at least %(least)s. Agree on fewer, or ask a manager of collections.",
                    least=format_amount(self.env, least, self.currency_id),
                )
            )
        latest = add(min(day for _amount, day in rows), months=policy_sudo.plan_max_instalments)
        if max(day for _amount, day in rows) > latest:
            raise ValidationError(
                self.env._(
                    "The last instalment can be on %(day)s at the latest. Choose an earlier day, "
                    "or ask a manager of collections.",
                    day=format_date(self.env, latest),
                )
            )

    def _prepare_promise_values(self, amount, day):
        """Values for the promise of an instalment."""
        return {
            "plan_id": self.id,
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "currency_id": self.currency_id.id,
            "move_line_ids": [Command.set(self.move_line_ids.ids)],
            "amount": amount,
            "date": day,
        }

    def write(self, vals):
        if not self.env.su and not self._given.isdisjoint(vals):
            raise UserError(self.env._("A plan stands as it was agreed. Cancel it, and make another one."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_charged(self):
        self.env["payment.charge"]._refuse_without([("promise_id.plan_id", "in", self.ids)])

    def action_next(self):
        """Go on to the next customer of the desk, after a plan was agreed on the phone."""
        self.check_access("read")
        return self.partner_id.with_company(self.company_id)._after_agreeing()

    def action_cancel(self):
        """The instalments that are still open no longer count: the items go on as before."""
        self.check_access("write")
        self.promise_ids.action_cancel()

    def _left(self):
        """What is still to be paid of the plan."""
        open_ones = self.promise_ids.filtered(lambda promise: promise.state not in ("kept", "cancelled"))
        lapsed = self.promise_ids.filtered(lambda promise: promise.state == "cancelled" and self.state == "broken")
        owed = sum(self.move_line_ids.mapped("amount_residual_currency"))
        return min(sum((open_ones | lapsed).mapped("amount")), owed)

    def _grace_days(self):
        """After so many days without it, an instalment counts as missed."""
        # Whoever reads of the plan need not see the policies.
        return self.partner_id.with_company(self.company_id)._get_dunning_policy().sudo().grace_days

    def _follow_promises(self):
        """A customer with an open plan is marked so, until it has none."""
        self._drop_moot_letters()
        # Whoever promises need not be allowed to write customers.
        for company, plans_sudo in self.sudo().grouped("company_id").items():
            partners = plans_sudo.partner_id.with_company(company)
            busy = self.sudo().search(  # whoever promises
                [("partner_id", "in", partners.ids), ("company_id", "=", company.id), ("state", "=", "open")]
            )
            busy = busy.partner_id.with_company(company)
            busy.filtered(lambda partner: partner.collection_state in (False, "normal")).collection_state = "plan"
            (partners - busy).filtered(lambda partner: partner.collection_state == "plan").collection_state = "normal"
