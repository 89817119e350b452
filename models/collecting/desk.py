from ast import literal_eval

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...engine.collecting import desk as engine

#: Counters of the desk, in their order, with the action that shows what they count.
COUNTERS = {
    "answer": "lead_to_cash.desk_action_answers",
    "returned": "lead_to_cash.desk_action_returned",
    "broken": "lead_to_cash.dunning_promise_action_broken",
    "look": "lead_to_cash.dunning_notice_action_approve",
    "failed": "lead_to_cash.dunning_notice_action_failed",
    "call": "lead_to_cash.desk_action_calls",
}


class CallListLine(models.Model):
    """What stands above the desk."""

    _inherit = "call.list.line"

    @api.model
    def get_desk(self, mine=False):
        """What stands above the desk: ``counters`` (key, label, count), one for each thing that
        needs a person in the companies at hand, and ``banners`` as of ``dunning.banner.mixin``.

        :param mine: count only my customers', those of whom I stand in for, and nobody's. The
            banners are about all there is to approve: that is what their button does.
        """
        self.env["dunning.notice"].check_access("read")  # who reads leads alone reads nothing of debts
        self.env.flush_all()
        users = self.env.user._acting_for().ids if mine else None
        counts = dict(self.env.execute_query(engine.counts(self._today(), self._zone(), self.env.companies.ids, users)))
        labels = {
            "answer": self.env._("Answers"),
            "returned": self.env._("Returned payments"),
            "broken": self.env._("Broken promises"),
            "look": self.env._("To approve"),
            "failed": self.env._("Failed notices"),
            "call": self.env._("Calls"),
        }
        numbers = engine.NUMBERS | {"look": engine.APPROVE}
        counters = [{"key": key, "label": labels[key], "count": counts.get(numbers[key], 0)} for key in COUNTERS]
        waiting = (counts.get(kind, 0) for kind in (engine.PLAIN, engine.FIRST_EVER, engine.LOOK))
        notices = self.env["dunning.notice"]
        banners = self._banner_of_pause() + notices._banner_of_waiting_run() + notices._approval_banner(*waiting)
        banners += self._banner_of_no_policy() + self.env["collection.leak"]._banner()
        return {"counters": counters, "banners": banners}

    @api.model
    def _banner_of_no_policy(self):
        """That nobody is reminded, and what was found, while no policy runs in the companies at hand."""
        # That one runs is no secret.
        if any(company.sudo()._dunning_policies() for company in self.env.companies):
            return []
        text = self.env._("No policy runs: nobody is reminded.")
        return [{"kind": "info", "text": text, "action": "action_open_found", "label": self.env._("What We Found")}]

    @api.model
    def action_open_found(self):
        """What stands in the books and in sales."""
        return self.env["collection.found"]._open()

    @api.model
    def _banner_of_pause(self):
        """That nobody is reminded of anything, and who may end it does so here."""
        company = self.env.company
        if not (company.dunning_paused_until and company.dunning_paused_until >= self._today()):
            return []
        may_end = self.env.user.has_group("lead_to_cash.group_collections_manager")
        text = self.env._(
            "Everything is paused until %(day)s: %(reason)s",
            day=format_date(self.env, company.dunning_paused_until),
            reason=company.dunning_pause_reason or "",
        )
        return [{"kind": "warning", "text": text, "action": may_end and "action_resume", "label": self.env._("Resume")}]

    @api.model
    def action_resume(self):
        """Remind again, from now on.

        :raise AccessError: for who may not pause everything
        """
        self.env["collection.action"]._check_manager()
        self.env.company._dunning_pause(False, False)

    @api.model
    def action_desk_list(self, key, mine=False):
        """The list that a counter counts.

        :param key: of a counter of ``get_desk``
        :param mine: the same as there
        :raise UserError: for another key
        """
        self.env["dunning.notice"].check_access("read")  # as in get_desk
        if key not in COUNTERS:
            raise UserError(self.env._("There is no such counter on the desk. Open the desk again."))
        action = self.env["ir.actions.act_window"]._for_xml_id(COUNTERS[key])
        context = literal_eval(action["context"] or "{}")
        return action | {"context": {**context, "search_default_mine": int(mine)}}

    @api.model
    def action_approve_plain(self):
        """Approve all notices but those to look at."""
        return self.env["dunning.notice"].action_approve_plain()

    @api.model
    def action_leaks(self):
        """The list of what leaks."""
        self.env["dunning.notice"].check_access("read")  # as in get_desk
        return self.env["ir.actions.act_window"]._for_xml_id("lead_to_cash.collection_leak_action")
