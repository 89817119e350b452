"""What the addon adds to models is written by its actions, and states change along allowed ways:
whoever writes directly, by whatever way, reads which action to call."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import TODAY, RunCase

REFUSED = r"can't be written directly\. Use "


@tagged("post_install", "-at_install")
class TestProtectedFields(RunCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = (
            "lead_to_cash.group_collections_manager",
            "sales_team.group_sale_manager",
            "account.group_account_manager",
        )
        cls.manager = cls.user("l2c_manager", ",".join(groups))

    def records(self):
        """One of each kind, as the manager sees it."""
        lead, order, move = self.lead(), self.order(), self.invoice(due="2026-03-02")
        self.run_on(TODAY)
        lead.action_log_attempt("no_answer")
        other = self.invoice(due="2026-03-02")
        items = {"partner_id": self.customer.id, "move_line_ids": [Command.set(self.items(other).ids)]}
        promise = self.env["dunning.promise"].create({**items, "amount": 10.0, "date": "2026-03-20"})
        dispute = self.env["dunning.dispute"].create({**items, "note": "Broken"})
        third = {**items, "move_line_ids": [Command.set(self.items(self.invoice(due="2026-03-02")).ids)]}
        plan = self.env["dunning.plan"].create({**third, "total": 100.0, "number": 2, "first_date": "2026-03-20"})
        answer = self.env["dunning.answer"].create(
            {"notice_id": self.notices(move).id, "kind": "plan", "form_key": "x"}
        )
        proposal = self.env["dunning.write.off"].create({**items, "reason": "Small"})
        question = self.env["balance.confirmation"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.env.company.id,
                "day": TODAY,
                "balances": {"1": 10.0},
                "expires_on": TODAY,
            }
        )
        notice = self.notices(move)
        activity = lead.activity_schedule("mail.mail_activity_data_todo", user_id=self.manager.id)
        found = (
            activity,
            self.customer,
            self.items(other),
            lead,
            order,
            move,
            notice,
            notice.line_ids[:1],
            notice.run_id,
            lead.contact_attempt_ids,
            promise,
            dispute,
        )
        return {record._name: record.with_user(self.manager) for record in (*found, proposal, question, plan, answer)}

    def test_no_field_is_written_directly(self):
        own_words = {
            "dunning.promise": "stands as it was given|directly",
            "dunning.plan": "stands as it was agreed|directly",
            "contact.attempt": "is a fact",
            "dunning.write.off": "by its buttons|keeps its customer",
        }
        for model, record in self.records().items():
            names = record._protected_names()
            self.assertTrue(names, model)
            for name in names:
                with self.subTest(model=model, field=name):
                    before = record.sudo()[name]
                    with self.assertRaisesRegex((UserError, AccessError), own_words.get(model, REFUSED)):
                        record.write({name: False})
                    self.assertEqual(record.sudo()[name], before)

    def test_whatever_the_way(self):
        records = self.records()
        notice, run, lead = records["dunning.notice"], records["dunning.run"], records["crm.lead"]
        ways = {
            "saved by the web client": lambda: notice.web_save({"state": "sent"}, {"state": {}}),
            "through the run": lambda: run.write({"notice_ids": [Command.update(notice.id, {"amount_due": 1.0})]}),
            "through the run's form": lambda: run.web_save(
                {"notice_ids": [Command.update(notice.id, {"state": "sent"})]}, {"state": {}}
            ),
            "a lead with a past": lambda: lead.create({"name": "New", "first_response_hours": 1.0}),
            "a copy": notice.copy,
        }
        for way, work in ways.items():
            with self.subTest(way), self.assertRaisesRegex((UserError, AccessError), f"{REFUSED}|not allowed"):
                work()
        imported = lead.load(["name", "attempt_count"], [["New", "7"]])
        self.assertFalse(imported["ids"])
        self.assertRegex(imported["messages"][0]["message"], REFUSED)
        self.assertEqual(notice.state, "queued")

    def test_the_first_state_is_the_models_own(self):
        move = self.invoice(due="2026-03-02")
        values = {"partner_id": self.customer.id, "move_line_ids": [Command.set(self.items(move).ids)]}
        promises = self.env["dunning.promise"].with_user(self.manager)
        self.env["ir.default"].set("dunning.promise", "state", "kept")
        self.env["ir.default"].set("crm.lead", "attempt_count", 5)
        promise = promises.with_context(default_state="kept", default_is_followed_up=True).create(
            {**values, "amount": 10.0, "date": "2026-03-20"}
        )
        self.assertEqual((promise.state, promise.is_followed_up), ("open", False))
        lead = self.env["crm.lead"].with_user(self.manager).create({"name": "New"})
        self.assertEqual(lead.attempt_count, 0)
        with self.assertRaisesRegex(UserError, REFUSED):
            promises.create({**values, "amount": 10.0, "date": "2026-03-20", "state": "kept"})

    def test_what_people_write_goes_on(self):
        records = self.records()
        lead, dispute, order = records["crm.lead"], records["dunning.dispute"], records["sale.order"]
        lead.write({"need": "A printer", "interest_level": "high", "next_action_date": "2026-03-20", "priority": "2"})
        with Form(dispute) as form:
            form.note = "Two of three are broken"
            form.revisit_date = "2026-03-20"
        order.next_action_date = "2026-03-20"
        message = records["dunning.notice"].message_post(body="Called them")
        self.assertEqual(
            (lead.need, str(dispute.revisit_date), message.model), ("A printer", "2026-03-20", "dunning.notice")
        )
        copied = lead.copy()
        self.assertEqual((copied.need, copied.attempt_count, copied.handling_role), ("A printer", 0, "new"))

    def test_users_are_made_and_copied(self):
        """With the defaults of their contacts, as the web client and the host hand them on."""
        users = self.env["res.users"].with_user(self.env.ref("base.user_admin")).with_context(no_reset_password=True)
        defaults = users.default_get(list(users._fields))
        made = users.create({**defaults, "name": "New", "login": "l2c_new", "partner_id": False})
        with Form(users) as form:
            form.name, form.login = "Another", "l2c_another"
        copied = made.copy({"login": "l2c_copied"})
        self.assertEqual((made | copied).partner_id.mapped("customer_status"), ["none", "none"])
        with self.assertRaisesRegex(UserError, REFUSED):
            self.env["res.partner"].with_user(self.manager).create({"name": "x", "customer_status": "customer"})

    def test_merging_customers_keeps_what_is_known_of_them(self):
        other = self.env["res.partner"].create({"name": "The same", "email": "customer@example.com"})
        other.referral_asked_date = TODAY
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(self.env.ref("base.user_admin"))
        values = {"partner_ids": (self.customer | other).ids, "dst_partner_id": self.customer.id, "state": "selection"}
        wizard.create(values).action_merge()
        self.assertEqual((str(self.customer.referral_asked_date), other.exists()), (TODAY, other.browse()))

    def test_fields_of_others_stay_free(self):
        for model in ("crm.lead", "sale.order", "account.move", "dunning.notice", "dunning.dispute"):
            record = self.env[model]
            others = {name for name, field in record._fields.items() if field._modules[:1] != ("lead_to_cash",)}
            with self.subTest(model):
                self.assertTrue(others)
                self.assertLessEqual(others & record._protected_names(), {"access_token"})


@tagged("post_install", "-at_install")
class TestStates(RunCase):
    def test_a_way_that_is_closed_says_so(self):
        notice = self.notices_of(self.invoice(due="2026-03-02"))
        notice.mail_ids.write({"state": "sent"})
        self.assertEqual(str(notice.sent_on), "2026-03-10 12:00:00")
        for action in ("action_cancel", "action_approve", "action_retry"):
            with self.subTest(action), self.assertRaisesRegex(UserError, "is “Sent” and can't become .* What was sent"):
                getattr(notice, action)()

    def test_ways_are_between_states_that_there_are(self):
        models = [model for model in self.env.values() if getattr(model, "_transitions", None)]
        self.assertGreater(len(models), 5)
        for model in models:
            states = {value for value, _label in model._fields[model._state_field].selection}
            with self.subTest(model._name):
                self.assertLessEqual({target for ways in model._transitions.values() for target in ways}, states)

    def notices_of(self, move):
        self.run_on(TODAY)
        return self.notices(move)
