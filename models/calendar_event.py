from odoo import api, models


class CalendarEvent(models.Model):
    """A meeting about a lead puts it in progress."""

    _inherit = "calendar.event"

    @api.model_create_multi
    def create(self, vals_list):
        events = super().create(vals_list)
        # Who plans the meeting need not be the lead's salesperson.
        events.opportunity_id.sudo()._handling_event("meeting")
        return events
