def migrate(cr, _version):
    """The call list reads columns of its own: what was known of several together is needed no more; the planner is
    told of the new ones before the first page."""
    cr.execute("DROP STATISTICS IF EXISTS crm_lead_call_list_stat")
    cr.execute("ANALYZE crm_lead")
