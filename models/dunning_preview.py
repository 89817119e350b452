from odoo import fields, models
from odoo.tools import SQL

from ..engine.dunning import CODES, decide
from .dunning_level import CHANNELS


class DunningPreview(models.Model):
    """Every open item with what happens to it today and why: the engine, without writing."""

    _name = "dunning.preview"
    _inherit = ["dunning.explained.mixin"]
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
    channel = fields.Selection(CHANNELS, readonly=True)
    next_date = fields.Date("Next Step on", readonly=True)
    promise_id = fields.Many2one("dunning.promise", readonly=True)
    dispute_id = fields.Many2one("dunning.dispute", readonly=True)
    rises = fields.Boolean("Goes Out", readonly=True)

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

    def _explained(self):
        return self.promise_id, self.dispute_id
