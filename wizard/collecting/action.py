from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ...engine.handling.contact import OUTCOMES
from ...engine.handling.workdays import next_working_day

ACTION_KINDS = [
    ("call", "Log Call"),
    ("promise", "Log Promise"),
    ("dispute", "Open Dispute"),
    ("hold", "Hold until"),
    ("pause", "Pause"),
    ("exclude", "Exclude from Reminders"),
    ("policy", "Change Policy"),
    ("meeting", "Plan a Meeting"),
    ("write_off", "Propose Write-off"),
    ("settlement", "Propose Settlement"),
    ("offset", "Propose Offset"),
]
#: What everybody in invoicing may do; the rest is for Collections.
FOR_INVOICING = ("call", "promise", "dispute", "meeting")
#: What the same dialog undoes.
UNDONE = ("hold", "pause", "exclude", "policy")


class CollectionAction(models.TransientModel):
    """One action for many invoices, customers or notices at once: what it needs to know, and
    what came of it. From invoices and notices it takes their open items, from customers those
    that are overdue."""

    _name = "collection.action"
    _description = "Collection Action"
    _inherit = ["l2c.chosen.mixin", "l2c.clock.mixin"]

    kind = fields.Selection(ACTION_KINDS, required=True)
    res_model = fields.Selection(
        [("account.move", "Invoice"), ("res.partner", "Customer"), ("dunning.notice", "Dunning Notice")], required=True
    )
    about = fields.Char(compute="_compute_about")
    company_id = fields.Many2one("res.company", default=lambda self: self.env.company)
    date = fields.Date(compute="_compute_date", store=True, readonly=False)
    reason = fields.Char()
    dispute_reason_id = fields.Many2one("dunning.dispute.reason", "What Is Disputed")
    outcome = fields.Selection(OUTCOMES, default="no_answer")
    scope = fields.Selection(
        [("chosen", "These customers"), ("all", "All customers of the company")],
        "Whom",
        required=True,
        default="chosen",
    )
    user_id = fields.Many2one("res.users", "Responsible", domain=[("share", "=", False)])
    policy_id = fields.Many2one("dunning.policy", domain="[('company_id', 'parent_of', company_id)]")
    percent_paid = fields.Float("Customer Pays", default=50.0, help="Per cent of what is open.")

    @api.model
    def _open(self, records, kind):
        """The dialog for ``records``."""
        action = self.env["ir.actions.act_window"]._for_xml_id("lead_to_cash.collection_action_action")
        labels = dict(self._fields["kind"]._description_selection(self.env))
        context = {"default_kind": kind, "default_res_model": records._name, "default_res_ids": records.ids}
        if kind == "pause" and records._name == "account.move":
            context |= records._common_pause()
        return action | {"name": labels[kind], "context": context}

    # What it is about --------------------------------------------------------------------

    @api.depends("kind")
    def _compute_date(self):
        """A week from now, on a working day; a dispute needs no day."""
        for wizard in self:
            day = wizard._today() + timedelta(days=7)
            holidays = self.env.company._days_off_from(day)
            wizard.date = False if wizard.kind in ("dispute", "hold") else next_working_day(day, holidays)

    @api.depends("res_model", "res_ids", "kind")
    @api.depends_context("lang")
    def _compute_about(self):
        for wizard in self:
            items = wizard._items()
            wizard.about = self.env._(
                "Customers: %(customers)s. Open items: %(items)s.",
                customers=len(wizard._customers()),
                items=len(items),
            )

    def _records(self):
        records = self._chosen(self.res_model)
        if self.res_model == "account.move":
            records = records.filtered(lambda move: not move.is_purchase_document(include_receipts=True))
        return records

    def _items(self):
        """The open items of the records, of the companies that the user works in."""
        domain = self.env["dunning.write.off"]._item_domain() & Domain("company_id", "in", self.env.companies.ids)
        return self.env["account.move.line"].search(domain & self._chosen_domain())

    def _chosen_domain(self):
        records, today = self._records(), self._today()
        if self.res_model == "account.move":
            return Domain("move_id", "in", records.ids)
        if self.res_model == "dunning.notice":
            return Domain("id", "in", records.line_ids.move_line_id.ids)
        overdue = self.env["account.move.line"]._past_due_domain(today)
        return Domain("partner_id.commercial_partner_id", "in", records.commercial_partner_id.ids) & overdue

    def _customers_by_company(self):
        """The customers of the records, by company; of customers: the current one."""
        records = self._records()
        if self.res_model == "res.partner":
            return {self.env.company: records.commercial_partner_id}
        return {
            company: group.partner_id.commercial_partner_id for company, group in records.grouped("company_id").items()
        }

    def _customers(self):
        return self._records().mapped(
            "commercial_partner_id" if self.res_model == "res.partner" else "partner_id.commercial_partner_id"
        )

    # Doing it ------------------------------------------------------------------------------

    def action_do(self):
        """Do it for all, and say what was done, and why some were left out.

        :raise UserError: when something needed is missing
        :raise AccessError: when it is for Collections alone
        """
        self.ensure_one()
        self.check_access("write")
        if self.kind not in FOR_INVOICING:
            self._check_collections()
        self._check_responsible()
        return getattr(self, f"_do_{self.kind}")()

    def _check_responsible(self):
        """Work is for colleagues, in the companies that it is about."""
        user_sudo = self.user_id.sudo()  # where somebody works is a fact of the company
        for company in self._customers_by_company() if user_sudo else ():
            sentence = self.env._("%(user)s doesn't work in %(company)s. Choose somebody else.")
            works = user_sudo._is_internal() and company in user_sudo.company_ids
            self._require(works, sentence % {"user": user_sudo.name, "company": company.name})

    def action_undo(self):
        """End the hold, include again, let the policies find their customers again.

        :raise AccessError: when the user isn't of Collections
        """
        self.ensure_one()
        self.check_access("write")
        self._check_collections()
        if self.kind not in UNDONE:
            raise UserError(self.env._("This can't be undone for many at once. Open the records and undo it there."))
        return getattr(self, f"_undo_{self.kind}")()

    @api.model
    def _check_manager(self):
        if not self.env.user.has_group("lead_to_cash.group_collections_manager"):
            raise AccessError(self.env._("A Collections manager pauses everything. Ask one."))

    @api.model
    def _check_collections(self):
        if not self.env.user.has_group("lead_to_cash.group_collections_user"):
            raise AccessError(self.env._("Collections users do this. Ask one of them."))

    # Saying it --------------------------------------------------------------------------------

    def _require(self, given, sentence):
        if not given:
            raise UserError(sentence)

    def _report(self, done, count, left=None, records=None):
        """A notification, then the records, when there are some."""
        reasons = ", ".join(f"{reason} ({number})" for reason, number in (left or {}).items() if number > 0)
        message = self.env._("%(done)s: %(count)s.", done=done, count=count)
        if reasons:
            message = self.env._("%(message)s Not: %(reasons)s.", message=message, reasons=reasons)
        then = {"type": "ir.actions.act_window_close"}
        if records:
            then = {
                "type": "ir.actions.act_window",
                "name": done,
                "res_model": records._name,
                "views": [[False, "list"], [False, "form"]],
                "domain": [("id", "in", records.ids)],
            }
        params = {"message": message, "type": "success" if count else "warning", "sticky": bool(reasons), "next": then}
        return {"type": "ir.actions.client", "tag": "display_notification", "params": params}
