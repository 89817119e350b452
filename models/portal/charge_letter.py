from odoo import api, fields, models

from .account_letter import ABOUT_CHARGES


class AccountLetter(models.Model):
    """What is written of charges to saved cards: one e-mail for those of a consent."""

    _inherit = "account.letter"

    charge_ids = fields.Many2many("payment.charge", string="Charges", readonly=True, copy=False)

    @api.model
    def _announce_charges(self, charges, kind):
        """The letter that tells a customer of charges of one consent; none where nobody can be written to. What
        waits to be written takes them in."""
        consent = charges.consent_id
        customer = consent.partner_id
        about = {"plan_id": consent.plan_id.id, "charge_ids": [(4, charge.id) for charge in charges]}
        same = [("partner_id", "=", customer.id), ("company_id", "=", consent.company_id.id), ("kind", "=", kind)]
        same += [("is_written", "=", False), ("problem", "=", False), ("plan_id", "=", consent.plan_id.id)]
        letters_sudo = self.sudo()  # made and written by the engine alone
        waiting_sudo = letters_sudo.search([*same, ("date_to", "=", self._today())], limit=1)
        if waiting_sudo.try_lock_for_update(allow_referencing=True):  # else it is being written, without these
            waiting_sudo.charge_ids = about["charge_ids"]
            self.env.ref("lead_to_cash.cron_letters").sudo()._trigger()  # whoever looked it up may wake it
            return waiting_sudo.sudo(False)  # back to who asked
        there = self.with_company(consent.company_id)
        readers = there._readers(customer)
        documents = charges.sudo()._items().move_id  # whose invoice it is, is no secret of the job's
        user = customer.with_company(consent.company_id)._collection_responsibles(documents).get(customer)
        return there._queue(readers, kind, False, self._today(), user=user, **about)

    def _charges(self):
        """The charges of which it tells, as they still are."""
        return self.charge_ids.filtered(lambda charge: charge.state in ABOUT_CHARGES.get(self.kind, ()))
