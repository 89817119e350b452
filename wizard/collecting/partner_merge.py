from odoo import models

from ...engine.handling.own import Own


class PartnerMerge(models.TransientModel):
    """The calls to a customer that is merged into another are that one's."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _update_values(self, src_partners, dst_partner):
        return super()._update_values(src_partners, dst_partner.with_context(l2c_merging=Own(True)))

    def _update_reference_fields_generic(
        self, referenced_model, src_records, dst_record, additional_update_records=None
    ):
        attempts = {"model": "contact.attempt", "field_model": "res_model"}
        return super()._update_reference_fields_generic(
            referenced_model, src_records, dst_record, [*(additional_update_records or []), attempts]
        )
