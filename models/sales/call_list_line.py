from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...engine.handling.contact import MISSES, misses_in_a_row
from ...engine.handling.own import ids_of
from ...engine.sales.call_list import (
    CALL_KINDS,
    CALL_RANKS,
    attempts_of,
    call_list,
    document_id,
    foremost,
    lines_of,
    more_urgent,
    of_customer,
)
from ...engine.sales.keeping_touch import TOUCH_MODEL, touches


class CallListLine(models.Model):
    """Whom to call next, and why: one line a lead, quotation or, for collectors, customer, read
    at the moment of opening.

    A search finds what is on the list now; a line that somebody has open can be read as long
    as there is its document.
    """

    _name = "call.list.line"
    _inherit = ["l2c.clock.mixin"]
    _description = "Call List"
    _auto = False
    _order = "rank, res_id"

    name = fields.Char("Document", readonly=True)
    kind = fields.Selection(CALL_KINDS, readonly=True)
    rank = fields.Float(readonly=True, aggregator=None, help="Ascending, it is the order in which to call.")
    res_model = fields.Selection(
        [("crm.lead", "Lead"), ("sale.order", "Quotation"), ("res.partner", "Customer")],
        "Document Type",
        readonly=True,
    )
    res_id = fields.Many2oneReference("Document ID", model_field="res_model", readonly=True, aggregator=None)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    partner_name = fields.Char("Contact", readonly=True)
    phone = fields.Char(readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    amount = fields.Monetary(readonly=True)
    waiting_hours = fields.Float("Waiting (Hours)", readonly=True, aggregator="avg")
    due_date = fields.Date(readonly=True)
    handling_status_id = fields.Many2one("handling.status", readonly=True)
    handling_status_color = fields.Integer(related="handling_status_id.color", aggregator=None)
    guidance = fields.Text(related="handling_status_id.guidance")
    attempt_count = fields.Integer("Attempts", readonly=True, aggregator=None)
    need = fields.Char(readonly=True)
    reopened_date = fields.Datetime("Opened Again on", readonly=True)
    claimed_by_id = fields.Many2one("res.users", "Taken by", readonly=True)
    claimed_until = fields.Datetime("Taken until", readonly=True)
    response_goal = fields.Datetime("Goal", readonly=True, help="By when a new enquiry is to be called.")
    last_attempt_date = fields.Datetime("Last Attempt", compute="_compute_attempts")
    last_note = fields.Text(compute="_compute_attempts", help="The last note that somebody left with an attempt.")
    misses = fields.Integer("Unanswered Tries", compute="_compute_attempts", help="In a row, since the last contact.")
    contact_attempt_ids = fields.Many2many("contact.attempt", compute="_compute_contact_attempt_ids")
    call_hint = fields.Char("Before Calling", compute="_compute_call_hint")
    is_phone_blocked = fields.Boolean(compute="_compute_call_hint")

    _depends = {
        "crm.lead": [
            *("active", "won_status", "handling_role", "handling_status_id", "attempt_count", "next_action_date"),
            *(
                "callback_at",
                "name",
                "contact_name",
                "partner_name",
                "partner_id",
                "phone",
                "user_id",
                "team_id",
                "company_id",
            ),
            *("expected_revenue", "need", "reopened_date", "claimed_by_id", "claimed_until"),
            *("email_normalized", "phone_sanitized", "response_goal", "is_from_before", "probability"),
            *("interest_level", "budget", "reengaged_date"),
        ],
        "sale.order": [
            *("state", "handling_role", "handling_status_id", "attempt_count", "next_action_date", "name"),
            "callback_at",
            *("partner_id", "user_id", "team_id", "company_id", "amount_total", "currency_rate", "reopened_date"),
        ],
        "res.partner": ["complete_name", "phone"],
    }

    #: By kind: the lowest and highest rank.
    _ranks = CALL_RANKS

    # Reading -----------------------------------------------------------------------------

    @property
    def _table_query(self):
        now = self._now()
        local_now = fields.Datetime.context_timestamp(self, now).replace(tzinfo=None)
        return call_list(now, local_now, [touches(now, local_now), *self._other_lines(now, local_now)])

    def _other_lines(self, now, local_now):
        """SQL for lines of other documents; parameters as of ``engine.sales.call_list.call_list``."""
        return []

    def _search(self, domain, *args, active_test=True, bypass_access=False, **kwargs):
        """What is on the list; with ``active_test`` off (known lines are read) any document."""
        domain = Domain(domain).map_conditions(self._narrowed)
        if not (bypass_access or self.env.su):
            # Rules and filters as one domain: “mine” of both becomes one condition. Given
            # twice, the planner believes it to be so rare that it sorts all instead of
            # reading the first page from the index.
            self.browse().check_access("read")
            rules = self.env["ir.rule"]._compute_domain(self._name, "read")
            # Rules may name what the reader may not read.
            domain &= rules.optimize_full(self.sudo().with_context(active_test=False))
        asked = self.with_context(l2c_without_customers=True) if _without_customers(domain) else self
        query = super(CallListLine, asked)._search(domain, *args, active_test=active_test, bypass_access=True, **kwargs)
        if active_test and self.env.context.get("active_test", True):
            query.add_where(self._listed())
            self._join_more_urgent(query)
        return query

    def _join_more_urgent(self, query):
        """Keep of each person the most urgent line."""
        table = more_urgent(self._table, self._now(), self._today(), self.env.companies.ids)
        alias = query.make_alias(self._table, "urgent")
        query.add_join("LEFT JOIN", alias, table, SQL("TRUE"))
        query.add_where(foremost(alias))

    def _field_to_sql(self, alias, fname, query=None):
        """Quotations, and whom one keeps in touch with, are named and called as their customer is."""
        sql = super()._field_to_sql(alias, fname, query)
        if fname in ("name", "partner_name"):
            return SQL("COALESCE(%s, %s)", sql, of_customer(alias, "complete_name"))
        if fname == "phone":
            of_customers = SQL("%s IN %s", SQL.identifier(alias, "res_model"), ("sale.order", TOUCH_MODEL))
            return SQL("CASE WHEN %s THEN %s ELSE %s END", of_customers, of_customer(alias, "phone"), sql)
        return sql

    def _listed(self):
        """SQL: who stands on the list: those for whom it is time."""
        return SQL.identifier(self._table, "listed")

    def _narrowed(self, condition):
        """A condition on ids or kinds, with what follows from it for documents or ranks, by which
        PostgreSQL finds them."""
        values = [condition.value] if condition.operator == "=" else condition.value
        if condition.operator not in ("=", "in") or not values:
            return condition
        if condition.field_expr == "id":
            return condition & Domain("res_id", "in", [document_id(line_id) for line_id in values if line_id])
        if condition.field_expr == "kind" and self._ranks.keys() >= set(values):
            lowest, highest = min(self._ranks[kind][0] for kind in values), max(self._ranks[kind][1] for kind in values)
            return condition & Domain("rank", ">=", lowest) & Domain("rank", "<=", highest)
        return condition

    @api.depends("company_id")
    @api.depends_context("company")
    def _compute_currency_id(self):
        for line in self:
            line.currency_id = (line.company_id or self.env.company).currency_id

    @api.depends("res_model", "res_id", "reopened_date")
    def _compute_attempts(self):
        found = {}
        if self:
            self.env["contact.attempt"].flush_model()
            query = attempts_of([(line.res_model, line.res_id) for line in self])
            found = {(model, res_id): row for model, res_id, *row in self.env.execute_query(query)}
        for line in self:
            dates, outcomes, note = found.get((line.res_model, line.res_id), (None, None, False))
            dates, outcomes = dates or [False], outcomes or [False]
            line.last_attempt_date = dates[-1]
            tries = zip(dates, outcomes, strict=True) if outcomes[-1] in MISSES else ()
            line.misses = misses_in_a_row(tries, line.reopened_date)
            line.last_note = note

    @api.depends("res_model", "res_id")
    def _compute_contact_attempt_ids(self):
        for line in self:
            line.contact_attempt_ids = line._document().contact_attempt_ids

    @api.depends("res_model", "res_id")
    @api.depends_context("lang", "company", "l2c_today")
    def _compute_call_hint(self):
        """What the documents say, all of a page at once."""
        for model, lines in self.grouped("res_model").items():
            documents = {document.id: document for document in self.env[model].browse(lines.mapped("res_id"))}
            for line in lines:
                line.call_hint = documents[line.res_id].call_hint
                line.is_phone_blocked = documents[line.res_id].is_phone_blocked

    # Calling -----------------------------------------------------------------------------

    def action_take(self):
        """Show the others that I call this one.

        :raise UserError: when somebody else has taken it
        """
        self.ensure_one()
        self.check_access("read")
        if not self._take():
            raise UserError(self._document()._claim_refusal())
        return True

    def _take(self):
        """Whether I have got it: what somebody else has taken, I haven't. Quotations aren't taken;
        who can't log a call takes nothing."""
        document = self._document()
        document.check_access("read")
        takes = document._name != "sale.order" and self.env["contact.attempt"].has_access("create")
        taken = not takes or document._claim()
        self.invalidate_recordset(flush=False)
        return taken

    def action_open(self):
        """Take the line and show it, with all that is needed for the call."""
        self.action_take()
        return self._form_action([])

    def action_document(self):
        """Show the lead or quotation itself."""
        self.ensure_one()
        self.check_access("read")
        return self._document().get_formview_action()

    def action_start(self):
        """Take and show the first line that nobody else has: of the list as it is filtered, or
        of one's own."""
        self.check_access("read")
        domain = self._asked_domain("active_domain")
        line = self._next_line(domain, [])
        return line.with_context(l2c_call_domain=domain)._form_action([]) if line else self._done_action()

    def action_open_next(self):
        """Go on to the next line that nobody else has, and that hasn't been open in this round."""
        self.browse().check_access("read")  # the line itself may be done
        called = [*ids_of(self.env, "l2c_called"), *self.ids]
        called = [line_id for one in called for line_id in lines_of(one)]
        domain = self._asked_domain("l2c_call_domain")
        line = self._next_line(domain, called)
        if not line:
            return self._done_action()
        action = line._form_action(called)
        return {"type": "ir.actions.client", "tag": "l2c_call_list_next", "params": {"action": action}}

    def action_reached(self):
        """Somebody was reached."""
        return self._log("action_reached")

    def action_no_answer(self):
        """Nobody answered."""
        return self._log("action_no_answer")

    def action_left_message(self):
        """A message was left."""
        return self._log("action_left_message")

    def action_call_back(self):
        """They ask for another call."""
        return self._log("action_call_back")

    def _log(self, method):
        """Do what the document's button does; in the form, go on to the next line, unless a
        dialog has to be answered first."""
        self.ensure_one()
        self.check_access("read")
        document = self._document().with_context(l2c_line_id=self.id)
        if not hasattr(type(document), method):
            raise UserError(self.env._("That can't be said of this line: choose another outcome."))
        result = getattr(document, method)()
        self.invalidate_model(flush=False)
        if result is True and self.env.context.get("l2c_open_next"):
            return self.action_open_next()
        return result

    def _asked_domain(self, key):
        """The domain of the list that the client shows, or one's own.

        :raise UserError: when it is none
        """
        domain = self.env.context.get(key)
        if not domain:
            return self._own_domain()
        try:
            Domain(domain).validate(self)
        except Exception as error:
            raise UserError(self.env._("The filter of the list can't be read. Open the list again.")) from error
        return domain

    def _own_domain(self):
        """What one goes on with without a filtered list to go by."""
        return Domain("user_id", "=", self.env.uid) & Domain("res_model", "!=", "res.partner")

    def _next_line(self, domain, called):
        domain = Domain(domain) & Domain("claimed_by_id", "in", [False, self.env.uid])
        called = list(called)
        while line := self.search(domain & Domain("id", "not in", called), limit=1):
            if line._take():
                break
            called.append(line.id)  # somebody else was quicker
        return line

    def _document(self):
        return self.env[self.res_model].browse(self.res_id)

    def _form_action(self, called):
        kept = {"l2c_call_domain": self.env.context.get("l2c_call_domain")}
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Call"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(self.env.ref(self._form_view()).id, "form")],
            "context": {**kept, "l2c_called": called},
        }

    def _form_view(self):
        return "lead_to_cash.call_list_line_view_form"

    def _list_action(self):
        return "lead_to_cash.call_list_line_action"

    def _done_action(self):
        # By its id: only then the web client takes the help of an empty list for HTML.
        action_id = self.env["ir.model.data"]._xmlid_to_res_id(self._list_action())
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("The call list is done."),
                "next": action_id,
            },
        }


def _without_customers(domain):
    """Whether ``domain`` names documents of which none is a customer."""
    for part in domain.children if getattr(domain, "OPERATOR", None) == "&" else (domain,):
        if getattr(part, "field_expr", None) == "res_model" and part.operator in ("=", "!=", "in", "not in"):
            named = "res.partner" in ([part.value] if isinstance(part.value, str) else part.value)
            if named == (part.operator in ("!=", "not in")):
                return True
    return False
