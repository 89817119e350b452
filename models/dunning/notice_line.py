from odoo import fields, models

from .notice import STATES


class DunningNoticeLine(models.Model):
    """An item on a notice; with a level where the notice raised it to that."""

    _name = "dunning.notice.line"
    _inherit = ["l2c.protected.mixin"]
    _description = "Dunning Notice Line"
    _order = "notice_id, id"
    _rec_name = "move_line_id"
    _log_access = False  # written by runs, which say when and whose they are
    _written_by = "a dunning run"

    notice_id = fields.Many2one("dunning.notice", required=True, ondelete="cascade", index=True)
    move_line_id = fields.Many2one("account.move.line", "Item", required=True, ondelete="cascade", index=True)
    move_id = fields.Many2one(related="move_line_id.move_id", string="Document")
    date_maturity = fields.Date(related="move_line_id.date_maturity")
    currency_id = fields.Many2one(related="notice_id.currency_id")
    level_id = fields.Many2one("dunning.level", ondelete="restrict")
    amount_residual = fields.Monetary("Open Balance")
    days_overdue = fields.Integer()
    repetition = fields.Integer(
        required=True, help="How often the level had been reached before: a last one can be repeated."
    )
    is_also_due = fields.Boolean("Also Due", help="Listed only: it has not come as far as the notice.")
    notice_state = fields.Selection(STATES, readonly=True)

    # No item is raised to the same level twice, whoever tries and however often.
    _level_uniq = models.UniqueIndex(
        "(move_line_id, level_id, repetition) WHERE level_id IS NOT NULL AND notice_state != 'cancelled'",
        "An item is raised to a level once.",
    )
