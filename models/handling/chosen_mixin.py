from odoo import api, fields, models
from odoo.exceptions import UserError


class ChosenMixin(models.AbstractModel):
    """A dialog about records that were chosen on a list or a form."""

    _name = "l2c.chosen.mixin"
    _description = "About Chosen Records"

    res_ids = fields.Json(required=True)

    @api.model_create_multi
    def create(self, vals_list):
        dialogs = super().create(vals_list)
        for dialog in dialogs:
            dialog._chosen_ids()
        return dialogs

    def write(self, vals):
        result = super().write(vals)
        if "res_ids" in vals:
            for dialog in self:
                dialog._chosen_ids()
        return result

    def _chosen_ids(self):
        """The ids as the client sent them.

        :raise UserError: when they aren't ids
        """
        ids = self.res_ids or []
        # True is 1 in Python, and no id.
        if not isinstance(ids, list) or any(type(number) is not int or not 0 < number < 2**31 for number in ids):
            raise UserError(self.env._("There is no such record. Choose one that exists."))
        return ids

    def _chosen(self, model):
        """The records that were chosen."""
        return self.env[model].browse(self._chosen_ids())
