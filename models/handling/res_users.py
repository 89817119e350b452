from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import ValidationError


class ResUsers(models.Model):
    """Who can be given work, and in which language it is said."""

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

    def _reading(self, records):
        """``records`` as this user reads them: an activity for the user says in that language what is to be
        done, whoever's request or job plans it. Nobody reads them in the language of the company."""
        # In which language a colleague and a company speak is no secret.
        lang = self.sudo().lang or records.env.company.sudo().partner_id.lang
        return records.with_context(lang=lang or records.env.lang)

    @api.model
    def _noting(self, records, responsible):
        """``records`` as who reads their chatter does, where a note for colleagues is: who acts; where that is
        a customer or a job, the ``responsible``."""
        actor = self.env.user
        acts = actor.id != SUPERUSER_ID and actor._is_internal()
        return (actor if acts else responsible)._reading(records)
