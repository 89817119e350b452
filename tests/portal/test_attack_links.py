"""What anybody with a link of ours can do, against a running server: open its page until it is
over, pay with a card of their own, and nothing else."""

import ast
import re

from ..real import WAIT
from ..served import Refused, ServedCase

SENT = """
from odoo import Command
people = {user.login: user for user in env['res.users'].search([('login', 'in', ('customer', 'stranger'))])}
customer = people['customer'].partner_id
invoice = env['account.move'].create({
    'move_type': 'out_invoice', 'partner_id': customer.id, 'invoice_date': '2026-02-01',
    'invoice_date_due': '2026-03-01', 'invoice_payment_term_id': False,
    'invoice_line_ids': [Command.create({'name': 'Thing', 'price_unit': 100.0, 'tax_ids': False})]})
invoice.action_post()
policy = env['dunning.policy'].create({'name': 'Links', 'level_ids': [
    Command.create({'name': 'First', 'delay_days': 4, 'sequence': 1})]})
common = {'partner_id': customer.id, 'company_id': env.company.id}
notice = env['dunning.notice'].create({
    **common, 'currency_id': env.company.currency_id.id, 'policy_id': policy.id, 'level_id': policy.level_ids.id,
    'channel': 'email', 'date': '2026-03-10', 'access_token': 'notice-token', 'state': 'sent', 'line_ids': [
        Command.create({'move_line_id': invoice.line_ids.filtered('date_maturity').id,
                        'level_id': policy.level_ids.id})]})
question = env['balance.confirmation'].create({
    **common, 'day': '2026-03-10', 'balances': {str(env.company.currency_id.id): 100.0},
    'access_token': 'question-token', 'expires_on': '2099-12-31'})
plan = env['dunning.plan'].create({
    **customer._dunning_plan_defaults(), 'first_date': '2099-01-01', 'access_token': 'plan-token'})
view = env['ir.ui.view'].create({'name': 'Form', 'type': 'qweb', 'arch': '<form action="x" method="post"/>'})
method = env.ref('payment.payment_method_unknown')
provider = env['payment.provider'].create({
    'name': 'Links', 'code': 'none', 'state': 'enabled', 'is_published': True, 'allow_tokenization': True,
    'payment_method_ids': [Command.set(method.ids)], 'redirect_form_view_id': view.id})
method.write({'active': True, 'support_tokenization': True})
cards = {login: env['payment.token'].create({
    'provider_id': provider.id, 'payment_method_id': method.id, 'payment_details': number, 'provider_ref': login,
    'partner_id': people[login].partner_id.id}) for login, number in (('customer', '4711'), ('stranger', '0815'))}
old = provider.copy({'name': 'Tried', 'state': 'test', 'is_published': False})
tried = env['payment.token'].create({
    'provider_id': old.id, 'payment_method_id': method.id, 'payment_details': '9999', 'provider_ref': 'tried',
    'partner_id': people['customer'].partner_id.id})
messages = {record._name: record.message_post(body='Ours', author_id=env.ref('base.partner_admin').id)
            for record in (notice, question, plan)}
print('FACTS', {
    'notice': notice.id, 'question': question.id, 'plan': plan.id, 'invoice': invoice.id, 'customer': customer.id,
    'hashes': {record._name: record._sign_token(customer.id) for record in (notice, question, plan)},
    'messages': {name: message.id for name, message in messages.items()},
    'provider': provider.id, 'tried': tried.id, 'method': method.id, 'cards': {login: card.id for login, card in cards.items()}})
"""


class LinkCase(ServedCase):
    people = {
        "customer": ("base.group_portal", {"email": "customer@example.com"}),
        "stranger": ("base.group_portal", {"email": "stranger@example.com"}),
        "collector": ("lead_to_cash.group_collections_manager", {"email": "collector@example.com"}),
    }

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.facts = ast.literal_eval(re.search(r"^FACTS (.*)$", cls.database.shell(SENT), re.M)[1])
        cls.notice, cls.question = cls.facts["notice"], cls.facts["question"]
        cls.nobody = cls.client()

    def rows(self, table):
        return self.database.query(f"SELECT count(*) FROM {table}")[0][0]  # a name of ours


