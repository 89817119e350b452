from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: Minutes that a goal may have at most.
LONGEST_GOAL = 24 * 60


class ResCompany(models.Model):
    _inherit = "res.company"

    customer_inactive_months = fields.Integer(
        "Inactive after",
        default=12,
        help="Months without an order, after which a customer is inactive. 0: never.",
        groups="base.group_user",
    )

    keep_in_touch_days = fields.Integer(
        "Keep in Touch after",
        default=90,
        help="Days without a conversation, an order or an invoice, after which a customer is on the call list of its "
        "salesperson. 0: never.",
        groups="base.group_user",
    )
    asked_again_per_day = fields.Integer(
        "Closed Leads a Day",
        default=20,
        help="Closed leads that come back to the call list of each salesperson on one day; the others follow on the next "
        "days, the oldest first. 0: all at once.",
        groups="base.group_user",
    )
    asks_for_referrals = fields.Boolean(
        help="Plan a call with content customers who have agreed to be addressed: whom do they know?",
        groups="base.group_user",
    )

    do_not_call_days = fields.Integer(
        "Do-not-call Check Valid for",
        help="Days. Before calling, a number is looked up again. 0: never.",
        groups="base.group_user",
    )

    response_goal_minutes = fields.Integer(
        "New Enquiries Called within",
        default=10,
        help="Minutes of opening hours. 0: there is no goal.",
        groups="base.group_user",
    )

    @api.constrains("response_goal_minutes")
    def _check_response_goal_minutes(self):
        for company in self:
            if not 0 <= company.response_goal_minutes <= LONGEST_GOAL:
                raise ValidationError(
                    self.env._(
                        "New enquiries are called within a number of minutes, at most a day's. 0: there is no goal."
                    )
                )

    quotation_warning_days = fields.Integer(
        "Warn of Expiry",
        default=5,
        help="Days before a quotation's validity ends, its salesperson is told. 0: never.",
        groups="base.group_user",
    )
    warns_customers_of_expiry = fields.Boolean(
        help="The customer gets an e-mail on the same day, where nothing is against it and no answer has come.",
        groups="base.group_user",
    )
    quotation_reminder_days = fields.Integer(
        "Remind Customers after",
        help="Working days after a quotation was sent, a customer who has not answered gets an e-mail. 0: never.",
        groups="base.group_user",
    )

    invoices_at_once = fields.Boolean(
        "Invoice at Once",
        help="Orders that are confirmed from then on are invoiced by themselves, as soon as there is something to invoice.",
        groups="base.group_user",
    )

    proforma_before_days = fields.Integer(
        "Before They Are Due",
        help="Days before the day on which a pro-forma is to be paid, its customer is reminded. 0: not before.",
        groups="base.group_user",
    )
    proforma_first_days = fields.Integer(
        "First Reminder after",
        default=3,
        help="Days after that day. 0: on the day after it.",
        groups="base.group_user",
    )
    proforma_every_days = fields.Integer(
        "Then Every", default=7, help="Days between two reminders.", groups="base.group_user"
    )
    proforma_most = fields.Integer(
        "Most Reminders",
        default=3,
        help="After the last one, the salesperson has a task. 0: none.",
        groups="base.group_user",
    )
    planned_invoice_days = fields.Integer(
        "Announce Invoices",
        help="Days before a planned invoice, customers who want it are told. 0: never.",
        groups="base.group_user",
    )

    @api.constrains(
        *("proforma_before_days", "proforma_first_days", "proforma_every_days", "proforma_most"),
        "planned_invoice_days",
    )
    def _check_proforma_numbers(self):
        for company in self:
            numbers = company.proforma_before_days, company.proforma_first_days, company.proforma_most
            if min(*numbers, company.planned_invoice_days) < 0 or company.proforma_every_days < 1:
                raise ValidationError(
                    self.env._("Days of reminders can't be negative, and between two there is a day at least.")
                )

    calls_per_day = fields.Integer(
        help="Attempts that each salesperson makes on a day. 0: no goal.", groups="base.group_user"
    )
    calls_per_week = fields.Integer(help="Attempts that each makes in a week. 0: no goal.", groups="base.group_user")

    @api.constrains(
        *("quotation_warning_days", "quotation_reminder_days", "calls_per_day", "calls_per_week"),
        *("keep_in_touch_days", "asked_again_per_day"),
    )
    def _check_sales_numbers(self):
        for company in self:
            numbers = company.quotation_warning_days, company.quotation_reminder_days, company.keep_in_touch_days
            numbers += company.calls_per_day, company.calls_per_week, company.asked_again_per_day
            if min(numbers) < 0:
                raise ValidationError(self.env._("Days and goals of sales can't be negative; 0 switches one off."))
