from odoo import api, fields, models

from ...engine.dunning.deciding import CODES
from .res_partner import BOOKKEEPERS


class AccountMoveLine(models.Model):
    _name = "account.move.line"
    _inherit = ["account.move.line", "collector.mine.mixin"]

    decided_code = fields.Selection(CODES, "Decision", compute="_compute_decided", groups=BOOKKEEPERS)
    decided_level_id = fields.Many2one("dunning.level", "Level", compute="_compute_decided", groups=BOOKKEEPERS)
    decided_next_date = fields.Date("Next Step on", compute="_compute_decided", groups=BOOKKEEPERS)
    decided_sentence = fields.Char("Why", compute="_compute_decided", groups=BOOKKEEPERS)

    @api.depends_context("lang", "l2c_today")
    def _compute_decided(self):
        """What would be decided now about each item: as the preview says, of the items' customers alone."""
        decisions = {}
        for company, items in self.filtered("company_id").grouped("company_id").items():
            customers = items.partner_id.commercial_partner_id._origin
            decisions |= self.env["dunning.decision"].with_company(company)._now_about(company, customers)
        for item in self:
            decision = decisions.get(item._origin)
            item.decided_code = decision and decision.code
            item.decided_level_id = decision and decision.level_id
            item.decided_next_date = decision and decision.next_date
            item.decided_sentence = decision and decision.sentence

    def action_pause(self):
        """Pause the documents of these items until a day."""
        self.check_access("read")
        return self.move_id.action_pause()
