"""1,500 malformed posts to each route that anybody reaches, against a running server: none fails
there, changes anything, or shows what is another customer's."""

import ast
import json
import re

import requests
from hypothesis import given
from hypothesis import strategies as st

from ...engine.portal.answers import ANSWER_KINDS
from ...models.portal.post import MOST_OF_ADDRESS
from ..real import WAIT
from ..served import ServedCase
from .malformed import JSON, NAMES, VALUES, broken, every, one_of

SECRET = "Other-Secret-4711"
PREPARE = f"""
from odoo import Command
policy = env['dunning.policy'].create({{'name': 'Posts', 'level_ids': [
    Command.create({{'name': 'First', 'delay_days': 4, 'sequence': 1}})]}})
facts = {{}}
for name, own in (('mine', True), ('other', False)):
    customer = env['res.partner'].create(
        {{'name': 'Mine' if own else {SECRET!r}, 'email': f'{{name}}@example.com'}})
    invoice = env['account.move'].create({{
        'move_type': 'out_invoice', 'partner_id': customer.id, 'invoice_date': '2026-02-01',
        'invoice_date_due': '2026-03-01', 'invoice_payment_term_id': False, 'ref': '' if own else {SECRET!r},
        'invoice_line_ids': [Command.create({{'name': 'Thing', 'price_unit': 100.0, 'tax_ids': False}})]}})
    invoice.action_post()
    item = invoice.line_ids.filtered('date_maturity')
    common = {{'partner_id': customer.id, 'company_id': env.company.id}}
    notice = env['dunning.notice'].create({{
        **common, 'currency_id': env.company.currency_id.id, 'policy_id': policy.id,
        'level_id': policy.level_ids.id, 'channel': 'email', 'date': '2026-03-10', 'access_token': name + '-notice',
        'state': 'sent', 'line_ids': [
            Command.create({{'move_line_id': item.id, 'level_id': policy.level_ids.id}})]}})
    question = env['balance.confirmation'].create({{
        **common, 'day': '2026-03-10', 'balances': {{str(env.company.currency_id.id): 100.0}},
        'access_token': name + '-question', 'expires_on': '2099-12-31'}})
    planned = invoice.copy({{'invoice_date': '2026-02-01', 'invoice_date_due': '2026-03-01'}})
    planned.action_post()
    agreed = customer._dunning_plan_defaults(planned.line_ids.filtered('date_maturity'))
    plan = env['dunning.plan'].create({{**agreed, 'first_date': '2099-01-01', 'access_token': name + '-plan'}})
    facts[name] = {{'notice': notice.id, 'question': question.id, 'item': item.id, 'invoice': invoice.id,
                   'name': invoice.name, 'plan': plan.id}}
facts['opt_out'] = {{contact: env['mail.blacklist']._opt_out_token(contact)
                    for contact in ('reader@example.com', '+40215550120')}}
view = env['ir.ui.view'].create({{'name': 'Form', 'type': 'qweb', 'arch': '<form action="x" method="post"/>'}})
method = env.ref('payment.payment_method_unknown')
facts['method'] = method.id
facts['provider'] = env['payment.provider'].create({{
    'name': 'Posts', 'code': 'none', 'state': 'enabled', 'is_published': True,
    'payment_method_ids': [Command.set(method.ids)], 'redirect_form_view_id': view.id}}).id
method.active = True
print('FACTS', facts)
"""

#: What a page could change.
TABLES = (
    *("dunning_answer", "dunning_promise", "dunning_dispute", "dunning_notice", "balance_confirmation"),
    *("dunning_plan", "account_letter"),
    *("mail_message", "mail_mail", "mail_activity", "mail_blacklist", "phone_blacklist", "payment_transaction"),
    *("res_partner", "account_move", "account_move_line", "rating_rating"),
)
ROWS = "SELECT count(*), md5(string_agg(t::text, '|' ORDER BY id)) FROM {} t"
KINDS = {
    "paid": ("amount", "day"),
    "promise": ("amount", "day"),
    "dispute": ("items", "reason"),
    "plan": ("number", "day"),
    "wrong_person": (),
}
#: Numbers of pages that aren't there.
NO_PAGES = ("0", "-1", "x", "9" * 10, "9" * 5000, "%00", "%FF", "1/2", "1%2F..")


