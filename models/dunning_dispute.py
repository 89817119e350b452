from odoo import api, fields, models
from odoo.exceptions import ValidationError


class DunningDispute(models.Model):
    """A customer's objection to items: they aren't reminded of until it is resolved."""

    _name = "dunning.dispute"
    _description = "Dispute"
    _order = "revisit_date, id desc"
    _rec_name = "reason"
    _check_company_auto = True

    partner_id = fields.Many2one("res.partner", "Customer", required=True, index=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    move_line_ids = fields.Many2many(
        "account.move.line", "dunning_dispute_line_rel", "dispute_id", "move_line_id", "Items", required=True
    )
    reason = fields.Char(required=True)
    note = fields.Text()
    user_id = fields.Many2one("res.users", "Responsible", default=lambda self: self.env.user)
    revisit_date = fields.Date("Revisit on")
    state = fields.Selection([("open", "Open"), ("resolved", "Resolved")], required=True, default="open", readonly=True)

    # Serves the deciding statement: the open disputes of a company.
    _open_idx = models.Index("(company_id) WHERE state = 'open'")

    @api.constrains("partner_id", "move_line_ids")
    def _check_items(self):
        for dispute in self:
            if dispute.move_line_ids.partner_id.commercial_partner_id - dispute.partner_id:
                raise ValidationError(
                    self.env._(
                        "The dispute of %(name)s holds items of another customer. Remove them.",
                        name=dispute.partner_id.name,
                    )
                )
            if dispute.state == "open" and any(line.reconciled for line in dispute.move_line_ids):
                raise ValidationError(self.env._("A paid item can't be disputed. Remove it."))

    def action_resolve(self):
        self.state = "resolved"

    def action_reopen(self):
        self.state = "open"
