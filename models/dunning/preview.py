from odoo import api, fields, models
from odoo.tools import SQL, format_amount

from ...engine.dunning.deciding import CODES, decide
from ...engine.handling.own import Own
from .level import NOTICE_CHANNELS

#: Decisions about what isn't worth a reminder, or isn't known to the customer.
SMALL = ("below_minimum", "unsent")


class DunningPreview(models.Model):
    """Every open item with what happens to it today and why: the engine, without writing."""

    _name = "dunning.preview"
    _inherit = ["dunning.explained.mixin", "dunning.banner.mixin"]
    _description = "Dunning Preview"
    _auto = False
    _order = "partner_id, due, id"
    _rec_name = "move_id"

    company_id = fields.Many2one("res.company", readonly=True)
    move_id = fields.Many2one("account.move", "Document", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    residual = fields.Monetary("Open Balance", readonly=True)
    due = fields.Date("Due Date", readonly=True)
    code = fields.Selection(CODES, "Decision", readonly=True)
    policy_id = fields.Many2one("dunning.policy", readonly=True)
    level_id = fields.Many2one("dunning.level", readonly=True)
    channel = fields.Selection(NOTICE_CHANNELS, readonly=True)
    next_date = fields.Date("Next Step on", readonly=True)
    promise_id = fields.Many2one("dunning.promise", readonly=True)
    dispute_id = fields.Many2one("dunning.dispute", readonly=True)
    escalates = fields.Boolean("Goes Out", readonly=True)

    @property
    def _table_query(self):
        as_if = Own(tuple(self.env["dunning.policy"]._as_if_running().ids))
        companies = self.env.companies.with_context(**{**self.env.context, "l2c_as_if_running": as_if})
        parts = [
            SQL("SELECT %s AS company_id, answer.* FROM (%s) answer", company.id, decide(company._dunning_question()))
            for company in companies
        ]
        return SQL(
            "SELECT answers.*, v.channel FROM (%s) answers LEFT JOIN dunning_level v ON v.id = answers.level_id",
            SQL(" UNION ALL ").join(parts),
        )

    def _explained(self):
        return self.promise_id, self.dispute_id

    def _item(self):
        return self.env["account.move.line"].browse(self.id).with_prefetch(self._prefetch_ids)

    def action_pause(self):
        """Pause these documents until a day."""
        self.check_access("read")
        return self.move_id.action_pause()

    @api.model
    def get_dunning_banners(self):
        self.browse().check_access("read")
        may_include = self.env["account.move.line"].has_access("write")
        opening = [
            {
                "kind": "info",
                "text": self.env._(
                    "Open items of miscellaneous entries (opening balances) that are not reminded of: %(count)s, %(amount)s",
                    count=len(items),
                    amount=format_amount(self.env, sum(items.mapped("amount_residual")), company.currency_id),
                ),
                "action": may_include and "action_include_opening_balances",
                "label": self.env._("Include"),
            }
            for company in self.env.companies
            if (items := self.env["account.move.line"].search(company._dunning_opening_domain()).filtered("debit"))
        ]
        return super().get_dunning_banners() + self._small_banner() + opening

    @api.model
    def _small_banner(self):
        """“3 items below the minimum, 2 not sent yet”, and the way to them."""
        counts = dict(self._read_group([("code", "in", SMALL)], ["code"], ["__count"]))
        if not counts:
            return []
        text = self.env._(
            "%(small)s items below the minimum, %(unsent)s not sent yet",
            small=counts.get("below_minimum", 0),
            unsent=counts.get("unsent", 0),
        )
        return [{"kind": "info", "text": text, "action": "action_open_small", "label": self.env._("Show")}]

    @api.model
    def action_open_small(self):
        """The items below the minimum, and those not sent yet."""
        self.browse().check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("lead_to_cash.dunning_preview_action")
        kept = {name: value for name, value in self.env.context.items() if name == "l2c_as_if_running"}
        return action | {"domain": [("code", "in", SMALL)], "context": {**kept, "search_default_group_code": 1}}

    @api.model
    def action_include_opening_balances(self):
        """Remind of the open items of miscellaneous entries like of invoices."""
        self.env["account.move.line"].check_access("write")
        domain = self.env.companies._dunning_opening_domain()
        self.env["account.move.line"].search(domain).no_followup = False
