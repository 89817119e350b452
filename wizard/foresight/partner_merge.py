from odoo import models
from odoo.tools import SQL


class PartnerMerge(models.TransientModel):
    """Merged customers have one present grade in each company, and all of their history."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Each has a grade and a grant of its own until now: that of the one that stays goes on, the others end. The next
        night, which is called, grades it by the documents of all."""
        partners = src_partners | dst_partner
        self.env.flush_all()
        today = self.env.company._today()
        self.env.execute_query(
            SQL(
                """UPDATE payment_grade g SET until = GREATEST(g.since, %(today)s)
                     FROM (SELECT id, row_number() OVER (PARTITION BY company_id
                                                         ORDER BY partner_id = %(kept)s DESC, since, id) AS place
                             FROM payment_grade WHERE until IS NULL AND partner_id IN %(partners)s) x
                    WHERE g.id = x.id AND x.place > 1
                RETURNING g.id""",
                today=today,
                kept=dst_partner.id,
                partners=partners._ids,
            )
        )
        self._end_what_is_once(partners, dst_partner)
        self.env["payment.loyalty.grant"].sudo()._merge_grants(partners, dst_partner)  # as the host: whoever may merge
        result = super()._update_foreign_keys(src_partners, dst_partner)
        if cron := self.env.ref("lead_to_cash.cron_foresight", raise_if_not_found=False):
            cron.sudo()._trigger()  # who merges need not administer jobs
        return result
