"""What comes from strangers: malformed forms, other customers' numbers, too many posts, scripts."""

import random
import threading

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from odoo.api import SUPERUSER_ID, Environment
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, freeze_time, tagged
from odoo.tests.common import get_db_name
from odoo.tools import mute_logger

from ..engine.portal.answers import ANSWER_KINDS
from ..models.portal.post import MOST_OF_ADDRESS, MOST_OF_TOKEN
from .common import TODAY
from .portal.test_answer_page import AnswerCase

#: What stands in fields now and then: nearly right, or meant to break something.
ODD = (
    *("", "0", "-1", "1e9", "NaN", "∞", "1,5", "150.00", "999999999999", "2026-03-20", "2026-02-30", "٢٠٢٦-٠٣-٢٠"),
    *("\x00", "' OR 1=1 --", "<script>alert(1)</script>", "{{ object }}", "../../etc/passwd", "%s%n", "\ud800", "💩"),
)
SCRIPT = "<script>alert('x')</script><b>bold</b>"


@tagged("-standard", "l2c_long", "post_install", "-at_install")
@freeze_time(f"{TODAY} 12:00:00")
class TestAttackers(AnswerCase):
    def setUp(self):
        super().setUp()
        self.stranger = self.invoice(partner_id=self.env["res.partner"].create({"name": "Stranger"}).id)

    def books(self):
        """What an answer may change, as numbers."""
        self.env.flush_all()
        models = ("dunning.answer", "dunning.promise", "dunning.dispute", "ir.attachment", "mail.activity")
        return [self.env[model].search_count([]) for model in models]

    def test_a_thousand_malformed_forms(self):
        """Each is refused with a sentence and changes nothing, or is an answer about what is
        the customer's own."""
        own = self.items(self.first | self.second)
        items = [str(item.id) for item in own | self.items(self.stranger)]
        text = st.one_of(st.sampled_from(ODD), st.text(max_size=30))
        reasons = self.env["dunning.dispute.reason"].search([])
        form = st.fixed_dictionaries(
            {"kind": st.one_of(st.sampled_from([kind for kind, _label in ANSWER_KINDS]), text)},
            optional={
                "form_key": st.one_of(st.just("0" * 32 + "-x"), text),
                "items": st.lists(st.one_of(st.sampled_from(items), text), max_size=3),
                "reason": st.one_of(st.sampled_from([str(reason.id) for reason in reasons]), text),
                **dict.fromkeys(("day", "amount", "number", "note", "proof", "notice_id", "partner_id"), text),
            },
        )
        proof = st.one_of(st.none(), st.tuples(text, st.binary(max_size=20)))
        before, seen = self.books(), {"refused": 0, "taken": 0}

        @settings(max_examples=1000, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(form=form, proof=proof)
        def post(form, proof):
            savepoint = self.env.cr.savepoint(flush=False)
            try:
                answer = self.notice._take_answer(form, proof and [proof])
                self.assertIn(form["kind"], dict(ANSWER_KINDS))
                self.assertLessEqual(answer.move_line_ids, own)
                self.assertLessEqual(answer.promise_id.move_line_ids, own)
                self.env.flush_all()
                seen["taken"] += 1
            except UserError as error:
                self.assertTrue(str(error))
                self.assertEqual(self.notice.answer_ids.ids, [])
                seen["refused"] += 1
            finally:
                self.env.invalidate_all(flush=False)
                savepoint.rollback()
                savepoint.close(rollback=False)

        post()
        self.assertEqual(self.books(), before)
        self.assertGreaterEqual(seen["refused"], 500, seen)

    @mute_logger("odoo.http")
    def test_malformed_posts(self):
        """Through the web server, by several seeds: no status 500, nothing of others, no change."""
        before = self.books()
        token, csrf = self.notice.access_token, self.csrf()
        for seed in range(4):
            dice = random.Random(seed)
            self.env.cr.execute("DELETE FROM l2c_portal_post")
            for _post in range(25):
                names = dice.sample(["kind", "items", "day", "amount", "note", "form_key", "proof", "x" * 500], 4)
                data = [(name, dice.choice(ODD).replace("\ud800", "?")) for name in names + names[:1]]
                data.append(("access_token", dice.choice([token, "", "x", token[:-1], "💩\x00"])))
                if dice.random() < 0.8:
                    data.append(("csrf_token", csrf))
                files = [("proof", (dice.choice(("a.pdf", "..", "x\x00.png", "<b>.jpg", "💩")), b"\x00\xff"))]
                number = dice.choice([self.notice.id, 0, 99999999999999, 2**31, self.notice.id + 1])
                path = dice.choice(["answer", "answer/x", "transaction/1", ""])
                page = self.url_open(f"/my/collection/{number}/{path}", data=data, files=dice.choice((files, None)))
                with self.subTest(seed=seed, number=number, path=path, data=data):
                    self.assertIn(page.status_code, (400, 404, 405, 415, 422, 429) if path else (200, 400, 404, 405))
                    self.assertNotIn(self.stranger.name, page.text)
        self.assertEqual(self.books(), before)

    def csrf(self):
        return self.get().text.split('name="csrf_token" value="')[1].split('"')[0]

    def test_addresses_that_are_not_there(self):
        for number in (0, 2**31, 99999999999999, 10**30):
            for path in ("", "/pay"):
                with self.subTest(number=number, path=path):
                    page = self.url_open(f"/my/collection/{number}{path}?access_token={self.notice.access_token}")
                    self.assertEqual(page.status_code, 404)

    def test_without_the_forms_own_token(self):
        form = {"access_token": self.notice.access_token, "kind": "wrong_person", "form_key": "0" * 32 + "-x"}
        with mute_logger("odoo.http"):
            self.assertEqual(self.url_open(f"{self.url}/answer", data=form).status_code, 400)
        self.assertFalse(self.taken())

    def test_too_many_from_an_address(self):
        """With many tokens, none of which is right; who has the right one still answers."""
        page = self.get().text
        self.env.cr.execute("DELETE FROM l2c_portal_post")
        self.assertEqual(self.answer("nothing", page=page, access_token="x").status_code, 404)
        for _number in range(MOST_OF_ADDRESS):
            self.assertFalse(self.env["l2c.portal.post"]._is_too_much("address", "127.0.0.1"))
        refused = self.answer("nothing", page=page, access_token="x")
        self.assertEqual(refused.status_code, 429)
        self.assertIn("Please try again later", refused.text)
        self.assertEqual(self.answer("paid", page=page, day="2026-03-09", amount="1").status_code, 200)
        self.assertEqual(len(self.taken()), 1)

    def test_an_hour_later(self):
        posts = self.env["l2c.portal.post"].with_context(l2c_today=False)
        with freeze_time(f"{TODAY} 10:59:00"):
            many = [posts._is_too_much("token", "1.2.3.4") for _number in range(MOST_OF_TOKEN + 1)]
        self.assertEqual(many, [False] * MOST_OF_TOKEN + [True])
        self.assertFalse(posts._is_too_much("token", "1.2.3.4"))
        posts._gc_old()
        self.env.cr.execute("SELECT count(*) FROM l2c_portal_post WHERE date < %s", [f"{TODAY} 11:00:00"])
        self.assertEqual(self.env.cr.fetchone(), (0,))

    def test_scripts_are_text_everywhere(self):
        """In names, references, notes and reasons: on the page, in the mail, the chatter, the
        tasks and on paper."""
        self.customer.name = self.env.company.name = self.policy.level_ids[1].name = SCRIPT
        self.first.ref = self.first.payment_reference = SCRIPT
        item = str(self.items(self.second).id)
        pages = [
            self.answer("dispute", items=item, reason=self.reason("damaged"), note=SCRIPT).text,
            self.answer("paid", day="2026-03-09", amount="1", note=SCRIPT).text,
            self.answer("paid", day=SCRIPT, amount=SCRIPT, note=SCRIPT).text,
            self.answer("wrong_person", note=SCRIPT).text,
        ]
        self.env.invalidate_all()
        template = self.env.ref("lead_to_cash.mail_template_first_reminder")
        records = (self.customer, self.notice.answer_ids.dispute_id, self.notice)
        places = {
            "page": "".join(pages),
            "mail": template._render_bodies_at_once(self.notice)[0],
            "chatter": "".join(str(message.body) for record in records for message in record.message_ids),
            "task": "".join(str(activity.note) for activity in self.notice.activity_ids),
            "letter": self.on_paper("dunning_letter", self.notice),
            "statement": self.on_paper("statement", self.customer),
            "call sheet": self.on_paper("call_sheet", self.customer),
            "cover": self.on_paper("collection_cover", self.customer),
        }
        for place, text in places.items():
            with self.subTest(place):
                self.assertNotIn("<script>alert", text)
                self.assertNotIn("<b>bold", text)
                self.assertIn("&lt;script&gt;alert", text)

    def on_paper(self, report, record):
        return self.env["ir.actions.report"]._render_qweb_html(f"lead_to_cash.{report}", record.ids)[0].decode()


@tagged("-standard", "l2c_long", "post_install", "-at_install")
class TestManyAtOnce(BaseCase):
    def test_limit(self):
        """Thirty posts at the same moment, each in a connection of its own: twenty at most pass."""
        registry, results = Registry(get_db_name()), []
        self.addCleanup(self._forget, registry)

        def post():
            with registry.cursor() as cr:
                env = Environment(cr, SUPERUSER_ID, {})
                results.append(env["l2c.portal.post"]._is_too_much("token", "at once"))

        threads = [threading.Thread(target=post) for _number in range(MOST_OF_TOKEN + 10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(results), MOST_OF_TOKEN + 10)
        self.assertLessEqual(results.count(False), MOST_OF_TOKEN)

    def _forget(self, registry):
        with registry.cursor() as cr:
            cr.execute("DELETE FROM l2c_portal_post")
