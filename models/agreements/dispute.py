from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, format_amount

from ...engine.agreements.disputes import WHOLE, allot
from ..handling.next_action import ONCE, PLANNED
from .res_partner import ACCOUNTANTS


class DunningDispute(models.Model):
    """A customer's objection to items, or to a part of what is asked for them: of that nobody is reminded until
    it is resolved."""

    _name = "dunning.dispute"
    _inherit = ["l2c.state.mixin", "mail.thread", "mail.activity.mixin", "l2c.clock.mixin"]
    _description = "Dispute"
    _order = "revisit_date, id desc"
    _rec_names_search = ["reason_id", "note", "partner_id"]
    _check_company_auto = True

    _writable = frozenset(
        {
            *("move_line_ids", "amount", "reason_id", "note", "user_id", "revisit_date", "attachment_ids"),
            *("granted_amount", "closing_note", "answer", "proposed_outcome"),
        }
    )
    _given = frozenset({"partner_id", "company_id"})
    _written_by = "action_justified, action_partly, action_not_justified, action_resolve or action_reopen"
    _transitions = {"open": ("open", "resolved"), "resolved": ("open", "resolved")}

    partner_id = fields.Many2one("res.partner", "Customer", required=True, index=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    move_line_ids = fields.Many2many(
        "account.move.line",
        "dunning_dispute_line_rel",
        "dispute_id",
        "move_line_id",
        "Items",
        required=True,
        groups=ACCOUNTANTS,  # who owns a dispute sees the numbers of its documents, no more
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id", store=True)
    amount = fields.Monetary(
        "Disputed Amount",
        compute="_compute_amount",
        store=True,
        readonly=False,
        tracking=True,
        help="Only this is held, of the oldest due date first; the rest is claimed. A payment in part meets the rest "
        "first.",
    )
    is_partial = fields.Boolean("In Part", compute="_compute_is_partial", store=True)
    reason_id = fields.Many2one("dunning.dispute.reason", required=True, ondelete="restrict", index=True, tracking=True)
    reason = fields.Char("Objection", compute="_compute_reason")
    document_names = fields.Char("Documents", compute="_compute_document_names")
    note = fields.Text()
    attachment_ids = fields.Many2many(
        "ir.attachment", "dunning_dispute_attachment_rel", "dispute_id", "attachment_id", "Photos and Files", copy=False
    )
    user_id = fields.Many2one("res.users", "Responsible", default=lambda self: self.env.user, tracking=True)
    revisit_date = fields.Date("Revisit on", tracking=True)
    state = fields.Selection(
        [("open", "Unresolved"), ("resolved", "Resolved")], required=True, default="open", readonly=True, tracking=True
    )
    is_settled = fields.Boolean("Resolved by Payment", readonly=True, copy=False)
    opened_date = fields.Date("Opened on", required=True, readonly=True, copy=False, default=lambda self: self._today())

    # Serves the deciding statement: the open disputes of a company.
    _open_idx = models.Index("(company_id) WHERE state = 'open'")

    @api.depends("reason_id", "note")
    @api.depends_context("lang")
    def _compute_reason(self):
        """In the reader's words; what is only noted, in those of who noted it."""
        other = self.env["dunning.dispute.reason"]._other()
        for dispute in self:
            noted = (dispute.note or "").strip().split("\n")[0][:80].strip()
            dispute.reason = noted if noted and dispute.reason_id == other else dispute.reason_id.name

    @api.depends("reason", "partner_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for dispute in self:
            dispute.display_name = dispute.reason or dispute.partner_id.display_name

    @api.depends("move_line_ids.move_id.name")
    def _compute_document_names(self):
        for dispute in self:
            # The numbers of what it is about are for whoever may read the dispute.
            dispute.document_names = ", ".join(filter(None, dispute.sudo().move_line_ids.move_id.mapped("name")))

    @api.depends("move_line_ids")
    def _compute_currency_id(self):
        for dispute in self:
            currencies = dispute.move_line_ids.currency_id
            dispute.currency_id = currencies if len(currencies) == 1 else False

    @api.depends("move_line_ids")
    def _compute_amount(self):
        """All of it, unless somebody says less."""
        for dispute in self:
            dispute.amount = dispute._open_total() if len(dispute.move_line_ids.currency_id) == 1 else 0

    @api.depends("move_line_ids", "amount")
    def _compute_is_partial(self):
        for dispute in self:
            total = dispute._open_total()
            currency = dispute.currency_id or dispute.company_id.currency_id
            dispute.is_partial = dispute.amount > 0 and currency.compare_amounts(dispute.amount, total) < 0

    def _open_total(self):
        """What is left of the items, credits aside; in their currency, when they have one."""
        return sum(max(item.left_currency, 0) for item in self.move_line_ids)

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        if self.move_line_ids.partner_id.commercial_partner_id != self.partner_id:
            self.move_line_ids = False

    @api.onchange("reason_id")
    def _onchange_reason_id(self):
        for name, value in self._prepare_by_reason(self.reason_id).items():
            self[name] = value

    @api.model
    def _prepare_by_reason(self, reason):
        """Who owns a dispute of this reason, and when somebody has a look."""
        values = {}
        if reason.user_id.active:
            values["user_id"] = reason.user_id.id
        if reason.revisit_days:
            values["revisit_date"] = self._today() + timedelta(days=reason.revisit_days)
        return values

    def _text_about(self, move):
        """What is disputed of a document, why, and who looks into it."""
        about = self.move_line_ids.filtered(lambda item: item.move_id == move._origin)
        return self.env._(
            "%(amount)s is disputed: %(reason)s (%(owner)s).",
            amount=format_amount(self.env, sum(about.mapped("disputed_left")), move.currency_id),
            reason=(self.reason or "").rstrip("."),
            owner=self.user_id.name or self.env._("nobody looks into it"),
        )

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
        if self.state == "open" and "cancel" in items.mapped("parent_state"):
            return self.env._("A cancelled document can't be disputed. Remove it.")
        other = self.state == "open" and self._other()
        return other and self.env._(
            "These items are disputed already: %(reason)s. Add to that dispute instead.", reason=other.reason
        )

    def _other(self):
        """Another open dispute about an item of this one."""
        domain = [("move_line_ids", "in", self.move_line_ids.ids), ("state", "=", "open"), ("id", "!=", self.id)]
        return self.search(domain, limit=1)

    @api.constrains("amount", "move_line_ids")
    def _check_amount(self):
        for dispute in self.filtered(lambda dispute: dispute.state == "open"):
            if problem := dispute._problem_of_amount():
                raise ValidationError(problem)

    def _problem_of_amount(self):
        """Why this amount can't be disputed, in a sentence. Credits, and what is wholly under way, have none."""
        total = self._open_total()
        if not self.currency_id:
            return self.amount and self.env._(
                "An amount is disputed of items in one currency. Open one dispute for each, or leave the amount empty."
            )
        if self.currency_id.compare_amounts(self.amount, total) > 0:
            return self.env._(
                "Only %(open)s is open on these items. Dispute at most that.",
                open=format_amount(self.env, total, self.currency_id),
            )
        if total > 0 and self.currency_id.compare_amounts(self.amount, 0) <= 0:
            return self.env._("Enter what is disputed: an amount above zero.")
        return ""

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
        disputes = super().create([self._with_reason(vals) for vals in vals_list])
        disputes._keep_files()
        disputes._after_opening()
        self.env["dunning.notice"]._disputed(disputes)
        return disputes

    def _with_reason(self, vals):
        """What is only noted has the reason *Other*; a reason says who owns the dispute, where nobody does."""
        reason = self.env["dunning.dispute.reason"].browse(
            vals.get("reason_id") or self.env.context.get("default_reason_id") or ()
        )
        reason = reason or reason._other()
        return {**self._prepare_by_reason(reason), **vals, "reason_id": reason.id}

    def write(self, vals):
        self._refuse_to_owner(vals)
        self._refuse_when_resolved(vals)
        before = self.move_line_ids if not {"move_line_ids", "amount", "state"}.isdisjoint(vals) else None
        result = super().write(vals)
        if "attachment_ids" in vals:
            self._keep_files()
        if not {"state", "revisit_date", "user_id"}.isdisjoint(vals):
            self._plan_revisit()
        if before is not None:
            self._hold(before | self.move_line_ids)
        if not {"move_line_ids", "amount"}.isdisjoint(vals):
            self.filtered(lambda dispute: dispute.state == "open")._after_opening()
        return result

    def unlink(self):
        items = self.move_line_ids
        result = super().unlink()
        self._hold(items)
        return result

    def _after_opening(self):
        self._plan_revisit()
        self._hold(self.move_line_ids)
        self.move_line_ids.move_id._under_discussion()
        self.env["dunning.notice"]._reasons_changed(self.move_line_ids)

    @api.model
    def _hold(self, items):
        """Each of these items says how much of it is disputed. By SQL: no accounting check applies to it, and a
        posted entry takes no other write."""
        if not items.ids:
            return
        # Whoever opens a dispute need not see the others.
        open_sudo = self.sudo().search([("move_line_ids", "in", items.ids), ("state", "=", "open")])
        amounts = {}
        for dispute in open_sudo:
            amounts |= dispute._allotted()
        self.env.flush_all()
        rows = [SQL("(%s::integer, %s::numeric)", item_id, amounts.get(item_id)) for item_id in items.ids]
        self.env.cr.execute(
            SQL(
                """UPDATE account_move_line l SET disputed_currency = said.amount FROM (VALUES %s) said(id, amount)
                    WHERE l.id = said.id AND l.disputed_currency IS DISTINCT FROM said.amount""",
                SQL(", ").join(rows),
            )
        )
        items.invalidate_recordset(["disputed_currency", "disputed_left", "claimed_currency"], flush=False)
        items.move_id.invalidate_recordset(["is_disputed", "dispute_count", "dispute_text"], flush=False)

    def _allotted(self):
        """{id of an item: how much of it is disputed}"""
        if not self.is_partial:
            return dict.fromkeys(self.move_line_ids.ids, WHOLE)
        return allot(
            self.amount,
            [(item.date_maturity or item.date, item.id, item.left_currency) for item in self.move_line_ids],
        )

    def _plan_revisit(self):
        """An activity for the responsible on the day to revisit it, while it is open."""
        # What was planned automatically belongs to nobody.
        self.sudo().activity_ids.filtered_domain(PLANNED).unlink()
        self.mapped("display_name")  # warm: it is read one by one while planning
        for dispute in self.filtered(lambda dispute: dispute.state == "open"):
            user = dispute.user_id or self.env.user
            day = dispute.revisit_date or dispute._first_day(user)
            if not day:
                continue
            theirs = user._reading(dispute).with_context(mail_activity_quick_update=True)
            theirs.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=theirs.env._("Revisit the dispute"),
                date_deadline=day,
                user_id=user.id,
                handling_step=ONCE,
            )

    def _first_day(self, user):
        """Who owns a dispute without doing the books has no list of them: they get to know it at once."""
        user_sudo = user.sudo()  # what somebody may do is a fact of the company
        if self.answered_date or user_sudo._is_superuser() or user_sudo.has_group("account.group_account_invoice"):
            return False
        return self._today()

    def action_reopen(self):
        """The customer still objects."""
        self._check_closes()
        for dispute in self:
            dispute._open_again(is_settled=False)
        self._after_opening()

    def _open_again(self, **values):
        """What came of it counts no more. Of what was paid meanwhile nothing is disputed."""
        payable = self.move_line_ids.filtered(lambda item: not item.reconciled)
        if self.currency_id and self.is_partial:
            left = sum(max(item.left_currency, 0) for item in payable)
            values["amount"] = min(self.amount, left) or left
        self._set_state(
            "open", **{"outcome": False, "closed_date": False, "days_open": 0, "granted_amount": 0, **values}
        )

    def _money_moved(self):
        """Money moved on the items: a dispute whose items are all paid resolves itself, until one
        of them is owed again."""
        for dispute in self:
            paid = all(item.reconciled or item.parent_state == "cancel" for item in dispute.move_line_ids)
            if paid and dispute.state == "open":
                dispute._set_state("resolved", is_settled=True)
            elif not paid and dispute.is_settled and not dispute._other():
                payable = dispute.move_line_ids.filtered(lambda item: not item.reconciled)
                dispute._open_again(is_settled=False, move_line_ids=[(6, 0, payable.ids)])
