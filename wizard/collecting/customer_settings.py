from odoo import api, fields, models

from ...engine.handling.contact import CONTACT_CHANNELS
from ...models.agreements.res_partner import WEEKDAYS
from ...models.dunning.res_partner import COLLECTION_STATES

#: What a collector keeps of a customer, and what only a manager changes. Names of fields of the customer, too.
BY_COLLECTORS = (
    *("dunning_policy_id", "dunning_split_by_contact", "payment_days", "payment_weekday", "withholding_rate"),
    *("needs_order_number", "supplier_portal_url", "best_call_hour", "best_channel", "collection_note"),
)
BY_MANAGERS = ("collection_state", "collector_id")


class CollectionCustomerSettings(models.TransientModel):
    """How one customer is collected from, and how it pays: changed by who collects, who need not be allowed to
    change contacts."""

    _name = "collection.customer.settings"
    _inherit = ["l2c.real.records.mixin"]
    _description = "How This Customer Pays"

    partner_id = fields.Many2one("res.partner", "Customer", required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    dunning_policy_id = fields.Many2one(
        "dunning.policy",
        "Policy",
        domain="[('company_id', 'parent_of', company_id)]",
        help="Empty: found by the policies.",
    )
    collection_state = fields.Selection(COLLECTION_STATES)
    collector_id = fields.Many2one("res.users", domain=[("share", "=", False)])
    dunning_split_by_contact = fields.Boolean("An E-mail per Contact")
    payment_days = fields.Char(help="Days of the month on which the customer pays, like 10, 25.")
    payment_weekday = fields.Selection(WEEKDAYS, "Pays on")
    withholding_rate = fields.Float("Withholds Tax (%)", digits=(5, 2))
    needs_order_number = fields.Boolean("Needs an Order Number")
    supplier_portal_url = fields.Char("Their Portal")
    best_call_hour = fields.Float("Best Hour")
    best_channel = fields.Selection(CONTACT_CHANNELS)
    collection_note = fields.Text("Note")

    @api.model
    def default_get(self, fields_list):
        """What the customer has now."""
        values = super().default_get(fields_list)
        customer = self.env["res.partner"].browse(values.get("partner_id") or ())
        if customer:
            company = self.env["res.company"].browse(values.get("company_id") or self.env.company.id)
            found = self._customer(customer, company).read([*BY_COLLECTORS, *BY_MANAGERS], load=None)[0]
            values |= {name: value for name, value in found.items() if name in fields_list and name != "id"}
        return values

    @api.model
    def _open(self, customer):
        """The dialog about a customer in the current company."""
        self.env["collection.action"]._check_collections()
        customer.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("lead_to_cash.collection_customer_settings_action")
        values = {"default_partner_id": customer.id, "default_company_id": self.env.company.id}
        return action | {"context": values}

    @api.model
    def _customer(self, customer, company):
        """The customer in that company, if both are the user's to see."""
        customer.check_access("read")
        company.check_access("read")
        return customer.commercial_partner_id.with_company(company)

    def action_save(self):
        """Write what differs.

        :raise AccessError: when the user isn't of Collections, or, for the collector and the state, no manager
        """
        self.ensure_one()
        self.check_access("write")
        actions = self.env["collection.action"]
        actions._check_collections()
        customer = self._customer(self.partner_id, self.company_id)
        changed = {
            name: self._fields[name].convert_to_write(self[name], self)
            for name in (*BY_COLLECTORS, *BY_MANAGERS)
            if self[name] != customer[name]
        }
        if not changed.keys().isdisjoint(BY_MANAGERS):
            actions._check_manager()
        customer.sudo().write(changed)  # collectors need not be allowed to change contacts
        if changed:
            self.env["dunning.notice"].with_company(self.company_id)._customers_changed(customer)
        return {"type": "ir.actions.act_window_close"}
