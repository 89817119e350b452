from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_amount

from ...engine.collecting import desk as engine
from ...engine.handling.directions import isolated
from ...engine.handling.own import ids_of
from ...engine.sales.call_list import CALL_RANKS, MODELS
from ...engine.sales.keeping_touch import TOUCH_MODEL
from ..handling.searching import check_searched


class CallListLine(models.Model):
    """The collector's desk: the call list's lines of customers, with what they owe."""

    _name = "call.list.line"
    _inherit = ["call.list.line", "customer.grade.mixin", "customer.facts.mixin"]

    kind = fields.Selection(selection_add=engine.DESK_KINDS)
    is_mine = fields.Boolean(
        "Mine",
        compute="_compute_is_mine",
        search="_search_is_mine",
        help="Or somebody's whom I stand in for, or nobody's.",
    )
    collection_warning = fields.Text("Debts", compute="_compute_collection_warning")
    collection_note = fields.Text(related="partner_id.collection_note", related_sudo=False)
    best_contact_text = fields.Char("Reached Best", compute="_compute_best_contact_text")
    event_id = fields.Integer(readonly=True, aggregator=None)
    overdue_amount = fields.Monetary(compute="_compute_balance", help="Open items past their due date.")
    credit_amount = fields.Monetary("Open Credits", compute="_compute_balance")
    oldest_date = fields.Date("Due since", compute="_compute_balance", help="The oldest open item's due date.")
    call_script = fields.Text(compute="_compute_call_script")
    item_ids = fields.Many2many("account.move.line", compute="_compute_item_ids")
    notice_id = fields.Many2one("dunning.notice", compute="_compute_event")
    promise_id = fields.Many2one("dunning.promise", "Broken Promise", compute="_compute_event")
    item_id = fields.Many2one("account.move.line", "Returned Item", compute="_compute_event")
    activity_id = fields.Many2one("mail.activity", compute="_compute_event")
    confirmation_id = fields.Many2one("balance.confirmation", "Balance Confirmation", compute="_compute_event")

    _depends = {
        "dunning.notice": [
            *("state", "needs_answer", "exceptions", "partner_id", "company_id", "amount_due", "currency_id"),
            *("level_id", "date", "channel", "activity_id"),
        ],
        "mail.mail": ["dunning_failure", "dunning_notice_id"],
        "dunning.decision": ["current", "code", "company_id", "partner_id", "move_line_id", "date"],
        "dunning.promise": ["state", "is_followed_up", "partner_id", "company_id", "amount", "currency_id", "date"],
        "account.move.line": ["payment_return_open", "reconciled", "parent_state", "amount_residual", "date_maturity"],
        "account.move": [
            "state",
            "payment_state",
            "handling_role",
            "amount_residual",
            "invoice_date_due",
            "commercial_partner_id",
        ],
        "balance.confirmation": ["answer", "balances", "partner_id", "company_id", "day"],
        "dunning.level": ["delay_days"],
        "payment.grade": ["company_id", "partner_id", "until", "late_risk"],
        "mail.activity": ["res_model", "res_id", "active", "date_deadline", "activity_type_id"],
        "mail.activity.type": ["category"],
        "res.company": ["active"],
        "res.partner": ["collector_id", "commercial_partner_id"],
    }

    _ranks = CALL_RANKS | engine.DESK_RANKS

    def _other_lines(self, now, local_now):
        if self.env.context.get("l2c_without_customers"):
            return []
        rate = self.env.company._dunning_rate_sql(local_now.date())
        return [engine.worklist(now, local_now, rate, self._zone())]

    @property
    def _table_sql(self):
        """Where no customers are read, nothing of what only their lines are made of is to be flushed."""
        if not self.env.context.get("l2c_without_customers"):
            return super()._table_sql
        models = ("crm.lead", "sale.order", "res.partner", TOUCH_MODEL)
        read = [self.env[model]._fields[name] for model in models for name in self._depends[model]]
        return SQL("(%s)", self._table_query, to_flush=read)

    def _zone(self):
        """The name of the reader's time zone."""
        return self.env.tz.zone

    @api.depends("user_id")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        mine = self.env.user._acting_for()
        for line in self:
            line.is_mine = not line.user_id or line.user_id in mine

    def _search_is_mine(self, operator, _value):
        check_searched(self, "is_mine")
        if operator != "in":
            return NotImplemented
        return [("user_id", "in", [*self.env.user._acting_for().ids, False])]

    # What the page shows -----------------------------------------------------------------

    def _customers(self):
        return self.filtered(lambda line: line.res_model == "res.partner")

    @api.depends("partner_id", "company_id")
    def _compute_balance(self):
        rows = self._facts(engine.balances, self._today())
        found = {(partner, company): values for partner, company, *values in rows}
        for line in self:
            key = (line.partner_id.id, line.company_id.id)
            line.overdue_amount, line.credit_amount, line.oldest_date = found.get(key, (0.0, 0.0, False))

    def _compute_attempts(self):
        customers = self._customers()
        result = super(CallListLine, self - customers)._compute_attempts()
        rows = self._facts(engine.last_contacts)
        found = {(partner, company): ids for partner, company, ids in rows}
        self.env["contact.attempt"].browse(ids[0] for ids in found.values()).fetch(["date", "note"])
        for line in customers:
            attempts = self.env["contact.attempt"].browse(found.get((line.partner_id.id, line.company_id.id), ()))
            line.last_attempt_date = attempts[:1].date
            line.last_note = next((attempt.note for attempt in attempts if attempt.note), False)
            line.misses = 0
        return result

    @api.depends_context("uid")
    def _compute_call_hint(self):
        """Hints are of leads and quotations; debts are told to those whom they concern."""
        customers = self._customers()
        customers.call_hint = customers.is_phone_blocked = False
        result = super(CallListLine, self - customers)._compute_call_hint()
        debts = (self - customers)._debts()
        for line in self - customers:
            if debt := debts.get((line.res_model, line.res_id)):
                amount = format_amount(self.env, debt, line.currency_id)
                hint = self.env._("%(amount)s is past due.", amount=amount)
                line.call_hint = f"{line.call_hint} {hint}" if line.call_hint else hint
        return result

    def _compute_contact_attempt_ids(self):
        customers = self._customers()
        result = super(CallListLine, self - customers)._compute_contact_attempt_ids()
        for line in customers:
            line.contact_attempt_ids = self.env["contact.attempt"].search(
                [
                    ("partner_id.commercial_partner_id", "=", line.partner_id.id),
                    ("company_id", "=", line.company_id.id),
                    ("res_model", "in", ("res.partner", "account.move")),
                ],
                limit=20,
            )
        return result

    @api.depends("res_model", "partner_id", "company_id")
    def _compute_item_ids(self):
        for line in self:
            line.item_ids = line._document()._open_items() if line.res_model == "res.partner" else False

    @api.depends("res_model", "res_id")
    @api.depends_context("uid", "lang")
    def _compute_collection_warning(self):
        """What the lead or quotation says of its customer's debts, to who is told."""
        for line in self:
            line.collection_warning = line.res_model != "res.partner" and line._document().collection_warning

    @api.depends("partner_id", "company_id")
    @api.depends_context("lang")
    def _compute_best_contact_text(self):
        customers = self._customers()
        (self - customers).best_contact_text = False
        for line in customers:
            # What helps to call is no secret of who may read the line.
            line.best_contact_text = line.partner_id.sudo().with_company(line.company_id)._best_contact_text()

    # Why this one now --------------------------------------------------------------------

    @api.depends("kind", "event_id")
    def _compute_event(self):
        for line in self:
            event = line.event_id if line.res_model == "res.partner" else False
            line.promise_id = line.kind == "broken" and event
            line.item_id = line.kind in ("returned", "address") and event
            line.activity_id = line.kind == "call" and event
            line.notice_id = line.kind in ("answer", "failed", "look") and event > 0 and event
            line.confirmation_id = event < 0 and -event
        for line in self:
            activity_sudo = line.activity_id.sudo()  # a fact of the line, whoever planned it
            if activity_sudo.res_model == "dunning.notice":
                line.notice_id = activity_sudo.res_id
        self.notice_id.sudo().fetch(["level_id"])  # as above; for the reasons

    @api.depends("kind", "notice_id", "partner_id", "company_id")
    @api.depends_context("lang")
    def _compute_call_script(self):
        """What to say to the customer, by the kind of the line."""
        for line in self:
            line.call_script = line.res_model == "res.partner" and line._script()

    def _reason_answer(self, _today):
        if asked := self.confirmation_id:
            is_rtl = self.env["res.lang"]._get_data(code=self.env.lang).direction == "rtl"
            note = isolated(" ".join(asked.note.split()), is_rtl)
            return self.env._(
                "Doesn't agree with the balance on %(date)s: %(note)s", date=self._day(asked.day), note=note
            )
        return self.notice_id.answer_text or self.env._(
            "Answered the notice of %(date)s", date=self._day(self.notice_id.noticed_on)
        )

    def _reason_returned(self, _today):
        return self.env._("A payment came back on %(date)s", date=self._day(self.item_id.payment_returned_date))

    def _reason_address(self, _today):
        return self.env._("There is no e-mail address for reminders: ask for one, and enter it on the customer")

    def _reason_broken(self, _today):
        promise = self.promise_id
        amount = format_amount(self.env, promise.amount, promise.currency_id)
        return self.env._("%(amount)s promised for %(date)s did not come", amount=amount, date=self._day(promise.date))

    def _reason_call(self, today):
        activity_sudo = self.activity_id.sudo()  # a fact of the line, whoever planned it
        values = {"what": self._planned_text(activity_sudo)}
        days = (today - self.oldest_date).days if self.oldest_date else 0
        if days <= 0:
            return values["what"]
        return self.env._("%(what)s; overdue for %(days)s", days=self._days_text(days), **values)

    def _reason_failed(self, _today):
        return self.notice_id.failure_reason or self.env._("The notice was not delivered")

    def _reason_look(self, _today):
        return self.notice_id.exception_text

    # Calling -----------------------------------------------------------------------------

    def action_says_paid(self):
        """The customer says that it has paid."""
        return self._log("action_says_paid")

    def action_hardship(self):
        """The customer can't pay now."""
        return self._log("action_hardship")

    def action_promise(self):
        """The customer promises to pay: ask how much, and when."""
        return self._log("action_promise")

    def action_plan(self):
        """The customer pays in instalments: ask for them."""
        return self._log("action_plan")

    def action_refused(self):
        """The customer refuses to pay."""
        return self._log("action_refused")

    def action_answer_done(self):
        """The answers were dealt with, without a call: the customers are reminded again."""
        self.notice_id.check_access("write")
        self.filtered(lambda line: line.kind == "answer").notice_id.action_end_reply_hold()
        self.confirmation_id._dealt_with()
        return True

    @api.model
    def _after_result(self):
        """After a dialog with the result of a call: from the form, on to the next customer."""
        if self.env.context.get("l2c_open_next"):
            return self.browse(ids_of(self.env, "l2c_line_id")).action_open_next()
        return {"type": "ir.actions.act_window_close"}

    def _next_line(self, domain, called):
        """What is only to look at, or to send again, is no call."""
        if self._is_desk():
            domain = Domain(domain) & Domain("kind", "in", engine.CALLED)
        return super()._next_line(domain, called)

    def action_customer_page(self):
        """The page of all that the customer owes."""
        self.ensure_one()
        self.check_access("read")
        return self._document().action_collection_page()

    def _document(self):
        document = super()._document()
        return document.with_company(self.company_id) if self.res_model == "res.partner" else document

    def _own_domain(self):
        if self._is_desk():
            return Domain("res_model", "=", "res.partner") & Domain("is_mine", "=", True)
        return super()._own_domain()

    def _is_desk(self):
        # By the id: the line may be no longer there to be read.
        return (self[:1].id or 0) % 10 == MODELS["res.partner"] or self.env.context.get("l2c_desk")

    def _form_view(self):
        return "lead_to_cash.desk_view_form" if self._is_desk() else super()._form_view()

    def _list_action(self):
        return "lead_to_cash.desk_action" if self._is_desk() else super()._list_action()