class PostCase(ServedCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.facts = ast.literal_eval(re.search(r"^FACTS (.*)$", cls.database.shell(PREPARE), re.M)[1])
        cls.mine, cls.other = cls.facts["mine"], cls.facts["other"]
        cls.connection = cls.database.connect()
        cls.connection.autocommit = True
        cls.addClassCleanup(cls.connection.close)
        cls.web = requests.Session()
        cls.posts = 0
        page = cls.get(f"/my/collection/{cls.mine['notice']}?access_token=mine-notice")
        cls.csrf = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]

    @classmethod
    def get(cls, path):
        return cls.web.get(cls.url + path, timeout=WAIT)

    def post(self, path, **options):
        """One answer of the server, checked for what none may be."""
        type(self).posts += 1
        if self.posts % 15 == 1:
            self.forget_posts()
        answer = self.web.post(self.url + path, timeout=WAIT, allow_redirects=False, **options)
        self.assertLess(answer.status_code, 500, (path, options))
        for secret in (SECRET, self.other["name"], "other-notice", "other-question", "other-plan"):
            sent = str(options) + path
            self.assertFalse(secret in answer.text and secret not in sent, (path, options))
        return answer

    def forget_posts(self):
        """Or it is too much from one address."""
        with self.connection.cursor() as cr:
            cr.execute("DELETE FROM l2c_portal_post")

    def post_form(self, path, form, more=None):
        """The status of the answer to ``form``, with fields of all kinds."""
        data, files = [("csrf_token", self.csrf)], {}
        for name, value in {**form, **(more or {})}.items():
            if isinstance(value, tuple):
                files[name] = value
            else:
                data += [(name, one) for one in (value if isinstance(value, list) else [value]) if one is not None]
        return self.post(path, data=data, files=files or None).status_code

    def post_json(self, path, values):
        body = json.dumps({"params": values})  # with NaN, which no JSON has, but Python reads
        return self.post(path, data=body, headers={"Content-Type": "application/json"})

    def rows(self):
        """What is in the tables that a page could change."""
        with self.connection.cursor() as cr:
            found = {}
            for table in TABLES:
                cr.execute(ROWS.format(table))  # names of ours
                found[table] = cr.fetchone()
            cr.execute("SELECT count(*) FROM ir_attachment WHERE res_model IS NOT NULL AND res_model != 'ir.ui.view'")
            return {**found, "ir_attachment": cr.fetchone()}

    def page(self, data, name, what, token):
        """The address of a page: mine, mostly; else another's, or none."""
        numbers = st.sampled_from((str(self.mine[what]),) * 8 + (str(self.other[what]), *NO_PAGES))
        number = data.draw(numbers)
        # Another customer's page by its own token is no attack.
        is_theirs = number == str(self.other[what]) and str(token).startswith("other")
        return f"/my/{name}/{self.mine[what] if is_theirs else number}"


