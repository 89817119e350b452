"""What is kept is deleted when its time is over, in the companies that have said so; figures and what is
open stay as they are."""

from datetime import date, timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ...engine.privacy.keeping import KINDS
from ..common import TODAY, RunCase

STEP = "odoo.addons.lead_to_cash.models.handling.cron_step"
#: Days on which attempts, answers, or all is over.
IN_TWO_YEARS, IN_EIGHT_YEARS = "2028-03-11", "2034-03-11"
PNG = b"\x89PNG\r\n\x1a\n"


class PrivacyCase(RunCase):
    """One customer with all that is kept about it."""

    def night(self, day):
        """The nightly deletion, as of a day."""
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            self.env(cr=cr)["l2c.privacy"].with_context(l2c_today=day)._cron_delete()
        self.env.invalidate_all()

    def sent(self, move, day=TODAY):
        """The notice of an invoice, which has left."""
        self.run_on(day)
        notice = self.notices(move)
        notice.mail_ids.state = "sent"
        return notice

    def answered(self, notice, kind="plan", note="I lost my job", **values):
        form = {"kind": kind, "note": note, "form_key": "a" * 32, "number": "3", "day": "2026-03-12", **values}
        return self.env["dunning.answer"]._take(notice, form, proof=[("proof.png", PNG)])

    def texts(self, model, records):
        """All that the chatter of the records says."""
        domain = [("model", "=", model), ("res_id", "in", records.ids)]
        return " ".join(self.env["mail.message"].search(domain).mapped(lambda message: str(message.body)))


