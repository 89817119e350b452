from odoo import models


class PaymentPlan(models.AbstractModel):
    """What was agreed on, with its days; who prints it need not give out the way to the customer's page."""

    _name = "report.lead_to_cash.payment_plan"
    _inherit = ["l2c.letter.mixin"]
    _description = "Payment Plan in Writing"

    def _letters(self, records, data):
        return [self._plan_letter(plan, data.get("lang")) for plan in records]

    def _plan_letter(self, plan, lang):
        partner = plan.partner_id.commercial_partner_id
        letter = self._letter(plan, partner, plan.company_id, lang=lang, dated=plan.agreed_on or self._today())
        there = letter["record"]
        # Who only reads the books agrees to nothing for the customer.
        may = plan.has_access("write") and plan._has_field_access(plan._fields["access_token"], "read")
        url = plan._page_link() if may and plan.state == "open" and not plan.confirmed_on else False
        return letter | {
            "rows": there._rows(),
            "grace": there._grace_days() and there._days_text(there._grace_days()),
            "url": url,
            "picture": url and self._qr_picture(url),
            "ways": there.env["l2c.payment.way"]._told(plan.company_id, plan.currency_id, reference=partner.ref),
        }
