from odoo import fields, models

#: Expected days late at most 2, 10, 30, 60, more; fewer than five settled documents: new.
PAYMENT_GRADES = [("a", "A"), ("b", "B"), ("c", "C"), ("d", "D"), ("e", "E"), ("new", "New")]


class PaymentGrade(models.Model):
    """How a customer pays one company, and since when: one row for each grade it had, the last without an end."""

    _name = "payment.grade"
    _inherit = ["l2c.protected.mixin", "l2c.reasons.mixin"]
    _description = "Payment Grade"
    _order = "since desc, id desc"
    _writable = frozenset()
    _written_by = "the nightly job"

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    grade = fields.Selection(PAYMENT_GRADES, required=True, readonly=True)
    since = fields.Date(required=True, readonly=True)
    until = fields.Date(readonly=True)
    as_of = fields.Date("As of", required=True, readonly=True)
    version = fields.Char(readonly=True, help="Of the model that gave it.")
    expected_days_late = fields.Float(digits=(16, 1), readonly=True, aggregator="avg")
    late_risk = fields.Float(
        "Chance of Lateness", readonly=True, aggregator="avg", help="That an open document is paid over 30 days late."
    )
    settled_count = fields.Integer("Settled Documents", readonly=True)
    late_count = fields.Integer("Paid Late", readonly=True)
    raise_count = fields.Integer(
        "Documents until Better",
        readonly=True,
        aggregator=None,
        help="So many further ones, paid on time, give the next better grade; of a new customer: settled ones.",
    )

    # A customer has one grade at a time; serves looking it up.
    _current_uniq = models.UniqueIndex(
        "(company_id, partner_id) WHERE until IS NULL", "A customer has one payment grade in a company at a time."
    )
