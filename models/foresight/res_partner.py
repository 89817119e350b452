from odoo import api, fields, models

from ...engine.foresight.following import PARTNER_MARKS
from ...engine.foresight.persons import OF_GRADES, left_out, unmark
from ..books.res_partner import BOOKKEEPERS


class ResPartner(models.Model):
    """How a customer pays the company in which one works, and what becomes of it when the customer is a person."""

    _inherit = "res.partner"

    payment_grade_id = fields.Many2one(
        "payment.grade", "Present Grade", compute="_compute_payment_grade_id", groups=BOOKKEEPERS
    )
    grade_since = fields.Date("Grade since", compute="_compute_payment_grade_id", groups=BOOKKEEPERS)
    grade_reasons = fields.Char("Reasons of the Grade", compute="_compute_payment_grade_id", groups=BOOKKEEPERS)
    grade_raise = fields.Char("What Would Raise It", compute="_compute_payment_grade_id", groups=BOOKKEEPERS)

    @api.depends_context("company", "uid", "lang")
    @api.depends("payment_grade_ids.until")
    def _compute_payment_grade_id(self):
        rows = self.env["payment.grade"].search(
            [
                ("partner_id", "in", self.commercial_partner_id.ids),
                ("company_id", "=", self.env.company.id),
                ("until", "=", False),
            ]
        )
        by_customer = {row.partner_id: row for row in rows}
        for partner in self:
            row = by_customer.get(partner.commercial_partner_id, rows.browse())
            partner.payment_grade_id, partner.grade_since = row, row.since
            partner.grade_reasons, partner.grade_raise = row.reason_text, row.raise_text

    def action_payment_grades(self):
        """Open the grades that the customer has had."""
        self.env["payment.grade"].check_access("read")
        self.check_access("read")
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("lead_to_cash.payment_grade_action")
        domain = [("partner_id", "=", self.commercial_partner_id.id)]
        history = self.env.ref("lead_to_cash.payment_grade_view_list_history")
        return action | {
            "domain": domain,
            "context": {},
            "display_name": self.env._("Payment Grades"),
            "views": [(history.id, "list"), (False, "form")],
        }

    # Persons --------------------------------------------------------------------------

    def _became_another_kind(self):
        """Who becomes a person loses grade and forecasts with that very change, where persons aren't graded."""
        self.env["res.partner"]._lose_grades(partners=self | self.commercial_partner_id)

    @api.model
    def _lose_grades(self, companies=None, partners=None):
        """Whoever isn't graded keeps nothing of it, in these companies, of these partners; None: all."""
        ids = (None if companies is None else companies.ids, None if partners is None else partners.ids)
        self._lose_what_grades_gave(*ids)
        # Whoever changes what a customer is, or switches it off, need not see grades.
        self.env["payment.grade"].sudo()._drop_left_out(companies, partners)
        for name in PARTNER_MARKS:
            self.env.execute_query(unmark(name, *ids))
        self.invalidate_model([*PARTNER_MARKS], flush=False)

    @api.model
    def _lose_what_grades_gave(self, *ids):
        """Rewards, proposals and reasons of the watch list that come from a grade end with it.

        :param ids: of companies, and of partners; None: all
        """
        self.env.flush_all()
        for name, condition in OF_GRADES.items():
            rows = self.env.execute_query(left_out(name.replace(".", "_"), condition, *ids))
            # As of grades.
            self.env[name].sudo().browse(row[0] for row in rows)._end_by_rule()
