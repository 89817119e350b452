from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...engine.sales.call_list import on_call

#: Enquiries whose goal isn't over.
FRESH = Domain("kind", "=", "goal") & Domain("res_model", "=", "crm.lead")


class CallListLine(models.Model):
    """What salespeople are told of enquiries that have just come, and how many wait for them."""

    _inherit = "call.list.line"

    @api.model
    def get_new_enquiries(self, lead_ids):
        """What a salesperson is told of enquiries that have just come.

        :param lead_ids: of leads that the bus has named
        :return: ``on_call``: whether the reader is calling somebody, and isn't to be disturbed; ``message``:
            what is told, of those that still wait and that nobody else has taken; empty without any;
            ``unassigned``: whether some have no salesperson yet
        """
        self.env["crm.lead"].check_access("read")
        if not isinstance(lead_ids, list) or not all(type(lead_id) is int for lead_id in lead_ids):
            raise UserError(self.env._("The new enquiries can't be read. Open the call list."))
        lines = self.search(FRESH & self._free_domain() & Domain("res_id", "in", lead_ids))
        calling = self.env.execute_query(on_call(self.env.uid, self._now()))
        message = ""
        if len(lines) == 1:
            message = self.env._("New enquiry: %s", lines.partner_name)
        elif lines:
            message = self.env._("New enquiries: %s", len(lines))
        return {"on_call": bool(calling), "message": message, "unassigned": bool(lines.filtered(_is_nobodys))}

    @api.model
    def get_enquiry_count(self):
        """How many enquiries are within their goal that the reader is to call: their own, and those of nobody in a
        team that they lead or work in, without what a colleague has taken.

        :return: ``count``; ``unassigned``: whether some have no salesperson yet; ``seconds`` until the first
            goal is over, when it is another number; None without any
        """
        self.env["crm.lead"].check_access("read")
        rows = self._read_group(
            FRESH & self._free_domain() & self._mine_to_call_domain(),
            ["user_id"],
            ["__count", "response_goal:min"],
        )
        soonest = min((goal for _user, _count, goal in rows), default=None)
        return {
            "count": sum(count for _user, count, _goal in rows),
            "unassigned": any(not user for user, _count, _goal in rows),
            "seconds": soonest and max((soonest - self._now()).total_seconds(), 0),
        }

    def _free_domain(self):
        """What nobody else has taken."""
        return Domain("claimed_by_id", "in", [False, self.env.uid])

    def _mine_to_call_domain(self):
        uid = self.env.uid
        in_team = Domain("user_id", "=", uid) | Domain("crm_team_member_ids.user_id", "=", uid)
        return Domain("user_id", "=", uid) | (Domain("user_id", "=", False) & Domain("team_id", "any", in_team))


def _is_nobodys(line):
    return not line.user_id
