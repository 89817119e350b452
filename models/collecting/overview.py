from odoo import models
from odoo.fields import Domain

from ..sales.overview import Tile


class Overview(models.AbstractModel):
    _inherit = "l2c.overview"

    def _tiles(self):
        """And what should be money and isn't, of what the reader sees."""
        _count, amounts = self.env["collection.leak"]._figure()
        label = self.env._("Leaks: %(amounts)s", amounts=amounts) if amounts else self.env._("Leaks")
        return [*super()._tiles(), Tile("leak", label, "collection.leak", Domain.TRUE, is_red=True)]
