from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    _inherit = "res.company"

    ageing_days_1 = fields.Integer(
        "Ageing: First Column until", default=30, help="Days past due.", groups="base.group_user"
    )
    ageing_days_2 = fields.Integer(
        "Ageing: Second Column until", default=60, help="Days past due.", groups="base.group_user"
    )
    ageing_days_3 = fields.Integer(
        "Ageing: Third Column until", default=90, help="Days past due.", groups="base.group_user"
    )

    @api.constrains("ageing_days_1", "ageing_days_2", "ageing_days_3")
    def _check_ageing_days(self):
        for company in self:
            first, second, third = company._ageing_limits()
            if not 0 < first < second < third:
                raise ValidationError(
                    self.env._("The columns of the ageing need rising numbers of days, like 30, 60 and 90.")
                )

    def _ageing_limits(self):
        """The last day past due of each column but the last."""
        return self.ageing_days_1, self.ageing_days_2, self.ageing_days_3
