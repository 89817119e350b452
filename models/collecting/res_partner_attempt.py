from odoo import models
from odoo.fields import Domain

from ...engine.handling.contact import MISSES, MOST_TRIES, half_of_day, misses_in_a_row


class ResPartner(models.Model):
    """Calls about all that a customer owes, and what follows from them."""

    _inherit = "res.partner"

    def action_log_attempt(self, outcome, channel="call", note=None, date=None):
        """Log one attempt for each customer; it counts for all its open invoices, ends the
        calls that were due, and plans what follows from its outcome.

        Parameters and errors as of ``action_log_attempt`` of a document.
        """
        self._check_may_log()
        self.env["contact.attempt"]._log(self.commercial_partner_id, outcome, channel, note, date)
        return True

    # One click on the desk -----------------------------------------------------------

    def action_reached(self):
        return self._result_dialog("reached")

    def action_call_back(self):
        return self._result_dialog("callback")

    def action_says_paid(self):
        return self._result_dialog("says_paid")

    def action_hardship(self):
        return self._result_dialog("hardship")

    def action_refused(self):
        return self._result_dialog("refused")

    def action_no_answer(self):
        return self.action_log_attempt("no_answer")

    def action_left_message(self):
        return self.action_log_attempt("left_message")

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
        has had somebody."""
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

    def _plan_what_follows(self, outcome, attempts):
        if outcome in MISSES:
            self._plan_next_tries(attempts)
        elif outcome == "says_paid":
            self._says_paid()
        elif outcome == "hardship":
            self._plan_step(self.env._("Offer a payment plan"), self.env.company._working_days_later(1))

    def _dealt_with(self, invoices):
        """Answers, broken promises, returned payments and due calls of the customers are off
        the desk."""
        customers, company, today = self.commercial_partner_id.ids, self.env.company, self.env.company._today()
        own = Domain("partner_id", "in", customers) & Domain("company_id", "=", company.id)
        # Whoever may log a call thereby ends what it was about.
        sudo = self.sudo().env
        notices_sudo = sudo["dunning.notice"].search(own & Domain("state", "in", ("queued", "sent", "failed")))
        notices_sudo.filtered("needs_answer").needs_answer = False
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
            [("res_model", "=", "res.partner"), ("res_id", "in", attempts.mapped("res_id"))], order="date, id"
        )
        day = self.env.company._working_days_later(1)
        for customer_id, tries in tried.grouped("res_id").items():
            misses = misses_in_a_row(tries.mapped(lambda attempt: (attempt.date, attempt.outcome)))
            if misses < MOST_TRIES:
                afternoon, morning = (
                    self.env._("Call again, in the afternoon"),
                    self.env._("Call again, in the morning"),
                )
                summary = afternoon if half_of_day(misses) == "afternoon" else morning
                self.browse(customer_id)._plan_step(summary, day, "call")

    def _says_paid(self):
        """The customers aren't reminded of anything while somebody looks for the money."""
        company = self.env.company
        until = company._dunning_working_days_later(company.dunning_reply_hold_days)
        # Who calls a customer need not be allowed to change its address.
        for customer_sudo in self.sudo().with_company(company).commercial_partner_id:
            if not customer_sudo.dunning_hold_until or customer_sudo.dunning_hold_until < until:
                customer_sudo.write({"dunning_hold_until": until, "dunning_hold_reason": self.env._("Says it is paid")})
        self.env["dunning.notice"]._reasons_changed(self._open_items())
        self._plan_step(self.env._("Look for the payment in the bank: the customer says it is paid"), until)

    def _plan_step(self, summary, day, kind="todo"):
        """An activity on the oldest open invoice of each customer, else on its last notice."""
        kinds = {"todo": "mail.mail_activity_data_todo", "call": "mail.mail_activity_data_call"}
        invoices = self._open_invoices().grouped("commercial_partner_id")
        for customer in self.commercial_partner_id:
            document = invoices.get(customer, self.env["account.move"])[:1] or self.env["dunning.notice"].search(
                [("partner_id", "=", customer.id), ("company_id", "=", self.env.company.id), ("state", "=", "sent")],
                limit=1,
            )
            if document:
                user = customer.with_company(self.env.company).collector_id._acting() or self.env.user
                document_sudo = document.sudo()  # planning is no change of the document
                if kind == "call":
                    document_sudo.activity_unlink([kinds[kind]])
                document_sudo.activity_schedule(kinds[kind], day, summary, user_id=user.id)

    def _open_invoices(self):
        """The open invoices of the customers in the current company, oldest first."""
        return self.env["account.move"].search(
            [
                ("commercial_partner_id", "in", self.commercial_partner_id.ids),
                ("company_id", "=", self.env.company.id),
                ("move_type", "in", ("out_invoice", "out_receipt")),
                ("state", "=", "posted"),
                ("payment_state", "in", ("not_paid", "partial")),
            ],
            order="invoice_date_due, id",
        )

    def _open_items(self):
        """The open debit items of the customers in the current company, oldest first."""
        domain = (
            Domain("partner_id.commercial_partner_id", "in", self.commercial_partner_id.ids)
            & Domain("company_id", "=", self.env.company.id)
            & self.env["account.move.line"]._open_domain()
            & Domain("balance", ">", 0)
        )
        return self.env["account.move.line"].search(domain, order="date_maturity, id")
