from odoo import api, fields, models


class DunningNotice(models.Model):
    """Whether a notice can be paid online, so that nobody is sent where nothing can be paid."""

    _inherit = "dunning.notice"

    pays_online = fields.Boolean(
        "Can Be Paid Online", compute="_compute_pays_online", help="What it asks for, by a payment provider."
    )

    @api.depends("company_id", "partner_id", "currency_id", "amount_due")
    def _compute_pays_online(self):
        """One question for all customers of a country: whether the largest amount can be paid. Each is asked only
        where that is too much."""
        alike = self.grouped(
            lambda notice: (
                notice.company_id,
                notice.currency_id,
                notice.partner_id.country_id,
                notice.partner_id.company_id,
            )
        )
        for notices in alike.values():
            largest = max(notices, key=lambda notice: notice.amount_due)
            pays_all = bool(largest._providers(largest.amount_due))
            pays_any = pays_all or bool(largest._providers(0))
            for notice in notices:
                owed = notice.amount_due
                notice.pays_online = owed > 0 and pays_any and (pays_all or bool(notice._providers(owed)))

    def _providers(self, amount, payer=None):
        """Those by which an amount can be paid; 0: any.

        :param payer: who pays, where it isn't the customer
        """
        return self.env["payment.provider"]._usable(self.company_id, payer or self.partner_id, self.currency_id, amount)

    def _paying(self, payer=None):
        """What the page says of paying: the ``ways``, and whether all (``pays_all``) and a part (``pays_part``) of
        what is open can be paid online."""
        lines = self._open_lines()
        _items, owed = self._split_payable(lines.move_line_id)
        return {
            "ways": self._ways_to_pay(lines),
            "pays_all": owed > 0 and bool(self._providers(owed, payer)),
            "pays_part": owed > 0 and bool(self._providers(0, payer)),
        }