class TestAnswers(PostCase):
    def test_a_copy_and_documents(self):
        """The invoices go to nobody who hasn't got the notice, and no other one is shown. First of all: who says that the
        notice isn't theirs sees none any more (tests run in the order of their names)."""
        before = self.rows()
        self.refused_copies()
        for number in (*NO_PAGES, str(self.other["invoice"]), str(self.mine["item"]) + "0"):
            path = f"/my/collection/{self.mine['notice']}/document/{number}"
            self.assertEqual(self.get(f"{path}?access_token=mine-notice").status_code, 404, number)
        self.assertEqual(self.rows(), before)
        self.forget_posts()
        path = f"/my/collection/{self.mine['notice']}"
        answer = self.get(f"{path}/document/{self.mine['invoice']}?access_token=mine-notice")
        self.assertTrue(answer.content.startswith(b"%PDF-"), answer.text[:3000])
        self.assertEqual(self.post_form(f"{path}/copies", {"access_token": "mine-notice"}), 422)  # it has no readers

    @every
    @given(st.data())
    def refused_answer(self, data):
        kind = data.draw(st.sampled_from([*KINDS]))
        form = self.right_answer(kind)
        wrong = {
            "access_token": broken("^mine-notice$", "other-notice"),
            "form_key": VALUES,
            "kind": broken(one_of(ANSWER_KINDS)),
            "amount": broken(r"\d", "0", "-1", "1e9", "9" * 5000, "1" * 100_000, "1.250"),
            "day": VALUES,
            "number": broken(r"^ *\d+ *$", "0", "7", "9" * 5000),
            "items": broken(f"^ *{self.mine['item']} *$", str(self.other["item"])),
            "reason": broken(one_of([(reason, "") for reason in self.reasons()])),
        }
        fields = st.sampled_from(("access_token", "form_key", "kind", *KINDS[kind]))
        for name in data.draw(st.sets(fields, min_size=1)):
            form[name] = data.draw(wrong[name])
        path = self.page(data, "collection", "notice", form["access_token"])
        status = self.post_form(
            f"{path}/answer", form, {"note": data.draw(VALUES), data.draw(NAMES): data.draw(VALUES)}
        )
        self.assertIn(status, (400, 404, 405, 413, 422, 429))

    def right_answer(self, kind):
        return {
            "access_token": "mine-notice",
            "form_key": f"{'0' * 32}-{kind}",
            "kind": kind,
            "amount": "100.00",
            "day": self.today if kind == "paid" else self.tomorrow,
            "number": "3",
            "items": str(self.mine["item"]),
            "reason": self.reasons()[0],
        }

    def reasons(self):
        """What can be chosen on the page: ids, texts."""
        return [reason for [reason] in self.database.query("SELECT id::text FROM dunning_dispute_reason ORDER BY id")]

    def test_answers(self):
        [(self.today, self.tomorrow)] = self.database.query("SELECT current_date::text, (current_date + 1)::text")
        before = self.rows()
        self.refused_answer()
        self.assertEqual(self.rows(), before)
        for kind in KINDS:
            with self.subTest(kind):
                path = f"/my/collection/{self.mine['notice']}/answer"
                self.assertEqual(self.post_form(path, self.right_answer(kind)), 303)

    @every
    @given(st.data())
    def refused_copies(self, data):
        form = {"access_token": data.draw(broken("^mine-notice$", "other-notice"))}
        path = self.page(data, "collection", "notice", form["access_token"])
        status = self.post_form(f"{path}/copies", form, {data.draw(NAMES): data.draw(VALUES)})
        self.assertIn(status, (400, 404, 405, 413, 429))

    @every
    @given(st.data())
    def refused_balance(self, data):
        form = {"access_token": "mine-question", "answer": data.draw(st.sampled_from(("agree", "disagree")))}
        if data.draw(st.booleans()):
            form["answer"] = data.draw(broken("^(dis)?agree$"))
        else:
            form["access_token"] = data.draw(broken("^mine-question$", "other-question"))
        path = self.page(data, "balance", "question", form["access_token"])
        status = self.post_form(
            f"{path}/answer", form, {"note": data.draw(VALUES), data.draw(NAMES): data.draw(VALUES)}
        )
        self.assertIn(status, (400, 404, 405, 413, 422, 429))

    def test_balances(self):
        before = self.rows()
        self.refused_balance()
        path, form = f"/my/balance/{self.mine['question']}/answer", {"access_token": "mine-question"}
        self.assertEqual(self.post_form(path, {**form, "answer": "disagree", "note": " \x00"}), 422)
        self.assertEqual(self.rows(), before)
        self.assertEqual(self.post_form(path, {**form, "answer": "agree"}), 303)

    @every
    @given(st.data())
    def refused_plan(self, data):
        form = {"access_token": data.draw(broken("^mine-plan$", "other-plan", "mine-notice"))}
        path = self.page(data, "plan", "plan", form["access_token"])
        status = self.post_form(f"{path}/agree", form, {"note": data.draw(VALUES), data.draw(NAMES): data.draw(VALUES)})
        self.assertIn(status, (400, 404, 405, 413, 429))

    def test_plans(self):
        """Nothing but agreeing can be said of a plan, by nobody but who has its link."""
        before = self.rows()
        self.refused_plan()
        self.assertEqual(self.rows(), before)
        self.forget_posts()
        path = f"/my/plan/{self.mine['plan']}"
        for number in (*NO_PAGES, str(self.other["plan"])):
            self.assertEqual(self.get(f"/my/plan/{number}?access_token=mine-plan").status_code, 404, number)
        self.assertEqual(self.rows(), before)
        self.assertEqual(
            self.post_form(f"{path}/agree", {"access_token": "mine-plan", "total": "1", "number": "1"}), 303
        )
        said = "SELECT confirmed_on IS NOT NULL, total = 100, state FROM dunning_plan WHERE id = %s"
        self.assertEqual(self.database.query(said, self.mine["plan"]), [(True, True, "open")])
        self.assertEqual(self.database.query(said, self.other["plan"]), [(False, True, "open")])

    def test_guessing(self):
        """Wrong tokens are counted by the address, the right one by itself."""
        with self.connection.cursor() as cr:
            cr.execute("DELETE FROM l2c_portal_post")
        path = f"{self.url}/my/collection/{self.mine['notice']}/answer"

        def status(token):
            form = {"csrf_token": self.csrf, "access_token": token, "kind": "nothing"}
            return self.web.post(path, data=form, timeout=WAIT, allow_redirects=False).status_code

        wrong = [status(f"wrong-{number}") for number in range(MOST_OF_ADDRESS + 3)]
        self.assertEqual(wrong, [404] * MOST_OF_ADDRESS + [429] * 3)
        self.assertEqual(self.rows_of_posts(), MOST_OF_ADDRESS)
        self.assertEqual(status("mine-notice"), 422)

    def rows_of_posts(self):
        return self.database.query("SELECT count(*) FROM l2c_portal_post")[0][0]


