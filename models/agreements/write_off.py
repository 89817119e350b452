from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_amount

#: Proposals that are still to be decided or booked.
PROPOSED = ("proposed", "approved")
#: What its buttons alone write.
BY_BUTTONS = {
    *("state", "state_since", "approver_ids", "move_id", "entry_as_approved"),
    *("promise_id", "requested_by_id", "refusal_reason"),
}
#: What follows from the items, whatever a client sends.
BY_ITEMS = {"company_id", "currency_id"}
#: What a proposal is about: as it was proposed.
LASTING = BY_ITEMS | {"partner_id", "move_line_ids"}


class DunningWriteOff(models.Model):
    """The proposal to give up open items, or, as a settlement, the rest of them once the
    customer has paid a part. Approved within limits; a person posts its entry."""

    _name = "dunning.write.off"
    _inherit = ["l2c.clock.mixin", "l2c.state.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Write-off or Settlement"
    _order = "id desc"
    _rec_name = "partner_id"
    _check_company_auto = True

    _writable = frozenset({"kind", "document", "amount", "date", "reason"})
    _given = frozenset({"partner_id", "move_line_ids"})
    _written_by = "action_approve, action_refuse or action_post"
    _transitions = {
        "proposed": ("approved", "refused"),
        "approved": ("approved", "done", "refused"),
        "done": ("approved", "done", "refused"),  # its entry is a draft again, or is gone
        "refused": (),
    }

    kind = fields.Selection(
        [("write_off", "Write-off"), ("settlement", "Settlement")],
        required=True,
        default="write_off",
        help="Settlement: the customer pays a part by a day; the rest is written off when that part has arrived.",
    )
    document = fields.Selection(
        [("entry", "Journal entry"), ("credit_note", "Credit note")],
        "Booked by",
        required=True,
        default="entry",
        help="A journal entry puts the whole sum, taxes included, on the account for bad debts. "
        "A credit note takes back the taxes too; whether you may is a question for your tax adviser.",
    )
    partner_id = fields.Many2one("res.partner", "Customer", required=True, index=True)
    move_line_ids = fields.Many2many(
        "account.move.line", "dunning_write_off_line_rel", "write_off_id", "move_line_id", "Items"
    )
    company_id = fields.Many2one("res.company", compute="_compute_company", store=True, index=True)
    currency_id = fields.Many2one("res.currency", compute="_compute_company", store=True)
    amount = fields.Monetary("To Write off", compute="_compute_amount", store=True, readonly=False, tracking=True)
    amount_open = fields.Monetary("Open Balance", compute="_compute_amount_open")
    amount_to_pay = fields.Monetary(
        "Customer Still Pays", compute="_compute_amount_open", help="Open now less what is written off."
    )
    date = fields.Date("Pays until", tracking=True)
    reason = fields.Char(required=True)
    state = fields.Selection(
        [("proposed", "Proposed"), ("approved", "Approved"), ("done", "Written off"), ("refused", "Refused")],
        required=True,
        default="proposed",
        readonly=True,
        copy=False,
        tracking=True,
    )
    state_since = fields.Date("Status since", default=lambda self: self._today(), readonly=True, copy=False)
    requested_by_id = fields.Many2one("res.users", default=lambda self: self.env.user, readonly=True, copy=False)
    approver_ids = fields.Many2many(
        "res.users", "dunning_write_off_approver_rel", string="Approved by", readonly=True, copy=False
    )
    refusal_reason = fields.Char("Why It Was Refused", readonly=True, copy=False)
    move_id = fields.Many2one(
        "account.move", "Entry", ondelete="set null", index="btree_not_null", readonly=True, copy=False
    )
    move_state = fields.Selection(related="move_id.state", string="State of the Entry", tracking=False)
    promise_id = fields.Many2one("dunning.promise", ondelete="set null", readonly=True, copy=False)

    # Serves the nightly look for settlements whose day has passed.
    _approved_idx = models.Index("(date) WHERE state = 'approved' AND kind = 'settlement'")

    @api.depends("partner_id", "kind")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for proposal in self:
            parts = [labels.get(proposal.kind), proposal.partner_id.display_name]
            proposal.display_name = " · ".join(filter(None, parts))

    @api.depends("move_line_ids")
    def _compute_company(self):
        for proposal in self:
            proposal.company_id = proposal.move_line_ids.company_id[:1] or self.env.company
            proposal.currency_id = proposal.move_line_ids.currency_id[:1] or proposal.company_id.currency_id

    @api.depends("move_line_ids")
    def _compute_amount(self):
        """All that is open; in a settlement, a person says how much."""
        for proposal in self:
            proposal.amount = proposal._open_amount() if proposal.kind == "write_off" else proposal.amount

    @api.depends("amount", "move_line_ids.amount_residual_currency")
    def _compute_amount_open(self):
        for proposal in self:
            proposal.amount_open = proposal._open_amount()
            proposal.amount_to_pay = max(proposal.amount_open - proposal.amount, 0)

    def _open_amount(self):
        return sum(self.move_line_ids.mapped("amount_residual_currency"))

    # What can be proposed ----------------------------------------------------------------

    @api.constrains("partner_id", "move_line_ids", "company_id", "currency_id", "kind", "document", "amount", "date")
    def _check_proposal(self):
        """One after the other: with the wrong items, a sentence about the amount helps nobody."""
        for proposal in self.filtered(lambda proposal: proposal.state == "proposed"):
            proposal._check_items()
            proposal._check_document()
            if proposal.currency_id.compare_amounts(proposal.amount, 0) <= 0:
                raise ValidationError(self.env._("The amount to write off must be more than zero."))
            proposal._check_still_open()
            proposal._check_settlement()

    def _check_items(self):
        items = self.move_line_ids
        if not items:
            raise ValidationError(self.env._("Choose the items that are to be written off."))
        if len(items.company_id) > 1:
            raise ValidationError(
                self.env._("The items belong to several companies. Make a proposal for each company.")
            )
        if len(items.currency_id) > 1:
            raise ValidationError(self.env._("The items are in several currencies. Make a proposal for each currency."))
        if (self.company_id, self.currency_id) != (items.company_id, items.currency_id):
            raise ValidationError(
                self.env._("A proposal is in the company and the currency of its items. Leave both to the program.")
            )
        if items.partner_id.commercial_partner_id != self.partner_id.commercial_partner_id:
            raise ValidationError(
                self.env._(
                    "The proposal for %(name)s holds items of another customer. Remove them.", name=self.partner_id.name
                )
            )
        if items - items.filtered_domain(self._item_domain()):
            raise ValidationError(self.env._("Only posted, open items of customers can be written off."))

    def _check_settlement(self):
        if self.kind != "settlement":
            return
        if not self.date or self.date < self._today():
            raise ValidationError(
                self.env._("A settlement needs the day until which the customer pays: today or later.")
            )
        if self.currency_id.is_zero(self.amount_to_pay):
            raise ValidationError(
                self.env._("In a settlement the customer pays a part. To give up all of it, make it a write-off.")
            )

    def _check_document(self):
        move = self.move_line_ids.move_id
        if self.document == "credit_note" and (len(move) != 1 or move.move_type != "out_invoice"):
            raise ValidationError(
                self.env._(
                    "A credit note is for one invoice. Make a proposal for each, or write off by a journal entry."
                )
            )

    def _check_still_open(self):
        if self.currency_id.compare_amounts(self.amount, self._open_amount()) > 0:
            raise ValidationError(self._too_much())

    def _too_much(self):
        """The sentence when less is open than is to be written off."""
        return self.env._(
            "Only %(open)s is open, less than the %(amount)s to write off.",
            open=format_amount(self.env, self._open_amount(), self.currency_id),
            amount=format_amount(self.env, self.amount, self.currency_id),
        )

    @api.model
    def _item_domain(self):
        """Items that can be written off."""
        return self.env["account.move.line"]._open_domain() & Domain("balance", ">", 0)

    # Records -------------------------------------------------------------------------------

    @api.model
    def default_get(self, fields):
        """A client's defaults, in the context or saved, are none for what isn't a client's to say."""
        ours = (BY_BUTTONS | BY_ITEMS) & set(fields)
        own = {name: self._fields[name].default(self) for name in ours if self._fields[name].default}
        return super().default_get([name for name in fields if name not in ours]) | self._convert_to_write(own)

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            vals_list = [{name: vals[name] for name in vals.keys() - BY_BUTTONS - BY_ITEMS} for vals in vals_list]
        proposals = super().create(vals_list)
        proposals.filtered(lambda proposal: not proposal._is_within_own_limit())._ask_for_approval()
        return proposals

    def write(self, vals):
        if not self.env.su:
            self._check_changes(vals)
        return super().write(vals)

    def _stamp(self, target):
        return {} if set(self.mapped("state")) == {target} else {"state_since": self._today()}

    def _check_changes(self, vals):
        """What was approved stays as it was approved."""
        about = {"kind", "document", "amount", "date", "reason"}
        if LASTING & vals.keys():
            raise UserError(
                self.env._("A proposal keeps its customer, items, company and currency. Refuse it and make a new one.")
            )
        if BY_BUTTONS & vals.keys():
            raise UserError(self.env._("A proposal is approved, refused and posted by its buttons."))
        if about & vals.keys() and any(proposal.state != "proposed" or proposal.approver_ids for proposal in self):
            raise UserError(
                self.env._("What somebody has approved can't be changed. Refuse the proposal and make a new one.")
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        if any(proposal.state in ("approved", "done") for proposal in self):
            raise UserError(self.env._("What was approved or written off stays. Refuse a proposal to end it."))
