from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...engine.sales.sharing import shared_out


class SalesWorkHandOver(models.TransientModel):
    """All that a person is working on goes to others: who leaves, is ill, or changes the team."""

    _name = "sales.work.hand.over"
    _inherit = ["l2c.real.records.mixin"]
    _description = "Hand Over All Work"

    from_user_id = fields.Many2one(
        "res.users",
        "Salesperson until Now",
        required=True,
        domain=[("share", "=", False)],
        context={"active_test": False},
    )
    user_ids = fields.Many2many(
        "res.users",
        string="Who Gets It",
        domain=lambda self: self.env["lead.hand.over"]._salespeople(),
        help="Shared out evenly; all of one customer goes to one person.",
    )

    def action_hand_over(self):
        """Hand over the open leads and quotations, the customers, and what is planned for any of them, in the
        companies that are chosen.

        :raise UserError: when nobody gets it, or one of them doesn't work with leads or in a company
        """
        self.ensure_one()
        self.check_access("write")
        self._check_receivers()
        work = [self._leads(), self._quotations(), self._customers()]
        self._check_companies(work)
        shares = shared_out(self._by_customer(work), self.user_ids.ids)
        activities = sum(self._give(records, shares) for records in work)
        leads, quotations, customers = map(len, work)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "Handed over: leads %(leads)s, quotations %(quotations)s, customers %(customers)s, "
                    "planned activities %(activities)s.",
                    **{"leads": leads, "quotations": quotations, "customers": customers, "activities": activities},
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    # What it is ------------------------------------------------------------------------------

    def _own(self, model, domain, **context):
        own = Domain("user_id", "=", self.from_user_id.id) & Domain(
            "company_id", "in", [False, *self.env.companies.ids]
        )
        return self.env[model].with_context(**context).search(own & Domain(domain)).with_env(self.env)

    def _leads(self):
        """Those that are open, and those that were closed and are asked again."""
        asked = Domain("handling_role", "=", "lost") & Domain("reengaged_date", "!=", False)
        asked &= Domain("next_action_date", "!=", False)
        still_open = Domain("active", "=", True) & Domain("won_status", "=", "pending")
        return self._own("crm.lead", still_open | asked, active_test=False)

    def _quotations(self):
        return self._own("sale.order", [("state", "in", ("draft", "sent"))])

    def _customers(self):
        return self._own("res.partner", [])

    def _by_customer(self, work):
        """The documents, as pairs of model and id, in groups of one customer each."""
        groups = {}
        for records in work:
            for record in records:
                partner = record if record._name == "res.partner" else record.partner_id
                key = partner.commercial_partner_id.id or (record._name, record.id)
                groups.setdefault(key, []).append((record._name, record.id))
        return list(groups.values())

    def _give(self, records, shares):
        """Give the records to those who get them, with what is planned; returns how many activities."""
        planned = 0
        for user_id in self.user_ids.ids:
            theirs = records.filtered(lambda record, user=user_id: shares[record._name, record.id] == user)
            if theirs:
                # One message is enough for the new salesperson, not one for each.
                theirs.with_context(mail_auto_subscribe_no_notify=True).user_id = user_id
                activities = self.env["mail.activity"].sudo()  # who may give the document away gives its tasks, too
                activities = activities.search(
                    [
                        ("res_model", "=", theirs._name),
                        ("res_id", "in", theirs.ids),
                        ("user_id", "=", self.from_user_id.id),
                    ]
                )
                activities.with_context(mail_activity_quick_update=True).user_id = user_id
                planned += len(activities)
        return planned

    # Checks ----------------------------------------------------------------------------------

    def _check_receivers(self):
        if not self.user_ids:
            raise UserError(self.env._("Choose who gets the work."))
        if self.from_user_id in self.user_ids:
            raise UserError(self.env._("%s gives the work away. Choose others to get it.", self.from_user_id.name))
        for user in self.user_ids:
            if not (user.active and user.has_group("sales_team.group_sale_salesman")):
                raise UserError(self.env._("%s does not work with leads. Choose a salesperson.", user.name))

    def _check_companies(self, work):
        companies = self.env["res.company"].union(*(records.company_id for records in work))
        for user in self.user_ids:
            # Where somebody works is a fact of the company.
            if missing := companies - user.sudo().company_ids:
                raise UserError(
                    self.env._(
                        "%(user)s may not work in %(company)s. Choose somebody else.",
                        user=user.name,
                        company=missing[0].name,
                    )
                )
