from odoo import api, models
from odoo.exceptions import UserError
from odoo.models import LOG_ACCESS_COLUMNS
from odoo.tools import format_list, ormcache

from ...engine.handling.own import own

OURS = "lead_to_cash"


class ProtectedMixin(models.AbstractModel):
    """What this addon adds to a model is written by its actions, which ask for their right first and
    then write as superuser. Fields of other addons and of companies' own stay free."""

    _name = "l2c.protected.mixin"
    _inherit = ["l2c.real.records.mixin"]
    _description = "Written by Actions"

    #: Fields of ours that whoever may write a record writes.
    _writable = frozenset()
    #: Fields of ours that whoever makes a record says, once.
    _given = frozenset()
    #: Fields of the host that our actions alone write, too.
    _protected_too = frozenset()
    #: On a model of the host with many fields of ours for people: those that aren't read-only are theirs.
    _editable_is_writable = False
    #: What writes the others.
    _written_by = ""

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.su:
            return super().create(vals_list)
        protected = self._protected_names()  # of others nobody needs to know a default
        said = ((name, vals[name]) for vals in vals_list for name in protected.intersection(vals))
        self._refuse_protected({name for name, value in said if not self._is_first(name, value)})
        first = self._first_values()
        return super().create([first | vals for vals in vals_list])

    def _is_first(self, name, value):
        """Whether a new record may say so: where the host hands on what it had anyway (as for the contact of
        a new user), or what is asked of it."""
        field = self._fields.get(name)
        default = field and field.default and self._convert_to_write({name: field.default(self)})[name]
        return name in self._given or (self._editable_is_writable and (not value or value == default))

    def write(self, vals):
        if not (self.env.su or own(self.env, "l2c_merging")):
            self._refuse_protected(vals)
        return super().write(vals)

    @api.model
    @ormcache("self._name")
    def _protected_names(self):
        """Names of the fields that actions alone write."""
        return self._protected_too | frozenset(
            name
            for name, field in self._fields.items()
            if field._modules[:1] == (OURS,)
            and name not in LOG_ACCESS_COLUMNS
            and (field.store or field.inverse)
            and (field.readonly or not (field.related or self._editable_is_writable))  # what it shows is written
            and name not in self._writable
        )

    def _refuse_protected(self, names):
        refused = sorted(self._protected_names().intersection(names))
        if refused:
            labels = format_list(self.env, [self._fields[name]._description_string(self.env) for name in refused])
            raise UserError(
                self.env._(
                    "“%(fields)s” can't be written directly. Use %(actions)s.", fields=labels, actions=self._written_by
                )
            )

    @api.model
    def _first_values(self):
        """What a new record has in its protected fields, whatever a client or a stored default says."""
        names = self._protected_names() - self._given
        said = {key.removeprefix("default_") for key in self.env.context if key.startswith("default_")}
        said.update(self.env["ir.default"]._get_model_defaults(self._name))
        first = {name: self._fields[name].default for name in names & said}
        return self._convert_to_write({name: default and default(self) for name, default in first.items()})
