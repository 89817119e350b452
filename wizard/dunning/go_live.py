from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount, format_date

from ...engine.dunning import going_live as engine
from ...engine.dunning import run as run_engine
from ...engine.handling.own import Own


class DunningGoLive(models.TransientModel):
    """Prepares the first run of a policy: what of the past it knows, and how carefully it
    begins. Nothing leaves before a person has seen and released it."""

    _name = "dunning.go.live"
    _inherit = ["dunning.summary.mixin", "l2c.real.records.mixin"]
    _description = "Go Live with Dunning"

    policy_id = fields.Many2one("dunning.policy", required=True, readonly=True)
    company_id = fields.Many2one(related="policy_id.company_id")
    currency_id = fields.Many2one(related="company_id.currency_id")
    start_date = fields.Date("Runs from", help="Empty: at once.")
    cut_off_date = fields.Date(help="Items due before this day were followed up elsewhere until now. Empty: none were.")
    older_items = fields.Selection(
        [("level", "As already at a level"), ("manual", "By hand, without reminders")],
        required=True,
        default="level",
    )
    cut_off_level_id = fields.Many2one("dunning.level", "Level", domain="[('policy_id', '=', policy_id)]")
    daily_limit = fields.Integer("Most Notices a Day", help="0: no limit.")
    calls_a_day = fields.Integer("Most Calls a Day", help="For each collector, who owes most first. 0: no limit.")
    include_opening = fields.Boolean("Include Opening Balances")
    opening_count = fields.Integer(compute="_compute_opening")
    opening_amount = fields.Monetary(compute="_compute_opening")
    needs_release = fields.Boolean("Approve Everything First", default=True)
    rehearsal_user_id = fields.Many2one(
        "res.users", "All E-mails First to", default=lambda self: self.env.user, domain=[("share", "=", False)]
    )
    other_follow_up = fields.Char(compute="_compute_other_follow_up")
    plan = fields.Html("What Would Happen", compute="_compute_plan", sanitize=False)  # rendered: all is escaped

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        policy = self.env["dunning.policy"].browse(values.get("policy_id"))
        if policy:
            values |= {
                "start_date": policy.start_date,
                "cut_off_date": policy.cut_off_date,
                "cut_off_level_id": policy.cut_off_level_id.id,
                "daily_limit": policy.company_id.dunning_daily_limit,
                "calls_a_day": policy.company_id.dunning_calls_a_day,
            }
        return values

    @api.depends("policy_id")
    def _compute_opening(self):
        for wizard in self:
            items = self.env["account.move.line"].search(wizard.company_id._dunning_opening_domain()).filtered("debit")
            wizard.opening_count = len(items)
            wizard.opening_amount = sum(items.mapped("amount_residual"))

    @api.depends_context("uid")
    def _compute_other_follow_up(self):
        self.other_follow_up = self.env.company._dunning_other_follow_up()

    # What would happen ------------------------------------------------------------------

    @api.depends(
        *("policy_id", "cut_off_date", "older_items", "cut_off_level_id", "include_opening"),
        *("calls_a_day", "daily_limit", "needs_release"),
    )
    @api.depends_context("uid", "lang", "l2c_today")
    def _compute_plan(self):
        """What the first run would find on each side of the cut-off date, what it would make, and what it would ask
        of people."""
        self.policy_id.check_access("write")
        for wizard in self:
            wizard.plan = wizard.policy_id and self.env["ir.qweb"]._render(
                "lead_to_cash.dunning_go_live_plan", wizard._plan_values()
            )

    def _plan_values(self):
        company = self.company_id
        sides, notices = self._looked_ahead()
        notices = self._within_limit(notices)
        return {
            "sides": [side for side in (self._side(sides, is_old) for is_old in (True, False)) if side],
            "rows": self._rows(notices),
            "count": len(notices),
            "notices": self._notices_text(notices),
            "total": self._amounts(notices),
            "calls": self._calls(notices),
            "looks": len(notices) if self.needs_release else 0,
            "company": company,
        }

    def _looked_ahead(self):
        """(what is open by side and level, the notices of the first run) as if the policy ran as the dialog says. The
        database is asked, and what was written for it is taken back."""
        self.env.flush_all()
        policy, company = self.policy_id._origin, self.company_id._origin
        as_if = Own((policy.id,))
        # The engine's tables are not for readers to write; all of it is taken back.
        runs_sudo = self.env["dunning.run"].sudo().with_company(company).with_context(l2c_as_if_running=as_if)
        there = runs_sudo.env["res.company"].browse(company.id)
        # As the engine reads them.
        opening = self.env["account.move.line"].sudo().search(company._dunning_opening_domain()).ids
        level = self.cut_off_level_id._origin.id if self.older_items == "level" else False
        values = (self.cut_off_date, self.cut_off_date and level, opening if self.include_opening else ())
        question = there._dunning_question()
        with self.env.cr.savepoint(flush=False) as savepoint:
            self.env.cr.execute(engine.as_if(policy.id, *values))
            runs_sudo._remember(question)
            self.env.cr.execute(run_engine.list_items(question))
            sides = self.env.execute_query_dict(engine.sides(policy.id, self.cut_off_date, question.rate))
            notices = self.env.execute_query_dict(run_engine.planned_notices())
            savepoint.rollback()
        of_policy = set(policy.level_ids.ids)
        return sides, [row for row in notices if row["level_id"] in of_policy]

    def _within_limit(self, notices):
        """Of the planned notices, those of the first day: who owes most comes first."""
        if not self.daily_limit:
            return notices
        return sorted(notices, key=lambda row: -row["amount"])[: self.daily_limit]

    def _side(self, rows, is_old):
        """What is open on a side of the cut-off date: all of it, and what is reminded at once, by level."""
        levels = self.env["dunning.level"]
        rows = [row for row in rows if row["is_old"] == is_old]
        if not rows:
            return None
        channels = dict(levels._fields["channel"]._description_selection(self.env))
        all_of_it = next(row for row in rows if not row["level_id"])
        title = self.env._("Open")
        if self.cut_off_date:
            day = format_date(self.env, self.cut_off_date)
            title = self.env._("Due before %s", day) if is_old else self.env._("Due from %s on", day)
        return {
            "title": title,
            "all": self._told(all_of_it),
            "levels": [
                {"name": level.name, "channel": channels[level.channel], **self._told(row)}
                for row in rows
                if (level := levels.browse(row["level_id"]))
            ],
        }

    def _told(self, row):
        amount = format_amount(self.env, row["amount"] or 0, self.currency_id)
        return {"items": row["items"], "customers": row["customers"], "amount": amount}

    def _calls(self, notices):
        """What the calls ask of people, in a sentence; nothing without calls."""
        levels = self.env["dunning.level"]
        called = [row for row in notices if levels.browse(row["level_id"]).channel == "call"]
        partners = self.env["res.partner"].with_company(self.company_id)
        callers = Counter(
            (partners.browse(row["partner_id"]).collector_id or self.policy_id.user_id).id for row in called
        )
        days = max((engine.days_needed(count, self.calls_a_day) for count in callers.values()), default=0)
        numbers = {"count": len(called), "people": len(callers), "most": self.calls_a_day, "days": days}
        if called and self.calls_a_day:
            return self.env._(
                "Calls, who owes most first: %(count)s; people who make them: %(people)s, at most %(most)s a day each; "
                "working days: %(days)s.",
                **numbers,
            )
        return called and self.env._("Calls, all at once: %(count)s; people who make them: %(people)s.", **numbers)

    # Doing it --------------------------------------------------------------------------

    def action_go_live(self):
        """Write the settings, start the policy, and show what it will do."""
        self.ensure_one()
        self.check_access("write")
        self.policy_id.check_access("write")
        if self.cut_off_date and self.older_items == "level" and not self.cut_off_level_id:
            raise UserError(self.env._("Choose the level that older items have reached, or leave them to people."))
        # Collections managers need not administer companies; these are settings of dunning.
        self.company_id.sudo().write(self._prepare_company_values())
        self.policy_id.write(self._prepare_policy_values())
        if self.include_opening:
            self.env["account.move.line"].search(self.company_id._dunning_opening_domain()).no_followup = False
        self.policy_id.action_start()
        return self.policy_id.action_preview()

    def _prepare_company_values(self):
        return {
            "dunning_daily_limit": self.daily_limit,
            "dunning_calls_a_day": self.calls_a_day,
            "dunning_awaits_release": self.needs_release,
            "dunning_rehearsal_user_id": self.needs_release and self.rehearsal_user_id.id,
        }

    def _prepare_policy_values(self):
        by_level = self.cut_off_date and self.older_items == "level"
        return {
            "start_date": self.start_date,
            "cut_off_date": self.cut_off_date,
            "cut_off_level_id": self.cut_off_level_id.id if by_level else False,
        }
