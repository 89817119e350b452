from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_amount, format_date, plaintext2html

from ...engine.agreements.following import OFFER_PLAN
from ...engine.collecting.sales_facts import collection_facts
from ...engine.handling.contact import CONTACTS, MISSES, MOST_TRIES, misses_in_a_row
from ...engine.handling.own import own
from ..books.res_partner import BOOKKEEPERS
from ..handling.contact import next_try
from ..handling.contact_attempt import ALL_CUSTOMERS
from ..handling.next_action import ONCE, PLANNED
from ..handling.searching import check_searched


class ResPartner(models.Model):
    """Calls about all that a customer owes, and what follows from them."""

    _inherit = "res.partner"

    collection_note = fields.Text(
        company_dependent=True,
        index=False,
        groups=BOOKKEEPERS,
        help="What to know when asking for money: pays on the 10th, needs the order number on the invoice.",
    )
    is_mine_to_collect = fields.Boolean(
        "Mine to Collect",
        compute="_compute_is_mine_to_collect",
        search="_search_is_mine_to_collect",
        groups=BOOKKEEPERS,
        help="Customers whose collector is the reader, or somebody whom the reader stands in for.",
    )
    has_no_collector = fields.Boolean(
        "Without Collector",
        compute="_compute_has_no_collector",
        search="_search_has_no_collector",
        groups=BOOKKEEPERS,
        help="Customers without a collector, or whose collector has left.",
    )

    external_rating = fields.Selection(
        [("good", "Good"), ("fair", "Fair"), ("poor", "Poor")],
        company_dependent=True,
        index=False,
        groups=BOOKKEEPERS,
        help="What a credit agency or another source says. Poor puts the customer on the watch list.",
    )
    external_rating_source = fields.Char("Rated by", company_dependent=True, index=False, groups=BOOKKEEPERS)
    external_rating_date = fields.Date("Rated on", company_dependent=True, index=False, groups=BOOKKEEPERS)
    watch_ids = fields.One2many(
        "dunning.watch", "partner_id", "Watched for", domain=[("until", "=", False)], readonly=True, groups=BOOKKEEPERS
    )
    is_watched = fields.Boolean(
        "Watched", compute="_compute_is_watched", search="_search_is_watched", groups=BOOKKEEPERS
    )

    def _joined_another(self):
        """Whoever makes a customer with invoices a contact of another is told no more of that one than
        before: as if they had chosen it."""
        if self.env.su or any(self.env.user.has_group(group) for group in ALL_CUSTOMERS):
            return
        moves_sudo = self.env["account.move"].sudo()  # whoever may write the contact
        if not moves_sudo.search_count([("partner_id", "in", self.ids), ("state", "=", "posted")], limit=1):
            return
        others_sudo = self.commercial_partner_id.sudo()  # as above
        others_sudo.filtered(lambda other: other.user_id == self.env.user).is_self_chosen = True
        for model in ("crm.lead", "sale.order"):
            given = [("given_customer_id", "in", others_sudo.ids), ("user_id", "=", self.env.uid)]
            self.env[model].sudo().search(given).given_customer_id = False  # as above

    def action_log_attempt(self, outcome, channel="call", note=None, date=None):
        """Log one attempt for each customer; it counts for all its open invoices, ends the
        calls that were due, and plans what follows from its outcome.

        Parameters and errors as of ``action_log_attempt`` of a document.
        """
        self._log_attempts(outcome, channel, note, date)
        return True

    def _log_attempts(self, outcome, channel="call", note=None, date=None):
        """As ``action_log_attempt``; returns the attempts."""
        self._check_may_log()
        return self.env["contact.attempt"]._log(self.commercial_partner_id, outcome, channel, note, date)

    def _click(self, outcome):
        """Log what a button says; on the desk, tell so, with a way back."""
        attempts = self._log_attempts(outcome)
        return attempts._toast() if self.env.context.get("l2c_line_id") else True

    # One click on the desk -----------------------------------------------------------

    def action_reached(self):
        """The customer was reached: ask what came of it."""
        return self._result_dialog("reached")

    def action_call_back(self):
        """The customer asks for another call: ask when."""
        return self._result_dialog("callback")

    def action_says_paid(self):
        """The customer says that it has paid: ask when and how."""
        return self._result_dialog("says_paid")

    def action_hardship(self):
        """The customer can't pay now: ask what was said."""
        return self._result_dialog("hardship")

    def action_refused(self):
        """The customer refuses to pay: ask what was said."""
        return self._result_dialog("refused")

    def action_no_answer(self):
        """Nobody answered."""
        return self._click("no_answer")

    def action_left_message(self):
        """A message was left."""
        return self._click("left_message")

    def _check_may_log(self):
        self.check_access("read")
        self.env["contact.attempt"].check_access("create")

    def _result_dialog(self, outcome):
        self.ensure_one()
        self._check_may_log()
        action = self.env["ir.actions.act_window"]._for_xml_id("lead_to_cash.call_result_action")
        values = {"partner_id": self.id, "company_id": self.env.company.id, "outcome": outcome}
        return action | {"context": self._dialog_context(values)}

    def _dialog_context(self, values):
        """Defaults of a dialog, and from where on the desk it was opened."""
        kept = {name: value for name, value in self.env.context.items() if name.startswith("l2c_")}
        return kept | {f"default_{name}": value for name, value in values.items()}

    # What follows --------------------------------------------------------------------

    def _attempts_made(self, outcome, attempts):
        """An attempt for a customer counts for each of its open invoices; what needed somebody
        has had somebody. Who calls to keep in touch doesn't call about invoices."""
        if own(self.env, "l2c_keeps_touch"):
            return
        attempts.with_env(self.env)._keep_what_was()
        invoices = self._open_invoices()
        by_customer = attempts.grouped(lambda attempt: attempt.partner_id.commercial_partner_id)
        moments = [
            (invoice.id, attempt.date)
            for invoice in invoices
            for attempt in by_customer.get(invoice.commercial_partner_id, ())
        ]
        if moments:
            invoices._count_attempts(outcome, moments)
            invoices._handling_event(outcome)
        if self.env["dunning.notice"].has_access("read"):  # a salesperson's call is not the collector's
            self._dealt_with(invoices)
            self._plan_what_follows(outcome, attempts)
        attempts.with_env(self.env)._keep_what_followed()

    def _plan_what_follows(self, outcome, attempts):
        if outcome in CONTACTS:
            self._followed_by("contact")
        if outcome in MISSES:
            self._plan_next_tries(attempts)
        elif outcome == "says_paid":
            self._says_paid()
        elif outcome == "hardship":
            day = self.env.company._working_days_later(1)
            self._plan_step(lambda document: document.env._("Offer a payment plan"), day, step=OFFER_PLAN)

    def _dealt_with(self, invoices):
        """Answers, broken promises, returned payments and due calls of the customers are off
        the desk."""
        customers, company, today = self.commercial_partner_id.ids, self.env.company, self.env.company._today()
        own = Domain("partner_id", "in", customers) & Domain("company_id", "=", company.id)
        # Whoever may log a call thereby ends what it was about.
        sudo = self.sudo().env
        notices_sudo = sudo["dunning.notice"].search(own & Domain("state", "in", ("queued", "sent", "failed")))
        notices_sudo.filtered("needs_answer")._answer_dealt_with()
        sudo["dunning.promise"].search(
            own & Domain("state", "=", "broken") & Domain("is_followed_up", "=", False)
        ).is_followed_up = True
        sudo["account.move.line"]._return_followed_up(self.commercial_partner_id)
        calls = Domain("res_model", "=", "dunning.notice") & Domain("res_id", "in", notices_sudo.ids)
        calls |= Domain("res_model", "=", "account.move") & Domain("res_id", "in", invoices.ids)
        calls &= Domain("date_deadline", "<=", today)
        by_hand = Domain("id", "in", notices_sudo.filtered(lambda row: row.channel == "manual").activity_id.ids)
        due = sudo["mail.activity"].search(calls & (Domain("activity_type_id.category", "=", "phonecall") | by_hand))
        due._action_done()
        sudo["balance.confirmation"].search(
            [("partner_id.commercial_partner_id", "in", customers), ("company_id", "=", company.id)]
        )._dealt_with()

    def _plan_next_tries(self, attempts):
        """A call on the next working day, in the mornings and afternoons in turn, unless
        nobody has answered so often that the next level has to help."""
        tried = self.env["contact.attempt"].search(
            [
                ("res_model", "=", "res.partner"),
                ("res_id", "in", attempts.mapped("res_id")),
                ("company_id", "=", self.env.company.id),
            ],
            order="date, id",
        )
        day = self.env.company._working_days_later(1)
        for customer_id, tries in tried.grouped("res_id").items():
            misses = misses_in_a_row(tries.mapped(lambda attempt: (attempt.date, attempt.outcome)))
            if misses < MOST_TRIES:
                self.browse(customer_id)._plan_step(next_try(misses), day, "call")

    def _says_paid(self):
        """The customers aren't reminded of anything while somebody looks for the money."""
        company = self.env.company
        until = company._dunning_working_days_later(company.dunning_reply_hold_days)
        # Who calls a customer need not be allowed to change its address.
        for customer_sudo in self.sudo().with_company(company).commercial_partner_id:
            if not customer_sudo.dunning_hold_until or customer_sudo.dunning_hold_until < until:
                customer_sudo.write({"dunning_hold_until": until, "dunning_hold_reason": self.env._("Says it is paid")})
        self.env["dunning.notice"]._reasons_changed(self._open_items())
        self._plan_step(
            lambda document: document.env._("Look for the payment in the bank: the customer says it is paid"), until
        )

    def _plan_step(self, say, day, kind="todo", step=ONCE):
        """An activity on the oldest open invoice of each customer, else on its last notice.

        :param say: of the document, as its responsible reads it: what is to be done
        :param step: by which what follows knows it again
        """
        kinds = {"todo": "mail.mail_activity_data_todo", "call": "mail.mail_activity_data_call"}
        invoices = self._open_invoices().grouped("commercial_partner_id")
        for customer in self.commercial_partner_id:
            document = invoices.get(customer, self.env["account.move"])[:1] or self.env["dunning.notice"].search(
                [("partner_id", "=", customer.id), ("company_id", "=", self.env.company.id), ("state", "=", "sent")],
                limit=1,
            )
            if document:
                user = customer.with_company(self.env.company).collector_id._acting() or self.env.user
                document_sudo = user._reading(document.sudo())  # planning is no change of the document
                if kind == "call":
                    document_sudo.activity_search([kinds[kind]], additional_domain=PLANNED).unlink()
                summary = say(document_sudo)
                note = customer._call_note(user, kind)
                document_sudo.activity_schedule(
                    kinds[kind], day, summary, user_id=user.id, handling_step=step, note=note
                )

    def _call_note(self, user, kind):
        """What helps who calls: how the customer is reached best, and what isn't in its own portal yet."""
        if kind != "call":
            return False
        customer_sudo = user._reading(self.sudo().with_company(self.env.company))  # whoever plans the call
        best = customer_sudo._best_contact_text()
        lines = [best and customer_sudo.env._("Reached best: %s", best), *customer_sudo._not_uploaded().values()]
        return plaintext2html("\n".join(filter(None, lines))) or False

    # The collector ------------------------------------------------------------------------

    @api.depends("collector_id")
    @api.depends_context("uid", "company")
    def _compute_is_mine_to_collect(self):
        mine = self.env.user._acting_for()
        for partner in self:
            partner.is_mine_to_collect = partner.commercial_partner_id.collector_id in mine

    def _search_is_mine_to_collect(self, operator, value):
        check_searched(self, "is_mine_to_collect")
        if operator != "in":
            return NotImplemented
        return Domain("commercial_partner_id.collector_id", "in", self.env.user._acting_for().ids)

    @api.depends("collector_id.active")
    @api.depends_context("company")
    def _compute_has_no_collector(self):
        for partner in self:
            partner.has_no_collector = not partner.commercial_partner_id.collector_id.active

    def _search_has_no_collector(self, operator, value):
        check_searched(self, "has_no_collector")
        if operator != "in":
            return NotImplemented
        active = self.env["res.users"].sudo()._search([("active", "=", True)])  # a fact, not the users
        return Domain("commercial_partner_id.collector_id", "not in", active)

    def _set_collectors(self, chosen):
        """Write the collectors ``{customer id: user id}``, at once for each collector; returns
        how many customers."""
        by_user = {}
        for partner_id, user_id in chosen.items():
            by_user.setdefault(user_id, []).append(partner_id)
        for user_id, partner_ids in by_user.items():
            self.browse(partner_ids).collector_id = user_id
        return len(chosen)

    # The watch list -----------------------------------------------------------------------

    @api.depends("watch_ids.until", "watch_ids.company_id")
    @api.depends_context("company")
    def _compute_is_watched(self):
        groups = self.env["dunning.watch"]._read_group(
            self._watched_domain() & Domain("partner_id", "in", self.commercial_partner_id.ids), ["partner_id"]
        )
        watched = {partner for [partner] in groups}
        for partner in self:
            partner.is_watched = partner.commercial_partner_id in watched

    def _search_is_watched(self, operator, value):
        check_searched(self, "is_watched")
        if operator != "in":
            return NotImplemented
        watches = self.env["dunning.watch"]._search(self._watched_domain())
        return Domain("commercial_partner_id", "in", watches.subselect("partner_id"))

    @api.model
    def _watched_domain(self):
        return Domain("until", "=", False) & Domain("company_id", "=", self.env.company.id)

    # What sales are told ------------------------------------------------------------------

    @api.model
    def _collection_facts(self, pairs):
        """What is past due, the level reached, and whether that holds sales.

        :param pairs: (company, customer) of any number of documents
        :return: by pair: its facts, a row of ``engine.collecting.sales_facts``; those without any are left out
        """
        wanted = {(company.id, partner.commercial_partner_id.id): (company, partner) for company, partner in pairs}
        wanted.pop((False, False), None)
        companies = {company for company, partner in wanted if company and partner}
        partners = {partner for company, partner in wanted if company and partner}
        if not companies or not partners:
            return {}
        self.env.flush_all()
        states = self.env["account.payment"]._valid_payment_states()
        statement = collection_facts(companies, partners, self.env["res.company"]._today(), states)
        rows = self.env.execute_query_dict(statement)
        for row in rows:
            # Whether somebody is a company is no secret.
            if row["hold_grade"] and not self.sudo().browse(row["partner_id"])._may_be_held_by_grade():
                row["hold_grade"] = None
        told = [row for row in rows if row["overdue"] > 0 or row["hold_level_id"] or row["hold_grade"]]
        return {(row["company_id"], row["partner_id"]): row for row in told}

    @api.model
    def _facts_sentences(self, facts):
        """The facts in the reader's words: what is past due and how far it went, why, and whether
        orders are held."""
        sentences = self._debt_sentences(facts) if facts["overdue"] > 0 or facts["hold_level_id"] else []
        return "\n".join(filter(None, [*sentences, self._hold_sentence(facts)]))

    @api.model
    def _debt_sentences(self, facts):
        # Salespeople don't read the books; they are told of customers whose documents they read.
        env = self.sudo().env
        company = env["res.company"].browse(facts["company_id"])
        level = env["dunning.level"].browse(facts["level_id"])
        values = {"amount": format_amount(env, facts["overdue"], company.currency_id), "level": level.name or ""}
        customer, item = self.browse(facts["partner_id"]), env["account.move.line"].browse(facts["item_id"])
        decision = env["dunning.decision"]._in_force(company, customer, item)
        names_level = decision.code in ("reminded", "last_level") and decision.level_id == level
        if facts["overdue"] <= 0:
            sentences = [self.env._("An open item has reached the level %(level)s.", **values)]
        elif level and not names_level:
            sentences = [self.env._("%(amount)s is past due; the highest level reached is %(level)s.", **values)]
        else:
            sentences = [self.env._("%(amount)s is past due.", **values)]
        return [*sentences, decision.sentence]

    def _hold_sentence(self, facts):
        if not (facts["hold_level_id"] or facts["hold_grade"]):
            return ""
        release = self.env["dunning.sales.release"].sudo().browse(facts["release_id"])  # as above
        if not release:
            return self.env._("Orders wait for a sales manager to release them.")
        return self.env._(
            "Orders are released until %(day)s by %(user)s: %(reason)s.",
            day=format_date(self.env, release.until),
            user=release.create_uid.name,
            reason=release.reason.rstrip("."),
        )

    # Asking the salesperson ---------------------------------------------------------------

    def action_ask_salesperson(self):
        """Ask the salesperson of these customers for help."""
        return self.env["dunning.ask.salesperson"]._open(self)
