from odoo import fields, models


class ResCompany(models.Model):
    """Whose paying is judged."""

    _inherit = "res.company"

    grade_persons = fields.Boolean(
        "Grade Natural Persons",
        help="Judging how a person pays is profiling: say so in your privacy notice, and let nothing follow from it "
        "that no human has decided (GDPR art. 22). A grade alone never holds a person's order.",
        groups="base.group_user",
        audited=True,
    )

    def _persons_switched(self):
        """Switched off, what is known of persons goes at once; switched on, the next night grades them."""
        self.env["res.partner"]._lose_grades(companies=self)
