"""Who may do what, as tables."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import HandlingCase

#: login: its groups
PEOPLE = {
    "own_leads": "sales_team.group_sale_salesman",
    "all_leads": "sales_team.group_sale_salesman_all_leads",
    "sales_manager": "sales_team.group_sale_manager",
    "invoicing": "account.group_account_invoice",
    "readonly": "account.group_account_readonly",
    "accountant": "account.group_account_manager",
    "collector": "lead_to_cash.group_collections_user",
    "employee": "base.group_user",
}

#: model: login: the operations allowed (create, read, write, unlink)
ACCESS = {
    "handling.status": {
        "own_leads": "r",
        "all_leads": "r",
        "sales_manager": "crwu",
        "invoicing": "r",
        "readonly": "r",
        "accountant": "crwu",
        "collector": "r",
        "employee": "r",
    },
    "handling.status.change": {
        "own_leads": "r",
        "all_leads": "r",
        "sales_manager": "r",
        "invoicing": "r",
        "readonly": "r",
        "accountant": "r",
        "collector": "r",
        "employee": "",
    },
}

ACCESS["lead.response.report"] = {
    **dict.fromkeys(PEOPLE, ""),
    **dict.fromkeys(("own_leads", "all_leads", "sales_manager"), "r"),
}
ACCESS["call.list.line"] = {**dict.fromkeys(PEOPLE, "r"), "employee": ""}
ACCESS["contact.attempt"] = {
    **dict.fromkeys(PEOPLE, "crw"),
    "readonly": "r",
    "employee": "",
}

#: The same for dunning: invoicing, readonly, collector, accountant; others have no access.
DUNNING_ACCESS = {
    "dunning.policy": ("r", "r", "r", "crwu"),
    "dunning.level": ("r", "r", "r", "crwu"),
    "dunning.promise": ("crw", "r", "crw", "crwu"),
    "dunning.write.off": ("r", "r", "crw", "crwu"),
    "collection.action": ("crwu", "", "crwu", "crwu"),
    "collection.reminder": ("", "", "crwu", "crwu"),
    "dunning.preview": ("r", "r", "r", "r"),
    "dunning.run": ("r", "r", "r", "crw"),
    "dunning.notice": ("r", "r", "rw", "rw"),
    "dunning.notice.line": ("r", "r", "rw", "rw"),
    "dunning.decision": ("r", "r", "r", "r"),
    "dunning.forecast": ("r", "r", "r", "r"),
    "collections.customer": ("r", "r", "r", "r"),
    "collection.customer.settings": ("", "", "crwu", "crwu"),
    "dunning.go.live": ("", "", "", "crwu"),
    "privacy.anonymise": ("", "", "", "crwu"),
    "privacy.deletion": ("", "", "", "crwu"),
    "privacy.deletion.line": ("", "", "", "crwu"),
    "dunning.plan": ("crw", "r", "crw", "crwu"),
    "dunning.answer": ("r", "r", "rw", "rw"),
    "dunning.watch": ("r", "r", "r", "r"),
    "dunning.collector.rule": ("r", "r", "r", "crwu"),
    "dunning.collector.assign": ("", "", "", "crwu"),
    "dunning.ask.salesperson": ("crwu", "", "crwu", "crwu"),
    "payment.grade": ("r", "r", "r", "r"),
    "payment.forecast": ("r", "r", "r", "r"),
    "payment.model": ("", "", "", "r"),
    "payment.return": ("", "", "crwu", "crwu"),
    "call.result": ("crwu", "", "crwu", "crwu"),
    "invoice.copies": ("crwu", "", "crwu", "crwu"),
}
for dunning_model, (invoicing, readonly, collector, accountant) in DUNNING_ACCESS.items():
    ACCESS[dunning_model] = {
        **dict.fromkeys(PEOPLE, ""),
        "invoicing": invoicing,
        "readonly": readonly,
        "collector": collector,
        "accountant": accountant,
    }
#: Any employee may own a dispute, reads and answers that one alone (a rule of the records).
ACCESS["dunning.dispute"] = {
    **dict.fromkeys(PEOPLE, "rw"),
    "invoicing": "crw",
    "collector": "crw",
    "accountant": "crwu",
}
#: Sales managers write rewards, too, and grant them.
for loyalty_model, (reader, granter) in {
    "payment.loyalty": ("r", "crwu"),
    "payment.loyalty.grant": ("r", "rw"),
}.items():
    ACCESS[loyalty_model] = {
        **dict.fromkeys(PEOPLE, ""),
        **dict.fromkeys(("invoicing", "readonly", "collector"), reader),
        **dict.fromkeys(("sales_manager", "accountant"), granter),
    }
#: Sales managers release, invoicing reads.
ACCESS["dunning.sales.release"] = {
    **dict.fromkeys(PEOPLE, ""),
    **dict.fromkeys(("invoicing", "readonly", "accountant", "collector"), "r"),
    "sales_manager": "cr",
}


@tagged("post_install", "-at_install")
class TestAccess(HandlingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = {login: cls.user(login, groups) for login, groups in PEOPLE.items()}

    def test_models(self):
        for model, table in ACCESS.items():
            for login, allowed in table.items():
                found = "".join(
                    operation[0]
                    for operation in ("create", "read", "write", "unlink")
                    if self.env[model].with_user(self.people[login]).has_access(operation)
                )
                self.assertEqual(found, allowed, f"{model} as {login}")

    def test_salesperson_cannot_change_the_scheme(self):
        status = self.status("crm.lead", "new").with_user(self.people["own_leads"])
        with self.assertRaises(AccessError):
            status.name = "Mine"
        status.with_user(self.people["sales_manager"]).name = "Fresh"
        self.assertEqual(status.name, "Fresh")

    def test_each_manager_changes_the_own_part_of_the_scheme(self):
        lead, invoice = self.status("crm.lead", "new"), self.status("account.move", "won")
        for login, own, other in (("sales_manager", lead, invoice), ("accountant", invoice, lead)):
            own.with_user(self.people[login]).sequence = 1
            with self.assertRaises(AccessError, msg=login):
                other.with_user(self.people[login]).sequence = 1

    def test_accountant_group_gives_collections(self):
        self.assertTrue(self.people["accountant"].has_group("lead_to_cash.group_collections_manager"))
        self.assertFalse(self.people["invoicing"].has_group("lead_to_cash.group_collections_user"))

    def test_history_is_seen_with_its_document_only(self):
        mine = self.lead(user_id=self.people["own_leads"].id)
        other = self.lead(user_id=self.people["all_leads"].id)
        move = self.invoice()
        Change = self.env["handling.status.change"]
        for login, records in {"own_leads": mine, "invoicing": move, "accountant": move}.items():
            changes = Change.with_user(self.people[login]).search(
                ["|", ("res_id", "in", (mine | other).ids), ("res_id", "=", move.id)]
            )
            found = {(change.res_model, change.res_id) for change in changes}
            found &= {("crm.lead", mine.id), ("crm.lead", other.id), ("account.move", move.id)}
            self.assertEqual(found, {(records._name, records.id)}, login)
        hidden = Change.search([("res_model", "=", "crm.lead"), ("res_id", "=", other.id)])
        with self.assertRaises(AccessError):
            hidden.with_user(self.people["own_leads"]).read(["new_role"])

    def test_history_of_lost_leads_too(self):
        mine = self.lead(user_id=self.people["own_leads"].id)
        mine.action_set_lost()
        changes = mine.with_user(self.people["own_leads"]).handling_change_ids
        self.assertEqual(changes.mapped("new_role"), ["lost", "new"])

    def test_only_who_may_write_the_document_changes_its_status(self):
        other = self.lead(user_id=self.people["all_leads"].id)
        contacted = self.status("crm.lead", "contacted")
        with self.assertRaises(AccessError):
            other.with_user(self.people["own_leads"]).handling_status_id = contacted
        other.with_user(self.people["all_leads"]).handling_status_id = contacted
        self.assertEqual(other.handling_role, "contacted")
        self.assertEqual(other.handling_change_ids[0].user_id, self.people["all_leads"])

    def test_other_companies(self):
        company = self.env["res.company"].create({"name": "Other company"})
        lead = self.lead(company_id=company.id, user_id=False, team_id=False)
        changes = self.env["handling.status.change"].with_user(self.people["all_leads"])
        self.assertFalse(changes.search([("res_model", "=", "crm.lead"), ("res_id", "=", lead.id)]))
