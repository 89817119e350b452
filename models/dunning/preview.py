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
    escalates = fields.Boolean("Would Go Out", readonly=True)

    # What the engine reads, and nothing but a row's own fields; what is booked is flushed with its documents.
    _depends = {
        "account.account": ["account_type"],
        "account.move": [
            *("amount_total", "amount_untaxed", "closure_reason_id", "commercial_partner_id", "dunning_paused_until"),
            *(
                "invoice_date",
                "matched_payment_ids",
                "move_type",
                "partner_id",
                "sent_date",
                "state",
                "transaction_ids",
            ),
        ],
        "account.move.line": [
            *("account_id", "amount_currency", "amount_residual", "amount_residual_currency", "balance", "company_id"),
            *(
                "currency_id",
                "date",
                "date_maturity",
                "discount_date",
                "move_id",
                "no_followup",
                "parent_state",
                "partner_id",
            ),
            *("payment_id", "payment_returned_date", "reconciled", "statement_line_id", "under_way"),
            *("under_way_currency", "sale_line_ids", "disputed_currency"),
        ],
        "account.bank.statement.line": ["amount", "is_reconciled", "move_id", "partner_id"],
        "account.partial.reconcile": ["amount", "credit_move_id", "debit_move_id"],
        "account.payment": [
            *(
                "amount",
                "company_id",
                "currency_id",
                "date",
                "is_tax_withheld",
                "move_id",
                "partner_id",
                "partner_type",
            ),
            *("payment_transaction_id", "payment_type", "state"),
        ],
        "payment.transaction": [
            *("amount", "awaited_until", "company_id", "currency_id", "is_post_processed", "operation", "partner_id"),
            *("payment_id", "source_transaction_id", "state", "sale_order_ids"),
        ],
        "sale.order.line": ["order_id"],
        "dunning.policy": [
            *("catch_up", "cut_off_date", "cut_off_level_id", "grace_days", "minimum_balance", "minimum_days_between"),
            *("net_position", "repeat_days", "repetitions"),
        ],
        "dunning.level": [
            *("channel", "delay_days", "delay_from", "policy_id", "requires_sent", "sequence", "skip_trusted"),
        ],
        "dunning.notice": [
            *("channel", "company_id", "currency_id", "date", "level_id", "partner_id", "replied_until", "sent_on"),
            "state",
        ],
        "dunning.notice.line": ["level_id", "move_line_id", "notice_id", "notice_state", "repetition"],
        "mail.mail": ["dunning_came_back", "dunning_notice_id", "state"],
        "dunning.promise": ["broken_date", "company_id", "date", "move_line_ids", "state"],
        "dunning.dispute": ["company_id", "move_line_ids", "revisit_date", "state"],
        "payment.charge": ["date", "move_line_id", "promise_id", "state"],
        "res.company": ["dunning_paused_until", "partner_id"],
        "res.currency": ["active"],
        "res.currency.rate": ["company_id", "currency_id", "name", "rate"],
        "res.partner": [
            *("active", "collection_state", "commercial_partner_id", "company_id", "dunning_hold_until", "email"),
            *("dunning_policy_id", "email_normalized", "is_payment_contact", "is_wrong_addressee", "parent_id", "type"),
            *("payment_days", "trust", "withholding_rate"),
        ],
    }

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

    def _goes_out(self):
        return self.escalates

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
        """“Items below the minimum: 3. Not sent yet: 2.”, and the way to them."""
        counts = dict(self._read_group([("code", "in", SMALL)], ["code"], ["__count"]))
        if not counts:
            return []
        text = self.env._(
            "Items below the minimum: %(small)s. Not sent yet: %(unsent)s.",
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
