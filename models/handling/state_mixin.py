from odoo import models
from odoo.exceptions import UserError


class StateMixin(models.AbstractModel):
    """A record with a life: named actions lead it from one state to another, along the ways that its
    model allows."""

    _name = "l2c.state.mixin"
    _inherit = ["l2c.protected.mixin"]
    _description = "States along Allowed Ways"

    _state_field = "state"
    #: {state: those that may follow}
    _transitions = {}

    def _set_state(self, target, **values):
        """Go on to ``target``, and write ``values`` with it.

        :raise UserError: from a state that doesn't lead there
        """
        for state, records in self.grouped(self._state_field).items():
            if target not in self._transitions[state]:
                raise UserError(records[0]._no_way(target))
        # Who may do it was asked by the action.
        self.sudo().write({self._state_field: target, **self._stamp(target), **values})

    def _stamp(self, _target):
        """What is noted of the moment of a change."""
        return {}

    def _no_way(self, target):
        """Why the record can't become ``target``, and what to do instead."""
        labels = dict(self._fields[self._state_field]._description_selection(self.env))
        return self.env._(
            "%(name)s is “%(state)s” and can't become “%(target)s”. %(advice)s",
            name=self.display_name,
            state=labels.get(self[self._state_field], ""),
            target=labels[target],
            advice=self._way_out(),
        )

    def _way_out(self):
        """What can be done with the record as it is, in a sentence."""
        return self.env._("Open it: its buttons are what can be done now.")
