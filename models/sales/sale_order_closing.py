from odoo import models
from odoo.tools import plaintext2html

from ...engine.sales.reasons import named_in
from ..handling.next_action import ONCE


class SaleOrder(models.Model):
    """A quotation that the customer has declined."""

    _inherit = "sale.order"

    def _declined_by_customer(self, text):
        """The customer has declined on the portal's page: what was written there is the note, the reason
        that it names is the reason, and the salesperson has a task."""
        self.ensure_one()
        reason = self._reason_named_in(text) or self._unstated_reason()
        self._write_closure(reason.id or None, text, self.closure_date or self._now())
        user = self.company_id._working_salesperson(self.user_id, self.team_id)
        if not user:
            return
        theirs = user._reading(self)
        theirs.activity_schedule(
            "mail.mail_activity_data_todo",
            self._today(),
            theirs.env._("Declined by the customer"),
            note=plaintext2html(text),
            user_id=user.id,
            handling_step=ONCE,
        )

    def _reason_named_in(self, text):
        """The reason whose name, in any language, stands in ``text``."""
        reasons = self.env["crm.lost.reason"].search([])
        names = {reason.id: [] for reason in reasons}
        for lang, _name in self.env["res.lang"].get_installed():
            for reason in reasons.with_context(lang=lang):
                names[reason.id].append(reason.name)
        return reasons.browse(named_in(text, names) or ())
