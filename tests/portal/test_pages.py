"""What all pages for customers have in common: who keeps what they show, what may be sent there,
and how often."""

from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ...controllers.token_page import MOST_POSTED
from ...models.portal.post import MOST_OF_ADDRESS, MOST_OF_TOKEN
from ..common import TODAY
from .test_answer_page import AnswerCase

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}
#: What is answered where not the page itself is: an answer without a kind, paying without a provider.
STATUSES = {"answer": 422, "pay": 422, "copies": 303}
WRONG = "00000000-0000-4000-8000-000000000000"


class PageCase(AnswerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.question = cls.env["balance.confirmation"].create(
            {
                "partner_id": cls.customer.id,
                "company_id": cls.env.company.id,
                "day": TODAY,
                "balances": {str(cls.env.company.currency_id.id): 150.0},
                "access_token": "question",
                "expires_on": "2099-12-31",
            }
        )
        cls.balance = f"/my/balance/{cls.question.id}"
        email = "reader@example.com"
        signed = {"email": email, "token": cls.env["mail.blacklist"]._opt_out_token(email)}
        #: (address, what opens it, methods) of each page.
        cls.pages = (
            (cls.url, {"access_token": cls.notice.access_token}, "GET"),
            (f"{cls.url}/pay", {"access_token": cls.notice.access_token}, "GET"),
            (f"{cls.url}/answer", {"access_token": cls.notice.access_token}, "POST"),
            (f"{cls.url}/transaction/{cls.first.id}", {}, "POST"),
            (f"{cls.url}/document/{cls.first.id}", {"access_token": cls.notice.access_token}, "GET"),
            (f"{cls.url}/copies", {"access_token": cls.notice.access_token}, "POST"),
            (cls.balance, {"access_token": "question"}, "GET"),
            (f"{cls.balance}/answer", {"access_token": "question"}, "POST"),
            ("/sales-mail/opt-out", signed, "GET POST"),
            ("/sales-sms/opt-out", {}, "GET POST"),
        )

    def send(self, path, method="GET", **options):
        return self.opener.request(method, self.base_url() + path, allow_redirects=False, timeout=30, **options)

    def things(self):
        """How many there are of all that a page can make."""
        self.env.invalidate_all()
        models = ("dunning.answer", "dunning.promise", "dunning.dispute", "ir.attachment", "mail.message")
        models += ("mail.mail", "mail.activity", "mail.blacklist", "phone.blacklist", "payment.transaction")
        return {model: self.env[model].sudo().search_count([]) for model in models}


@tagged("post_install", "-at_install")
@freeze_time(f"{TODAY} 12:00:00")
class TestPages(PageCase):
    def test_headers(self):
        """Whatever the page answers: also where it isn't there, refuses, or leads elsewhere."""
        self.env["res.lang"]._activate_lang("he_IL")
        token = {"access_token": self.notice.access_token}
        csrf = {"csrf_token": self.csrf()}
        cases = (
            ("page", 200, self.url, "GET", {"params": token}),
            ("document", 200, f"{self.url}/document/{self.first.id}", "GET", {"params": token}),
            ("no such document", 404, f"{self.url}/document/0", "GET", {"params": token}),
            ("copies", 303, f"{self.url}/copies", "POST", {"data": {**token, **csrf}}),
            ("pay, without a provider", 422, f"{self.url}/pay", "GET", {"params": token}),
            ("wrong token", 404, self.url, "GET", {"params": {"access_token": WRONG}}),
            ("too much to pay", 422, f"{self.url}/pay", "GET", {"params": {**token, "amount": "1000"}}),
            ("no such answer", 422, f"{self.url}/answer", "POST", {"data": {**token, **csrf}}),
            ("without the form's key", 400, f"{self.url}/answer", "POST", {"data": token}),
            ("wrong method", 405, f"{self.url}/answer", "GET", {"params": token}),
            ("options", 204, self.url, "OPTIONS", {"params": token}),
            ("below", 404, f"{self.url}/x/y", "GET", {"params": token}),
            ("for customers with a login", 303, "/my/collection", "GET", {}),
            ("balance", 200, self.balance, "GET", {"params": {"access_token": "question"}}),
            ("opt-out", 404, "/sales-mail/opt-out", "GET", {}),
            ("payment form", 200, f"{self.url}/transaction/1", "POST", {"json": {"params": {}}}),
            ("other language", 303, self.url, "GET", {"params": token, "cookies": {"frontend_lang": "he_IL"}}),
        )
        for name, status, path, method, options in cases:
            with self.subTest(name), mute_logger("odoo.http", "odoo.addons.http_routing.models.ir_http"):
                page = self.send(path, method, **options)
                self.assertEqual(page.status_code, status)
                self.assertEqual({header: page.headers.get(header) for header in HEADERS}, HEADERS)
        self.assertIn('<meta name="robots" content="noindex, nofollow"', self.get().text)
        self.assertNotIn("no-store", self.send("/web/login").headers.get("Cache-Control", ""))

    def csrf(self):
        page = self.send(self.url, params={"access_token": self.notice.access_token}).text
        return page.partition('name="csrf_token" value="')[2].partition('"')[0]

    def test_other_methods_do_nothing(self):
        form = {"kind": "wrong_person", "form_key": "0" * 32 + "-wrong_person", "answer": "agree"}
        before = self.things()
        for path, opens, methods in self.pages:
            for method in ("OPTIONS", "HEAD", "GET", "POST", "PUT", "DELETE", "PATCH", "TRACE"):
                if method not in methods:
                    with self.subTest(path=path, method=method), mute_logger("odoo.http"):
                        page = self.send(path, method, params={**opens, **form})
                        allowed = {"OPTIONS": (204,), "HEAD": (200, 404, 422) if "GET" in methods else (405,)}
                        self.assertIn(page.status_code, allowed.get(method, (405,)))
        self.assertEqual(self.things(), before)

    def test_names_of_parameters(self):
        """What is sent under the name of a parameter of ours, or of Python's, is only sent."""
        csrf = self.csrf()
        for path, opens, methods in self.pages:
            if "transaction" in path:
                continue
            self.env.cr.execute("DELETE FROM l2c_portal_post")  # else they are too many
            for name in ("self", "cls", "context", "request", "notice_id", "status", "lang", "error", "args"):
                for method in methods.split():
                    with self.subTest(path=path, name=name, method=method):
                        sent = {**opens, name: "1", "csrf_token": csrf}
                        page = self.send(path, method, **{"data" if method == "POST" else "params": sent})
                        status = STATUSES.get(path.rpartition("/")[2], 404 if "sms" in path else 200)
                        self.assertEqual(page.status_code, status)

    def test_a_file_in_the_place_of_a_text(self):
        before, csrf = self.things(), self.csrf()
        forms = {
            f"{self.url}/answer": ("access_token", "kind", "amount", "items", "day", "form_key", "note", "reason"),
            f"{self.balance}/answer": ("access_token", "answer"),
            "/sales-mail/opt-out": ("email", "token"),
            "/sales-sms/opt-out": ("number", "token"),
        }
        good = {"kind": "paid", "amount": "1", "day": "2026-03-09", "form_key": "0" * 32 + "-paid", "answer": "odd"}
        for path, opens, _methods in self.pages:
            for name in forms.get(path, ()):
                texts = {key: value for key, value in {**good, **opens, "csrf_token": csrf}.items() if key != name}
                if name in ("note", "items", "reason"):
                    texts["amount"] = "none"  # a file there is as nothing
                with self.subTest(path=path, name=name):
                    page = self.send(path, "POST", data=texts, files={name: ("x.pdf", b"%PDF-1.4")})
                    self.assertIn(page.status_code, (404, 422))
        self.assertEqual(self.things(), before)

    def test_numbers_of_pages(self):
        for number in ("0", "-1", "00", "2147483648", "9" * 10, "9" * 11, "9" * 5000, "1.0", "x", "%00", "\u0661"):
            for path in ("/my/collection/%s", "/my/balance/%s", "/my/collection/%s/pay"):
                with self.subTest(path, number=number[:20]):
                    page = self.send(path % number, params={"access_token": self.notice.access_token})
                    self.assertEqual(page.status_code, 404)

    def test_a_new_line_in_the_address(self):
        """With a cookie of a language the host would redirect, and fail."""
        for path in ("/my/collection/1%0A", "/my/balance/1%0A", "/sales-mail/opt-out/%0A"):
            page = self.send(path, cookies={"frontend_lang": "ro_RO"})
            with self.subTest(path):
                self.assertEqual((page.status_code, page.headers.get("Referrer-Policy")), (404, "no-referrer"))

    def test_too_large(self):
        before = self.things()
        sent = {"csrf_token": self.csrf(), "kind": "paid"}
        for path, opens, methods in self.pages:
            if "POST" in methods:
                file = {"data": {**sent, **opens}, "files": {"proof": ("x.pdf", b"x" * (MOST_POSTED + 1))}}
                with self.subTest(path), mute_logger("odoo.http"):
                    page = self.send(
                        path, "POST", **{"json": ["x" * (MOST_POSTED + 1)]} if "transaction" in path else file
                    )
                    # Of JSON-RPC, errors have the status 200.
                    self.assertEqual(page.status_code, 200 if "transaction" in path else 413)
                    self.assertNotIn('"result"', page.text)
        self.assertEqual(self.things(), before)

    def test_wrong_tokens_shut_out_nobody(self):
        """Behind one address sit many; who has the right token is counted alone."""
        data = {"kind": "nothing", "csrf_token": self.csrf()}
        for _number in range(MOST_OF_ADDRESS):
            self.env["l2c.portal.post"]._is_too_much("address", "127.0.0.1")
        wrong = self.send(f"{self.url}/answer", "POST", data={**data, "access_token": WRONG})
        self.assertEqual(wrong.status_code, 429)
        right = [
            self.send(f"{self.url}/answer", "POST", data={**data, "access_token": self.notice.access_token}).status_code
            for _number in range(MOST_OF_TOKEN + 1)
        ]
        self.assertEqual(right, [422] * MOST_OF_TOKEN + [429])
        balance = {"answer": "agree", "csrf_token": data["csrf_token"], "access_token": "question"}
        self.assertEqual(self.send(f"{self.balance}/answer", "POST", data=balance).status_code, 303)

    def test_what_is_refused_is_not_kept(self):
        posts = self.env["l2c.portal.post"]
        refused = [posts._is_too_much("address", "192.0.2.1") for _number in range(MOST_OF_ADDRESS + 5)]
        self.assertEqual(refused, [False] * MOST_OF_ADDRESS + [True] * 5)
        self.assertEqual(posts.search_count([]), MOST_OF_ADDRESS)
