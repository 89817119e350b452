from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, format_amount, format_date

from ...engine.agreements import promises as engine

#: What was agreed; another agreement is another promise.
AGREED = frozenset({"partner_id", "company_id", "currency_id", "amount", "date", "move_line_ids", "plan_id", "state"})


class DunningPromise(models.Model):
    """A customer's promise to pay: suspends its items until its date and the days of grace."""

    _name = "dunning.promise"
    _inherit = ["l2c.clock.mixin", "l2c.state.mixin"]
    _description = "Promise to Pay"
    _order = "date desc, id desc"
    _check_company_auto = True

    _given = AGREED - {"state"}
    _written_by = "action_cancel, and log another promise"
    # What the books and the days do to many at once, engine.agreements.promises does the same way.
    _transitions = {"open": ("kept", "broken", "cancelled"), "kept": ("open", "broken", "cancelled")}

    partner_id = fields.Many2one("res.partner", "Customer", required=True, index=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one("res.currency", required=True, default=lambda self: self.env.company.currency_id)
    amount = fields.Monetary(required=True)
    date = fields.Date("Promised for", required=True)
    move_line_ids = fields.Many2many(
        "account.move.line", "dunning_promise_line_rel", "promise_id", "move_line_id", "Items", required=True
    )
    plan_id = fields.Many2one("dunning.plan", "Payment Plan", ondelete="cascade", index="btree_not_null", readonly=True)
    state = fields.Selection(
        [("open", "Open"), ("kept", "Kept"), ("broken", "Broken"), ("cancelled", "Withdrawn")],
        required=True,
        default="open",
        readonly=True,
    )
    broken_date = fields.Date("Broken on", readonly=True, copy=False)
    target = fields.Monetary(readonly=True, copy=False, help="What is owed on the items once the promise is kept.")

    # Serves the deciding statement: the open promises of a company.
    _open_idx = models.Index("(company_id) WHERE state = 'open'")

    is_followed_up = fields.Boolean(
        "Followed up", readonly=True, copy=False, help="Somebody has called since it was broken."
    )

    # Serves the desk: which promises were broken.
    _broken_idx = models.Index("(company_id) WHERE state = 'broken' AND is_followed_up IS NOT TRUE")

    @api.depends("partner_id", "date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for promise in self:
            parts = [promise.partner_id.display_name, promise.date and format_date(self.env, promise.date)]
            promise.display_name = " · ".join(filter(None, parts))

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        """The customer's overdue items, when none were chosen yet."""
        if self.partner_id and self.move_line_ids.partner_id.commercial_partner_id != self.partner_id:
            self.update(self.partner_id._dunning_promise_defaults())

    @api.onchange("move_line_ids")
    def _onchange_move_line_ids(self):
        if self.move_line_ids:
            self.currency_id = self.move_line_ids.currency_id[:1]
            self.amount = sum(self.move_line_ids.mapped("claimed_currency"))

    # Bad input -----------------------------------------------------------------------

    @api.constrains("date")
    def _check_date(self):
        for promise in self:
            if promise.state == "open" and promise.date < promise._today():
                raise ValidationError(
                    self.env._("A promise can't be for a day in the past. Choose today or a later day.")
                )

    @api.constrains("date", "plan_id")
    def _check_limit(self):
        """What customers may be granted; managers of collections may go beyond. Of a plan, the
        first instalment counts."""
        if self.env.user.has_group("lead_to_cash.group_collections_manager"):
            return
        for promise in self.filtered(lambda promise: promise.date <= (promise.plan_id.first_date or promise.date)):
            partner = promise.partner_id.with_company(promise.company_id)
            policy = partner._get_dunning_policy().sudo()  # its limits, for whoever promises
            if policy and (promise.date - promise._today()).days > policy.promise_max_days:
                raise ValidationError(
                    self.env._(
                        "A promise can be for at most %(days)s ahead. Choose an earlier day, "
                        "or ask a manager of collections.",
                        days=promise._days_text(policy.promise_max_days),
                    )
                )

    @api.constrains("partner_id", "move_line_ids", "amount", "currency_id", "company_id")
    def _check_items(self):
        for promise in self:
            if problem := promise._problem(promise.plan_id.total or promise.amount):
                raise ValidationError(problem)

    def _problem(self, amount):
        """Why ``amount`` can't be promised for the items, in a sentence; empty when it can."""
        items = self.move_line_ids
        if not items:
            return self.env._("A promise is about open items. Choose at least one.")
        if items.partner_id.commercial_partner_id - self.partner_id:
            return self.env._(
                "The promise of %(name)s holds items of another customer. Remove them.", name=self.partner_id.name
            )
        if items.company_id != self.company_id or items.currency_id != self.currency_id:
            return self.env._("The items of a promise are of one company and currency. Log one promise for each.")
        if any(
            item.reconciled or item.amount_residual_currency <= 0 or item.parent_state != "posted" for item in items
        ):
            return self.env._("Only open items can be promised. Remove those that are paid.")
        if self.currency_id.compare_amounts(self.amount, 0) <= 0:
            return self.env._("A promise is for an amount above zero.")
        owed = sum(items.mapped("amount_residual_currency"))
        if self.currency_id.compare_amounts(amount, owed) > 0:
            return self.env._(
                "Only %(open)s is open on these items. Promise at most that.",
                open=format_amount(self.env, owed, self.currency_id),
            )
        return self._problem_of_another()

    def _problem_of_another(self):
        """An item is promised once at a time, so that a payment counts once."""
        domain = [("move_line_ids", "in", self.move_line_ids.ids), ("state", "=", "open"), ("id", "!=", self.id)]
        other = self.search([*domain, "|", ("plan_id", "=", False), ("plan_id", "!=", self.plan_id.id)], limit=1)
        return other and self.env._(
            "These items are promised already: %(promise)s. Cancel that promise first.", promise=other.display_name
        )

    # Agreeing ------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        promises = super().create(vals_list)
        promises._aim()
        attempts = self.env["contact.attempt"]
        if self.env.context.get("l2c_line_id"):
            for company, made in promises.grouped("company_id").items():
                attempts |= made.partner_id.with_company(company)._log_attempts("promise")
        promises.move_line_ids.move_id._under_discussion()
        self.env["dunning.notice"]._reasons_changed(promises.move_line_ids)
        attempts._keep_agreed(promises)
        return promises

    def write(self, vals):
        if not self.env.su and not AGREED.isdisjoint(vals):
            raise UserError(self.env._("A promise stands as it was given. Cancel it, and log another one."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_charged(self):
        self.env["payment.charge"]._refuse_without([("promise_id", "in", self.ids)])

    def action_cancel(self):
        """The promise no longer counts: its items go on as before, and so does their status. Of a plan, all that is
        open."""
        self.check_access("write")
        self._withdraw()
        self.move_line_ids.move_id._discussion_over()

    def _withdraw(self):
        """These promises no longer count, nor what else is open of their plans."""
        # Who may write a promise may not rewrite what was agreed.
        promises_sudo = (self | self.plan_id.promise_ids).sudo().filtered(lambda promise: promise.state == "open")
        promises_sudo._set_state("cancelled")
        promises_sudo.plan_id._follow_promises()

    # With the books -----------------------------------------------------------------------

    def _aim(self):
        """How much may still be owed on the items when each of these new promises is kept."""
        if self:
            self.env.flush_all()
            self.env.cr.execute(engine.aim(self.ids))
            self.invalidate_recordset(["target"], flush=False)

    def _money_moved(self):
        """Money moved on the items of these promises."""
        for company, promises in self.grouped("company_id").items():
            promises._follow(company, SQL("s.id IN %s", tuple(promises.ids)))

    @api.model
    def _follow_time(self, company):
        """What the date alone changes: promises of the company that were not kept in time."""
        self._follow(company, SQL("s.state = 'open' AND s.company_id = %s", company.id))

    def _follow(self, company, where):
        self.env.flush_all()
        company = company.with_company(company)
        policy = company.sudo()._dunning_policy_sql()  # policies are the engine's, not the reader's
        rows = self.env.execute_query(engine.follow_the_books(where, company._today(), policy))
        self._changed(self.browse(promise_id for promise_id, _state in rows))

    def _changed(self, promises):
        """The states of ``promises`` were changed in the database."""
        promises.invalidate_recordset(["state", "broken_date"], flush=False)
        promises.modified(["state"])
        promises.filtered(lambda promise: promise.state == "broken")._after_breaking()
        if plans := promises.plan_id:
            plans._follow_promises()

    def _break(self, day):
        """The promises are broken, whatever their date: a payment was taken back."""
        # The engine's: who takes a payment back may not rewrite what was agreed.
        promises_sudo = self.sudo().filtered(lambda promise: promise.state in ("open", "kept"))
        promises_sudo._set_state("broken", broken_date=day)
        promises_sudo.flush_recordset()
        self._changed(promises_sudo)

    def _after_breaking(self):
        """The rest of a plan lapses, and the responsible is told."""
        if not self:
            return
        rows = self.env.execute_query(engine.lapse(self.ids))
        lapsed = self.browse(row[0] for row in rows)
        lapsed.invalidate_recordset(["state"], flush=False)
        lapsed.modified(["state"])
        self.sudo().is_followed_up = False  # whoever broke it
        for company, promises in self.grouped("company_id").items():
            of_customer = promises.grouped("partner_id")
            promises.partner_id.with_company(company)._tell_responsible(
                lambda customer, theirs=of_customer: (
                    customer.env._("Broken promise"),
                    ", ".join(
                        theirs[customer].with_context(lang=customer.env.lang).mapped(lambda one: one._broken_text())
                    ),
                ),
                promises.move_line_ids.move_id,
            )
        self.env["res.company"]._dunning_fire("promise_broken", self)

    # After a broken promise ---------------------------------------------------------------

    def _text(self):
        amount = format_amount(self.env, self.amount, self.currency_id)
        return self.env._("%(amount)s by %(date)s", amount=amount, date=format_date(self.env, self.date))

    def _broken_text(self):
        """What is told of a broken promise; of an instalment, what becomes of the plan, too."""
        if not self.plan_id:
            return self._text()
        left = format_amount(self.env, self.plan_id._left(), self.currency_id)
        return self.env._(
            "%(instalment)s of a payment plan, which has ended: %(left)s is due at once",
            instalment=self._text(),
            left=left,
        )

    def action_next(self):
        """Go on to the next customer of the desk, after a promise was made on the phone."""
        self.check_access("read")
        return self.partner_id.with_company(self.company_id)._after_agreeing()
