from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class ResUsers(models.Model):
    """Who stands in for a collector who is away."""

    _inherit = "res.users"

    collector_substitute_id = fields.Many2one(
        "res.users",
        "Substitute for Collecting",
        domain=[("share", "=", False)],
        help="Gets the customers' replies and tasks while the collector is away.",
        groups="base.group_user",
    )
    collector_absent_from = fields.Date("Away from", help="Empty: from now on.", groups="base.group_user")
    collector_absent_until = fields.Date("Away until", help="Empty: until further notice.", groups="base.group_user")

    @api.constrains("collector_substitute_id", "collector_absent_from", "collector_absent_until")
    def _check_collector_absence(self):
        for user in self.filtered("collector_substitute_id"):
            if user.collector_substitute_id == user:
                raise ValidationError(
                    self.env._("%(name)s can't stand in for themselves. Choose somebody else.", name=user.name)
                )
            first, last = user.collector_absent_from, user.collector_absent_until
            if first and last and first > last:
                raise ValidationError(self.env._("The first day away comes after the last one. Change one of them."))

    @api.constrains("collector_substitute_id", "collector_absent_from", "collector_absent_until")
    def _check_collectors(self):
        """Customers with a login of their own collect nothing, and stand in for nobody."""
        for user in self:
            says = user.collector_substitute_id or user.collector_absent_from or user.collector_absent_until
            if says and user.share:
                raise ValidationError(self.env._("%(name)s is no colleague, so nobody stands in.", name=user.name))
        self._check_colleagues(self.collector_substitute_id)

    @property
    def SELF_WRITEABLE_FIELDS(self):
        absence = ["collector_substitute_id", "collector_absent_from", "collector_absent_until"]
        return [*super().SELF_WRITEABLE_FIELDS, *absence]

    def _acting(self):
        """Who does the work of this collector today: the user, else the substitute, else the
        substitute's own; the user when all of them are away."""
        today = self.env["res.company"]._today()
        # Whoever plans work for a colleague need not see the colleague's settings.
        user_sudo, seen_sudo = self.sudo(), self.browse().sudo()
        while user_sudo and user_sudo not in seen_sudo:
            if not user_sudo._is_away(today):
                return user_sudo.with_env(self.env)
            seen_sudo |= user_sudo
            user_sudo = user_sudo.collector_substitute_id.filtered(lambda user: user.active and not user.share)
        return self

    def _is_away(self, today):
        first, last = self.collector_absent_from, self.collector_absent_until
        return bool(self.collector_substitute_id) and (not first or first <= today) and (not last or today <= last)

    def _acting_for(self):
        """The user, and all whom the user stands in for today."""
        today = self.env["res.company"]._today()
        domain = Domain("collector_substitute_id", "!=", False)
        domain &= Domain("collector_absent_from", "=", False) | Domain("collector_absent_from", "<=", today)
        domain &= Domain("collector_absent_until", "=", False) | Domain("collector_absent_until", ">=", today)
        away_sudo = self.sudo().with_context(active_test=False).search(domain)  # as in _acting
        return self | away_sudo.filtered(lambda user: user._acting() == self).with_env(self.env)