class TestOptOut(PostCase):
    def refuse_opt_out(self, name, contact):
        token = self.facts["opt_out"][contact]

        @every
        @given(st.data())
        def refused(data):
            form = {name: contact, "token": token}
            for field in data.draw(st.sets(st.sampled_from((name, "token")), min_size=1)):
                form[field] = data.draw(broken(f"^{re.escape(form[field])}$"))
            path = f"/sales-{'mail' if name == 'email' else 'sms'}/opt-out"
            status = self.post_form(path, form, {data.draw(NAMES): data.draw(VALUES)})
            self.assertIn(status, (400, 404, 413))

        before = self.rows()
        refused()
        self.assertEqual(self.rows(), before)
        return {name: contact, "token": token}

    def test_opt_out(self):
        form = self.refuse_opt_out("email", "reader@example.com")
        self.assertEqual(self.post_form("/sales-mail/opt-out", form), 200)
        self.assertEqual(self.database.query("SELECT email FROM mail_blacklist"), [("reader@example.com",)])

    def test_opt_out_of_sms(self):
        form = self.refuse_opt_out("number", "+40215550120")
        self.assertEqual(self.post_form("/sales-sms/opt-out", form), 200)
        self.assertEqual(self.database.query("SELECT number FROM phone_blacklist"), [("+40215550120",)])


class TestPayments(PostCase):
    def right_payment(self):
        return {
            "access_token": "mine-notice",
            "amount": 60.0,
            "provider_id": self.facts["provider"],
            "payment_method_id": self.facts["method"],
            "token_id": None,
            "flow": "redirect",
            "tokenization_requested": False,
            "landing_route": "/",
            "is_validation": False,
        }

    @every
    @given(st.data())
    def refused_payment(self, data):
        values, names = self.right_payment(), ("access_token", "amount", "provider_id", "payment_method_id", "flow")
        documents = str(self.mine["invoice"])
        wrong = {
            "amount": JSON.filter(lambda value: type(value) not in (int, float) or not 0 < value <= 100),
            "provider_id": JSON.filter(lambda value: type(value) is not int or not 0 < value < 100),
        }
        wrong["payment_method_id"] = wrong["provider_id"]
        for name in data.draw(st.sets(st.sampled_from((*names, "documents", "another name")), min_size=1)):
            if name == "documents":
                documents = data.draw(st.sampled_from(("x", "-", "9" * 5000, "%00", "1e3", str(self.other["invoice"]))))
            elif name == "another name":
                values[data.draw(st.text(min_size=8, max_size=10))] = data.draw(JSON)
            else:
                values[name] = data.draw(wrong.get(name, JSON))
        values[data.draw(st.sampled_from(("self", "token_id", "landing_route", "is_validation")))] = data.draw(JSON)
        path = self.page(data, "collection", "notice", values["access_token"])
        answer = self.post_json(f"{path}/transaction/{documents}", values)
        if answer.status_code == 200:
            kind = answer.json()["error"]["data"]["name"].rpartition(".")[2]
            self.assertIn(kind, ("UserError", "NotFound", "BadRequest", "AccessError", "ValidationError"))

    def test_payments(self):
        before = self.rows()
        self.refused_payment()
        self.assertEqual(self.rows(), before)
        path = f"/my/collection/{self.mine['notice']}/transaction/{self.mine['invoice']}"
        with self.connection.cursor() as cr:
            cr.execute("DELETE FROM l2c_portal_post")
        self.assertIn("result", self.post_json(path, self.right_payment()).json())
