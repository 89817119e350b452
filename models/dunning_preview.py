from odoo import api, fields, models
from odoo.tools import SQL

from ..engine.dunning import CODES, decide
from .dunning_level import CHANNELS


class DunningPreview(models.Model):
    """Every open item with what happens to it today and why: the engine, without writing."""

    _name = "dunning.preview"
    _inherit = ["l2c.clock.mixin"]
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
    level_id = fields.Many2one("dunning.level", "Next Level", readonly=True)
    channel = fields.Selection(CHANNELS, readonly=True)
    next_date = fields.Date("Next Step on", readonly=True)
    promise_id = fields.Many2one("dunning.promise", readonly=True)
    dispute_id = fields.Many2one("dunning.dispute", readonly=True)
    sentence = fields.Char("Why", compute="_compute_sentence")

    @property
    def _table_query(self):
        parts = [
            SQL("SELECT %s AS company_id, answer.* FROM (%s) answer", company.id, decide(company._dunning_question()))
            for company in self.env.companies.with_context(**self.env.context)
        ]
        return SQL(
            "SELECT answers.*, v.channel FROM (%s) answers LEFT JOIN dunning_level v ON v.id = answers.level_id",
            SQL(" UNION ALL ").join(parts),
        )

    @api.depends("code", "level_id", "next_date")
    def _compute_sentence(self):
        for item in self:
            item.sentence = item._sentence()

    def _sentence(self):
        """The decision in the reader's words."""
        values = {
            "level": self.level_id.name,
            "day": self.next_date and fields.Date.to_string(self.next_date),
            "reason": self.dispute_id.reason,
        }
        sentences = {
            "reminded": self.env._("Goes out today: %(level)s.", **values),
            "not_due": self.env._("Next comes %(level)s on %(day)s.", **values)
            if self.next_date
            else self.env._("No level comes."),
            "below_minimum": self.env._("The customer owes less than the policy's minimum."),
            "excluded": self.env._("Excluded from reminders."),
            "promised": self.env._("A promise to pay holds until %(day)s.", **values),
            "disputed": self.env._("Disputed: %(reason)s.", **values),
            "on_hold": self.env._("On hold until %(day)s.", **values),
            "in_flight": self.env._("A payment is on its way."),
            "covered_by_credit": self.env._("Open credit covers it."),
            "no_address": self.env._("The customer has no e-mail address for it."),
            "no_policy": self.env._("No running policy is for this customer."),
            "insolvent": self.env._("The customer is insolvent."),
            "legal": self.env._("The customer is with the lawyer."),
            "internal": self.env._("One of our own companies."),
            "closed": self.env._("Collection is closed for this customer."),
        }
        return sentences.get(self.code, "")
