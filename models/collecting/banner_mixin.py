from odoo import api, fields, models

#: Who sees the debts of every customer.
EVERYBODYS = (
    "sales_team.group_sale_salesman_all_leads",
    "account.group_account_invoice",
    "account.group_account_readonly",
)


class CollectionBannerMixin(models.AbstractModel):
    """What the customer of a document owes, above the document."""

    _name = "collection.banner.mixin"
    _description = "Banner of Open Debts"

    collection_warning = fields.Text(compute="_compute_collection_warning", groups="base.group_user")
    is_sales_held = fields.Boolean(compute="_compute_collection_warning", groups="base.group_user")

    @api.depends("partner_id", "company_id")
    @api.depends_context("uid", "lang")
    def _compute_collection_warning(self):
        """Read from the books whoever reads the document: that is what makes the customer theirs."""
        shown = self.filtered(lambda document: document._shows_debts())
        facts = self.env["res.partner"]._collection_facts([document._debtor() for document in shown])
        for document in self:
            company, partner = document._debtor()
            found = document in shown and facts.get((company.id, partner.commercial_partner_id.id))
            document.collection_warning = found and self.env["res.partner"]._facts_sentences(found)
            document.is_sales_held = bool(found and found["hold_level_id"] and not found["release_id"])

    def _debtor(self):
        """(company, customer) whose debts are shown."""
        return self.company_id or self.env.company, self.partner_id

    def _shows_debts(self):
        """A saved document is read by whom it is for. While one is being written, any customer
        can be put on it: then only those of nobody else. Customers, who read their own documents,
        are told nothing of what is said about them."""
        if not self.partner_id or not (self.env.su or self.env.user._is_internal()):
            return False
        # The salesperson is a fact of the customer, whoever asks.
        owner = self.partner_id.commercial_partner_id.sudo().user_id
        saved = self._origin and self._origin.sudo().partner_id == self.partner_id._origin  # as above
        return bool(saved) or owner <= self.env.user or any(self.env.user.has_group(group) for group in EVERYBODYS)
