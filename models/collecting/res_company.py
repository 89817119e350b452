from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...engine.collecting.watch import Watch


class ResCompany(models.Model):
    """When customers are watched, and which debts hold their orders."""

    _inherit = "res.company"

    watch_silent_mails = fields.Integer(
        "E-mails without Reply",
        default=3,
        help="So many in a row put a customer on the watch list. 0: never.",
        groups="base.group_user",
    )
    watch_habit_days = fields.Integer(
        "Days Later than Usual",
        default=14,
        help="Later than the customer's usual delay by so many days puts it on the watch list. 0: never.",
        groups="base.group_user",
    )

    hold_sales_disputed = fields.Boolean(
        "Disputed Debts Hold Orders",
        help="Else an order isn't held for a debt with an open dispute.",
        groups="base.group_user",
        audited=True,
    )
    hold_sales_promised = fields.Boolean(
        "Promised Debts Hold Orders",
        help="Else an order isn't held for a debt that the customer has promised to pay, until that promise is broken.",
        groups="base.group_user",
        audited=True,
    )

    @api.constrains("watch_silent_mails", "watch_habit_days")
    def _check_watch_numbers(self):
        for company in self:
            if company.watch_silent_mails < 0 or company.watch_habit_days < 0:
                raise ValidationError(self.env._("Limits of the watch list can't be negative; 0 switches one off."))

    def _watch_question(self):
        """What the engine of the watch list is asked for this company, as of today."""
        partner = self.env["res.partner"].with_company(self)
        return Watch(
            company_id=self.id,
            today=self._today(),
            zone=self._zone(),
            tries_since=self._kept_since("keep_attempts_months"),
            silent_mails=self.watch_silent_mails,
            habit_margin=self.watch_habit_days,
            rating=partner._field_to_sql("cp", "external_rating"),
            rating_source=partner._field_to_sql("cp", "external_rating_source"),
            rating_date=partner._field_to_sql("cp", "external_rating_date"),
        )
