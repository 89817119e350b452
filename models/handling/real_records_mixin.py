from odoo import models
from odoo.api import NewId
from odoo.exceptions import MissingError


class RealRecordsMixin(models.AbstractModel):
    """Nobody has rights over what is no record: a client may send None, False or 0 for an id,
    and the host's rules don't look at these. Public methods ask for their right first."""

    _name = "l2c.real.records.mixin"
    _description = "Rights over Real Records"

    def _check_access(self, operation):
        if not all(self._ids):
            none = self.browse(key for key in self._ids if not key and not isinstance(key, NewId))
            if none:
                return none, lambda: MissingError(self.env._("There is no such record. Choose one that exists."))
        return super()._check_access(operation)
