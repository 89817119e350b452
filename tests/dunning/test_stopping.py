"""Who may stop what has not left, does: none of them administers outgoing mails."""

from ..served import ServedCase
from .test_delivery import DAY, RUN
from .test_real_dunning import COMPANY

#: Who cancels a queued notice, and who stops a run.
CANCEL = {
    "collector": "lead_to_cash.group_collections_user",
    "manager": "lead_to_cash.group_collections_manager",
    "accountant": "account.group_account_manager",
}
STOP = ("manager", "accountant")
#: A run whose mails are written.
WRITTEN = f"{RUN}\nenv['dunning.notice']._write_due_mails()"


class TestStopping(ServedCase):
    people = {login: (group, {}) for login, group in CANCEL.items()}
    at = DAY
    prepare = COMPANY.replace("range(60)", "range(6)") + WRITTEN

    def queued(self):
        rows = self.database.query(
            """SELECT n.id, n.run_id, m.state FROM dunning_notice n JOIN mail_mail m ON m.dunning_notice_id = n.id
                WHERE n.state = 'queued' ORDER BY n.id"""
        )
        self.assertEqual({state for _id, _run, state in rows}, {"outgoing"})
        return [notice_id for notice_id, _run, _state in rows], max(run_id for _id, run_id, _state in rows)

    def test_a_queued_notice_and_the_run(self):
        for login in CANCEL:
            [notice_id, *_others], _run = self.queued()
            with self.subTest(login, what="notice"):
                self.client(login).call("dunning.notice", "action_cancel", [notice_id])
                self.assertEqual(self.left(f"n.id = {notice_id}"), [("cancelled", "cancel")])
        for login in STOP:
            notice_ids, run_id = self.queued()
            with self.subTest(login, what="run"):
                action = self.client(login).call("dunning.run", "action_stop", [run_id])
                self.assertIn(f"{len(notice_ids)} notices are cancelled", action["params"]["message"])
                self.assertEqual(set(self.left(f"n.run_id = {run_id}")), {("cancelled", "cancel")})
            self.database.shell(WRITTEN, at=DAY)

    def left(self, condition):
        """(state of the notice, state of its mail) of some."""
        return self.database.query(
            f"SELECT n.state, m.state FROM dunning_notice n LEFT JOIN mail_mail m ON m.dunning_notice_id = n.id WHERE {condition}"
        )

    def test_who_may_not_send_mails_sends_none(self):
        """Nor commits anything, nor wakes a scheduled action."""
        triggers = "SELECT count(*) FROM ir_cron_trigger"
        before = self.database.query(triggers)
        [[mail_id]] = self.database.query("SELECT max(id) FROM mail_mail")
        for login in CANCEL:
            with self.subTest(login):
                send = self.client(login).call
                self.assertRefused("AccessError", send, "mail.mail", "send", [mail_id], auto_commit=True)
                self.assertRefused("AccessError", send, "mail.mail", "process_email_queue")
        self.assertEqual(self.database.query(triggers), before)
