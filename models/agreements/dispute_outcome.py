from odoo import api, fields, models
from odoo.exceptions import UserError

from .res_partner import ACCOUNTANTS

#: What came of a dispute.
DISPUTE_OUTCOMES = [("justified", "Justified"), ("partly", "Partly Justified"), ("not_justified", "Not Justified")]
#: What stands once a dispute is resolved: the customer is told of it, and reports count it.
STANDS = frozenset({"amount", "granted_amount", "move_line_ids"})


class DunningDispute(models.Model):
    """How a dispute ends: what came of it, what is granted, and the credit note for it."""

    _inherit = "dunning.dispute"
    _has_directed_mails = True

    outcome = fields.Selection(DISPUTE_OUTCOMES, readonly=True, copy=False, tracking=True)
    granted_amount = fields.Monetary(
        "Amount Granted", copy=False, tracking=True, help="Where it is justified in part: what we give up."
    )
    closing_note = fields.Text("What Was Found", copy=False)
    closed_date = fields.Date("Resolved on", readonly=True, copy=False)
    days_open = fields.Integer(
        readonly=True, copy=False, help="From its opening until it was resolved; of an open one see Reporting."
    )
    credit_note_ids = fields.One2many("account.move", "dispute_id", "Credit Notes", readonly=True, groups=ACCOUNTANTS)
    credit_note_count = fields.Integer("Number of Credit Notes", compute="_compute_credit_note_count")
    is_credited = fields.Boolean(compute="_compute_is_credited")

    @api.depends("credit_note_ids.state", "move_line_ids.matched_credit_ids")
    def _compute_is_credited(self):
        """A posted credit note made for it, or one matched with its items: it may be closed as justified."""
        for dispute in self:
            # What was credited is a fact of the dispute.
            dispute_sudo = dispute.sudo()
            matched_sudo = dispute_sudo.move_line_ids.matched_credit_ids.credit_move_id.move_id
            credited_sudo = matched_sudo | dispute_sudo.credit_note_ids
            dispute.is_credited = any(
                move.move_type == "out_refund" and move.state == "posted" for move in credited_sudo
            )

    @api.depends("credit_note_ids")
    def _compute_credit_note_count(self):
        for dispute in self:
            # How many there are is a fact of the dispute.
            dispute.credit_note_count = len(dispute.sudo().credit_note_ids)

    def _stamp(self, target):
        """One by one: of what was resolved before, the first day stands."""
        if target != "resolved":
            return {}
        day = self.closed_date or self._today()
        return {"closed_date": day, "days_open": max((day - self.opened_date).days, 0)}

    def _refuse_when_resolved(self, names):
        """
        :raise UserError: for what stands once a dispute is resolved
        """
        if self.env.su or STANDS.isdisjoint(names):
            return
        for dispute in self.filtered(lambda dispute: dispute.state == "resolved"):
            raise UserError(
                self.env._(
                    "%s is resolved: what was disputed and granted stands. Reopen it first.", dispute.display_name
                )
            )

    def _resolve(self, outcome, granted):
        """Resolve these disputes with what came of them.

        :param granted: of a dispute, the amount that is given up
        """
        self._check_closes()
        for dispute in self:
            dispute._set_state("resolved", is_settled=False, outcome=outcome, granted_amount=granted(dispute))
        self.move_line_ids.move_id._discussion_over()

    def action_justified(self):
        """The customer is right: all that is disputed is given up."""
        self._resolve("justified", lambda dispute: dispute.amount)

    def action_partly(self):
        """The customer is right about a part: the amount granted is given up.

        :raise UserError: when that is no part of what is disputed
        """
        self._check_closes()
        for dispute in self:
            if not 0 < dispute.granted_amount < (dispute.amount or dispute._open_total()):
                raise UserError(
                    self.env._("Enter the amount granted: above zero, and less than what is disputed. Then try again.")
                )
        self._resolve("partly", lambda dispute: dispute.granted_amount)

    def action_not_justified(self):
        """The customer is wrong: all of it is claimed again."""
        self._resolve("not_justified", lambda dispute: 0)

    def action_resolve(self):
        """It ends without saying who was right, as when the customer withdraws it: all of it is claimed again."""
        self._resolve(False, lambda dispute: 0)

    # The credit note ---------------------------------------------------------------------

    def action_credit_note(self):
        """Odoo's dialog for a credit note to the document; the credit note belongs to the dispute.

        :raise UserError: when the dispute isn't about one invoice
        """
        self.ensure_one()
        self._check_closes()
        moves = self.move_line_ids.move_id.filtered(lambda move: move.move_type in ("out_invoice", "out_receipt"))
        if len(moves) != 1 or moves.state != "posted":
            raise UserError(
                self.env._("A credit note is for one posted invoice. Open the invoice that it is for, and credit it.")
            )
        if (self.granted_amount or self.amount) and self.currency_id.compare_amounts(self._left_to_credit(), 0) <= 0:
            raise UserError(
                self.env._(
                    "%(notes)s credits all of it already. Cancel that one first.",
                    notes=", ".join(note.display_name for note in self._credits_sudo()),
                )
            )
        moves.check_access("write")
        action = moves.action_reverse()
        said = {
            "active_model": "account.move",
            "active_ids": moves.ids,
            "active_id": moves.id,
            "default_dispute_id": self.id,
            "default_reason": self.reason,
        }
        return action | {"context": said}

    def _credits_sudo(self):
        """The credit notes made for it that aren't cancelled."""
        notes_sudo = self.sudo().credit_note_ids  # what is credited is a fact of the dispute
        return notes_sudo.filtered(lambda note: note.state != "cancel")

    def _left_to_credit(self):
        """What is granted, else disputed, less what is credited already."""
        return (self.granted_amount or self.amount) - sum(self._credits_sudo().mapped("amount_total"))

    def action_credit_notes(self):
        """The credit notes made for it."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("account.action_move_out_refund_type")
        return action | {"domain": [("dispute_id", "=", self.id)], "context": {"create": False}}

    # Telling the customer ------------------------------------------------------------------

    def action_tell_customer(self):
        """Write to the customer what came of it: a person reads it before it goes.

        :raise UserError: while it is open
        """
        self.ensure_one()
        self._check_closes()
        if self.state != "resolved":
            raise UserError(self.env._("Resolve the dispute first: then its outcome can be told."))
        template = self.env.ref("lead_to_cash.mail_template_dispute_outcome", raise_if_not_found=False)
        return {
            "type": "ir.actions.act_window",
            "res_model": "mail.compose.message",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_template_id": template.id if template else False,
                "default_composition_mode": "comment",
                "default_subtype_xmlid": "mail.mt_comment",
            },
        }

    def _mail_get_partner_fields(self, introspect_fields=False):
        return ["partner_id"]
