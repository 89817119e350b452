from collections import Counter, defaultdict

from odoo import api, models
from odoo.tools import format_amount, format_list


class DunningSummaryMixin(models.AbstractModel):
    """What a dialog says of many notices: how many, and how much, by level and channel."""

    _name = "dunning.summary.mixin"
    _description = "Sums of Notices"

    @api.model
    def _rows(self, notices):
        """For each level: its name and channel, how many, how much.

        :param notices: [{``level_id``, ``currency_id``, ``amount``}]
        """
        levels = self.env["dunning.level"]
        by_level = defaultdict(list)
        for row in notices:
            by_level[levels.browse(row["level_id"])].append(row)
        channels = dict(levels._fields["channel"]._description_selection(self.env))
        ordered = sorted(by_level, key=lambda level: (level.policy_id.sequence, level.policy_id.id, level.sequence))
        return [
            (level.name, channels[level.channel], len(by_level[level]), self._amounts(by_level[level]))
            for level in ordered
        ]

    @api.model
    def _notices_text(self, rows):
        """“3 notices to 2 customers”.

        :param rows: [{``partner_id``}], one a notice
        """
        count, customers = len(rows), len({row["partner_id"] for row in rows})
        if count == 1:
            return self.env._("1 notice to 1 customer")
        if customers == 1:
            return self.env._("%(count)s notices to 1 customer", count=count)
        return self.env._("%(count)s notices to %(customers)s customers", count=count, customers=customers)

    @api.model
    def _amounts(self, notices):
        """The sum in each currency, in words."""
        sums = Counter()
        for row in notices:
            sums[row["currency_id"]] += row["amount"]
        currencies = self.env["res.currency"].browse(sums)
        texts = [format_amount(self.env, sums[currency.id], currency) for currency in currencies.sorted("name")]
        return format_list(self.env, texts)

    @api.model
    def _rows_of(self, notices):
        """The ``notices`` as the others take them."""
        return [
            {"level_id": notice.level_id.id, "currency_id": notice.currency_id.id, "amount": notice.amount_due}
            for notice in notices
        ]
