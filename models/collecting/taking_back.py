from collections import defaultdict
from datetime import timedelta

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from ..handling.taking_back import ACTIVITY_DATES, ACTIVITY_FIELDS


class ContactAttempt(models.Model):
    """A result of the desk can be taken back, as one of a lead can."""

    _inherit = "contact.attempt"

    def _about(self):
        """A customer owes each company for itself."""
        about = super()._about()
        return about.with_company(self.company_id) if about._name == "res.partner" else about

    def _keep_what_followed(self):
        result = super()._keep_what_followed()
        # As there: nobody else writes it.
        for attempt_sudo in self.sudo().filtered(lambda row: row.snapshot and row.res_model == "res.partner"):
            attempt_sudo.snapshot = attempt_sudo.snapshot | {"held": attempt_sudo._about()._held()}
        return result

    def _keep_agreed(self, promises):
        """What was agreed on by the click that logged these attempts is called off with them."""
        for attempt_sudo in self.sudo().filtered("snapshot"):  # nobody writes it but this code
            theirs = promises.filtered(lambda promise, sudo=attempt_sudo: promise.partner_id.id == sudo.res_id)
            attempt_sudo.snapshot = attempt_sudo.snapshot | {"agreed": theirs.ids}
        self._keep_what_followed()


class ResPartner(models.Model):
    """What a customer owes the current company, and what is planned about it, is again as before a call."""

    _inherit = "res.partner"

    #: As on documents: results can be taken back.
    _moved_by_results = True

    def _undo_until(self, moment):
        """Until when what was logged at ``moment`` can be taken back."""
        return moment + timedelta(minutes=self.env.company.sudo().undo_minutes)  # a setting

    def _last_attempt(self):
        """The last one that the user has logged on the customer, in the current company."""
        mine = Domain("user_id", "=", self.env.uid) & Domain("company_id", "=", self.env.company.id)
        about = Domain("res_model", "=", "res.partner") & Domain("res_id", "in", self.commercial_partner_id.ids)
        return self.env["contact.attempt"].search(mine & about, order="id desc", limit=1)

    def _after_agreeing(self):
        """After a promise or a plan of the desk: tell so, with a way back; from the form, on to the next customer."""
        attempt = self._last_attempt()
        if self.env.context.get("l2c_line_id") and attempt.can_undo:
            return attempt._toast()
        return self.env["call.list.line"]._after_result()

    # What was ------------------------------------------------------------------------------

    def _what_is(self):
        """{id: what a call changes of what the customer owes, what is planned, the last change of a status}"""
        planned, changes, stands = self._planned_values(), self._last_changes(), self._what_stands()
        moves = self._open_invoices()
        was = moves._what_is() if moves else {}
        found = {}
        for customer in self:
            theirs = moves.filtered(lambda move, customer=customer: move.commercial_partner_id == customer)
            values = {"moves": {str(move.id): {k: was[move.id][k] for k in ("values", "change")} for move in theirs}}
            values |= {name: rows[customer.id] for name, rows in stands.items()}
            values["hold"] = customer._held()
            change = changes.get(customer.id, 0)
            found[customer.id] = {"values": values, "planned": planned.get(customer.id, {}), "change": change}
        return found

    def _held(self):
        """Until when nobody reminds the customer, and why."""
        customer_sudo = self.sudo().with_company(self.env.company)  # whoever may log a call
        return [
            customer_sudo.dunning_hold_until and str(customer_sudo.dunning_hold_until),
            customer_sudo.dunning_hold_reason,
        ]

    def _what_stands(self):
        """By what it is: {id of a customer: ids} of what stands on the desk for these customers."""
        own = Domain("partner_id", "in", self.ids) & Domain("company_id", "=", self.env.company.id)
        sudo = self.sudo().env  # whoever may log a call ends it
        rows = {
            "notices": sudo["dunning.notice"].search(own & Domain("needs_answer", "=", True)),
            "answers": sudo["dunning.answer"].search(own & Domain("is_handled", "=", False)),
            "promises": sudo["dunning.promise"].search(
                own & Domain("state", "=", "broken") & Domain("is_followed_up", "=", False)
            ),
            "returned": sudo["account.move.line"].search(
                Domain("partner_id.commercial_partner_id", "in", self.ids)
                & Domain("company_id", "=", self.env.company.id)
                & Domain("payment_return_open", "=", True)
            ),
        }
        found = {}
        for name, records in rows.items():
            found[name] = defaultdict(list)
            for record in records:
                found[name][record.partner_id.commercial_partner_id.id].append(record.id)
        return found

    def _planned_values(self):
        """{id of a customer: {id: values} of what is planned about what it owes}"""
        owners = {}
        own = Domain("company_id", "=", self.env.company.id)
        sudo = self.sudo().env  # as in the mixin: whoever may log a try may bring back what it ended
        for model, name in (
            ("account.move", "commercial_partner_id"),
            ("dunning.notice", "partner_id"),
            ("balance.confirmation", "partner_id.commercial_partner_id"),
        ):
            planned = sudo["mail.activity"]._search([("res_model", "=", model)]).subselect("res_id")
            for record in sudo[model].search(own & Domain(name, "in", self.ids) & Domain("id", "in", planned)):
                owners[model, record.id] = record.mapped(name).id
        about = Domain.OR(Domain("res_model", "=", model) & Domain("res_id", "=", res_id) for model, res_id in owners)
        found = {}
        names = ["res_model", "res_id", *ACTIVITY_FIELDS, *ACTIVITY_DATES]
        for values in sudo["mail.activity"].search(about).read(names, load=None) if owners else ():
            values |= {name: values[name] and str(values[name]) for name in ACTIVITY_DATES}
            owner = owners[values["res_model"], values["res_id"]]
            found.setdefault(owner, {})[str(values.pop("id"))] = values
        return found

    def _last_changes(self):
        """{id of a customer: id of the latest change of a status of its invoices}"""
        query = SQL(
            """SELECT m.commercial_partner_id, max(c.id) FROM handling_status_change c
                 JOIN account_move m ON m.id = c.res_id
                WHERE c.res_model = 'account.move' AND m.commercial_partner_id IN %s AND m.company_id = %s GROUP BY 1""",
            self._ids or (0,),
            self.env.company.id,
        )
        self.env.flush_all()
        return dict(self.env.execute_query(query))

    # Back ------------------------------------------------------------------------------------

    def _check_may_take_back(self):
        self._check_may_log()

    def _has_changed_since(self, was):
        """As of a document."""
        if "made" not in was or "moves" not in was["values"]:
            return self.env._("This try can't be taken back any more. Log how it really was as another one.")
        if self._last_changes().get(self.id, 0) != was["changed"]:
            return self.env._("The status has changed since: this try can't be taken back any more.")
        return ""

    def _tell_taken_back(self, label):
        """The chatter of a customer is read by all employees: nothing of it stands there."""

    def _take_back(self, was):
        """What was agreed on by the same click is called off; what waited to be sent of it isn't."""
        self.ensure_one()
        now, values = self._planned_values().get(self.id, {}), was["values"]
        sudo = self.sudo().env  # whoever logged the try brings back what it ended
        agreed = sudo["dunning.promise"].browse(was.get("agreed", ())).exists()
        agreed.filtered(lambda promise: promise.state == "open")._withdraw()  # the status follows below
        sudo["dunning.notice"].browse(values["notices"]).exists().needs_answer = True
        sudo["dunning.answer"].browse(values["answers"]).exists().is_handled = False
        sudo["dunning.promise"].browse(values["promises"]).exists().is_followed_up = False
        sudo["account.move.line"].browse(values["returned"]).exists()._return_open_again()
        self._hold_as_before(values["hold"], was.get("held"))
        followed = {number for number, row in was["made"].items() if now.get(number) == row}
        self._plan_as_before({number: was["planned"][number] for number in was["ended"]}, followed)
        for number, row in values["moves"].items():
            self.env["account.move"].browse(int(number)).exists()._write_back(row)
        self.env["dunning.notice"]._reasons_changed(self._open_items())

    def _hold_as_before(self, before, after):
        """The hold is again as it was, unless somebody has changed it since."""
        customer_sudo = self.sudo().with_company(self.env.company)  # as above
        if after and before != after and self._held() == after:
            customer_sudo.write({"dunning_hold_until": before[0], "dunning_hold_reason": before[1]})

    def _plan_as_before(self, ended, followed):
        """As of a document; of all the documents of the customer."""
        activities_sudo = self.env["mail.activity"].sudo().with_context(mail_activity_quick_update=True)  # as above
        activities_sudo.browse(map(int, followed)).exists().unlink()
        kept_sudo = activities_sudo.with_context(active_test=False).browse(map(int, ended)).exists()
        kept_sudo.filtered(lambda activity: not activity.active).action_unarchive()
        for number, values in ended.items():
            if int(number) not in kept_sudo._ids:
                model = values.pop("res_model")
                activities_sudo.create(values | {"res_model_id": self.env["ir.model"]._get_id(model)})
