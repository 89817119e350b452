from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...engine.handling.own import ids_of
from ...models.collecting.case import CASE_KINDS


class CollectionHandOver(models.TransientModel):
    """Hands customers over to a lawyer or a collection agency, or notes their insolvency."""

    _name = "collection.hand.over"
    _inherit = ["l2c.chosen.mixin", "l2c.clock.mixin"]
    _description = "Hand Over"

    kind = fields.Selection(CASE_KINDS, required=True, default="lawyer")
    contact_id = fields.Many2one("res.partner", "Lawyer or Agency")
    date = fields.Date("Handed Over on", required=True, default=lambda self: self._today())
    fee_percent = fields.Float("Fee (%)", digits=(5, 2))
    currency_id = fields.Many2one("res.currency", default=lambda self: self.env.company.currency_id)
    fee_fixed = fields.Monetary("Fixed Fee")
    filing_date = fields.Date("Filed on")
    court = fields.Char()
    case_number = fields.Char()
    claim_deadline = fields.Date("Claims until")
    note = fields.Text()
    is_file_sent = fields.Boolean("Send the File", help="The file of each customer goes to the contact at once.")

    @api.model
    def _open(self, customers):
        """The dialog about these customers."""
        action = self.env["ir.actions.act_window"]._for_xml_id("lead_to_cash.collection_hand_over_action")
        return action | {"context": {"default_res_ids": customers.commercial_partner_id.ids}}

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if not values.get("res_ids") and self.env.context.get("active_model") == "res.partner":
            customers = self.env["res.partner"].browse(ids_of(self.env, "active_ids"))
            values["res_ids"] = customers.commercial_partner_id.ids
        return values

    def action_hand_over(self):
        """One case for each customer that owes something past due and isn't handed over yet.

        :raise UserError: when none is
        """
        self.ensure_one()
        self.check_access("write")
        cases = self.env["collection.case"]
        cases.check_access("create")
        customers = self._chosen("res.partner").commercial_partner_id
        customers.check_access("read")
        if self.kind != "insolvency" and not self.contact_id:
            raise UserError(self.env._("Choose the lawyer or the agency to whom it goes."))
        left = Counter()
        for customer in customers:
            if problem := self._why_not(customer):
                left[problem] += 1
            else:
                cases |= cases.create(self._prepare_case_values(customer))
        if not cases:
            raise UserError(self.env._("Nobody was handed over: %(reasons)s.", reasons=", ".join(left)))
        if self.is_file_sent and self.contact_id:
            cases.action_send_file()
        return self._show(cases, left)

    def _why_not(self, customer):
        """Why a customer isn't handed over, shortly; empty when it is."""
        cases = self.env["collection.case"]
        if cases.search_count(cases._open_domain(customer, self.env.company), limit=1):
            return self.env._("handed over already")
        if not cases._items_of(customer, self.env.company, self.kind):
            return self.env._("nothing past due")
        return ""

    def _prepare_case_values(self, customer):
        names = ("kind", "date", "fee_percent", "fee_fixed", "filing_date", "court", "case_number")
        return {
            **{name: self[name] for name in (*names, "claim_deadline", "note")},
            "partner_id": customer.id,
            "company_id": self.env.company.id,
            "contact_id": self.contact_id.id,
        }

    def _show(self, cases, left):
        action = self.env["ir.actions.act_window"]._for_xml_id("lead_to_cash.collection_case_action")
        if len(cases) == 1 and not left:
            return action | {"views": [[False, "form"]], "res_id": cases.id}
        action |= {"domain": [("id", "in", cases.ids)], "context": {}}
        if not left:
            return action
        reasons = ", ".join(f"{reason} ({number})" for reason, number in left.items())
        message = self.env._("Handed over: %(count)s. Not: %(reasons)s.", count=len(cases), reasons=reasons)
        params = {"message": message, "type": "warning", "sticky": True, "next": action}
        return {"type": "ir.actions.client", "tag": "display_notification", "params": params}
