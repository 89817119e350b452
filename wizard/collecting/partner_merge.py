from odoo import models

from ...engine.handling.own import Own


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

    def _update_values(self, src_partners, dst_partner):
        return super()._update_values(src_partners, dst_partner.with_context(l2c_merging=Own(True)))

    def _update_reference_fields_generic(
        self, referenced_model, src_records, dst_record, additional_update_records=None
    ):
        attempts = {"model": "contact.attempt", "field_model": "res_model"}
        return super()._update_reference_fields_generic(
            referenced_model, src_records, dst_record, [*(additional_update_records or []), attempts]
        )
