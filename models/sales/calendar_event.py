from odoo import api, models


class CalendarEvent(models.Model):
    """A meeting about a lead puts it in progress."""

    _inherit = "calendar.event"

    @api.model_create_multi
    def create(self, vals_list):
        events = super().create(vals_list)
        # Who plans the meeting may see the lead; they need not be allowed to write it.
        events.opportunity_id._filtered_access("read").sudo()._handling_event("meeting")
        return events
