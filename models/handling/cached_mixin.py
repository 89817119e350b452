from odoo import api, models


class CachedMixin(models.AbstractModel):
    """Records of which something is kept in the registry's cache: it is forgotten in all processes when
    one changes."""

    _name = "l2c.cached.mixin"
    _description = "Kept in the Cache"

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()
