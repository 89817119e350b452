from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ...models.dunning.notice import PENDING


class CollectionAction(models.TransientModel):
    """Nobody is reminded until a day: of the chosen, or of the whole company. What that concerns is said before."""

    _inherit = "collection.action"

    pause_text = fields.Char("What It Concerns", compute="_compute_pause_text")

    @api.depends("kind", "scope", "company_id", "res_model", "res_ids")
    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_pause_text(self):
        for wizard in self:
            is_told = wizard.kind == "hold" and wizard.company_id in self.env.companies
            wizard.pause_text = is_told and self.env._(
                "Customers: %(customers)s. Withdrawn are notices: %(notices)s, and calls of reminders: %(calls)s. "
                "Planned calls that stay: %(planned)s.",
                **wizard._concerned(),
            )

    def _concerned(self):
        """How many customers owe something, how many notices and calls would be withdrawn, and how many calls that
        somebody has planned on an invoice stay."""
        company = self.company_id
        chosen = self._customers().ids if self.scope == "chosen" else None
        of_customers = Domain("company_id", "=", company.id)
        of_invoices = of_customers
        if chosen is not None:
            of_customers &= Domain("partner_id", "in", chosen)
            of_invoices &= Domain("commercial_partner_id", "in", chosen)
        # The numbers are no secret of who may hold customers.
        notices_sudo = self.env["dunning.notice"].sudo()
        pending = of_customers & Domain("state", "in", PENDING)
        is_call = Domain("channel", "=", "call")
        owing = of_customers & (Domain("overdue_amount", ">", 0) | Domain("not_due_amount", ">", 0))
        customers = self.env["collections.customer"]
        [[owing_count]] = customers._read_group(list(owing), [], ["partner_id:count_distinct"])
        invoices_sudo = self.env["account.move"].sudo()  # as above
        planned = of_invoices & invoices_sudo._uncollected_domain()
        planned &= Domain("activity_ids.activity_type_id.category", "=", "phonecall")
        return {
            "customers": owing_count,
            "notices": notices_sudo.search_count(pending & ~is_call),
            "calls": notices_sudo.search_count(pending & is_call),
            "planned": invoices_sudo.search_count(planned),
        }

    @api.model
    def _open_pause(self):
        """Ask until when nobody of the company is reminded of anything."""
        self._check_manager()
        company = self.env.company
        action = self._open(company.partner_id, "hold")  # of somebody, as each of these dialogs
        is_paused = company.dunning_paused_until and company.dunning_paused_until >= self._today()
        paused = {"default_date": company.dunning_paused_until, "default_reason": company.dunning_pause_reason}
        context = action["context"] | {"default_scope": "all"} | (paused if is_paused else {})
        return action | {"name": self.env._("Pause Everything until …"), "context": context}

    def _pause_everything(self, until, reason, done):
        """Of the company of the dialog, if it is at hand."""
        self._check_manager()
        company = self.company_id
        if company not in self.env.companies:
            # Its name is in the dialog.
            raise AccessError(self.env._("Switch to %s first.", company.sudo().name))
        concerned = self._concerned()["customers"]
        company._dunning_pause(until, reason)
        return self._report(done, concerned)
