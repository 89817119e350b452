from odoo import models
from odoo.tools import SQL

from ...engine.handling.own import Own
from ...models.handling.audit_log import WHY

#: What a customer has once at a time: table, by what else, while what holds, what ends it, and which one stays.
HAD_ONCE = (
    ("dunning_watch", "company_id, kind, ref", "until IS NULL", "until = %(today)s", "since"),
    ("payment_proposal", "company_id", "state IN ('proposed', 'accepted')", "state = 'ended'", "state"),
    (
        "account_letter",
        "company_id, kind, date_to, COALESCE(date_from, date_to), COALESCE(plan_id, 0)",
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
        partners = self.env["res.partner"].browse(partner_ids).exists()
        if len(partners) < 2:
            return super()._merge(partner_ids, dst_partner=dst_partner, extra_checks=extra_checks)
        if not dst_partner or dst_partner not in partners:
            dst_partner = self._get_ordered_partner(partners.ids)[-1]  # as the host
        own_cases, holds = self._open_cases(dst_partner), self._longest_holds(partners)
        names = [name for name in dst_partner._audited_names() if dst_partner._fields[name].company_dependent]
        before = dst_partner._audit_texts(names)
        self._agreed_once(partners, dst_partner)
        result = super()._merge(partner_ids, dst_partner=dst_partner, extra_checks=extra_checks)
        dst_partner.invalidate_recordset(names)
        why = self.env._("Customers were merged.")
        dst_partner._audit(before, why)
        self._hold_as_long(dst_partner.with_context(**{WHY: Own(why), "l2c_merging": Own(True)}), holds)
        self._follow_merged(dst_partner, own_cases)
        return result

    def _agreed_once(self, partners, kept):
        """Of several consents to charge all invoices that of the one that stays goes on, else the oldest: what the others
        announced is announced anew."""
        consents_sudo = self.env["payment.consent"].sudo()  # as the host: whoever may merge
        about = [("partner_id", "in", partners.ids), ("scope", "=", "invoices"), ("state", "=", "active")]
        for active_sudo in consents_sudo.search(about, order="id").grouped("company_id").values():
            ranked_sudo = active_sudo.sorted(lambda consent: (consent.partner_id != kept, consent.id))
            ranked_sudo[1:]._withdraw(by=self.env.user.partner_id)

    def _open_cases(self, partner):
        """The cases of a customer that are open, in all companies."""
        cases_sudo = self.env["collection.case"].sudo()  # as the host: whoever may merge
        return cases_sudo.search([("partner_id", "=", partner.id), ("state", "=", "with_them")])

    def _longest_holds(self, partners):
        """{company: (until, why) of the hold that lasts longest, where one does}"""
        found, partners_sudo = {}, partners.sudo()  # as the host: in all companies
        for company in partners_sudo.env["res.company"].search([]):
            holds = [
                (partner.dunning_hold_until, partner.dunning_hold_reason)
                for partner in partners_sudo.with_company(company)
                if partner.dunning_hold_until and partner.dunning_hold_until >= company._today()
            ]
            if holds:
                found[company] = max(holds, key=lambda hold: hold[0])
        return found

    def _hold_as_long(self, customer, holds):
        """Whoever waits until a day doesn't get a reminder before it because of a merge."""
        for company, (until, reason) in holds.items():
            there_sudo = customer.sudo().with_company(company)  # as the host
            if not there_sudo.dunning_hold_until or there_sudo.dunning_hold_until < until:
                there_sudo.write({"dunning_hold_until": until, "dunning_hold_reason": reason})

    def _follow_merged(self, customer, own_cases):
        """One case goes on; the customer's state follows its cases and plans; one alert says why it is watched."""
        for company, cases_sudo in self._open_cases(customer).grouped("company_id").items():
            there_sudo = cases_sudo.with_company(company)
            there_sudo._merge_open(own_cases)
            there_sudo._follow_customers()
        about = [("partner_id", "=", customer.id)]
        self.env["dunning.plan"].sudo().search(about)._follow_promises()  # as the host
        watches_sudo = self.env["dunning.watch"].sudo().search(about)  # as the host
        for company, theirs_sudo in watches_sudo.grouped("company_id").items():
            theirs_sudo.with_company(company)._alert(company, customer)

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
