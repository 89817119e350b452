from odoo import models
from odoo.tools import SQL

from ..engine.handling import OPEN_ROLES, Rule, role_array


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["handling.mixin", "crm.lead"]

    def _handling_rule(self):
        return Rule(
            SQL(
                "CASE d.won_status WHEN 'won' THEN %s WHEN 'lost' THEN %s ELSE %s END",
                role_array("won", "dormant"),
                role_array("lost"),
                role_array(*OPEN_ROLES),
            )
        )

    def _handling_triggers(self):
        return {"active", "probability", "stage_id"}
