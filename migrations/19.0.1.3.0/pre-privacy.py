def migrate(cr, _version):
    """Nothing is deleted that was collected before, until a manager has looked at what would go."""
    cr.execute("ALTER TABLE res_company ADD COLUMN IF NOT EXISTS is_deletion_confirmed boolean")
    cr.execute(
        """UPDATE res_company SET is_deletion_confirmed = NOT (
               EXISTS (SELECT FROM contact_attempt) OR EXISTS (SELECT FROM dunning_notice)
               OR EXISTS (SELECT FROM balance_confirmation))"""
    )
