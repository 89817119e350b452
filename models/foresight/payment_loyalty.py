from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ...engine.foresight import loyalty as engine

REWARDS = [("term", "Payment term"), ("discount", "Discount on new orders")]


class PaymentLoyalty(models.Model):
    """What a customer earns who has paid on time for long. None is shipped: whoever wants one writes it."""

    _name = "payment.loyalty"
    _inherit = ["l2c.audited.mixin", "l2c.real.records.mixin"]
    _description = "Reward for Paying on Time"
    _order = "sequence, id"

    _audits_existence = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10, help="A customer earns the first one that fits.")
    active = fields.Boolean(default=True, audited=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True, audited=True
    )
    months = fields.Integer("Months with Grade A", default=12, required=True, audited=True)
    reward = fields.Selection(REWARDS, required=True, default="term", audited=True)
    payment_term_id = fields.Many2one("account.payment.term", check_company=True, audited=True)
    discount = fields.Float("Discount (%)", digits=(5, 2), audited=True)
    grant_ids = fields.One2many("payment.loyalty.grant", "loyalty_id", readonly=True)

    @api.constrains("months", "reward", "payment_term_id", "discount")
    def _check_reward(self):
        for loyalty in self:
            if loyalty.months < 1:
                raise ValidationError(self.env._("A reward is earned by one month with grade A at least."))
            if loyalty.reward == "term" and not loyalty.payment_term_id:
                raise ValidationError(self.env._("Choose the payment term that “%s” gives.", loyalty.name))
            if loyalty.reward == "discount" and not 0 < loyalty.discount < 100:
                raise ValidationError(self.env._("A discount is more than 0 and less than 100 per cent."))

    # Every night ----------------------------------------------------------------------

    @api.model
    def _follow(self, company, as_of):
        """Propose what was earned in a company until a day, and take back what was lost; set-based.

        :return: (number of new proposals, number of those that ended)
        """
        self.env.flush_all()
        # The night's: whoever it runs as.
        grants_sudo = self.env["payment.loyalty.grant"].sudo()
        lost = grants_sudo.browse(row[0] for row in self.env.execute_query(engine.lost(company.id, as_of)))
        lost._end_by_rule()
        self.env.flush_all()
        partners = self.env["res.partner"].sudo().with_company(company)  # as above: its terms
        term = SQL("(%s)::int", partners._field_to_sql("cp", "property_payment_term_id"))
        earned = engine.earned(company.id, as_of, term, self.env.uid, company._now())
        found = self.env.execute_query(earned)
        grants_sudo.invalidate_model()
        return len(found), len(lost)
