from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import plaintext2html

from ..handling.next_action import ONCE
from .dispute_outcome import DISPUTE_OUTCOMES

#: What the owner of a dispute writes, who need not do the books.
OF_OWNER = frozenset({"answer", "proposed_outcome"})


class DunningDispute(models.Model):
    """Who looks into a dispute: any employee, who sees and answers that one alone. Who does the books closes it."""

    _inherit = "dunning.dispute"

    answer = fields.Text(copy=False, help="What who looks into it has found out.")
    proposed_outcome = fields.Selection(DISPUTE_OUTCOMES, "Proposed", copy=False)
    answered_date = fields.Date("Answered on", readonly=True, copy=False)
    is_bookkeeper = fields.Boolean(compute="_compute_is_bookkeeper")

    @api.depends_context("uid")
    def _compute_is_bookkeeper(self):
        self.is_bookkeeper = self._is_for_bookkeepers()

    @api.model
    def _is_for_bookkeepers(self):
        return self.env.user.has_group("account.group_account_invoice")

    def _refuse_to_owner(self, names):
        """Who owns a dispute without doing the books answers it, and writes nothing else of it.

        :raise AccessError: for anything else
        """
        if self.env.su or self._is_for_bookkeepers() or OF_OWNER.issuperset(names):
            return
        raise AccessError(
            self.env._("You can answer this dispute and propose what comes of it. Ask Collections for the rest.")
        )

    def _check_closes(self):
        """Who does the books says how a dispute goes on.

        :raise AccessError: for anybody else, also for who owns it
        """
        self.check_access("write")
        self._refuse_to_owner(("state",))

    def action_answer(self):
        """Tell Collections what was found out: whoever collects from the customer closes the dispute.

        :raise UserError: without a word, or when the dispute is resolved
        """
        self.ensure_one()
        self.check_access("write")
        if self.state != "open":
            raise UserError(self.env._("This dispute is resolved already."))
        if not (self.answer or "").strip():
            raise UserError(self.env._("Write what you found out first."))
        dispute_sudo = self.sudo()  # who may answer was asked just now
        dispute_sudo.answered_date = self._today()
        self.message_post(body=plaintext2html(self.answer), subtype_xmlid="mail.mt_note")
        mine = dispute_sudo.activity_ids.filtered(lambda activity: activity.user_id == self.env.user)
        mine.filtered("automated").unlink()
        dispute_sudo._ask_to_close()

    def _ask_to_close(self):
        """The customer's collector, or who opened the dispute, is to close it."""
        customer = self.partner_id.with_company(self.company_id)
        moves = self.move_line_ids.move_id
        user = customer._collection_responsibles(moves).get(customer) or self.create_uid
        theirs = user._reading(self)
        labels = dict(self._fields["proposed_outcome"]._description_selection(theirs.env))
        proposed = labels.get(self.proposed_outcome, "")
        note = plaintext2html(self.answer or "")
        if proposed:
            note = Markup("%s<br/>%s") % (proposed, note)
        theirs.activity_schedule(
            "mail.mail_activity_data_todo",
            self._today(),
            summary=theirs.env._("Close the dispute: it was answered"),
            note=note,
            user_id=user.id,
            handling_step=ONCE,
        )

    def action_documents(self):
        """The documents that it is about, as one PDF: for whoever may read the dispute."""
        self.ensure_one()
        self.check_access("read")
        return {"type": "ir.actions.act_url", "url": f"/lead-to-cash/dispute/{self.id}", "target": "new"}
