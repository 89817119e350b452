from odoo import models
from odoo.tools import SQL


class CollectionCase(models.Model):
    """Customers who are merged are with one lawyer or agency at a time: one case goes on."""

    _inherit = "collection.case"

    def _merge_open(self, first):
        """Of these open cases of one customer and company one goes on: that about an insolvency, else one of
        ``first``, else the oldest. Those with the same lawyer or agency become a part of it, the others are taken back,
        and who was responsible for them is told so."""
        ranked = self.sorted(lambda case: (case.kind != "insolvency", case not in first, case.date, case.id))
        stays, others = ranked[:1], ranked[1:]
        for other in others:
            if (other.kind, other.contact_id) == (stays.kind, stays.contact_id):
                stays._take_over(other)
            else:
                other._give_way_to(stays)

    def _take_over(self, other):
        """What the other case was about belongs to this one; what it was worth counts once."""
        self.date = min(self.date, other.date)
        self.amount_handed += other.amount_handed
        other.fee_ids.case_id = self
        other._set_state("closed", amount_handed=0, amount_recovered=0)
        self.env.flush_all()
        # What is paid of it meanwhile stays, too: nothing is checked anew.
        self.env.cr.execute(
            SQL(
                """INSERT INTO collection_case_line_rel (case_id, move_line_id)
                   SELECT %s, move_line_id FROM collection_case_line_rel WHERE case_id = %s ON CONFLICT DO NOTHING""",
                self.id,
                other.id,
            )
        )
        self.invalidate_recordset(["move_line_ids"])
        self._money_moved()
        other.message_post(body=self.env._("The customers were merged: it goes on as a part of %s.", self.display_name))
        self.message_post(body=self.env._("The customers were merged: the other's case is a part of this one."))

    def _give_way_to(self, stays):
        """Another one goes on; somebody has to tell the lawyer or agency of this one."""
        self._set_state("returned")
        self.message_post(
            body=self.env._(
                "The customers were merged, and the case %s goes on: this one was taken back.", stays.display_name
            )
        )
        user = self.user_id or self.env.user
        there = user._reading(self)
        there.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=self._today(),
            summary=there.env._("Tell %s that the case is over", there.contact_id.name or there.display_name),
            note=there.env._("The customer was merged with another, whose case goes on."),
            user_id=user.id,
        )
