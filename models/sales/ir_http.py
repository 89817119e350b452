from odoo import models


class IrHttp(models.AbstractModel):
    """The browser knows whether its user sells: only then it counts enquiries."""

    _inherit = "ir.http"

    def session_info(self):
        info = super().session_info()
        if self.env.user.has_group("sales_team.group_sale_salesman"):
            info["l2c_sells"] = True
        return info
