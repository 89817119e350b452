from odoo import api, models

from ...engine.dunning.replies import is_automatic
from ...engine.handling.own import Own


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        """The records learn whether a person wrote: the headers are known only here."""
        thread = self.with_context(l2c_automatic_mail=Own(is_automatic(message)))
        return super(MailThread, thread)._message_route_process(message, message_dict, routes)
