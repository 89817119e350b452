from odoo import fields, models

from ...engine.sales.keeping_touch import TOUCH_MODEL


class ContactResult(models.TransientModel):
    """Customers with whom one keeps in touch say when they want to be called, too."""

    _inherit = "contact.result"

    res_model = fields.Selection(selection_add=[(TOUCH_MODEL, "Keep in Touch")], ondelete={TOUCH_MODEL: "cascade"})
