from odoo import api, fields, models


class CollectionBannerMixin(models.AbstractModel):
    """What the customer of a document owes, above the document."""

    _name = "collection.banner.mixin"
    _description = "Banner of Open Debts"

    collection_warning = fields.Text(compute="_compute_collection_warning", groups="base.group_user")
    is_sales_held = fields.Boolean(compute="_compute_collection_warning", groups="base.group_user")
    given_customer_id = fields.Many2one(
        "res.partner",
        copy=False,
        readonly=True,
        index="btree_not_null",
        groups="base.group_user",
        help="The customer for whom somebody else than the salesperson has chosen the salesperson.",
    )

    @api.depends("partner_id", "company_id")
    @api.depends_context("uid", "lang")
    def _compute_collection_warning(self):
        """Read from the books for those whom the customer's debts concern."""
        shown = self._shows_debts()
        facts = self.env["res.partner"]._collection_facts([document._debtor() for document in shown])
        for document in self:
            company, partner = document._debtor()
            found = document in shown and facts.get((company.id, partner.commercial_partner_id.id))
            document.collection_warning = found and self.env["res.partner"]._facts_sentences(found)
            document.is_sales_held = bool(found and document._is_held_by(found))

    def _is_held_by(self, facts):
        """Whether a document of a customer with these facts waits for a sales manager."""
        return (facts["hold_level_id"] or facts["hold_grade"]) and not facts["release_id"]

    def _debtor(self):
        """(company, customer) whose debts are shown."""
        return self.company_id or self.env.company, self.partner_id

    def _shows_debts(self):
        """The documents whose readers are told what their customers owe: not by putting any customer
        on a document of one's own. Customers, who read their own documents, are told nothing of what
        is said about them."""
        documents = self.filtered("partner_id")
        if not (self.env.su or self.env.user._is_internal()):
            return self.browse()
        told = documents.partner_id.commercial_partner_id._origin._told_debtors()
        return documents.filtered(
            lambda document: document.partner_id.commercial_partner_id._origin in told or document._is_given()
        )

    # Who chose ----------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        documents = super().create(vals_list)
        documents._note_who_gave()
        return documents

    def write(self, vals):
        result = super().write(vals)
        if not vals.keys().isdisjoint(("partner_id", "user_id")):
            self._note_who_gave()
        return result

    def _note_who_gave(self):  # pylint: disable=missing-return
        for customer, documents in self.sudo().grouped(_given_customer).items():  # who gives one may see no more of it
            if changed := documents.filtered(
                lambda document, customer=customer: document.given_customer_id != customer
            ):
                values = {"given_customer_id": customer.id}
                super(CollectionBannerMixin, changed).write(values)  # pylint: disable=super-method-mismatch

    def _is_given(self):
        """Whether somebody else has given the reader this document, with this customer."""
        saved, customer = self._origin, self.partner_id.commercial_partner_id._origin
        return bool(saved) and saved.user_id == self.env.user and saved.given_customer_id == customer


def _given_customer(document):
    """The customer for whom somebody else than the salesperson, the reader now, chose the salesperson."""
    given = document.user_id and document.user_id != document.env.user
    return document.partner_id.commercial_partner_id if given else document.partner_id.browse()
