from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_amount

from ...engine.collecting import leaks as engine

#: The step of an activity that asks to close a leak.
LEAK = -4
#: So many new tasks a person gets in a night; of the others the last one tells.
TASKS_A_NIGHT = 10
#: After how many days who must act gets a task: the company's setting for each kind.
SETTINGS = {
    "not_invoiced": "leak_order_days",
    "draft": "leak_draft_days",
    "unsent": "leak_unsent_days",
    "rejected": "leak_unsent_days",
    "bounced": "leak_unsent_days",
}


class CollectionLeak(models.Model):
    """What should be money and isn't: orders that nobody has invoiced, invoices that nobody has posted or sent, or
    that didn't arrive."""

    _name = "collection.leak"
    _inherit = ["l2c.clock.mixin"]
    _description = "Leak"
    _auto = False
    _order = "since, id"

    kind = fields.Selection(engine.LEAK_KINDS, "What Leaks", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    order_id = fields.Many2one("sale.order", readonly=True)
    move_id = fields.Many2one("account.move", "Invoice", readonly=True)
    document = fields.Char(compute="_compute_document")
    salesperson_id = fields.Many2one("res.users", readonly=True)
    owner_id = fields.Many2one("res.users", "Who Must Act", readonly=True)
    since = fields.Date(readonly=True)
    age = fields.Integer("Days", readonly=True, aggregator="avg")
    amount = fields.Monetary(readonly=True, help="In the company's currency, with taxes.")

    _depends = {
        "sale.order": [
            *("invoice_status", "state", "company_id", "partner_id", "user_id", "team_id", "date_order"),
            *("currency_rate", "amount_total", "amount_untaxed"),
        ],
        "sale.order.line": [
            *("order_id", "display_type", "is_downpayment", "qty_to_invoice", "product_uom_qty", "price_total"),
            *("price_unit", "discount", "untaxed_amount_invoiced", "untaxed_amount_to_invoice"),
        ],
        "account.move": [
            *("state", "move_type", "payment_state", "is_move_sent", "amount_residual", "amount_residual_signed"),
            *("amount_total_signed", "invoice_date", "date", "company_id", "partner_id", "commercial_partner_id"),
            "invoice_user_id",
        ],
        "crm.team": ["user_id"],
        "dunning.policy": ["user_id"],
        "mail.message": ["model", "res_id", "date"],
        "mail.notification": ["notification_status", "notification_type", "res_partner_id", "mail_message_id"],
        "res.company": ["currency_id", "dunning_policy_id"],
        "res.currency": ["decimal_places"],
        "res.partner": ["collector_id", "commercial_partner_id", "invoice_sending_method"],
    }

    @property
    def _table_query(self):
        return engine.leaks(self._today(), self.env.tz.zone, self.env["sale.order"]._delivered_sql(), self._refused())

    def _refused(self):
        """SQL: what the addons for e-invoicing that are installed say of an invoice that was refused."""
        moves = self.env["account.move"]
        known = [name for name in engine.REFUSED if name in moves._fields and moves._fields[name].store]
        moves.flush_model(known)
        refused = [SQL("d.%s IN %s", SQL.identifier(name), engine.REFUSED[name]) for name in known]
        if "account.edi.document" in self.env:  # of several countries
            self.env["account.edi.document"].flush_model(["move_id", "state", "blocking_level"])
            refused.append(
                SQL(
                    "EXISTS (SELECT 1 FROM account_edi_document e WHERE e.move_id = d.id AND e.state = 'to_send'"
                    " AND e.blocking_level = 'error')"
                )
            )
        return refused

    @api.depends("order_id", "move_id")
    def _compute_document(self):
        for leak in self:
            # Its number is a fact of the leak, whoever reads it.
            record_sudo = leak._record().sudo()
            leak.document = record_sudo.display_name if record_sudo else False

    @api.depends("document")
    def _compute_display_name(self):
        for leak in self:
            leak.display_name = leak.document

    def _record(self):
        """The order, or the invoice."""
        return self.move_id or self.order_id

    def action_open_document(self):
        """Open the order or the invoice."""
        self.ensure_one()
        self.check_access("read")
        record = self._record()
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "views": [(False, "form")],
        }

    # One figure ---------------------------------------------------------------------------

    @api.model
    def _figure(self):
        """(number of documents, their amount in words of the reader): of what the reader sees; several currencies
        stand beside each other."""
        if not self.has_access("read"):
            return 0, ""
        rows = self._read_group(
            [("company_id", "in", self.env.companies.ids)], ["currency_id"], ["amount:sum", "__count"]
        )
        amounts = [format_amount(self.env, amount, currency) for currency, amount, _count in rows]
        return sum(count for _currency, _amount, count in rows), " + ".join(amounts)

    @api.model
    def _banner(self):
        """What leaks, above the desk."""
        count, amounts = self._figure()
        if not count:
            return []
        text = self.env._("Leaks: %(count)s documents, %(amounts)s", count=count, amounts=amounts)
        if count == 1:
            text = self.env._("Leaks: 1 document, %(amounts)s", amounts=amounts)
        return [{"kind": "info", "text": text, "action": "action_leaks", "label": self.env._("Show")}]

    # Every night --------------------------------------------------------------------------

    @api.model
    def _follow(self, company):
        """The tasks of a company: those of leaks that are closed go, and each new one gets one, once."""
        self._end_closed(company)
        self._ask(company)

    @api.model
    def _asked_domain(self, company):
        return Domain("company_id", "=", company.id) & Domain("leak_asked", "!=", False)

    @api.model
    def _end_closed(self, company, only=None):
        """Tasks about what leaks no more end.

        :param only: documents of one model; else all
        """
        for model, name in (("sale.order", "order_id"), ("account.move", "move_id")):
            if only is not None and only._name != model:
                continue
            asked = self._asked_domain(company)
            if only is not None:
                asked &= Domain("id", "in", only.ids)
            documents = self.env[model].search(asked)
            leaks = self.search([(name, "in", documents.ids)]) if documents else self
            open_now = {(leak[name], leak.kind) for leak in leaks}
            closed = documents.filtered(lambda document, now=open_now: (document, document.leak_asked) not in now)
            closed._end_leak_task()

    @api.model
    def _ask(self, company):
        """Who must act is asked, once for each way in which a document leaks: of at most so many a night."""
        due = Domain.OR(
            Domain("kind", "=", kind) & Domain("age", ">=", company[setting])
            for kind, setting in SETTINGS.items()
            if company[setting] > 0
        )
        # What leaked before this addon was there is on the list; it is nobody's task of the first morning.
        if since := self.env["crm.lead"]._asked_again_since():
            due &= Domain("age", "<=", (self._today() - since).days)
        leaks = self.search(Domain("company_id", "=", company.id) & Domain("owner_id", "!=", False) & due)
        fresh = leaks.filtered(lambda leak: leak._record().leak_asked != leak.kind)
        for owner, theirs in fresh.grouped("owner_id").items():
            user = owner._acting()
            if user.active and not user.share:
                theirs.sorted(lambda leak: (-leak.amount, leak.id))._plan(user)

    def _plan(self, user):
        """The tasks of a person, what weighs most first."""
        now, rest = self[:TASKS_A_NIGHT], len(self) - TASKS_A_NIGHT
        todo = self.env.ref("mail.mail_activity_data_todo")
        values = []
        for leak in user._reading(now):
            record = leak._record()
            values.append(
                {
                    "activity_type_id": todo.id,
                    "summary": leak._task(),
                    "handling_step": LEAK,
                    "date_deadline": self._today(),
                    "res_model_id": self.env["ir.model"]._get_id(record._name),
                    "res_id": record.id,
                    "user_id": user.id,
                }
            )
        if rest > 0:
            spoken = user._reading(self)
            values[-1]["note"] = spoken.env._(
                "More leaks, which come in the next nights: %(count)s. See Collections ▸ Reporting ▸ Leaks.", count=rest
            )
        # A night's tasks are one list in the morning, not an e-mail each.
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(values)
        for leak in now:
            leak._record()._stamp_leak(leak.kind)

    def _task(self):
        """What is to be done about the leak, in a few words."""
        values = {"amount": format_amount(self.env, self.amount, self.currency_id), "days": self._days_text(self.age)}
        return {
            "not_invoiced": lambda: self.env._("Invoice the order: %(amount)s, for %(days)s", **values),
            "draft": lambda: self.env._("Post the invoice, or delete it: %(amount)s, for %(days)s", **values),
            "unsent": lambda: self.env._("Send the invoice: %(amount)s, posted %(days)s ago", **values),
            "rejected": lambda: self.env._("Correct the e-invoice, which was refused: %(amount)s", **values),
            "bounced": lambda: self.env._("Send the invoice to another address: the e-mail failed", **values),
        }[self.kind]()


class LeakMixin(models.AbstractModel):
    """A document that may leak."""

    _name = "collection.leak.mixin"
    _description = "Document That May Leak"

    leak_asked = fields.Selection(
        engine.LEAK_KINDS, "Asked about a Leak", copy=False, readonly=True, groups="base.group_user"
    )

    def _stamp_leak(self, kind):
        """Written by SQL: it is no change of the document."""
        self.flush_recordset(["leak_asked"])
        table = SQL.identifier(self._table)
        self.env.cr.execute(SQL("UPDATE %s SET leak_asked = %s WHERE id IN %s", table, kind, tuple(self.ids)))
        self.invalidate_recordset(["leak_asked"], flush=False)

    def _end_leak_task(self):
        """The leak is closed: so is its task."""
        if not self:
            return
        tasks = [("handling_step", "=", LEAK), ("res_model", "=", self._name), ("res_id", "in", self.ids)]
        # Whoever closes it ends the task of whoever was asked.
        self.env["mail.activity"].sudo().search(tasks).unlink()
        self._stamp_leak(None)