@tagged("post_install", "-at_install")
class TestAttempts(PrivacyCase):
    def test_they_go_with_their_words_and_the_counters_stay(self):
        lead, move = self.lead(partner_id=self.customer.id), self.invoice(due="2026-02-01")
        for document in (lead, move, self.customer):
            document.action_log_attempt("reached", note="Has a lover in Paris")
        names = ("attempt_count", "first_contact_date", "last_contact_date")
        more = (*names, "first_response_hours", "first_response_hours_assigned", "response_band", "handling_role")
        before = lead.read(more), move.read(names)
        self.assertIn("Paris", self.texts("crm.lead", lead))
        self.night("2028-03-10")
        self.assertEqual(len(lead.contact_attempt_ids | move.contact_attempt_ids), 2)
        self.night(IN_TWO_YEARS)
        about = [("partner_id", "=", self.customer.id)]
        self.assertFalse(self.env["contact.attempt"].search(about))
        self.assertEqual((lead.read(more), move.read(names)), before)
        self.assertTrue(before[0][0]["attempt_count"] and before[1][0]["attempt_count"])
        for model, record in (("crm.lead", lead), ("account.move", move), ("res.partner", self.customer)):
            with self.subTest(model):
                self.assertNotIn("Paris", self.texts(model, record))

    def test_what_the_law_keeps_stays_in_the_chatter(self):
        self.env.company.restrictive_audit_trail = True
        move = self.invoice(due="2026-02-01")
        move.action_log_attempt("reached", note="Will pay")
        self.night(IN_TWO_YEARS)
        self.assertFalse(move.contact_attempt_ids)
        self.assertIn("Will pay", self.texts("account.move", move))

    def test_for_ever(self):
        self.env.company.keep_attempts_months = 0
        lead = self.lead()
        lead.action_log_attempt("reached")
        self.night("2099-01-01")
        self.assertEqual(len(lead.contact_attempt_ids), 1)
        with self.assertRaisesRegex(ValidationError, "0: for ever"):
            self.env.company.keep_attempts_months = -1

    def test_warnings_and_proposals_go_when_they_are_over(self):
        own = {"partner_id": self.customer.id, "company_id": self.env.company.id, "day": "2026-03-01"}
        warnings = self.env["customer.warning"].create(
            [
                {**own, "what": "Over", "source": "x", "until": "2026-03-05"},
                {**own, "what": "Holds", "source": "x"},
            ]
        )
        proposals = self.env["payment.proposal"].create(
            [
                {**own, "kind": "deposit", "state": "refused", "decided_on": "2026-03-05"},
                {**own, "kind": "deposit", "state": "accepted", "decided_on": "2026-03-05"},
            ]
        )
        self.night("2028-03-01")
        self.assertEqual((len(warnings.exists()), len(proposals.exists())), (2, 2))
        self.night(IN_TWO_YEARS)
        self.assertEqual(warnings.exists().what, "Holds")
        self.assertEqual(proposals.exists().state, "accepted")

    def test_nobody_is_watched_because_attempts_are_gone(self):
        """A customer who was reached isn't silent two years later."""
        self.env.company.watch_silent_mails = 1
        self.sent(self.invoice(due="2026-03-02"))
        self.customer.action_log_attempt("reached", date="2026-03-10 11:00:00")
        self.night(IN_TWO_YEARS)
        watch = self.env["dunning.watch"].with_context(l2c_today=IN_TWO_YEARS)
        watch._follow(watch.env.company)
        about = [("partner_id", "=", self.customer.id), ("kind", "=", "no_reply")]
        self.assertFalse(watch.search(about))

    def test_of_each_company_by_its_setting(self):
        other = self.env["res.company"].create({"name": "Other", "keep_attempts_months": 0})
        mine, theirs = (
            self.lead(company_id=company.id, user_id=False, team_id=False) for company in (self.env.company, other)
        )
        nobodys = self.lead(company_id=False)
        for lead in (mine, theirs, nobodys):
            lead.action_log_attempt("reached")
        self.night(IN_TWO_YEARS)
        kept = [len(lead.contact_attempt_ids) for lead in (mine, theirs, nobodys)]
        self.assertEqual(kept, [0, 1, 1])
        other.keep_attempts_months = 36
        self.night(IN_TWO_YEARS)
        self.assertTrue(nobodys.contact_attempt_ids)
        self.night("2029-03-11")
        self.assertFalse((theirs | nobodys).contact_attempt_ids)

    def test_in_batches_and_past_one_that_cant_go(self):
        self.patch(type(self.env["l2c.privacy"]), "_batch", 2)
        leads = self.env["crm.lead"].create([{"name": f"Lead {number}"} for number in range(5)])
        for lead in leads:
            lead.action_log_attempt("no_answer")
        stuck = leads[1].contact_attempt_ids
        self.env.flush_all()
        self.env.cr.execute(
            """CREATE FUNCTION l2c_stuck() RETURNS trigger LANGUAGE plpgsql AS
               $$ BEGIN RAISE 'kept by another addon' USING ERRCODE = 'restrict_violation'; END $$"""
        )
        self.env.cr.execute(
            "CREATE TRIGGER l2c_stuck BEFORE DELETE ON contact_attempt FOR EACH ROW"
            " WHEN (OLD.id = %s) EXECUTE FUNCTION l2c_stuck()",
            [stuck.id],
        )
        with self.assertLogs(STEP, "ERROR") as logged, mute_logger("odoo.sql_db"):
            self.night(IN_TWO_YEARS)
        self.assertIn(f"contact.attempt({stuck.id},)", logged.output[0])
        self.assertEqual(leads.contact_attempt_ids, stuck)

    def test_it_goes_on_where_it_stopped(self):
        """The job says what is left when its time is up, and comes again."""
        self.patch(type(self.env["l2c.privacy"]), "_batch", 2)
        leads = self.env["crm.lead"].create([{"name": f"Lead {number}"} for number in range(5)])
        for lead in leads:
            lead.action_log_attempt("no_answer")
        cron = self.env.ref("lead_to_cash.cron_privacy")
        progress = self.env["ir.cron.progress"].create({"cron_id": cron.id, "remaining": 0, "done": 0})
        over = {"ir_cron_progress_id": progress.id, "cron_id": cron.id, "cron_end_time": 0}
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            self.env(cr=cr)["l2c.privacy"].with_context(l2c_today=IN_TWO_YEARS, **over)._cron_delete()
        self.env.invalidate_all()
        self.assertEqual((len(leads.contact_attempt_ids), progress.done), (3, 2))
        self.assertGreaterEqual(progress.remaining, 3)
        self.night(IN_TWO_YEARS)
        self.assertFalse(leads.contact_attempt_ids)


