from odoo import api, models
from odoo.exceptions import ValidationError


class ResUsers(models.Model):
    """Who can be given work."""

    _inherit = "res.users"

    @api.model
    def _check_colleagues(self, users):
        """Work is for colleagues: a domain on a field is the screen's alone.

        :raise ValidationError: for a customer with a login of their own
        """
        users_sudo = users.sudo()  # a fact of the user
        if strangers := users_sudo.filtered("share"):
            raise ValidationError(
                self.env._("%(name)s is no colleague. Choose somebody who works here.", name=strangers[0].name)
            )

    def _working_in(self, company):
        """Those of the users who may work in ``company`` today."""
        # Where somebody works is a fact of the company.
        return self.filtered(lambda user: user.active and not user.share and company in user.sudo().company_ids)
