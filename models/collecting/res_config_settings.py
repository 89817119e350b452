from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    watch_silent_mails = fields.Integer(related="company_id.watch_silent_mails", readonly=False)
    watch_habit_days = fields.Integer(related="company_id.watch_habit_days", readonly=False)
    hold_sales_disputed = fields.Boolean(related="company_id.hold_sales_disputed", readonly=False)
    hold_sales_promised = fields.Boolean(related="company_id.hold_sales_promised", readonly=False)
    watch_chronic_days = fields.Integer(related="company_id.watch_chronic_days", readonly=False)
    watch_broken_promises = fields.Integer(related="company_id.watch_broken_promises", readonly=False)
    watch_again_days = fields.Integer(related="company_id.watch_again_days", readonly=False)
    late_deposit_percent = fields.Float(related="company_id.late_deposit_percent", readonly=False)
    late_payment_term_id = fields.Many2one(related="company_id.late_payment_term_id", readonly=False)
    late_proposal_days = fields.Integer(related="company_id.late_proposal_days", readonly=False)
    hold_sales_grade = fields.Selection(related="company_id.hold_sales_grade", readonly=False)
    leak_order_days = fields.Integer(related="company_id.leak_order_days", readonly=False)
    leak_draft_days = fields.Integer(related="company_id.leak_draft_days", readonly=False)
    leak_unsent_days = fields.Integer(related="company_id.leak_unsent_days", readonly=False)
