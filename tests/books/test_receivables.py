"""Ageing, DSO and collection effectiveness, win rate: small books, computed by hand."""

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from ..common import HandlingCase

AGED = ("not_due", "age_1", "age_2", "age_3", "age_4", "credits", "residual")
SUMS = (*AGED, "overdue")


class ReceivablesCase(HandlingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.env["res.company"].create({"name": "Receivables"})
        cls.env["account.chart.template"].try_loading("generic_coa", company=company, install_demo=False)
        cls.env = cls.env(context=dict(cls.env.context, allowed_company_ids=company.ids))
        cls.company = company.with_env(cls.env)
        cls.customer = cls.customer.with_env(cls.env)
        bank = cls.env["account.journal"].search([("type", "=", "bank"), ("company_id", "=", company.id)], limit=1)
        bank.inbound_payment_method_line_ids.payment_account_id = bank.default_account_id

    def ageing(self, as_at, domain=()):
        """The open items as at a day."""
        self.env.invalidate_all()
        return self.env["receivable.ageing"].with_context(l2c_as_at=as_at).search(list(domain))

    def sums(self, as_at):
        [values] = (
            self.env["receivable.ageing"]
            .with_context(l2c_as_at=as_at)
            ._read_group([], aggregates=[f"{name}:sum" for name in SUMS])
        )
        return dict(zip(SUMS, values, strict=True))

    def ledger(self, as_at):
        [[balance]] = self.env["account.move.line"]._read_group(
            [
                ("account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("company_id", "=", self.company.id),
                ("date", "<=", as_at),
            ],
            aggregates=["balance:sum"],
        )
        return balance

    def pay_on(self, move, day, amount=None):
        wizard = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=move.ids)
        values = {"payment_date": day} | ({"amount": amount} if amount else {})
        return wizard.create(values)._create_payments()

    def metrics(self, today):
        self.env.invalidate_all()
        return self.env["receivable.metrics"].with_context(l2c_today=today).search([], order="month")


@tagged("post_install", "-at_install")
class TestAgeing(ReceivablesCase):
    def test_every_age(self):
        for due, column in (
            ("2026-03-11", "not_due"),
            ("2026-03-10", "not_due"),
            ("2026-03-09", "age_1"),
            ("2026-02-08", "age_1"),
            ("2026-02-07", "age_2"),
            ("2026-01-09", "age_2"),
            ("2026-01-08", "age_3"),
            ("2025-12-10", "age_3"),
            ("2025-12-09", "age_4"),
        ):
            with self.subTest(due=due):
                move = self.invoice(due=due, invoice_date="2025-10-01")
                row = self.ageing("2026-03-10", [("move_id", "=", move.id)])
                self.assertEqual({name: row[name] for name in AGED if row[name]}, {column: 100.0, "residual": 100.0})
                self.assertEqual(row.overdue, 0.0 if column == "not_due" else 100.0)

    def test_customers_are_ranked_by_what_is_overdue(self):
        small, large, young = self.env["res.partner"].create([{"name": name} for name in ("A", "B", "C")])
        self.invoices(
            [
                {"partner_id": small.id, "due": "2026-02-10", "amount": 50.0},
                {"partner_id": large.id, "due": "2026-02-10", "amount": 90.0},
                {"partner_id": young.id, "due": "2026-04-10", "amount": 900.0},
            ]
        )
        order = self.env.ref("lead_to_cash.receivable_ageing_view_list")._get_combined_arch().get("default_order")
        found = self.env["receivable.ageing"].with_context(l2c_as_at="2026-03-10")
        groups = found.web_read_group([], ["partner_id"], ["overdue:sum"], order=order)["groups"]
        self.assertEqual([group["partner_id"][0] for group in groups], [large.id, small.id, young.id])

    def test_the_company_chooses_the_ages_and_their_names(self):
        move = self.invoice(due="2026-02-20")
        self.company.write({"ageing_days_1": 10, "ageing_days_2": 20, "ageing_days_3": 40})
        self.assertEqual(self.ageing("2026-03-10", [("move_id", "=", move.id)]).age_2, 100.0)
        labels = self.env["receivable.ageing"].fields_get(["age_1", "age_2", "age_3", "age_4"], ["string"])
        self.assertEqual([label["string"] for label in labels.values()], ["1–10", "11–20", "21–40", "> 40"])  # noqa: RUF001
        self.env["res.lang"]._activate_lang("he_IL")
        labels = self.env["receivable.ageing"].with_context(lang="he_IL").fields_get(["age_1"], ["string"])
        self.assertEqual(labels["age_1"]["string"], "\N{LEFT-TO-RIGHT MARK}1–10", "else it reads 10–1")  # noqa: RUF001
        for days in ((0, 20, 40), (20, 20, 40), (10, 50, 40)):
            with self.subTest(days=days), self.assertRaisesRegex(ValidationError, "rising numbers"):
                self.company.write(dict(zip(("ageing_days_1", "ageing_days_2", "ageing_days_3"), days, strict=True)))

    def test_what_came_later_is_undone(self):
        move = self.invoice(due="2026-02-10")
        self.pay_on(move, "2026-02-20", 30.0)
        self.pay_on(move, "2026-03-05")
        for day, amount in (
            ("2026-01-31", 0.0),
            ("2026-02-19", 100.0),
            ("2026-02-20", 70.0),
            ("2026-03-04", 70.0),
            ("2026-03-05", 0.0),
        ):
            with self.subTest(day=day):
                self.assertEqual(sum(self.ageing(day).mapped("residual")), amount)
                self.assertEqual(self.ledger(day) or 0.0, amount)

    def test_credits_stand_apart_until_they_are_allocated(self):
        move, credit = self.invoices(
            [
                {"due": "2026-02-10"},
                {"move_type": "out_refund", "amount": 40.0, "invoice_date": "2026-02-15", "due": "2026-02-15"},
            ]
        )
        self.assertEqual(self.sums("2026-03-10")["credits"], -40.0)
        self.assertEqual(self.sums("2026-03-10")["age_1"], 100.0)
        (move | credit).line_ids.filtered(lambda line: line.account_type == "asset_receivable").reconcile()
        self.assertEqual((self.sums("2026-03-10")["credits"], self.sums("2026-03-10")["age_1"]), (0.0, 60.0))
        self.assertEqual((self.sums("2026-02-14")["credits"], self.sums("2026-02-14")["age_1"]), (0.0, 100.0))

    def test_exchange_differences_keep_it_equal_to_the_ledger(self):
        currency = self.env["res.currency"].create({"name": "XLC", "symbol": "x", "rounding": 0.01})
        for day, rate in (("2026-01-01", 2.0), ("2026-02-15", 3.0)):
            self.env["res.currency.rate"].create(
                {"currency_id": currency.id, "company_id": self.company.id, "name": day, "rate": rate}
            )
        move = self.invoice(due="2026-02-10", currency_id=currency.id, amount=99.99)
        self.pay_on(move, "2026-02-20")
        self.assertTrue(move.line_ids.matched_credit_ids.exchange_move_id)
        for day, amount in (("2026-02-19", 50.0), ("2026-03-10", 0.0)):
            with self.subTest(day=day):
                self.assertAlmostEqual(self.sums(day)["residual"] or 0.0, amount, 2)
                self.assertAlmostEqual(self.sums(day)["residual"] or 0.0, self.ledger(day), 2)

    def test_drafts_and_instalments(self):
        self.invoice(post=False)
        halves = self.invoice(invoice_payment_term_id=self.half_later().id, invoice_date_due=False)
        rows = self.ageing("2026-03-10")
        self.assertEqual(rows.move_id, halves)
        self.assertEqual((sum(rows.mapped("age_2")), sum(rows.mapped("not_due"))), (50.0, 50.0))

    def test_what_is_matched_with_a_draft_is_open(self):
        """The host keeps the matches of an entry that is reset to draft."""
        move, other = self.invoices([{"due": "2026-02-10"}, {"due": "2026-02-10", "amount": 70.0}])
        payment, credited = self.pay_on(move, "2026-02-20"), self.pay_on(other, "2026-02-20")
        for day in ("2026-02-25", "2026-03-10"):
            self.assertEqual((sum(self.ageing(day).mapped("residual")), self.ledger(day)), (0.0, 0.0))
        payment.move_id.button_draft()
        other.button_draft()
        self.env.flush_all()
        self.env.invalidate_all()
        rows = self.ageing("2026-03-10")
        self.assertEqual(sum(rows.mapped("residual")), self.ledger("2026-03-10"))
        amounts = {row.move_id: row.residual for row in rows}
        self.assertEqual(amounts, {move: 100.0, credited.move_id: -70.0})
        self.assertEqual(sum(self.ageing("2026-02-15").mapped("residual")), self.ledger("2026-02-15"))

    def test_customers_and_their_parents(self):
        group, daughter, granddaughter = (
            self.env["res.partner"].create({"name": name, "is_company": True}) for name in ("Group", "One", "Two")
        )
        daughter.parent_id, granddaughter.parent_id = group, daughter
        contact = self.env["res.partner"].create({"name": "Contact", "parent_id": granddaughter.id})
        self.invoices([{"partner_id": contact.id}, {"partner_id": daughter.id}])
        rows = self.ageing("2026-03-10")
        self.assertEqual((rows.partner_id, rows.parent_id), (daughter | granddaughter, group))

    def test_opening_it(self):
        move = self.invoice(due="2026-03-01")
        dialog = self.env["receivable.ageing.date"].create({})
        self.assertEqual(str(dialog.date), "2026-03-10")
        dialog.date = "2026-02-15"
        action = dialog.action_open()
        self.assertEqual(action["name"], "Ageing as at 02/15/2026")
        [row] = self.env["receivable.ageing"].with_context(**action["context"]).search([])
        self.assertEqual((row.not_due, row.action_open_document()["res_id"]), (100.0, move.id))

    def test_the_day_stands_in_the_address_and_in_the_export(self):
        """A kept address opens the day that it names, whatever else the client has forgotten; a record's id is no day."""
        move = self.invoice(due="2026-03-01")
        self.pay_on(move, "2026-03-05")
        dialog = self.env["receivable.ageing.date"].create({"date": "2026-03-04"})
        number = dialog.action_open()["context"]["active_id"]
        self.assertEqual(number, 20260304)
        for active_id, days in ((number, ["2026-03-04"]), (42, []), (20260399, []), (False, [])):
            with self.subTest(active_id=active_id):
                rows = self.env["receivable.ageing"].with_context(active_id=active_id).search([])
                self.assertEqual([str(row.as_at) for row in rows], days)
        rows = self.env["receivable.ageing"].with_context(active_id=number).search([])
        self.assertEqual(rows.export_data(["as_at", "residual"])["datas"], [[rows.as_at, 100.0]])

    def test_columns_of_companies_that_do_not_agree(self):
        """Each company's items are in its own columns, which then are called by their order."""
        other = self.env["res.company"].create({"name": "Other", "ageing_days_1": 10})
        both = self.env["receivable.ageing"].with_context(allowed_company_ids=[self.company.id, other.id])
        self.assertEqual(both.fields_get(["age_1"], ["string"])["age_1"]["string"], "First Age")
        other.ageing_days_1 = 30
        self.assertEqual(both.fields_get(["age_1"], ["string"])["age_1"]["string"], "1–30")  # noqa: RUF001

    def test_who_may_read_it(self):
        self.invoice()
        for groups, allowed in (
            ("account.group_account_readonly", True),
            ("account.group_account_invoice", True),
            ("sales_team.group_sale_manager", False),
        ):
            for model in ("receivable.ageing", "receivable.metrics"):
                with self.subTest(groups=groups, model=model):
                    user = self.user(f"ageing_{groups}_{model}", groups)
                    user.sudo().write({"company_ids": [Command.link(self.company.id)]})
                    reader = self.env[model].with_user(user)
                    if allowed:
                        self.assertEqual(reader.search([]).company_id, self.company)
                    else:
                        with self.assertRaises(AccessError):
                            reader.search([])


@tagged("post_install", "-at_install")
class TestMetrics(ReceivablesCase):
    def test_three_months_by_hand(self):
        january, february, _other = self.invoices(
            [
                {"invoice_date": "2026-01-10", "due": "2026-02-09", "amount": 310.0},
                {"invoice_date": "2026-02-20", "due": "2026-03-22", "amount": 280.0},
                {"move_type": "out_refund", "invoice_date": "2026-02-25", "due": "2026-02-25", "amount": 70.0},
            ]
        )
        self.pay_on(january, "2026-02-27", 100.0)
        self.pay_on(february, "2026-03-02")
        first, second, third = self.metrics("2026-03-10")
        self.assertEqual((first.sales, first.opening, first.closing, first.not_due), (310.0, 0.0, 310.0, 310.0))
        self.assertEqual((first.dso, first.best_dso, first.days_delinquent, first.count_back), (31.0, 31.0, 0.0, 31.0))
        # 310 + 280 - 70 - 100 open, of which 280 less a credit of 70 are not due; 28 days, sales of 210.
        self.assertEqual((second.sales, second.opening, second.closing, second.not_due), (210.0, 310.0, 420.0, 210.0))
        self.assertAlmostEqual(second.dso, 420 / 210 * 28)
        self.assertAlmostEqual(second.best_dso, 210 / 210 * 28)
        self.assertAlmostEqual(second.days_delinquent, 210 / 210 * 28)
        self.assertAlmostEqual(second.count_back, 28 + 210 / 310 * 31)
        self.assertAlmostEqual(second.cei, (310 + 210 - 420) / (310 + 210 - 210) * 100)
        # Nothing was sold in March until the 10th.
        self.assertEqual((str(third.day_end), third.day_count, third.sales), ("2026-03-10", 10, 0.0))
        self.assertEqual((third.closing, third.not_due, third.dso), (140.0, 0.0, False))
        self.assertAlmostEqual(third.count_back, 10 + 140 / 210 * 28)
        self.assertAlmostEqual(third.cei, (420 + 0 - 140) / 420 * 100)
        [[dso]] = self.env["receivable.metrics"]._read_group([("id", "=", third.id)], aggregates=["dso:avg"])
        self.assertFalse(dso, "without sales there is no DSO")

    def test_more_credit_notes_than_sales(self):
        self.invoices(
            [
                {"invoice_date": "2026-01-10", "due": "2026-01-20", "amount": 300.0},
                {"move_type": "out_refund", "invoice_date": "2026-02-05", "due": "2026-02-05", "amount": 50.0},
            ]
        )
        _january, february = self.metrics("2026-02-10")
        self.assertEqual((february.sales, february.closing), (-50.0, 250.0))
        figures = self.env["receivable.metrics"]._read_group(
            [("id", "=", february.id)], aggregates=["dso:avg", "best_dso:avg", "days_delinquent:avg"]
        )
        self.assertFalse(any(figures[0]), "days of negative sales mean nothing")

    def test_receipts_are_sales(self):
        """They are receivables, too."""
        self.invoices(
            [
                {"invoice_date": "2026-01-10", "due": "2026-01-20", "amount": 100.0},
                {"move_type": "out_receipt", "invoice_date": "2026-01-12", "due": "2026-01-20", "amount": 50.0},
            ]
        )
        [january] = self.metrics("2026-01-31")
        self.assertEqual((january.sales, january.closing, january.dso), (150.0, 150.0, 31.0))

    def test_credits_reduce_what_is_not_due_as_they_reduce_receivables(self):
        """So nobody pays before it is due, on average: days delinquent are those past due."""
        account = self.customer.property_account_receivable_id
        for past_due, advance, figures in (
            (0.0, 40.0, (60.0, 60.0, 0.0)),
            (50.0, 40.0, (110.0, 60.0, 50.0)),
            (50.0, 120.0, (30.0, 0.0, 30.0)),
            (50.0, 200.0, (-50.0, -50.0, 0.0)),
        ):
            savepoint = self.env.cr.savepoint()
            with self.subTest(past_due=past_due, advance=advance):
                self.invoice(invoice_date="2026-01-10", due="2026-02-28", amount=100.0)
                if past_due:
                    self.invoice(invoice_date="2026-01-05", due="2026-01-20", amount=past_due)
                payment = self.env["account.payment"].create(
                    {"partner_id": self.customer.id, "amount": advance, "date": "2026-01-15"}
                )
                payment.action_post()
                self.assertTrue(payment.move_id.line_ids.filtered(lambda line: line.account_id == account))
                [january] = self.metrics("2026-01-31")
                found = january.closing, january.not_due, january.days_delinquent / 31 * january.sales
                self.assertEqual(tuple(round(figure, 2) for figure in found), figures)
                self.assertAlmostEqual(january.days_delinquent, january.dso - january.best_dso)
            savepoint.close(rollback=True)
            self.env.invalidate_all()

    def test_credits_count_from_the_day_to_the_day(self):
        """Of what was allocated later, and of what was allocated when."""
        move, credit = self.invoices(
            [
                {"invoice_date": "2026-01-10", "due": "2026-03-20", "amount": 100.0},
                {"move_type": "out_refund", "invoice_date": "2026-01-25", "due": "2026-01-25", "amount": 30.0},
            ]
        )
        (move | credit).line_ids.filtered(lambda line: line.account_type == "asset_receivable").reconcile()
        self.pay_on(move, "2026-03-05")
        figures = [(row.closing, row.not_due) for row in self.metrics("2026-03-10")]
        self.assertEqual(figures, [(70.0, 70.0), (70.0, 70.0), (0.0, 0.0)])

    def test_nothing_to_divide_by_is_shown_empty(self):
        """Read, in groups, and exported."""
        self.invoice(invoice_date="2026-01-10", due="2026-01-20", amount=100.0)
        _january, february = self.metrics("2026-02-10")
        names = ["dso", "best_dso", "days_delinquent"]
        values = february.read(names)[0]
        self.assertEqual([values[name] for name in names], [False] * 3)
        self.assertEqual(february.export_data(names)["datas"], [[""] * 3])
        shown = february.web_read({name: {} for name in names})[0]
        self.assertEqual([shown[name] for name in names], [False] * 3)
        [group] = self.env["receivable.metrics"].formatted_read_group(
            [("id", "=", february.id)], [], [f"{name}:avg" for name in names]
        )
        self.assertEqual([group[f"{name}:avg"] for name in names], [False] * 3)
        self.assertEqual(february.display_name, "February 2026")

    def test_it_is_that_of_its_day(self):
        self.invoice(invoice_date="2026-01-10", due="2026-01-20")
        [january] = self.metrics("2026-01-15")
        self.assertEqual((january.day_count, january.not_due, january.dso), (15, 100.0, 15.0))


@tagged("post_install", "-at_install")
class TestWinRate(HandlingCase):
    def test_worth_nothing_has_no_rate_by_value(self):
        won = self.lead(expected_revenue=0.0)
        won.action_set_won()
        row = self.env["win.rate.report"].search([("lead_id", "=", won.id)])
        self.assertEqual((row.count_rate, row.value_rate), (100.0, False))

    def test_a_lead_that_nobody_has_called_has_no_response_time(self):
        lead = self.lead(user_id=self.env.uid)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(lead.export_data(["first_response_hours"])["datas"], [[""]])
        self.assertIs(lead.read(["first_response_hours"])[0]["first_response_hours"], False)
        lead.with_context(l2c_today=False).action_log_attempt("no_answer")
        self.assertIsNot(lead.read(["first_response_hours"])[0]["first_response_hours"], False, "at once")

    def test_by_count_and_by_value(self):
        won = self.lead(expected_revenue=300.0) | self.lead(expected_revenue=100.0)
        lost = self.lead(expected_revenue=100.0)
        self.lead(expected_revenue=1000.0)
        won.action_set_won()
        lost.action_set_lost()
        before = self.lead(expected_revenue=50.0)
        before.action_set_won()
        (won | lost).write({"date_closed": "2026-02-10 12:00:00"})
        before.write({"date_closed": "2026-01-31 23:30:00"})
        report = self.env["win.rate.report"].with_context(tz="UTC")
        domain = [("lead_id", "in", (won | lost | before).ids)]
        aggregates = ["won_count:sum", "lost_count:sum", "count_rate:avg", "won_value:sum", "value_rate:avg"]
        rows = report._read_group(domain, ["closed_date:month"], aggregates, order="closed_date:month")
        found = [
            (str(month)[:7], won, lost, round(rate, 2), value, by_value)
            for month, won, lost, rate, value, by_value in rows
        ]
        self.assertEqual(found, [("2026-01", 1, 0, 100.0, 50.0, 100.0), ("2026-02", 2, 1, 66.67, 400.0, 80.0)])
        abroad = report.with_context(tz="Europe/Bucharest").search([("lead_id", "=", before.id)])
        self.env.invalidate_all()
        self.assertEqual(str(abroad.closed_date), "2026-02-01")

    def test_who_may_read_it(self):
        self.lead().action_set_won()
        leader, salesperson = (
            self.user(f"rate_{group}", f"sales_team.{group}")
            for group in ("group_sale_salesman_all_leads", "group_sale_salesman")
        )
        self.assertTrue(self.env["win.rate.report"].with_user(leader).search([], limit=1).won_count)
        with self.assertRaises(AccessError):
            self.env["win.rate.report"].with_user(salesperson).search([])
