from odoo import fields, models
from odoo.addons.rating.models.rating_data import (
    RATING_HAPPY_VALUE,
    RATING_NEUTRAL_VALUE,
    RATING_UNHAPPY_VALUE,
)


class SatisfactionDialog(models.TransientModel):
    """What a customer says on the phone about how content it is."""

    _name = "satisfaction.dialog"
    _inherit = ["l2c.real.records.mixin"]
    _description = "Satisfaction"

    partner_id = fields.Many2one("res.partner", "Customer", required=True, readonly=True)
    note = fields.Text(help="What the customer said.")

    def action_happy(self):
        """Write down that the customer is content."""
        return self._rate(RATING_HAPPY_VALUE)

    def action_neutral(self):
        """Write down that the customer is neither content nor not."""
        return self._rate(RATING_NEUTRAL_VALUE)

    def action_unhappy(self):
        """Write down that the customer is not content."""
        return self._rate(RATING_UNHAPPY_VALUE)

    def _rate(self, value):
        self.ensure_one()
        self.check_access("write")
        customer = self.partner_id.commercial_partner_id
        customer.check_access("read")
        rating = self.env["rating.rating"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id(customer._name),
                "res_id": customer.id,
                "partner_id": customer.id,
                "rated_partner_id": self.env.user.partner_id.id,
            }
        )
        # Who collects reads customers, and writes down what they say without changing them.
        customer_sudo = customer.sudo()
        customer_sudo.rating_apply(value, rating=rating, feedback=self.note, subtype_xmlid="mail.mt_note")
        return {"type": "ir.actions.act_window_close"}
