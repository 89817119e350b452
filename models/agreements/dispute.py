from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..handling.next_action import ONCE, PLANNED


class DunningDispute(models.Model):
    """A customer's objection to items: they aren't reminded of until it is resolved."""

    _name = "dunning.dispute"
    _inherit = ["l2c.state.mixin", "mail.thread", "mail.activity.mixin", "l2c.clock.mixin"]
    _description = "Dispute"
    _order = "revisit_date, id desc"
    _rec_name = "reason"
    _check_company_auto = True

    _writable = frozenset({"move_line_ids", "reason", "note", "user_id", "revisit_date"})
    _given = frozenset({"partner_id", "company_id"})
    _written_by = "action_resolve or action_reopen"
    _transitions = {"open": ("open", "resolved"), "resolved": ("open", "resolved")}

    partner_id = fields.Many2one("res.partner", "Customer", required=True, index=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    move_line_ids = fields.Many2many(
        "account.move.line", "dunning_dispute_line_rel", "dispute_id", "move_line_id", "Items", required=True
    )
    reason = fields.Char(required=True, tracking=True)
    note = fields.Text()
    user_id = fields.Many2one("res.users", "Responsible", default=lambda self: self.env.user, tracking=True)
    revisit_date = fields.Date("Revisit on", tracking=True)
    state = fields.Selection(
        [("open", "Unresolved"), ("resolved", "Resolved")], required=True, default="open", readonly=True, tracking=True
    )
    is_settled = fields.Boolean("Resolved by Payment", readonly=True, copy=False)

    # Serves the deciding statement: the open disputes of a company.
    _open_idx = models.Index("(company_id) WHERE state = 'open'")

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        if self.move_line_ids.partner_id.commercial_partner_id != self.partner_id:
            self.move_line_ids = False

    # Bad input -----------------------------------------------------------------------

    @api.constrains("partner_id", "move_line_ids", "company_id", "state")
    def _check_items(self):
        for dispute in self:
            if problem := dispute._problem():
                raise ValidationError(problem)

    def _problem(self):
        """Why the items can't be disputed, in a sentence; empty when they can."""
        items = self.move_line_ids
        if not items:
            return self.env._("A dispute is about open items. Choose at least one.")
        if items.partner_id.commercial_partner_id - self.partner_id:
            return self.env._(
                "The dispute of %(name)s holds items of another customer. Remove them.", name=self.partner_id.name
            )
        if items.company_id != self.company_id:
            return self.env._("The items of a dispute are of one company. Open one dispute for each.")
        if self.state == "open" and any(item.reconciled for item in items):
            return self.env._("A paid item can't be disputed. Remove it.")
        other = self.state == "open" and self._other()
        return other and self.env._(
            "These items are disputed already: %(reason)s. Add to that dispute instead.", reason=other.reason
        )

    def _other(self):
        """Another open dispute about an item of this one."""
        domain = [("move_line_ids", "in", self.move_line_ids.ids), ("state", "=", "open"), ("id", "!=", self.id)]
        return self.search(domain, limit=1)

    @api.constrains("user_id")
    def _check_responsible(self):
        self.env["res.users"]._check_colleagues(self.user_id)

    @api.constrains("revisit_date")
    def _check_revisit_date(self):
        if any(dispute.revisit_date and dispute.revisit_date < dispute._today() for dispute in self):
            raise ValidationError(self.env._("A dispute can't be revisited in the past. Choose today or a later day."))

    # What follows --------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        disputes = super().create(vals_list)
        disputes._after_opening()
        return disputes

    def write(self, vals):
        result = super().write(vals)
        if not {"state", "revisit_date", "user_id"}.isdisjoint(vals):
            self._plan_revisit()
        if "move_line_ids" in vals:
            self.filtered(lambda dispute: dispute.state == "open")._after_opening()
        return result

    def _after_opening(self):
        self._plan_revisit()
        self.move_line_ids.move_id._under_discussion()
        self.env["dunning.notice"]._reasons_changed(self.move_line_ids)

    def _plan_revisit(self):
        """An activity for the responsible on the day to revisit it, while it is open."""
        # What was planned automatically belongs to nobody.
        self.sudo().activity_ids.filtered_domain(PLANNED).unlink()
        self.mapped("display_name")  # warm: it is read one by one while planning
        for dispute in self.filtered(lambda dispute: dispute.state == "open" and dispute.revisit_date):
            user = dispute.user_id or self.env.user
            theirs = user._reading(dispute).with_context(mail_activity_quick_update=True)
            theirs.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=theirs.env._("Revisit the dispute"),
                date_deadline=dispute.revisit_date,
                user_id=user.id,
                handling_step=ONCE,
            )

    def action_resolve(self):
        """The items are reminded of again."""
        self.check_access("write")
        self._set_state("resolved", is_settled=False)

    def action_reopen(self):
        """The customer still objects."""
        self.check_access("write")
        self._set_state("open", is_settled=False)
        self._after_opening()

    def _money_moved(self):
        """Money moved on the items: a dispute whose items are all paid resolves itself, until one
        of them is owed again."""
        for dispute in self:
            paid = all(item.reconciled or item.parent_state == "cancel" for item in dispute.move_line_ids)
            if paid and dispute.state == "open":
                dispute._set_state("resolved", is_settled=True)
            elif not paid and dispute.is_settled and not dispute._other():
                payable = dispute.move_line_ids.filtered(lambda item: not item.reconciled)
                dispute._set_state("open", is_settled=False, move_line_ids=[(6, 0, payable.ids)])
