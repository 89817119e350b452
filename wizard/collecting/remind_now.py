from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError


class CollectionReminder(models.TransientModel):
    """*Send Reminder Now*: what would leave for whom, and for whom nothing, before anything is written;
    then it is decided once more, and sent."""

    _name = "collection.reminder"
    _inherit = ["l2c.chosen.mixin", "dunning.summary.mixin", "l2c.real.records.mixin"]
    _description = "Send Reminder Now"

    res_model = fields.Selection(
        [("account.move", "Invoice"), ("res.partner", "Customer"), ("dunning.notice", "Dunning Notice")], required=True
    )
    plan = fields.Html("What Will Happen", compute="_compute_plan", sanitize=False)  # rendered: all is escaped
    notice_count = fields.Integer("Reminders", compute="_compute_plan")

    @api.model
    def _open(self, records):
        """The dialog about ``records``.

        :raise UserError: when they are nobody's
        """
        wizard = self.new({"res_model": records._name, "res_ids": records.exists().ids})
        if not any(wizard._customers_by_company().values()):
            raise UserError(self.env._("Nobody is chosen: choose customers, their invoices, or notices to them."))
        action = self.env["ir.actions.act_window"]._for_xml_id("lead_to_cash.collection_reminder_action")
        context = {"default_res_model": records._name, "default_res_ids": wizard.res_ids}
        return action | {"context": context}

    def _customers_by_company(self):
        if not self.res_model:
            return {}
        chosen = self.env["collection.action"].new({"res_model": self.res_model, "res_ids": self.res_ids})
        return chosen._customers_by_company()

    # What would happen -----------------------------------------------------------------------

    @api.depends("res_model", "res_ids")
    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_plan(self):
        self.env["collection.action"]._check_collections()
        for wizard in self:
            companies = wizard._customers_by_company()
            parts = [wizard._part(company, customers) for company, customers in companies.items() if customers]
            values = {"parts": parts, "names_company": len(parts) > 1 or len(self.env.user.company_ids) > 1}
            wizard.plan = self.env["ir.qweb"]._render("lead_to_cash.collection_reminder_plan", values)
            wizard.notice_count = sum(part["count"] for part in parts)

    def _part(self, company, customers):
        """What would happen in one company, as the template of the plan shows it."""
        runs = self.env["dunning.run"].with_company(company)
        if obstacle := runs._reminding_obstacle(company):
            return {"company": company, "obstacle": obstacle, "count": 0}
        notices, reasons = runs._would_remind(company, customers)
        levels = self.env["dunning.level"].browse(row["level_id"] for row in notices)
        awaits = company.sudo().dunning_awaits_release  # a setting of the company
        return {
            "company": company,
            "obstacle": "",
            "count": len(notices),
            "awaits_release": awaits,
            "approvals": sum(level.requires_approval for level in levels),
            "single": len(customers) == 1 and self._single(notices),
            "rows": self._rows(notices),
            "total": self._amounts(notices),
            "left": self._left(customers.browse(row["partner_id"] for row in notices), customers, reasons),
        }

    def _single(self, notices):
        """(level and channel, amount) of each notice to the only customer."""
        return [(f"{name} · {channel}", amount) for name, channel, _count, amount in self._rows(notices)]

    def _left(self, reminded, customers, reasons):
        """[(reason, [(customer, sentence)])] of those who get nothing, the most frequent reason first."""
        groups = {}
        for customer in (customers - reminded).sorted("display_name"):
            label, sentence = self._why_not(reasons.get(customer))
            groups.setdefault(label, []).append((customer.display_name, sentence))
        return sorted(groups.items(), key=lambda group: -len(group[1]))

    def _why_not(self, decision):
        """(reason, sentence) of a customer who isn't reminded."""
        if not decision:
            return self.env._("Nothing open"), ""
        if decision.code == "reminded":
            return self.env._("Reminded already, next level not due"), decision.sentence
        return dict(decision._fields["code"]._description_selection(self.env))[decision.code], decision.sentence

    # Doing it ----------------------------------------------------------------------------------

    def action_send(self):
        """Decide anew, and queue the notices of those for whom an item escalates.

        :raise UserError: when something is in the way of every run
        :raise AccessError: when the user isn't of Collections
        """
        self.ensure_one()
        self.check_access("write")
        actions = self.env["collection.action"]
        actions._check_collections()
        notices, left = self.env["dunning.notice"], Counter()
        for company, customers in self._customers_by_company().items():
            made = self.env["dunning.run"]._remind_now(company, customers)
            notices |= made
            decisions = self._decisions(company, customers - made.partner_id)
            left.update(self._why_not(decisions.get(one))[0] for one in customers - made.partner_id)
        title = self.env._("Reminders queued")
        labels = dict(notices._fields["state"]._description_selection(self.env))
        queued = notices.filtered(lambda notice: notice.state == "queued")
        if not queued and (waiting := notices.filtered(lambda notice: notice.state == "to_approve")):
            queued, title = waiting, self.env._("Reminders to approve")
        left.update(labels[notice.state] for notice in notices - queued)
        return actions._report(title, len(queued), left, notices)

    def _decisions(self, company, customers):
        """The decision in force on the oldest item of each."""
        decisions = self.env["dunning.decision"].search(
            [("partner_id", "in", customers.ids), ("company_id", "=", company.id), ("current", "=", True)]
        )
        oldest = {}
        for decision in decisions.sorted(lambda row: (row.move_line_id.date_maturity or row.date, row.id)):
            oldest.setdefault(decision.partner_id, decision)
        return oldest
