from datetime import date, datetime, time

from odoo import models

from ...engine.handling.contact import CONTACTS, misses_in_a_row

#: Tries in a row without an answer after which somebody who was asked again is left alone until the next time.
TRIES_AGAIN = 3


class CrmLead(models.Model):
    """A closed lead that is asked again stands on the call list: who answers is in work again, who doesn't is
    tried a few times more."""

    _inherit = "crm.lead"

    def _is_asked_again(self):
        closed = self.closure_date and self.closure_date.date()
        return bool(
            self.handling_role == "lost" and self.reengaged_date and self.reengaged_date >= (closed or date.min)
        )

    def _is_called(self):
        return super()._is_called() or self._is_asked_again()

    def _handling_event(self, event):
        """Who is spoken to after all is open again."""
        if event in CONTACTS and (asked := self.filtered(lambda lead: lead._is_asked_again())):
            asked._drop_automated_activities()
            asked.action_reopen()
        return super()._handling_event(event)

    def _after_misses(self):
        """The next try is on the next working day; after some, none."""
        asked = self.filtered(lambda lead: lead._is_asked_again())
        for lead in asked:
            since = datetime.combine(lead.reengaged_date, time())
            attempts = lead.contact_attempt_ids.sorted(lambda row: (row.date, row.id))
            if misses_in_a_row([(row.date, row.outcome) for row in attempts], since) >= TRIES_AGAIN:
                lead._drop_automated_activities()
            else:
                lead._plan_activity(
                    lead._by_working_day(1).popitem()[0], lambda lead: lead.env._("Ask again"), replace=True
                )
        return super(CrmLead, self - asked)._after_misses()
