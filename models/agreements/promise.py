from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_amount, format_date

#: What was agreed; another agreement is another promise.
AGREED = ("partner_id", "company_id", "currency_id", "amount", "date", "move_line_ids", "plan_id", "state")


class DunningPromise(models.Model):
    """A customer's promise to pay: suspends its items until its date and the days of grace."""

    _name = "dunning.promise"
    _inherit = ["l2c.clock.mixin"]
    _description = "Promise to Pay"
    _order = "date desc, id desc"
    _check_company_auto = True

    partner_id = fields.Many2one("res.partner", "Customer", required=True, index=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one("res.currency", required=True, default=lambda self: self.env.company.currency_id)
    amount = fields.Monetary(required=True)
    date = fields.Date("Promised for", required=True)
    move_line_ids = fields.Many2many(
        "account.move.line", "dunning_promise_line_rel", "promise_id", "move_line_id", "Items", required=True
    )
    plan_id = fields.Many2one("dunning.plan", "Payment Plan", ondelete="cascade", index="btree_not_null", readonly=True)
    state = fields.Selection(
        [("open", "Open"), ("kept", "Kept"), ("broken", "Broken"), ("cancelled", "Cancelled")],
        required=True,
        default="open",
        readonly=True,
    )
    broken_date = fields.Date("Broken on", readonly=True, copy=False)
    target = fields.Monetary(readonly=True, copy=False, help="What is owed on the items once the promise is kept.")

    # Serves the deciding statement: the open promises of a company.
    _open_idx = models.Index("(company_id) WHERE state = 'open'")

    @api.depends("partner_id", "date")
    def _compute_display_name(self):
        for promise in self:
            parts = [promise.partner_id.display_name, promise.date and format_date(self.env, promise.date)]
            promise.display_name = " · ".join(filter(None, parts))

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        """The customer's overdue items, when none were chosen yet."""
        if self.partner_id and self.move_line_ids.partner_id.commercial_partner_id != self.partner_id:
            self.update(self.partner_id._dunning_promise_defaults())

    @api.onchange("move_line_ids")
    def _onchange_move_line_ids(self):
        if self.move_line_ids:
            self.currency_id = self.move_line_ids.currency_id[:1]
            self.amount = sum(self.move_line_ids.mapped("amount_residual_currency"))

    # Bad input -----------------------------------------------------------------------

    @api.constrains("date")
    def _check_date(self):
        for promise in self:
            if promise.state == "open" and promise.date < promise._today():
                raise ValidationError(
                    self.env._("A promise can't be for a day in the past. Choose today or a later day.")
                )

    @api.constrains("date", "plan_id")
    def _check_limit(self):
        """What customers may be granted; managers of collections may go beyond. Of a plan, the
        first instalment counts."""
        if self.env.user.has_group("lead_to_cash.group_collections_manager"):
            return
        for promise in self.filtered(lambda promise: promise.date <= (promise.plan_id.first_date or promise.date)):
            partner = promise.partner_id.with_company(promise.company_id)
            policy = partner._get_dunning_policy().sudo()  # its limits, for whoever promises
            if policy and (promise.date - promise._today()).days > policy.promise_max_days:
                raise ValidationError(
                    self.env._(
                        "A promise can be for at most %(days)s days ahead. Choose an earlier day, "
                        "or ask a manager of collections.",
                        days=policy.promise_max_days,
                    )
                )

    @api.constrains("partner_id", "move_line_ids", "amount", "currency_id", "company_id")
    def _check_items(self):
        for promise in self:
            if problem := promise._problem(promise.plan_id.total or promise.amount):
                raise ValidationError(problem)

    def _problem(self, amount):
        """Why ``amount`` can't be promised for the items, in a sentence; empty when it can."""
        items = self.move_line_ids
        if not items:
            return self.env._("A promise is about open items. Choose at least one.")
        if items.partner_id.commercial_partner_id - self.partner_id:
            return self.env._(
                "The promise of %(name)s holds items of another customer. Remove them.", name=self.partner_id.name
            )
        if items.company_id != self.company_id or items.currency_id != self.currency_id:
            return self.env._("The items of a promise are of one company and currency. Log one promise for each.")
        if any(
            item.reconciled or item.amount_residual_currency <= 0 or item.parent_state != "posted" for item in items
        ):
            return self.env._("Only open items can be promised. Remove those that are paid.")
        if self.currency_id.compare_amounts(self.amount, 0) <= 0:
            return self.env._("A promise is for an amount above zero.")
        owed = sum(items.mapped("amount_residual_currency"))
        if self.currency_id.compare_amounts(amount, owed) > 0:
            return self.env._(
                "Only %(open)s is open on these items. Promise at most that.",
                open=format_amount(self.env, owed, self.currency_id),
            )
        return self._problem_of_another()

    def _problem_of_another(self):
        """An item is promised once at a time, so that a payment counts once."""
        domain = [("move_line_ids", "in", self.move_line_ids.ids), ("state", "=", "open"), ("id", "!=", self.id)]
        other = self.search([*domain, "|", ("plan_id", "=", False), ("plan_id", "!=", self.plan_id.id)], limit=1)
        return other and self.env._(
            "These items are promised already: %(promise)s. Cancel that promise first.", promise=other.display_name
        )

    # Agreeing ------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        promises = super().create(vals_list)
        promises._aim()
        promises.move_line_ids.move_id._under_discussion()
        self.env["dunning.notice"]._reasons_changed(promises.move_line_ids)
        return promises

    def write(self, vals):
        if not self.env.su and not set(AGREED).isdisjoint(vals):
            raise UserError(self.env._("A promise stands as it was given. Cancel it, and log another one."))
        return super().write(vals)

    def action_cancel(self):
        """The promise no longer counts: its items go on as before. Of a plan, all that is open."""
        self.check_access("write")
        # Who may write a promise may not rewrite what was agreed.
        promises_sudo = (self | self.plan_id.promise_ids).sudo().filtered(lambda promise: promise.state == "open")
        promises_sudo.state = "cancelled"
        promises_sudo.plan_id._follow_promises()
