from odoo import models
from odoo.tools import SQL

from ..engine.handling import Rule, role_array


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["handling.mixin", "sale.order"]

    def _handling_rule(self):
        return Rule(
            SQL(
                """CASE WHEN d.state = 'sale' THEN %(won)s
                        WHEN d.state = 'cancel' THEN %(lost)s
                        WHEN d.validity_date < %(today)s THEN %(expired)s
                        WHEN d.state = 'sent' THEN %(sent)s
                        ELSE %(draft)s
                   END""",
                won=role_array("won"),
                lost=role_array("lost"),
                today=self._today(),
                expired=role_array("dormant"),
                sent=role_array("contacted", "no_answer", "in_progress"),
                draft=role_array("new", "no_answer", "in_progress"),
            )
        )

    def _handling_triggers(self):
        return {"state", "validity_date"}

    def _handling_timed_sql(self):
        return SQL("d.state IN ('draft', 'sent') AND d.handling_role != 'dormant'")