class TestChatter(LinkCase):
    """Odoo's portal chatter isn't on these pages, and the token doesn't open it."""

    def threads(self):
        """(model, id, {what a client can prove})."""
        for model, record_id, token in (
            ("dunning.notice", self.notice, "notice-token"),
            ("balance.confirmation", self.question, "question-token"),
            ("dunning.plan", self.facts["plan"], "plan-token"),
        ):
            yield model, record_id, {"token": token}
            yield model, record_id, {"hash": self.facts["hashes"][model], "pid": self.facts["customer"]}

    def expire(self, day):
        for table in ("dunning_notice", "balance_confirmation", "dunning_plan"):
            self.database.query(f"UPDATE {table} SET expires_on = %s", day)  # names of ours

    def test_writes_nothing(self):
        before = [self.rows(table) for table in ("mail_message", "ir_attachment", "mail_message_reaction")]
        for day in ("2099-12-31", "2000-01-01"):
            self.expire(day)
            for client in (self.nobody, self.client("customer"), self.client("stranger")):
                for model, record_id, proof in self.threads():
                    for way, write in self.writes(client, model, record_id, proof):
                        about = {"day": day, "user": client.uid, "model": model, "proof": [*proof], "way": way}
                        with self.subTest(**about), self.assertRaises(Refused):
                            write()
        self.expire("2099-12-31")
        self.assertEqual([self.rows(t) for t in ("mail_message", "ir_attachment", "mail_message_reaction")], before)

    def writes(self, client, model, record_id, proof):
        thread, message = {"thread_model": model, "thread_id": record_id}, self.facts["messages"][model]
        body = {"body": "<b>Mine</b>", "message_type": "comment", "subtype_xmlid": "mail.mt_comment"}
        yield "post", lambda: client.post("/mail/message/post", **thread, post_data=body, **proof)
        yield (
            "edit",
            lambda: client.post("/mail/message/update_content", message_id=message, update_data=body, **proof),
        )
        yield (
            "react",
            lambda: client.post("/mail/message/reaction", message_id=message, content="👍", action="add", **proof),
        )
        for name in ("picture.svg", "program.exe", "proof.pdf"):
            yield name, lambda name=name: self.upload(client, name, {**thread, **proof})

    def upload(self, client, name, form):
        page = client.get(f"/my/balance/{self.question}?access_token=question-token").text
        csrf = re.search(r'csrf_token: "([^"]+)"', page) or re.search(r'name="csrf_token" value="([^"]+)"', page)
        csrf = csrf or re.search(r'csrf_token: "([^"]+)"', client.get("/web/login", allow_redirects=True).text)
        answer = client.web.post(
            client.url + "/mail/attachment/upload",
            data={**form, "csrf_token": csrf[1]},
            files={"ufile": (name, b"<svg onload='alert(1)'/>")},
            timeout=WAIT,
        )
        if answer.status_code == 404:
            raise Refused({"data": {"message": "404", "name": "NotFound", "debug": ""}})

    def test_shows_nothing(self):
        for client in (self.nobody, self.client("stranger")):
            for model, record_id, proof in self.threads():
                with self.subTest(user=client.uid, model=model, proof=[*proof]):
                    thread = {"thread_model": model, "thread_id": record_id}
                    shown = client.post("/portal/chatter_init", **thread, **proof)
                    self.assertNotIn("mail.thread", shown)
                    request = ["mail.thread", {**thread, "access_params": proof, "request_list": ["attachments"]}]
                    [row] = client.post("/mail/data", fetch_params=[request])["mail.thread"]
                    self.assertFalse(row["hasReadAccess"])
                    if "token" in proof:
                        self.assertRefused("NotFound", client.post, "/mail/chatter_fetch", **thread, **proof)
                    self.assertEqual(self.face(client, model, proof), self.face(client, model, {}))

    def face(self, client, model, proof):
        """The picture of who wrote a message."""
        query = {"access_token" if name == "token" else name: value for name, value in proof.items()}
        if "hash" in query:
            query["_hash"] = query.pop("hash")
        number = self.facts["messages"][model]
        return client.get(f"/mail/avatar/mail.message/{number}/author_avatar/50x50", params=query).content

    def test_people_here_still_write(self):
        posted = self.client("collector").post(
            "/mail/message/post", thread_model="dunning.notice", thread_id=self.notice, post_data={"body": "Ours too"}
        )
        self.assertTrue(posted["message_id"])

    def test_the_pages_are_there(self):
        for path, token in (
            (f"/my/collection/{self.notice}", "notice-token"),
            (f"/my/balance/{self.question}", "question-token"),
            (f"/my/plan/{self.facts['plan']}", "plan-token"),
        ):
            page = self.nobody.get(path, params={"access_token": token})
            self.assertEqual(page.status_code, 200)
            # Nobody else learns the link, keeps what it shows, or has it clicked in a frame.
            self.assertEqual(
                (page.headers["Cache-Control"], page.headers["Referrer-Policy"]), ("no-store", "no-referrer")
            )
            self.assertEqual(page.headers["Content-Security-Policy"], "frame-ancestors 'none'")


