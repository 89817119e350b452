from odoo import models
from odoo.tools import SQL

from ...engine.handling.own import Own

#: What a customer has once at a time: table, by what else, while what holds, what ends it, and which one stays.
HAD_ONCE = (
    ("dunning_watch", "company_id, kind, ref", "until IS NULL", "until = %(today)s", "since"),
    ("payment_proposal", "company_id", "state IN ('proposed', 'accepted')", "state = 'ended'", "state"),
    (
        "account_letter",
        "company_id, kind, date_to, COALESCE(date_from, date_to)",
        "is_written IS NOT TRUE AND problem IS NULL",
        "problem = %(merged)s",
        "id",
    ),
)


class PartnerMerge(models.TransientModel):
    """The calls to a customer that is merged into another are that one's."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """What the merged ones had in this company may become the other's: that is kept, too."""
        if not dst_partner:
            return super()._merge(partner_ids, dst_partner=dst_partner, extra_checks=extra_checks)
        names = [name for name in dst_partner._audited_names() if dst_partner._fields[name].company_dependent]
        before = dst_partner._audit_texts(names)
        result = super()._merge(partner_ids, dst_partner=dst_partner, extra_checks=extra_checks)
        dst_partner.invalidate_recordset(names)
        dst_partner._audit(before, self.env._("Customers were merged."))
        return result

    def _end_what_is_once(self, partners, kept):
        """Of what both had, that of the one that stays goes on. The host looks at constraints alone, and would stop at
        unique indexes."""
        self.env.flush_all()
        values = {"today": self.env.company._today(), "merged": self.env._("The customer was merged with another.")}
        for table, others, holds, ended, first in HAD_ONCE:
            self.env.cr.execute(
                SQL(
                    """UPDATE %(table)s t SET %(ended)s
                         FROM (SELECT id, row_number() OVER (PARTITION BY %(others)s
                                                             ORDER BY %(first)s, partner_id = %(kept)s DESC, id) AS place
                                 FROM %(table)s WHERE %(holds)s AND partner_id IN %(partners)s) x
                        WHERE t.id = x.id AND x.place > 1""",
                    table=SQL.identifier(table),
                    ended=SQL(ended, **values) if "%(" in ended else SQL(ended),
                    others=SQL(others),
                    first=SQL(first),
                    holds=SQL(holds),
                    kept=kept.id,
                    partners=partners._ids,
                )
            )
        self.env.invalidate_all()

    def _update_values(self, src_partners, dst_partner):
        return super()._update_values(src_partners, dst_partner.with_context(l2c_merging=Own(True)))

    def _update_reference_fields_generic(
        self, referenced_model, src_records, dst_record, additional_update_records=None
    ):
        attempts = {"model": "contact.attempt", "field_model": "res_model"}
        return super()._update_reference_fields_generic(
            referenced_model, src_records, dst_record, [*(additional_update_records or []), attempts]
        )
