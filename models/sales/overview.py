from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import get_lang

from ...engine.handling.status import OPEN_ROLES

#: The documents that are told by status, with the condition on the open ones.
BY_STATUS = {
    "crm.lead": Domain("handling_role", "in", OPEN_ROLES) & Domain("won_status", "=", "pending"),
    "sale.order": Domain("handling_role", "in", OPEN_ROLES) & Domain("state", "in", ("draft", "sent")),
}
#: Tries of sales; those about debts are the collectors'.
SALES = Domain("res_model", "in", ("crm.lead", "sale.order"))


class Tile(NamedTuple):
    """A figure of the overview: how many records of ``model`` are in ``domain``."""

    key: str
    label: str
    model: str
    domain: Domain
    is_red: bool = False


class Overview(models.AbstractModel):
    """The morning of a leader, or of a salesperson: figures of what they may see, each of which opens what it
    counts. Others add theirs to ``_tiles``."""

    _name = "l2c.overview"
    _inherit = ["l2c.clock.mixin"]
    _description = "Overview"

    @api.model
    def get_overview(self):
        """``tiles`` (key, label, count, is_red), ``people`` (who made how many attempts and conversations today and
        in this week, the goals, and when the last one was), ``statuses`` (key, label, count, since, for each kind
        of document): of what the reader may see."""
        self.env["crm.lead"].check_access("read")
        return {
            "tiles": [
                {"key": tile.key, "label": tile.label, "is_red": tile.is_red, "count": self._count(tile)}
                for tile in self._tiles()
            ],
            "people": self._people(),
            "goals": {"day": self.env.company.calls_per_day, "week": self.env.company.calls_per_week},
            "statuses": [self._by_status(model) for model in BY_STATUS if self.env[model].has_access("read")],
        }

    @api.model
    def action_overview(self, key, record_id=None):
        """Open what a figure counts.

        :param key: of a tile; ``today`` or ``week`` for the attempts of a person; a model for a status
        :param record_id: the person's or the status's
        :raise UserError: for another key
        """
        self.env["crm.lead"].check_access("read")
        tiles = {tile.key: tile for tile in self._tiles()}
        tile = isinstance(key, str) and (tiles.get(key) or self._detail(key, record_id))
        if not tile:
            raise UserError(self.env._("There is no such figure in the overview. Open it again."))
        return {
            "type": "ir.actions.act_window",
            "name": tile.label,
            "res_model": tile.model,
            "domain": list(tile.domain),
            "views": [(False, "list"), (False, "form")],
        }

    def _tiles(self):
        """The figures, in their order. One that the reader may not see is none."""
        today, now = self._today(), self._now()
        leads, orders = BY_STATUS["crm.lead"], BY_STATUS["sale.order"]
        waiting = Domain("handling_role", "=", "new") & Domain("attempt_count", "=", 0)
        sent = Domain("state", "=", "sent")
        return [
            Tile("waiting", self.env._("Leads nobody has called"), "crm.lead", leads & waiting),
            Tile(
                "late",
                self.env._("Past the time for calling"),
                "crm.lead",
                leads & waiting & Domain("response_deadline", "<", now),
                is_red=True,
            ),
            Tile(
                "lead_late",
                self.env._("Leads with an overdue action"),
                "crm.lead",
                leads & Domain("next_action_date", "<", today),
                is_red=True,
            ),
            Tile(
                "lead_without",
                self.env._("Leads without next action"),
                "crm.lead",
                leads & Domain("is_without_next_action", "=", True),
                is_red=True,
            ),
            Tile(
                "order_late",
                self.env._("Quotations with an overdue action"),
                "sale.order",
                orders & Domain("next_action_date", "<", today),
                is_red=True,
            ),
            Tile(
                "order_without",
                self.env._("Quotations without next action"),
                "sale.order",
                orders & Domain("is_without_next_action", "=", True),
                is_red=True,
            ),
            Tile(
                "expiring",
                self.env._("Quotations that expire soon"),
                "sale.order",
                orders
                & sent
                & Domain("validity_date", "<=", today + timedelta(days=self.env.company.quotation_warning_days)),
            ),
            Tile(
                "expired",
                self.env._("Expired quotations"),
                "sale.order",
                Domain("handling_role", "=", "dormant") & Domain("state", "in", ("draft", "sent")),
                is_red=True,
            ),
        ]

    def _count(self, tile):
        return self.env[tile.model].search_count(list(tile.domain)) if self.env[tile.model].has_access("read") else 0

    # People ------------------------------------------------------------------------------

    def _people(self):
        """[{id, name, today, talks, week, last}] of whose work the reader sees, the busiest first."""
        attempts = self.env["contact.attempt"]
        if not attempts.has_access("read"):
            return []
        today, week = (
            {
                user: numbers
                for user, *numbers in attempts._read_group(
                    self._attempts_domain(period), ["user_id"], ["__count", "conversations:sum", "date:max"]
                )
            }
            for period in ("today", "week")
        )
        people = [
            {
                "id": user.id,
                "name": user.display_name,
                "today": today[user][0] if user in today else 0,
                "talks": today[user][1] if user in today else 0,
                "week": week[user][0] if user in week else 0,
                "last": self._hours_text((self._now() - week[user][2]).total_seconds() / 3600) if user in week else "",
            }
            for user in self._salespeople() | self.env["res.users"].browse(user.id for user in week)
        ]
        return sorted(people, key=lambda person: (-person["today"], -person["week"], person["name"]))

    def _salespeople(self):
        """Whose work the reader sees: a leader everybody's, also of who has not tried anything."""
        if not self.env.user.has_group("sales_team.group_sale_salesman_all_leads"):
            return self.env.user
        group = self.env.ref("sales_team.group_sale_salesman")
        members = [("all_group_ids", "in", group.id), ("share", "=", False), ("crm_team_ids", "!=", False)]
        return self.env["res.users"].search([*members, ("company_ids", "in", self.env.companies.ids)])

    def _attempts_domain(self, period, user_id=None):
        start = self._today()
        if period == "week":
            first = int(get_lang(self.env).week_start) - 1
            start -= timedelta(days=(start.weekday() - first) % 7)
        zone = self.env.tz
        begin = zone.localize(datetime.combine(start, time())).astimezone(UTC).replace(tzinfo=None)
        domain = SALES & Domain("date", ">=", begin)
        return domain & Domain("user_id", "=", user_id) if user_id else domain

    # Statuses ----------------------------------------------------------------------------

    def _by_status(self, model):
        rows = self.env[model]._read_group(
            list(BY_STATUS[model]), ["handling_status_id"], ["__count", "handling_status_since:min"]
        )
        now = self._now()
        return {
            "model": model,
            "label": self.env._("Leads") if model == "crm.lead" else self.env._("Quotations"),
            "rows": [
                {
                    "id": status.id,
                    "label": status.name,
                    "count": count,
                    "since": self._hours_text((now - since).total_seconds() / 3600) if since else "",
                }
                for status, count, since in sorted(rows, key=lambda row: (row[0].sequence, row[0].id))
            ],
        }

    def _detail(self, key, record_id):
        """The tile of a row: a person's attempts, or the documents of a status."""
        if type(record_id) is not int:
            return None
        if key in ("today", "week"):
            domain = self._attempts_domain(key, record_id)
            return Tile(key, self.env._("Contact Attempts"), "contact.attempt", domain)
        if key in BY_STATUS:
            domain = BY_STATUS[key] & Domain("handling_status_id", "=", record_id)
            return Tile(key, self.env["handling.status"].browse(record_id).exists().name or "", key, domain)
        return None
