from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date


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
    state = fields.Selection(
        [("open", "Open"), ("kept", "Kept"), ("broken", "Broken"), ("cancelled", "Cancelled")],
        required=True,
        default="open",
        readonly=True,
    )

    # Serves the deciding statement: the open promises of a company.
    _open_idx = models.Index("(company_id) WHERE state = 'open'")

    @api.depends("partner_id", "date")
    def _compute_display_name(self):
        for promise in self:
            parts = [promise.partner_id.display_name, promise.date and format_date(self.env, promise.date)]
            promise.display_name = " · ".join(filter(None, parts))

    @api.constrains("date")
    def _check_date(self):
        for promise in self:
            if promise.state == "open" and promise.date < promise._today():
                raise ValidationError(
                    self.env._("A promise can't be for a day in the past. Choose today or a later day.")
                )

    @api.constrains("partner_id", "move_line_ids")
    def _check_items(self):
        for promise in self:
            if promise.move_line_ids.partner_id.commercial_partner_id - promise.partner_id:
                raise ValidationError(
                    self.env._(
                        "The promise of %(name)s holds items of another customer. Remove them.",
                        name=promise.partner_id.name,
                    )
                )

    def action_cancel(self):
        self.filtered(lambda promise: promise.state == "open").state = "cancelled"