@tagged("post_install", "-at_install")
class TestAnswers(PrivacyCase):
    def test_they_go_with_their_proofs_wherever_they_were_repeated(self):
        notice = self.sent(self.invoice(due="2026-03-02"))
        answer = self.answered(notice)
        proof = answer.attachment_ids
        notice.activity_ids._action_done(feedback="Called about it")
        self.assertIn("lost my job", self.texts("dunning.notice", notice))
        self.night(IN_TWO_YEARS)
        self.assertTrue(answer.exists(), "nobody has dealt with it, and it is about what is owed")
        answer.action_handled()
        self.night(IN_TWO_YEARS)
        self.assertFalse(answer.exists() or proof.exists())
        self.assertNotIn("lost my job", self.texts("dunning.notice", notice))
        self.assertEqual((notice.state, bool(notice.replied_date), bool(notice.mail_ids)), ("sent", True, True))

    def test_the_wrong_person_doesnt_see_the_page_again(self):
        move = self.invoice(due="2026-03-02")
        notice = self.sent(move)
        token = notice._portal_ensure_token()
        self.answered(notice, kind="wrong_person").action_handled()
        self.assertTrue(notice._is_hidden())
        self.night(IN_TWO_YEARS)
        self.assertFalse(notice.answer_ids)
        self.assertFalse(notice._by_token(notice.id, token))

    def test_a_comment_goes_and_the_rating_stays(self):
        notice = self.sent(self.invoice(due="2026-03-02"))
        rating = self.env["rating.rating"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("dunning.notice"),
                "res_id": notice.id,
                "partner_id": self.customer.id,
            }
        )
        notice.rating_apply(1, rating=rating, feedback="You are thieves")
        self.env.flush_all()
        self.env.cr.execute("UPDATE rating_rating SET write_date = '2026-03-10' WHERE id = %s", rating.ids)
        self.env.invalidate_all()
        self.night(IN_TWO_YEARS)
        self.assertEqual((rating.rating, rating.feedback, str(rating.write_date)[:10]), (1, False, "2026-03-10"))
        self.assertNotIn("thieves", self.texts("dunning.notice", notice))


@tagged("post_install", "-at_install")
class TestNotices(PrivacyCase):
    def test_they_go_once_all_is_settled(self):
        paid, owed = self.invoices([{"due": "2026-03-02"}, {"due": "2026-03-02", "partner_id": self.other().id}])
        self.run_on(TODAY)
        notices = self.notices(paid | owed)
        notices.mail_ids.state = "sent"
        mails, lines = notices.mail_ids, notices.line_ids
        gone = self.notices(paid)
        messages = mails.filtered(lambda mail: mail.res_id == gone.id).mail_message_id
        self.pay(paid)
        self.night("2033-03-10")
        self.assertEqual(len(notices.exists()), 2)
        self.night(IN_EIGHT_YEARS)
        self.assertEqual(notices.exists(), self.notices(owed))
        self.assertEqual(lines.exists(), self.notices(owed).line_ids)
        self.assertFalse(messages.exists())
        self.assertEqual(len(mails.exists()), 1)

    def test_another_company_decides_for_itself(self):
        move = self.invoice(due="2026-03-02")
        notice = self.sent(move)
        self.pay(move)
        other = self.env["res.company"].create({"name": "Other", "is_deletion_confirmed": False})
        self.env.flush_all()
        self.env.cr.execute("UPDATE dunning_notice SET company_id = %s WHERE id = %s", [other.id, notice.id])
        self.env.invalidate_all()
        self.night(IN_EIGHT_YEARS)
        self.assertTrue(notice.exists())
        other.write({"is_deletion_confirmed": True, "keep_notices_years": 0})
        self.night(IN_EIGHT_YEARS)
        self.assertTrue(notice.exists())
        other.keep_notices_years = 7
        self.night(IN_EIGHT_YEARS)
        self.assertFalse(notice.exists())

    def test_what_is_open_is_decided_as_before(self):
        """An item that is still owed has the level that it had, on the day of the deletion and after."""
        moves = self.invoices([{"due": "2026-03-02"}, {"due": "2026-03-02", "partner_id": self.other().id}])
        self.run_on(TODAY)
        self.notices(moves).mail_ids.state = "sent"
        self.pay(moves[0])
        days = (IN_EIGHT_YEARS, "2034-04-11")
        before = [self.decided(moves, day) for day in days]
        self.assertTrue(before[0])
        self.night(IN_EIGHT_YEARS)
        self.assertFalse(self.notices(moves[0]))
        self.assertEqual([self.decided(moves, day) for day in days], before)

    def decided(self, moves, day):
        rows = self.preview(moves, day)
        return [(row.move_id, row.code, row.level_id, row.escalates, row.next_date) for row in rows]

    def test_nobody_deletes_the_level_of_an_open_item(self):
        move = self.invoice(due="2026-03-02")
        notice = self.sent(move)
        with self.assertRaisesRegex(UserError, "from the first level again"):
            notice.unlink()
        self.pay(move)
        notice.unlink()
        self.assertFalse(self.notices(move))

    def test_what_was_agreed_goes_with_them(self):
        move, other = self.invoices([{"due": "2026-03-02"}, {"due": "2026-03-02"}])
        agreed = self.agreed(move) + self.agreed(other)
        self.run_on("2026-03-25")
        decisions = self.env["dunning.decision"].search([("move_id", "in", (move | other).ids)])
        self.pay(move)
        self.run_on("2026-03-26")
        dispute = [record for record in agreed if record._name == "dunning.dispute"]
        self.assertEqual([record.state for record in dispute], ["resolved", "open"])
        self.env.flush_all()
        self.env.cr.execute("UPDATE dunning_dispute SET create_date = '2026-03-10'")
        self.env.invalidate_all()
        self.night(IN_EIGHT_YEARS)
        left = [record._name for record in agreed if record.exists()]
        self.assertEqual(left, [record._name for record in self.agreed_of(agreed, other)])
        self.assertEqual(decisions.exists().move_id, other)

    def agreed(self, move):
        """A promise and a dispute about the invoice."""
        items = {"partner_id": self.customer.id, "move_line_ids": [Command.set(self.items(move).ids)]}
        promise = self.env["dunning.promise"].create({**items, "amount": 10.0, "date": "2026-03-12"})
        return [promise, self.env["dunning.dispute"].create({**items, "note": "Broken"})]

    def agreed_of(self, agreed, move):
        return [record for record in agreed if record.exists() and record.move_line_ids.move_id == move]

    def test_a_plan_goes_whole(self):
        move = self.invoice(due="2026-03-02")
        items = {"partner_id": self.customer.id, "move_line_ids": [Command.set(self.items(move).ids)]}
        plan = self.env["dunning.plan"].create({**items, "total": 100.0, "number": 3, "first_date": "2026-03-20"})
        promises = plan.promise_ids
        self.pay(move)
        self.assertEqual(plan.state, "kept")
        self.night("2033-04-01")
        self.assertEqual(len(promises.exists()), 3)
        self.night(IN_EIGHT_YEARS)
        self.assertFalse(plan.exists() or promises.exists())

    def other(self):
        return self.env["res.partner"].create({"name": "Other", "email": "other@example.com"})


