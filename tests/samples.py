"""Something of everything: the demo data, and what it doesn't show."""

from odoo import Command
from odoo.modules.module import get_manifest
from odoo.tools import convert_file

from .common import HandlingCase

#: Days of due dates from long ago to far ahead.
DUE = ("2025-12-01", "2026-01-10", "2026-02-20", "2026-03-05", "2026-03-25")

CHANNELS = ("email", "letter", "call", "manual", "registered_letter")


class Samples:
    """Makes records in the states that buttons depend on."""

    def __init__(self, env):
        self.env = env
        self.customer = env["res.partner"].create(
            {
                "name": "Of all kinds",
                "email": "all@example.com",
                "phone": "+40 21 555 0170",
                "user_id": env.ref("base.user_admin").id,
            }
        )

    def demo(self):
        for name in get_manifest("lead_to_cash")["demo"]:
            convert_file(self.env, "lead_to_cash", name, {}, "init", noupdate=True)

    def make(self, sellers):
        self.demo()
        self.books()
        self.agreements()
        self.notices()
        self.foresight()
        self.late_payers()
        for seller in sellers:
            self.sales(seller)
        self.company()
        self.env.flush_all()

    def invoice(self, **values):
        return HandlingCase.invoice(self, **values)

    def items(self, move):
        return move.line_ids.filtered(lambda line: line.account_type == "asset_receivable")

    # ------------------------------------------------------------ sales

    def sales(self, seller):
        """What a salesperson has: leads and quotations in every state, an invoice."""
        Lead = self.env["crm.lead"].with_user(seller)
        own = {"type": "opportunity", "user_id": seller.id, "phone": "+40 21 555 0171", "email_from": "l@example.com"}
        names = ("new", "missed", "reached", "won", "closed", "waiting", "returned")
        leads = Lead.create([{**own, "name": f"{name} of {seller.name}"} for name in names])
        _new, missed, reached, won, closed, waiting, returned = leads
        missed.action_log_attempt("no_answer")
        reached.action_log_attempt("reached", note="Wants an offer")
        won.action_set_won()
        closed.action_close(self.env.ref("lead_to_cash.lost_reason_not_interested"), "Later")
        (waiting | returned).sudo().with_user(self.env.user).action_hand_over(seller)
        returned.with_user(seller).action_return("A student")
        # An e-mail of the series waits: with and without a consent.
        asked, agreed = Lead.create([{**own, "name": f"{name} of {seller.name}"} for name in ("asked", "agreed")])
        asked.contact_basis = "enquiry"
        agreed.write({"contact_basis": "consent", "consent_date": "2026-03-01"})
        for day in ("2026-03-05", "2026-03-06"):
            (asked | agreed).action_log_attempt("no_answer", date=f"{day} 10:00:00")
        self.orders(seller)

    def orders(self, seller):
        product = self.env["product.product"].create(
            {"name": "Thing", "list_price": 100.0, "taxes_id": False, "invoice_policy": "order"}
        )
        line = Command.create({"product_id": product.id, "product_uom_qty": 1})
        values = {"user_id": seller.id, "order_line": [line], "validity_date": "2026-12-31"}
        partners = (*([self.customer] * 5), self.debtor)
        orders = self.env["sale.order"].create([{**values, "partner_id": partner.id} for partner in partners])
        _draft, sent, expired, closed, ordered, held = orders
        (sent | expired).action_quotation_sent()
        expired.validity_date = "2026-03-01"
        held.action_quotation_sent()
        closed.action_close(self.env.ref("lead_to_cash.lost_reason_not_interested"), "Later")
        ordered.action_confirm()
        invoice = ordered._create_invoices()
        invoice.write(
            {"invoice_date": "2026-02-01", "invoice_date_due": "2026-03-01", "invoice_payment_term_id": False}
        )
        invoice.action_post()

    # ------------------------------------------------------------ books

    def books(self):
        """Documents of all kinds, paid in all ways."""
        self.debtor = self.env.ref("lead_to_cash.partner_gym")
        self.env["dunning.level"].search([]).hold_sales = True
        bad_debts = self.env["account.account"].search([("account_type", "=", "expense")], limit=1)
        self.env.company.write_off_account_id = bad_debts
        self.open = [self.invoice(due=due) for due in DUE]
        self.invoice(post=False)
        for kind in ("out_refund", "out_receipt", "in_invoice"):
            self.invoice(move_type=kind)
        closed, paid = self.invoice(), self.invoice()
        closed.action_close(self.env.ref("lead_to_cash.lost_reason_not_interested"), "Too small")
        HandlingCase.pay(self, paid)
        HandlingCase.pay(self, self.open[0], 10.0)
        journal = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.env.company.id)], limit=1
        )
        self.env["account.bank.statement.line"].create(
            {
                "journal_id": journal.id,
                "date": "2026-03-04",
                "amount": 70.0,
                "payment_ref": "x",
                "partner_id": self.customer.id,
            }
        )

    def agreements(self):
        """Promises, plans, disputes and write-offs in every state."""

        def about(**values):
            return {
                "partner_id": self.customer.id,
                "move_line_ids": [Command.set(self.items(self.invoice()).ids)],
                **values,
            }

        promises = self.env["dunning.promise"].create([about(amount=100.0, date="2026-03-20") for _number in range(2)])
        promises[0].action_cancel()
        plan = self.env["dunning.plan"].create(about(number=2, first_date="2026-03-20", total=100.0))
        plan.action_cancel()
        self.env["dunning.plan"].create(about(number=2, first_date="2026-03-20", total=100.0))
        disputes = self.env["dunning.dispute"].create([about(note="Broken") for _number in range(2)])
        disputes[0].action_resolve()
        write_offs = self.env["dunning.write.off"].create([about(amount=100.0, reason="Gone") for _number in range(4)])
        proposer = self.env.ref("lead_to_cash.user_collector")
        write_offs.requested_by_id = proposer
        _proposed, approved, done, refused = write_offs
        (approved | done).action_approve()
        done.action_post()
        refused.action_refuse()
        self.invoice()._pause("2026-04-01", "They check it")
        self.env["dunning.run"].create({})
        self.env["dunning.sales.release"].create(
            {"partner_id": self.customer.id, "until": "2026-04-01", "reason": "Paid by cheque"}
        )

    def late_payers(self):
        """Watched customers, what was heard of them, and what is proposed to them."""
        company = self.env.company
        own = {"partner_id": self.debtor.id, "company_id": company.id}
        other = self.env["res.partner"].create({"name": "Late"})
        self.env["customer.warning"].create({**own, "what": "Moved away", "source": "Our driver", "day": "2026-03-01"})
        watch = {**own, "kind": "promises", "ref": "", "since": "2026-03-01", "params": {"count": 3}}
        self.env["dunning.watch"].create(watch)
        late = {"late": 40, "term": 30, "documents": 4, "grade": "d"}
        for values in (
            {**own, "kind": "shorter_term"},
            {**own, "partner_id": other.id, "kind": "deposit", "state": "accepted"},
        ):
            self.env["payment.proposal"].create({**values, "day": "2026-03-01", "params": late})
        grade = {"grade": "d", "since": "2026-03-01", "as_of": "2026-03-01", "expected_days_late": 40, "reasons": []}
        self.env["payment.grade"].create({**own, **grade})

    def notices(self):
        """Notices by all channels, answered in all ways, and questions about a balance."""
        self.policy("Not running", "email")
        notices = self.env["dunning.notice"].union(*(self.notice_by(channel) for channel in CHANNELS))
        sent = notices.filtered(lambda notice: notice.channel == "email")[:1]
        sent._set_state("sent")
        kinds = ("paid", "promise", "dispute", "plan", "wrong_person")
        self.env["dunning.answer"].create([{"notice_id": sent.id, "kind": kind, "form_key": kind} for kind in kinds])
        days = {
            "company_id": self.env.company.id,
            "day": "2026-02-28",
            "balances": {"1": 100.0},
            "expires_on": "2026-12-31",
        }
        self.env["balance.confirmation"].create(
            [{"partner_id": self.customer.id, **days, "answer": answer} for answer in (False, "agree")]
        )

    def foresight(self):
        """A customer with a grade, a discount that it has earned, and one that is proposed; a back-test."""
        firm = self.env["res.partner"].create({"name": "Graded", "is_company": True})
        own = {"company_id": self.env.company.id, "as_of": "2026-03-01"}
        grade = {**own, "grade": "a", "since": "2025-01-01", "settled_count": 6, "reasons": [{"code": "on_time"}]}
        self.env["payment.grade"].create([{**grade, "partner_id": partner.id} for partner in (firm, self.customer)])
        firm.payment_grade = self.customer.payment_grade = "a"
        rule = self.env["payment.loyalty"].create({"name": "3 %", "reward": "discount", "discount": 3.0})
        about = {"company_id": self.env.company.id, "loyalty_id": rule.id, "proposed_date": "2026-03-01"}
        grants = [
            self.env["payment.loyalty.grant"].create({**about, "partner_id": p.id}) for p in (firm, self.customer)
        ]
        grants[1].action_grant()
        self.env.company.sale_discount_product_id = self.env["product.product"].create(
            {"name": "Discount", "type": "service", "taxes_id": False, "invoice_policy": "order"}
        )
        rule_of_thumb = {"auc": 0.5, "brier": 0.21, "ece": 0.1}
        self.env["payment.model"].create(
            {
                "company_id": self.env.company.id,
                "date": "2026-03-01",
                "version": "1",
                "is_used": True,
                "figures": {
                    "documents": 100,
                    "late": 30,
                    "model": {"auc": 0.85, "brier": 0.14, "ece": 0.05},
                    "own": rule_of_thumb,
                    "average": rule_of_thumb,
                    "tenths": [[0.1, 0.1, 70], [0.8, 0.7, 30]],
                },
            }
        )

    def policy(self, name, channel):
        level = Command.create({"name": f"First, by {channel}", "delay_days": 4, "channel": channel})
        return self.env["dunning.policy"].create({"name": name, "level_ids": [level]})

    def notice_by(self, channel):
        """What a run makes for a customer who is reminded so."""
        policy = self.policy(f"By {channel}", channel)
        policy.action_start()
        partner = self.customer.copy({"name": f"By {channel}", "street": "Here 1", "dunning_policy_id": policy.id})
        self.invoice(partner_id=partner.id)
        run = self.env["dunning.run"].create({"partner_ids": [Command.set(partner.ids)]})
        run.action_run()
        return run.notice_ids.filtered(lambda notice: notice.partner_id == partner)

    # ------------------------------------------------------------ companies

    def company(self):
        """A branch, which shares the accounts: making these anew takes long."""
        self.branch = self.env["res.company"].create({"name": "Branch", "parent_id": self.env.company.id})
        self.env["res.users"].search([("share", "=", False)]).company_ids |= self.branch
        both = self.env(context={**self.env.context, "allowed_company_ids": (self.branch | self.env.company).ids})
        theirs = Samples(both)
        receivable = self.env["account.account"].search([("account_type", "=", "asset_receivable")], limit=1)
        theirs.customer.property_account_receivable_id = receivable
        theirs.invoice()
