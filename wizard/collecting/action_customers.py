from collections import Counter

from odoo import models
from odoo.tools import plaintext2html

from ...engine.handling.own import Own
from ...models.handling.audit_log import WHY


class CollectionAction(models.TransientModel):
    """What is set on customers, or excluded; calls and meetings."""

    _inherit = "collection.action"

    def _do_call(self):
        """One attempt each; a call of which something has to be agreed on is logged with its customer alone."""
        self._require(self.outcome, self.env._("Choose what came of it."))
        for company, customers in self._customers_by_company().items():
            customers.with_company(company).action_log_attempt(self.outcome, note=self.reason)
        return self._report(self.env._("Calls logged"), len(self._customers()))

    def _do_hold(self):
        self._require(self.date, self.env._("Choose the day until which reminders wait."))
        self._require(self.date >= self._today(), self.env._("Reminders can wait until today or a later day."))
        self._require((self.reason or "").strip(), self.env._("Say why reminders wait."))
        if self.scope == "all":
            return self._pause_everything(self.date, self.reason.strip(), self.env._("Everything is paused"))
        return self._set_on_customers(
            self.env._("Customers put on hold"), dunning_hold_until=self.date, dunning_hold_reason=self.reason
        )

    def _undo_hold(self):
        if self.scope == "all":
            return self._pause_everything(False, False, self.env._("Reminders go on"))
        return self._set_on_customers(self.env._("Holds ended"), dunning_hold_until=False, dunning_hold_reason=False)

    def _do_policy(self):
        self._require(self.policy_id, self.env._("Choose a policy, or let it be found by the policies."))
        for company in self._customers_by_company():
            sentence = self.env._("%(policy)s is no policy of %(company)s. Choose another.")
            names = {"policy": self.policy_id.name, "company": company.name}
            self._require(self.policy_id.company_id in company.parent_ids, sentence % names)
        return self._set_on_customers(self.env._("Policies changed"), dunning_policy_id=self.policy_id.id)

    def _undo_policy(self):
        return self._set_on_customers(self.env._("Found by the policies again"), dunning_policy_id=False)

    def _set_on_customers(self, done, **values):
        """Write fields of collection on the customers, in the companies concerned."""
        for company, customers in self._customers_by_company().items():
            customers.check_access("read")
            # Collectors need not be allowed to change contacts.
            customers.sudo().with_company(company).with_context(**{WHY: Own(self.reason)}).write(values)
        self.env["dunning.notice"]._reasons_changed(self._items())
        return self._report(done, len(self._customers()))

    def _do_exclude(self):
        return self._set_excluded(True, self.env._("Items excluded"), self.env._("Excluded already"))

    def _undo_exclude(self):
        return self._set_excluded(False, self.env._("Items included"), self.env._("Included already"))

    def _set_excluded(self, excluded, done, already):
        items = self._items()
        changed = items.filtered(lambda item: item.no_followup != excluded)
        changed.with_context(**{WHY: Own(self.reason)}).no_followup = excluded
        self.env["dunning.notice"]._reasons_changed(changed)
        return self._report(done, len(changed), Counter({already: len(items - changed)}))

    def _do_meeting(self):
        self._require(self.date, self.env._("Choose the day of the meeting."))
        count = 0
        for company, customers in self._customers_by_company().items():
            for collector, group in customers.with_company(company).grouped("collector_id").items():
                user = self.user_id or collector or self.env.user
                summary = user._reading(self).env._("Meeting about open invoices")
                self._plan(group, "mail.mail_activity_data_meeting", summary, user)
                count += len(group)
        return self._report(self.env._("Meetings planned"), count)

    def _plan(self, customers, activity_type, summary, user, note=None):
        """On a document: a customer's own activities are for every employee."""
        customers.check_access("read")
        documents = customers._debt_documents()
        on_documents = self.env["account.move"].union(*documents.values())
        for records in (on_documents, customers.filtered(lambda customer: customer not in documents)):
            records_sudo = user._reading(records.sudo())  # collectors need not be allowed to change contacts
            records_sudo.mapped("display_name")  # warm: it is read one by one while planning
            records_sudo.activity_schedule(
                activity_type,
                self.date,
                summary=summary,
                note=plaintext2html(note or self.reason or ""),
                user_id=user.id,
                automated=False,
            )
