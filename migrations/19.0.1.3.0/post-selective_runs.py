def migrate(cr, _version):
    """Runs for some customers say so: those that were merged or deleted since don't make them runs for all."""
    cr.execute("UPDATE dunning_run SET is_selective = TRUE WHERE id IN (SELECT run_id FROM dunning_run_partner_rel)")
