from datetime import date

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...engine.dunning.minimum import SHIPPED_MINIMUM, to_one_digit
from ...engine.handling.own import ids_of, own


class DunningPolicy(models.Model):
    """How the customers of a segment are reminded: level by level, until they have paid."""

    _name = "dunning.policy"
    _inherit = ["dunning.banner.mixin", "dunning.segment.mixin", "l2c.audited.mixin"]
    _description = "Dunning Policy"
    _audits_existence = True
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10, help="The first running policy that fits a customer is taken.", audited=True)
    active = fields.Boolean(default=True, audited=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True, audited=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    is_running = fields.Boolean("Running", copy=False, readonly=True, audited=True)
    start_date = fields.Date("Runs from", copy=False, help="Empty: at once.", audited=True)
    partner_domain = fields.Char(help="Which customers the policy is for. Empty: all.", audited=True)
    level_ids = fields.One2many("dunning.level", "policy_id", "Levels", copy=True)
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        default=lambda self: self.env.user,
        help="For customers without a collector.",
        audited=True,
    )
    cut_off_date = fields.Date(
        "Cut-off Date", copy=False, help="Items due before this day were followed up elsewhere until now.", audited=True
    )
    cut_off_level_id = fields.Many2one(
        "dunning.level",
        "Older Items Are at",
        copy=False,
        ondelete="set null",
        domain="[('policy_id', '=', id)]",
        help="Items due before the cut-off date count as already at this level. Empty: they are not reminded.",
        audited=True,
    )
    minimum_balance = fields.Monetary(
        help="Customers who owe less than this in one currency, net of credits, are not reminded.", audited=True
    )
    net_position = fields.Selection(
        [("show", "Is shown"), ("hold", "Holds reminders")],
        "What We Owe",
        required=True,
        default="show",
        help="To a customer who is our vendor, too, by open bills. It is shown before reminding; it can also hold "
        "the reminders of what it covers.",
        audited=True,
    )
    minimum_days_between = fields.Integer(
        "Days Between Notices",
        default=5,
        help="A customer gets no two notices within so many calendar days.",
        audited=True,
    )
    grace_days = fields.Integer(
        "Grace after a Promise", default=3, help="Days before a promise counts as broken.", audited=True
    )
    promise_max_days = fields.Integer(
        "Promises up to", default=30, help="Days ahead. Managers of collections may grant more.", audited=True
    )
    promise_min_percent = fields.Integer(
        "Least Promise (%)",
        default=25,
        help="Of what is open, or a whole document: for a promise on the customer's page. 0: any amount. "
        "Collectors may agree on less.",
        audited=True,
    )
    plan_max_instalments = fields.Integer(
        "Instalments at Most",
        default=6,
        help="Of a payment plan. Managers of collections may grant more.",
        audited=True,
    )
    plan_min_amount = fields.Monetary(
        "Least Instalment",
        help="Of a payment plan; 0: any amount. Managers of collections may grant less.",
        audited=True,
    )
    thanks_template_id = fields.Many2one(
        "mail.template",
        "Thanks",
        domain=[("model", "=", "dunning.notice")],
        help="Sent when a customer who was reminded owes nothing overdue any more. Empty: nothing is sent.",
        audited=True,
    )
    repetitions = fields.Integer(
        "Repeat the Last Level", help="So many times more, at most 3. 0: not at all.", audited=True
    )
    repeat_days = fields.Integer("Days Between Repetitions", default=14, help="At least 14.", audited=True)
    catch_up = fields.Selection(
        [("one_step", "One level at a time"), ("latest", "Straight to the latest level")],
        "After Missed Days",
        required=True,
        default="one_step",
        audited=True,
    )

    _minimum_balance_positive = models.Constraint(
        "CHECK(minimum_balance >= 0)", "The minimum balance can't be negative; 0 reminds of every amount."
    )
    _minimum_days_positive = models.Constraint(
        "CHECK(minimum_days_between >= 0 AND grace_days >= 0)",
        "Days between notices and days of grace can't be negative.",
    )
    _promise_limits_positive = models.Constraint(
        "CHECK(promise_max_days >= 0 AND plan_max_instalments >= 1)",
        "Promises are for today or later, and a plan has at least one instalment.",
    )

    _plan_min_amount = models.Constraint(
        "CHECK(plan_min_amount >= 0)", "The least instalment can't be negative; 0 means any amount."
    )

    _promise_min_percent = models.Constraint(
        "CHECK(promise_min_percent BETWEEN 0 AND 100)", "The least promise is from 0 to 100 per cent of what is open."
    )

    _repetitions_limited = models.Constraint(
        "CHECK(repetitions BETWEEN 0 AND 3)", "The last level can be repeated at most three times; 0 repeats nothing."
    )
    _repeat_days_least = models.Constraint(
        "CHECK(repeat_days >= 14)", "Between repetitions of the last level there are at least 14 days."
    )

    @api.constrains("repetitions", "level_ids")
    def _check_nothing_final_repeated(self):
        for policy in self.filtered("repetitions"):
            if final := policy.level_ids.filtered("is_final")[:1]:
                raise ValidationError(
                    self.env._(
                        "%(level)s is a final notice: it can't be repeated, nor what follows it. "
                        "Set Repeat the Last Level to 0.",
                        level=final.name,
                    )
                )

    @api.constrains("user_id")
    def _check_responsible(self):
        self.env["res.users"]._check_colleagues(self.user_id)

    @api.constrains("level_ids")
    def _check_levels(self):
        for policy in self:
            policy._check_levels_exist()
            policy.level_ids._check_order()

    @api.model_create_multi
    def create(self, vals_list):
        policies = super().create(vals_list)
        if not self._is_installing():
            for policy in policies:
                policy._check_levels_exist()
        return policies

    @api.model
    def _is_installing(self):
        """Data files may bring a policy's levels after it."""
        return own(self.env, "install_mode") or own(self.env, "l2c_shipping")

    @api.model
    def _as_if_running(self):
        """The policies that are looked at as if they were running: those of the context key
        ``l2c_as_if_running`` that the reader may see. For models that only read."""
        return self.search([("id", "in", ids_of(self.env, "l2c_as_if_running"))])

    def _check_levels_exist(self):
        if not self.level_ids and not self._is_installing():
            raise ValidationError(self.env._("The policy %(name)s has no level. Add at least one.", name=self.name))

    def write(self, vals):
        if vals.get("active") is False and any(policy.is_running for policy in self):
            vals = {**vals, "is_running": False}  # what is put away doesn't go on in the dark
        moves = "company_id" in vals and "minimum_balance" not in vals
        minimums = {
            policy: policy._minimum_in(policy.company_id.browse(vals["company_id"])) for policy in self if moves
        }
        result = super().write(vals)
        for policy, minimum in minimums.items():
            if policy.minimum_balance != minimum:
                policy.minimum_balance = minimum
        return result

    def copy_data(self, default=None):
        """A branch copies its parent's policy for itself; the copy says that it is one."""
        self.check_access("read")
        vals_list = super().copy_data(default)
        for policy, vals in zip(self, vals_list, strict=True):
            if not self.env.su and vals["company_id"] not in self.env.companies.ids:
                vals["company_id"] = self.env.company.id
            if "name" not in (default or {}):
                vals["name"] = self.env._("%s (copy)", policy.name)
            if "minimum_balance" not in (default or {}):
                vals["minimum_balance"] = policy._minimum_in(policy.company_id.browse(vals["company_id"]))
        return vals_list

    def _set_shipped_minimum(self):
        """The minimum of policies as they are shipped, by the currency of their company."""
        for policy in self:
            policy.minimum_balance = policy._shipped_minimum(policy.company_id)

    @api.model
    def _shipped_minimum(self, company):
        """What it is in the company's currency: its own, else the first of the others that has a rate, converted
        and rounded to one digit; 0 when none has."""
        company = company.sudo()  # its currency is no secret to whoever has its policy
        currency = company.currency_id
        if currency.name in SHIPPED_MINIMUM:
            return SHIPPED_MINIMUM[currency.name]
        currencies = self.env["res.currency"].with_context(active_test=False)
        rates = [("rate_ids.company_id", "in", [company.root_id.id, False])]
        known = currencies.search([("name", "in", list(SHIPPED_MINIMUM)), *rates]).grouped("name")
        for name in filter(known.get, SHIPPED_MINIMUM):
            amount = known[name]._convert(SHIPPED_MINIMUM[name], currency, company, company._today(), round=False)
            return to_one_digit(amount)
        return 0

    def _minimum_in(self, company):
        """The minimum of this policy, for another company: what is shipped is shipped in its currency, too."""
        return self._shipped_minimum(company) if self._has_shipped_minimum() else self.minimum_balance

    def _has_shipped_minimum(self):
        return bool(self.minimum_balance) and self.minimum_balance == self._shipped_minimum(self.company_id)

    @api.constrains("cut_off_level_id", "level_ids")
    def _check_cut_off_level(self):
        for policy in self:
            if policy.cut_off_level_id and policy.cut_off_level_id.policy_id != policy:
                raise ValidationError(
                    self.env._(
                        "Older items can only be at a level of their own policy; %(level)s is none of %(name)s.",
                        level=policy.cut_off_level_id.name,
                        name=policy.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        notice = self.env["dunning.notice"].sudo().search([("policy_id", "in", self.ids)], limit=1)  # any company's
        if notice:
            raise UserError(
                self.env._(
                    "Notices were made by the policy %(name)s. Archive it, so that their history stays.",
                    name=notice.policy_id.name,
                )
            )

    def action_preview(self):
        """What the policy would do today and in the next days, as if it were running."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("lead_to_cash.dunning_preview_action")
        action["context"] = {"l2c_as_if_running": self.ids, "search_default_group_next_date": 1}
        action["domain"] = [("policy_id", "in", self.ids)]
        return action

    def action_forecast(self):
        """The same day by day, for the days to come."""
        self.check_access("read")
        return self.env["dunning.forecast"].with_context(l2c_as_if_running=self.ids).action_open()

    def action_start(self):
        """Let the policy run. Until then nobody is reminded by it."""
        self.check_access("write")
        for policy in self:
            if not policy.level_ids:
                raise UserError(self.env._("The policy %(name)s has no level. Add at least one.", name=policy.name))
        self.is_running = True

    def action_stop(self):
        """Stop the policy: its notices that have not left yet will not leave."""
        self.check_access("write")
        self.is_running = False

    def _level_days(self):
        """(what it counts from, days) of each level, in their order."""
        levels = self.level_ids.sorted(lambda level: (level.sequence, level.id))
        return [(level.delay_from, level.delay_days) for level in levels]

    def _runs_since(self):
        """The day on which it was started, or from which it runs; the beginning of time when nobody knows."""
        self.ensure_one()
        started = [
            ("res_model", "=", self._name),
            ("res_id", "=", self.id),
            ("field_name", "=", "is_running"),
            ("new_value", "=", "True"),
        ]
        log_sudo = self.env["l2c.audit.log"].sudo().search(started, order="date desc", limit=1)  # a day is no secret
        return max(self.start_date or date.min, log_sudo.date.date() if log_sudo else date.min)

    def _audit_domain(self):
        """With their levels."""
        return super()._audit_domain() | self.with_context(active_test=False).level_ids._audit_domain()

    def action_go_live(self):
        """Open the wizard that prepares the first run, and ends with its preview."""
        self.check_access("write")
        action = self.env["ir.actions.act_window"]._for_xml_id("lead_to_cash.dunning_go_live_action")
        return action | {"context": {"default_policy_id": self.id}}
