from odoo import SUPERUSER_ID, api

#: The shipped levels that threaten with the lawyer.
FINAL = ("level_freelancers_6", "level_private_persons_5", "level_standard_6")


def migrate(cr, _version):
    """Which levels are final notices was told by their texts alone: the shipped ones, and those with the
    shipped text or the hand-over to a lawyer."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    template, lawyer = (
        env.ref(f"lead_to_cash.{name}", raise_if_not_found=False)
        for name in ("mail_template_final_notice", "mail_activity_type_lawyer")
    )
    cr.execute(
        """UPDATE dunning_level SET is_final = TRUE
            WHERE mail_template_id = %s OR next_activity_type_id = %s
               OR id IN (SELECT res_id FROM ir_model_data
                          WHERE module = 'lead_to_cash' AND model = 'dunning.level' AND name IN %s)""",
        (template.id if template else None, lawyer.id if lawyer else None, FINAL),
    )
