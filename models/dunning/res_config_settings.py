from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    response_goal_minutes = fields.Integer(related="company_id.response_goal_minutes", readonly=False)
    quotation_warning_days = fields.Integer(related="company_id.quotation_warning_days", readonly=False)
    warns_customers_of_expiry = fields.Boolean(related="company_id.warns_customers_of_expiry", readonly=False)
    quotation_reminder_days = fields.Integer(related="company_id.quotation_reminder_days", readonly=False)
    calls_per_day = fields.Integer(related="company_id.calls_per_day", readonly=False)
    calls_per_week = fields.Integer(related="company_id.calls_per_week", readonly=False)
    do_not_call_days = fields.Integer(related="company_id.do_not_call_days", readonly=False)
    undo_minutes = fields.Integer(related="company_id.undo_minutes", readonly=False)
    hours_between_tries = fields.Integer(related="company_id.hours_between_tries", readonly=False)
    asks_for_referrals = fields.Boolean(related="company_id.asks_for_referrals", readonly=False)
    keep_in_touch_days = fields.Integer(related="company_id.keep_in_touch_days", readonly=False)
    asked_again_per_day = fields.Integer(related="company_id.asked_again_per_day", readonly=False)
    customer_inactive_months = fields.Integer(related="company_id.customer_inactive_months", readonly=False)
    dunning_policy_id = fields.Many2one(related="company_id.dunning_policy_id", readonly=False)
    dunning_calendar_id = fields.Many2one(related="company_id.dunning_calendar_id", readonly=False)
    dunning_hour_from = fields.Float(related="company_id.dunning_hour_from", readonly=False)
    dunning_hour_to = fields.Float(related="company_id.dunning_hour_to", readonly=False)
    dunning_reply_hold_days = fields.Integer(related="company_id.dunning_reply_hold_days", readonly=False)
    dunning_bank_freshness_days = fields.Integer(related="company_id.dunning_bank_freshness_days", readonly=False)
    insolvency_claim_days = fields.Integer(related="company_id.insolvency_claim_days", readonly=False)
    dunning_books_email = fields.Char(related="company_id.dunning_books_email", readonly=False)
    dunning_calls_a_day = fields.Integer(related="company_id.dunning_calls_a_day", readonly=False)
    dunning_daily_limit = fields.Integer(related="company_id.dunning_daily_limit", readonly=False)

    write_off_account_id = fields.Many2one(related="company_id.write_off_account_id", readonly=False)
    write_off_limit_user = fields.Monetary(related="company_id.write_off_limit_user", readonly=False)
    write_off_limit_manager = fields.Monetary(related="company_id.write_off_limit_manager", readonly=False)
    charges_saved_cards = fields.Boolean(related="company_id.charges_saved_cards", readonly=False)
    charge_notice_days = fields.Integer(related="company_id.charge_notice_days", readonly=False)
    write_off_window_days = fields.Integer(related="company_id.write_off_window_days", readonly=False)
    promise_broken_action_id = fields.Many2one(
        related="company_id.promise_broken_action_id", readonly=False, groups="base.group_system"
    )
    answer_received_action_id = fields.Many2one(
        related="company_id.answer_received_action_id", readonly=False, groups="base.group_system"
    )

    keep_attempts_months = fields.Integer(related="company_id.keep_attempts_months", readonly=False)
    keep_answers_months = fields.Integer(related="company_id.keep_answers_months", readonly=False)
    keep_notices_years = fields.Integer(related="company_id.keep_notices_years", readonly=False)
    is_deletion_confirmed = fields.Boolean(related="company_id.is_deletion_confirmed")

    def action_handling_statuses(self):
        """Open the scheme of statuses."""
        self.check_access("write")
        return self.env["ir.actions.act_window"]._for_xml_id("lead_to_cash.handling_status_action")
