from ast import literal_eval

from odoo import models
from odoo.exceptions import AccessError, UserError

from ...engine.collecting import customers as engine


class CollectionsCustomer(models.Model):
    """What is done for the customers of lines: with the dialogs that customers have anyway."""

    _inherit = "collections.customer"

    def _chosen_customers(self):
        """The customers of the lines, in their company; also of lines that are gone, as when all was paid since.

        :raise UserError: when none is chosen, or they are of several companies
        :raise AccessError: when the company isn't at hand
        """
        self.browse().check_access("read")  # the lines themselves may be gone
        keys = {engine.parts(number)[:2] for number in self.ids}
        company_ids = {company_id for company_id, _partner_id in keys}
        if not company_ids <= set(self.env.companies.ids):
            raise AccessError(self.env._("These customers owe another company. Switch to it first."))
        if len(company_ids) != 1:
            raise UserError(self.env._("Choose customers of one company: what you do is done in that company."))
        partners = self.env["res.partner"].browse(sorted({partner_id for _company_id, partner_id in keys})).exists()
        partners.check_access("read")
        return partners.with_company(company_ids.pop())

    def _in_their_company(self, action, partners):
        """The action about ``partners``, in the company for which they are here."""
        context = action.get("context") or {}
        context = literal_eval(context) if isinstance(context, str) else context
        company = partners.env.company
        others = self.env.companies - company
        return action | {
            "context": {
                **context,
                "active_model": "res.partner",
                "active_ids": partners.ids,
                "active_id": partners[:1].id,
                "allowed_company_ids": [company.id, *others.ids],
            }
        }

    def _window(self, xmlid, partners):
        action = partners.env["ir.actions.act_window"]._for_xml_id(f"lead_to_cash.{xmlid}")
        return self._in_their_company(action, partners)

    def action_open(self):
        """The customer's page."""
        self.ensure_one()
        partner = self._chosen_customers()
        return self._in_their_company(partner.action_collection_page(), partner)

    def action_log_call(self):
        """Log a call to each: of one customer, what came of it."""
        partners = self._chosen_customers()
        if len(partners) == 1:
            return self._in_their_company(partners._result_dialog("reached"), partners)
        partners._check_may_log()
        return self._in_their_company(partners.env["collection.action"]._open(partners, "call"), partners)

    def action_statement(self):
        """Send or print their statements of account."""
        return self._window("statement_wizard_action", self._chosen_customers())

    def action_hold(self):
        """Nobody of them is reminded until a day."""
        partners = self._chosen_customers()
        partners.env["collection.action"]._check_collections()
        return self._in_their_company(partners.env["collection.action"]._open(partners, "hold"), partners)

    def action_pause_everything(self):
        """Nobody at all is reminded until a day: of those chosen, when there are some."""
        self.browse().check_access("read")
        return self.action_hold() if self else self.env["collection.action"]._open_pause()

    def action_policy(self):
        """Choose another policy."""
        partners = self._chosen_customers()
        partners.env["collection.action"]._check_collections()
        return self._in_their_company(partners.env["collection.action"]._open(partners, "policy"), partners)

    def action_assign(self):
        """Give them to another collector."""
        partners = self._chosen_customers()
        partners.env["dunning.collector.assign"].check_access("create")
        return self._window("dunning_collector_assign_action", partners)

    def action_apply_credits(self):
        """Apply their open credits."""
        partners = self._chosen_customers()
        partners.env["credit.apply"].check_access("create")
        return self._window("credit_apply_action", partners)

    def action_remind(self):
        """Send what is due now: the dialog says what would leave."""
        partners = self._chosen_customers()
        return self._in_their_company(partners.env["collection.action"]._remind(partners), partners)
