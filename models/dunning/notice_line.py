from collections import defaultdict

from odoo import api, fields, models

from ...engine.dunning.claims import claimed
from .notice import STATES


class DunningNoticeLine(models.Model):
    """An item on a notice; with a level where the notice raised it to that."""

    _name = "dunning.notice.line"
    _inherit = ["l2c.protected.mixin"]
    _description = "Dunning Notice Line"
    _order = "notice_id, id"
    _rec_name = "move_line_id"
    _log_access = False  # written by runs, which say when and whose they are
    _written_by = "a dunning run"

    notice_id = fields.Many2one("dunning.notice", required=True, ondelete="cascade", index=True)
    move_line_id = fields.Many2one("account.move.line", "Item", required=True, ondelete="cascade", index=True)
    move_id = fields.Many2one(related="move_line_id.move_id", string="Document")
    date_maturity = fields.Date(related="move_line_id.date_maturity")
    currency_id = fields.Many2one(related="notice_id.currency_id")
    level_id = fields.Many2one("dunning.level", ondelete="restrict", index="btree_not_null")
    amount_residual = fields.Monetary("Open Balance")
    amount_disputed = fields.Monetary("Disputed", help="Of the item, beside this: it is not asked for.")
    days_overdue = fields.Integer()
    repetition = fields.Integer(
        required=True, default=0, help="How often the level had been reached before: a last one can be repeated."
    )
    is_also_due = fields.Boolean("Also Due", help="Listed only: it has not come as far as the notice.")
    notice_state = fields.Selection(STATES, readonly=True)

    # No item is raised to the same level twice, whoever tries and however often.
    _level_uniq = models.UniqueIndex(
        "(move_line_id, level_id, repetition) WHERE level_id IS NOT NULL AND notice_state != 'cancelled'",
        "An item is raised to a level once.",
    )

    @api.model
    def _hand_on(self, rows, shares):
        """Items that took the place of others stand on the notices of those: what was asked for them is cut
        as they are, so that each notice still asks for what it asked for.

        :param rows: {id: values} of the lines there were
        :param shares: {item: {item before: share}}
        """
        found = defaultdict(list)
        for line_id, values in rows.items():
            for item, amount in self._cut(values, shares):
                found[item].append((line_id, values | {"move_line_id": item, "amount_residual": amount}))
        self.browse(rows).exists().unlink()
        self.create([values for lines in found.values() for values in self._one_a_notice(lines)])
        self.env["dunning.notice"].invalidate_model(["line_ids"], flush=False)

    def _cut(self, values, shares):
        """(item, amount) of those that take over what a line with these ``values`` was about."""
        takers = {
            item: others[values["move_line_id"]] for item, others in shares.items() if values["move_line_id"] in others
        }
        currency = self.env["dunning.notice"].browse(values["notice_id"]).currency_id
        left = values["amount_residual"]
        for number, (item, share) in enumerate(takers.items(), 1):
            amount = left if number == len(takers) else currency.round(values["amount_residual"] * share)
            left -= amount
            yield item, amount

    def _one_a_notice(self, lines):
        """The values for one item, from (id, values) of the lines that it takes over: on each notice once, each
        level once. What was reached last, and of one policy the highest, as often as it was repeated, comes last:
        that is what counts."""
        level_of = {line_id: self.env["dunning.level"].browse(values["level_id"]) for line_id, values in lines}
        last = {level.policy_id: line_id for line_id, level in sorted(level_of.items())}

        def reached_at(line):
            level = level_of[line[0]]
            return bool(level), last[level.policy_id], level.sequence, line[1].get("repetition") or 0, line[0]

        ordered = sorted(lines, key=reached_at)
        notices, reached = {}, set()
        for _id, values in reversed(ordered):
            first = notices.setdefault(values["notice_id"], values)
            if first is not values:
                first["amount_residual"] += values["amount_residual"]
                first["days_overdue"] = max(first["days_overdue"], values["days_overdue"])
                continue
            level = (values["level_id"], values.get("repetition"))
            if values["notice_state"] != "cancelled" and level in reached:
                values["level_id"] = False
            elif values["notice_state"] != "cancelled":
                reached.add(level)
        return list(notices.values())[::-1]

    def _contact(self):
        """To whom the document went."""
        return self.move_line_id.move_id.partner_id or self.move_line_id.partner_id

    def _total(self):
        return sum(self.mapped("amount_residual"))

    def _asked_due_dates(self):
        """When that falls due which the notice asks for: as ``engine.dunning.ladder.last_due``."""
        asked = self.filtered(lambda line: not line.is_also_due and line.amount_residual > 0)
        return [item.date_maturity or item.date for item in asked.move_line_id]

    def _claimed(self, day=False):
        """What is due of the items of one notice, without what is only also due; of who pays by ``day``, less the
        early-payment discounts that run until then."""
        taken = self._discounts(day) if day else {}
        return claimed(
            (
                line.date_maturity or line.notice_id.date,
                line.amount_residual - taken.get(line.move_line_id, 0),
                line.is_also_due,
            )
            for line in self
        )

    def _discounts(self, day):
        """{item: its early-payment discount on ``day``} of those that are open as they are listed."""
        taken = self.move_line_id._discounts(day)
        listed = {line.move_line_id: line.amount_residual for line in self}
        return {item: amount for item, amount in taken.items() if item.claimed_currency == listed[item]}
