"""Customers of two batches: the broken ones stop nobody else, and each says why it stopped."""

from markupsafe import Markup
from odoo.tests import tagged
from odoo.tools import SQL

from ...models.dunning.run import BATCH
from ..common import TODAY, DunningCase

#: What differs in the copy of a row ``s`` for the customer ``p``.
COPIED = {
    "account.move": {
        "name": SQL("s.name || '/' || p.id"),
        "partner_id": SQL("p.id"),
        "commercial_partner_id": SQL("p.id"),
        "partner_shipping_id": SQL("p.id"),
        "access_token": SQL("NULL"),
    },
    "account.move.line": {
        "move_id": SQL("(SELECT m.id FROM account_move m WHERE m.name = s.move_name || '/' || p.id)"),
        "move_name": SQL("s.move_name || '/' || p.id"),
        "partner_id": SQL("p.id"),
    },
}


class ManyCase(DunningCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partners = cls.env["res.partner"].create(
            [{"name": f"Customer {number}", "email": f"c{number}@example.com"} for number in range(520)]
        )

    def invoice_all(self, partners):
        """One overdue invoice each: the first one's is made by hand, then copied in SQL."""
        first = self.invoice(due="2026-03-02", partner_id=partners[0].id)
        self.env.flush_all()
        for records in (first, first.line_ids):
            self.copy_rows(records, COPIED[records._name], partners[1:])
        self.env.invalidate_all()

    def copy_rows(self, records, changed, partners):
        names = [name for name, field in records._fields.items() if field.store and field.column_type and name != "id"]
        statement = SQL(
            "INSERT INTO %s (%s) SELECT %s FROM %s s, res_partner p WHERE s.id IN %s AND p.id IN %s",
            SQL.identifier(records._table),
            SQL(", ").join(map(SQL.identifier, names)),
            SQL(", ").join(changed.get(name, SQL.identifier("s", name)) for name in names),
            SQL.identifier(records._table),
            records._ids,
            partners._ids,
        )
        self.env.cr.execute(statement)

    def new_run(self):
        run = self.env["dunning.run"].create({"date": TODAY})
        self.env.flush_all()
        self.env.invalidate_all()
        return run


@tagged("post_install", "-at_install")
class TestTenOfFiveHundred(ManyCase):
    """They end the first batch and begin the second. Each way to break is a method; it returns the decision in force and what the notice's
    reason names, None when there is no notice."""

    def setUp(self):
        super().setUp()
        self.env.company.partner_id.ref = "US"  # whoever wrote the templates below tried them on the own company
        self.general = self.env.ref("lead_to_cash.mail_template_dunning_notice")
        self.template = self.general.copy()
        self.policy.level_ids.mail_template_id = self.template
        self.invoice_all(self.partners)

    def test_the_broken_ones_say_why_and_the_others_go(self):
        ways = [name for name in dir(self) if name.startswith("break_by_")]
        broken = dict(zip(self.partners[495:], ways, strict=False))
        expected = {partner: getattr(self, way)(partner) for partner, way in broken.items()}
        self.general.unlink()  # nobody's but the one's whose level has none of its own
        self.partners[7].name = "<script>alert(1)</script>"
        self.partners[8].active = False  # owes all the same
        run = self.new_run()
        run.action_run()
        self.env["dunning.notice"]._write_due_mails()
        self.assertEqual((len(broken), run.state), (10, "done"))
        notices = {notice.partner_id: notice for notice in run.notice_ids}
        for partner, (code, reason) in expected.items():
            with self.subTest(broken[partner]):
                self.assert_explained(partner, notices.get(partner), code, reason)
        queued = [notice for partner, notice in notices.items() if partner not in broken]
        self.assertEqual(len(queued), 510)
        self.assertEqual({(notice.state, notice.mail_ids.state) for notice in queued}, {("queued", "outgoing")})
        self.assertIn("Dear <bdi>&lt;script&gt;alert(1)", notices[self.partners[7]].mail_ids.body_html)

    def assert_explained(self, partner, notice, code, reason):
        decisions = self.env["dunning.decision"].search([("partner_id", "=", partner.id), ("current", "=", True)])
        self.assertEqual(set(decisions.mapped("code")), {code})
        if reason is None:
            self.assertIsNone(notice)
        else:
            self.assertEqual((notice.state, len(notice.mail_ids)), ("failed", 0))
            self.assertIn(reason, notice.failure_reason)

    def own_policy(self, partner, template=None):
        partner.dunning_policy_id = self.make_policy(partner.name)
        partner.dunning_policy_id.level_ids.mail_template_id = template
        return partner.dunning_policy_id

    def append(self, source):
        self.template.body_html += Markup(source)

    def break_by_no_address(self, partner):
        partner.email = False
        return "no_address", None

    def break_by_a_malformed_address(self, partner):
        partner.email = "ask the neighbour"
        return "no_address", None

    def break_by_a_wrong_addressee(self, partner):
        partner.is_wrong_addressee = True
        return "no_address", None

    def break_by_a_stopped_policy(self, partner):
        self.own_policy(partner).action_stop()
        return "no_policy", None

    def break_by_two_items_where_the_template_expects_one(self, partner):
        self.append('<p t-out="object.line_ids.move_id.name"/>')
        self.invoice(due="2026-03-02", partner_id=partner.id)
        return "reminded", "Expected singleton: account.move"

    def break_by_arithmetic(self, partner):
        self.append(f'<p t-out="1 / (object.partner_id.id - {partner.id})"/>')
        return "reminded", "division by zero"

    def break_by_the_subject(self, partner):
        self.own_policy(partner, self.general.copy({"subject": "{{ object.partner_id.ref.upper() }}"}))
        return "reminded", "object.partner_id.ref.upper()"

    def break_by_no_template(self, partner):
        self.own_policy(partner)
        return "reminded", "The level First has no e-mail template."

    def break_by_a_translation(self, partner):
        partner.lang = "he_IL"
        self.template.with_context(lang="he_IL").subject = "{{ object.partner_id.ref.lower() }}"
        return "reminded", "object.partner_id.ref.lower()"

    def break_by_a_language_that_is_gone(self, partner):
        self.env.flush_all()
        self.env.cr.execute("UPDATE res_partner SET lang = 'tlh_TLH' WHERE id = %s", [partner.id])
        self.env.invalidate_all()
        return "reminded", "Invalid language code: tlh_TLH"


@tagged("post_install", "-at_install")
class TestNobodyToCall(DunningCase):
    def test_a_call_goes_to_somebody_who_is_there(self):
        gone, present = (self.user(login, "account.group_account_invoice") for login in ("gone", "present"))
        gone.active = False
        self.policy.user_id = present
        self.policy.level_ids.channel = "call"
        self.customer.collector_id = gone
        self.invoice(due="2026-03-02", invoice_user_id=gone.id)
        run = self.env["dunning.run"].create({"date": TODAY})
        run.action_run()
        self.assertEqual((run.notice_ids.state, run.notice_ids.activity_ids.user_id), ("queued", present))


@tagged("post_install", "-at_install")
class TestQueries(ManyCase):
    def queries_of(self, work):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        work()
        self.env.flush_all()
        return self.cr.sql_log_count - before

    def counts(self, size):
        """Queries of beginning a run of so many customers, of its only batch, and of nothing
        but as many mails."""
        savepoint = self.env.cr.savepoint()
        self.invoice_all(self.partners[:size])
        run = self.new_run()
        begun = self.queries_of(run._start)
        batch = self.queries_of(run._process_batch) if size <= BATCH else None
        mails = self.queries_of(lambda: self.env["mail.mail"].create(self.mails(run.notice_ids)))
        self.assertEqual((len(run.notice_ids), run.state), (size, "running" if batch is None else "done"))
        savepoint.close(rollback=True)
        self.env.invalidate_all()
        return begun, batch, mails

    def mails(self, notices):
        common = {"model": notices._name, "subject": "x", "body_html": "x", "email_from": "us@example.com"}
        return [{"res_id": notice.id, "recipient_ids": [(4, notice.partner_id.id)], **common} for notice in notices]

    def test_a_run_begins_with_as_many_queries_for_ten_times_the_customers(self):
        self.counts(10)  # what is read once and kept
        self.assertLessEqual(self.counts(500)[0], self.counts(50)[0])

    def test_a_batch_of_more_customers_takes_no_more_queries_than_its_mails(self):
        self.counts(10)  # what is read once and kept
        _begun, batch, mails = self.counts(200)
        _begun, larger_batch, more_mails = self.counts(400)
        self.assertLessEqual(larger_batch - batch, more_mails - mails + 10)