@tagged("post_install", "-at_install")
class TestConfirming(PrivacyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.user("l2c_manager", "lead_to_cash.group_collections_manager")
        cls.collector = cls.user("l2c_collector", "lead_to_cash.group_collections_user")
        cls.lead_ = cls.given.lead(company_id=cls.env.company.id)
        cls.lead_.action_log_attempt("reached")
        cls.env.company.is_deletion_confirmed = False

    def test_nothing_goes_before(self):
        self.night(IN_TWO_YEARS)
        self.assertEqual(len(self.lead_.contact_attempt_ids), 1)

    def test_a_manager_sees_what_would_go_and_starts(self):
        wizards = self.env["privacy.deletion"].with_user(self.manager).with_context(l2c_today=IN_TWO_YEARS)
        wizard = wizards.browse(wizards.action_open()["res_id"])
        counts = {line.name: (line.count, line.before) for line in wizard.line_ids}
        self.assertEqual(counts["Contact Attempt"], (1, date(2028, 3, 11) - timedelta(days=731)))
        self.assertEqual(counts["Dunning Notice"][0], 0)
        wizard.action_start()
        self.assertTrue(self.env.company.is_deletion_confirmed)
        self.night(IN_TWO_YEARS)
        self.assertFalse(self.lead_.contact_attempt_ids)

    def test_the_settings_are_the_companys(self):
        with Form(self.env["res.config.settings"]) as form:
            self.assertFalse(form.is_deletion_confirmed)
            form.keep_attempts_months, form.keep_answers_months, form.keep_notices_years = 6, 12, 10
        form.record.execute()
        company = self.env.company
        times = company.keep_attempts_months, company.keep_answers_months, company.keep_notices_years
        self.assertEqual((times, company.is_deletion_confirmed), ((6, 12, 10), False))

    def test_from_the_menu(self):
        opened = self.env.ref("lead_to_cash.privacy_deletion_action_open").with_user(self.manager).run()
        with Form(self.env[opened["res_model"]].with_user(self.manager).browse(opened["res_id"])) as form:
            self.assertEqual(len(form.line_ids), len(KINDS))

    def test_nobody_else(self):
        for user in (self.collector, self.user("l2c_sales", "sales_team.group_sale_manager")):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.env["privacy.deletion"].with_user(user).action_open()
        other = self.env["res.company"].create({"name": "Other", "is_deletion_confirmed": False})
        theirs = self.env["privacy.deletion"].with_user(self.manager).create({"company_id": other.id})
        with self.assertRaises(AccessError):
            theirs.action_start()
        self.assertFalse(other.is_deletion_confirmed)
