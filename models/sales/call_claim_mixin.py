from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL, format_time

from ...engine.sales.call_list import CLAIM_MINUTES

CLAIM_FIELDS = ["claimed_by_id", "claimed_until"]


class CallClaimMixin(models.AbstractModel):
    """Who is calling, so that two don't call the same one at once."""

    _name = "call.claim.mixin"
    _inherit = ["l2c.real.records.mixin"]
    _description = "Taken for a Call"

    claimed_by_id = fields.Many2one("res.users", "Taken by", copy=False, readonly=True, groups="base.group_user")
    claimed_until = fields.Datetime("Taken until", copy=False, readonly=True, groups="base.group_user")

    def _claim(self):
        """Take the record for some minutes; whether nobody else has it. Written by SQL: it is no
        change of the record."""
        now = self.env["res.company"]._now()
        self.flush_recordset(CLAIM_FIELDS)
        if not self.try_lock_for_update(allow_referencing=True):
            return False
        taken = self.env.execute_query(
            SQL(
                """UPDATE %(table)s SET claimed_by_id = %(user)s, claimed_until = %(until)s
                    WHERE id = %(id)s
                      AND (claimed_by_id = %(user)s OR (claimed_until > %(now)s) IS NOT TRUE)
                RETURNING id""",
                table=SQL.identifier(self._table),
                id=self.id,
                user=self.env.uid,
                now=now,
                until=now + timedelta(minutes=CLAIM_MINUTES),
            )
        )
        self.invalidate_recordset(CLAIM_FIELDS, flush=False)
        return bool(taken)

    def _claim_refusal(self):
        """Who has the record, as far as it is known yet."""
        name = self.display_name
        if not self.claimed_until or self.claimed_until <= self.env["res.company"]._now():
            return self.env._("Somebody else is taking %s right now.", name)
        return self.env._(
            "%(user)s has taken %(name)s until %(time)s.",
            user=self.claimed_by_id.sudo().name,  # a colleague's name is no secret
            name=name,
            time=format_time(self.env, self.claimed_until, time_format="short"),
        )