class TestCards(LinkCase):
    """A saved card is its owner's, who logs in to use it."""

    def pay(self, client, **values):
        self.database.query("DELETE FROM l2c_portal_post")  # or it is too much from one address
        return client.post(
            f"/my/collection/{self.notice}/transaction/{self.facts['invoice']}",
            **{
                **{"access_token": "notice-token", "amount": 10.0, "landing_route": "https://example.org/elsewhere"},
                **{"provider_id": self.facts["provider"], "payment_method_id": self.facts["method"]},
                **{"token_id": None, "flow": "redirect", "tokenization_requested": False, **values},
            },
        )

    def made(self):
        """The newest transaction."""
        names = ("partner_id", "token_id", "operation", "tokenize", "landing_route")
        query = f"SELECT {', '.join(names)} FROM payment_transaction ORDER BY id DESC LIMIT 1"
        return dict(zip(names, self.database.query(query)[0], strict=True))

    def test_what_the_page_shows(self):
        path = f"/my/collection/{self.notice}/pay?access_token=notice-token"
        for login, card in ((None, None), ("stranger", "0815"), ("customer", "4711")):
            page = self.client(login).get(path).text
            with self.subTest(login=login):
                self.assertEqual(page.count('data-payment-option-type="token"'), 1 if card else 0)
                for number in ("0815", "4711"):
                    self.assertEqual(number in page, number == card)
                self.assertEqual('name="o_payment_tokenize_checkbox"' in page, bool(login))

    def test_a_card_of_somebody_else(self):
        before = self.rows("payment_transaction")
        cards = self.facts["cards"]
        for login, card in (
            (None, cards["customer"]),
            (None, cards["stranger"]),
            ("stranger", cards["customer"]),
            ("customer", cards["stranger"]),
            ("collector", cards["customer"]),
            (None, "1"),
            (None, [cards["customer"]]),
            (None, True),
        ):
            for more in ({"flow": "token"}, {"flow": "odd"}, {"flow": "token", "is_validation": True}):
                with self.subTest(login=login, card=card, **more):
                    sentence = self.assertRefused("UserError", self.pay, self.client(login), token_id=card, **more)
                    self.assertIn("its owner alone", sentence)
        self.assertEqual(self.rows("payment_transaction"), before)

    def test_ones_own_card(self):
        card = self.facts["cards"]["customer"]
        self.pay(self.client("customer"), flow="token", token_id=card)
        made = self.made()
        self.assertEqual((made["token_id"], made["operation"]), (card, "online_token"))

    def test_a_card_that_moves_no_money(self):
        """One's own, of a provider by which nobody pays: with another one's name it would count as paid."""
        before = self.rows("payment_transaction")
        self.assertRefused("UserError", self.pay, self.client("customer"), flow="token", token_id=self.facts["tried"])
        self.assertEqual(self.rows("payment_transaction"), before)

    def test_by_the_link_no_card_is_saved(self):
        for login, saved in ((None, False), ("customer", True)):
            with self.subTest(login=login):
                self.pay(self.client(login), tokenization_requested=True)
                self.assertEqual(self.made()["tokenize"], saved)

    def test_leads_back_to_the_page(self):
        """Whatever the form says, and never as a payment of nothing that only checks a card."""
        self.pay(self.nobody, is_validation=True)
        made = self.made()
        self.assertEqual(made["operation"], "online_redirect")
        self.assertEqual(made["partner_id"], self.facts["customer"])
        self.assertEqual(made["landing_route"], f"/my/collection/{self.notice}?access_token=notice-token&done=payment")
