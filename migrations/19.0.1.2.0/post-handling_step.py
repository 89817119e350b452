def migrate(cr, version):
    """Until now everything automated was dropped as if this addon had planned it; what is planned by
    then can't be told apart, and goes on so."""
    cr.execute(
        """UPDATE mail_activity SET handling_step = -2
            WHERE automated AND COALESCE(handling_step, 0) = 0
              AND res_model IN ('crm.lead', 'sale.order', 'account.move', 'dunning.notice')"""
    )
