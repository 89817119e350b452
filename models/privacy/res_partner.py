from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_datetime

MANAGERS = ("lead_to_cash.group_collections_manager", "sales_team.group_sale_manager")


class ResPartner(models.Model):
    """A person's rights: to have what is kept about them, and to be forgotten."""

    _inherit = "res.partner"

    def action_export_kept(self):
        """Download all that this addon keeps about the contact and its own contacts, as far as the reader
        may see it."""
        self._check_may_export()
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": f"/lead-to-cash/kept/{self.id}", "target": "download"}

    def _check_may_export(self):
        """Managers of collections and of sales may.

        :raise AccessError: for anybody else
        """
        if not any(self.env.user.has_group(group) for group in MANAGERS):
            raise AccessError(
                self.env._(
                    "What is kept about a customer is given out by managers of collections or of sales. Ask one."
                )
            )
        self.check_access("read")

    def action_anonymise(self):
        """Ask whether the contact and its own contacts are to be anonymised: that can't be undone.

        :raise UserError: while something about them is still open
        """
        self.env["privacy.anonymise"].check_access("create")
        self.check_access("read")
        self.ensure_one()
        self._check_anonymous()
        action = self.env["ir.actions.act_window"]._for_xml_id("lead_to_cash.privacy_anonymise_action")
        return action | {"context": {"default_partner_id": self.id}}

    def _anonymise(self):
        """Anonymise the contact and its own contacts; who did it, and when, is written down."""
        self._check_anonymous()
        # All companies' records of them, by whoever may anonymise.
        self.env["l2c.anonymising"]._anonymise(self.sudo()._people())
        day = format_datetime(self.env, self.env.company._now(), tz="UTC")
        self._message_log(body=self.env._("Anonymised by %(user)s on %(day)s UTC.", user=self.env.user.name, day=day))

    def _people(self):
        """The contact with all that are below it."""
        return self.with_context(active_test=False).search([("id", "child_of", self.ids)])

    # What is in the way -------------------------------------------------------------------

    def _check_anonymous(self):
        people_sudo = self.sudo()._people()  # what other companies have open stands in the way, too
        if (
            problem := people_sudo._problem_of_being()
            or people_sudo._problem_of_money()
            or people_sudo._problem_of_sales()
        ):
            raise UserError(problem)

    def _problem_of_being(self):
        """Why somebody can't be anonymous, in a sentence; empty when they can."""
        name = self[:1].display_name
        if self.user_ids.filtered("active"):
            return self.env._(
                "%(name)s can log in. Archive the user first.", name=self.user_ids.filtered("active")[0].name
            )
        # Those that Odoo itself works with are archived, too.
        if self.user_ids.filtered(lambda user: not user.share or user.get_external_id()[user.id]):
            return self.env._("%(name)s isn't a customer but somebody who works, or worked, here.", name=name)
        if self.env["res.company"].search_count([("partner_id", "in", self.ids)]):
            return self.env._("%(name)s is a company of yours.", name=name)
        if self._companies_concerned() - self.env.user.company_ids:
            return self.env._(
                "%(name)s is a customer of companies that you don't see. Ask somebody who sees them all.", name=name
            )
        return ""

    def _companies_concerned(self):
        """The companies that have, or keep, something about them."""
        own = Domain("partner_id", "in", self.ids)
        models = ("account.move", "sale.order", "crm.lead", "dunning.notice", "contact.attempt", "balance.confirmation")
        models += ("account.letter",)
        found = self.company_id.union(*(self.env[model].search(own).company_id for model in models))
        marks = [name for name in sorted(self._audited_names()) if self._fields[name].company_dependent]
        for company in self.env["res.company"].search([]) - found:
            there = self.with_company(company)
            if any(partner[name] for partner in there for name in (*marks, "collection_note")):
                found |= company
        return found

    def _problem_of_money(self):
        items = self.env["account.move.line"].search_count(
            (Domain("partner_id", "in", self.ids) | Domain("move_id.partner_id", "in", self.ids))
            & Domain("account_type", "in", ("asset_receivable", "liability_payable"))
            & Domain("parent_state", "!=", "cancel")
            & Domain("reconciled", "=", False),
            limit=1,
        )
        return items and self.env._(
            "%(name)s has open items. Anonymise the customer once they are paid, or written off.",
            name=self[:1].display_name,
        )

    def _problem_of_sales(self):
        own = Domain("partner_id", "in", self.ids)
        quoted = Domain("state", "in", ("draft", "sent"))
        ordered = Domain("state", "=", "sale") & Domain("locked", "=", False)
        ordered &= Domain("invoice_status", "in", ("to invoice", "no"))
        if order := self.env["sale.order"].search(own & (quoted | ordered), limit=1):
            return self.env._(
                "%(order)s of %(name)s is still open. Invoice, lock or cancel it first.",
                order=order.name,
                name=self[:1].display_name,
            )
        leads = self.env["l2c.anonymising"]._leads(self)
        if lead := leads.filtered(lambda lead: lead.active and lead.won_status == "pending")[:1]:
            return self.env._(
                "The lead %(lead)s of %(name)s is still open. Close it first.",
                lead=lead.name,
                name=self[:1].display_name,
            )
        return ""
