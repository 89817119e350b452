def migrate(cr, _version):
    """What is planned on disputes and proposals by then can't be told apart from this addon's, and goes on so."""
    cr.execute(
        """UPDATE mail_activity SET handling_step = -2
            WHERE automated AND COALESCE(handling_step, 0) = 0 AND res_model IN ('dunning.dispute', 'dunning.write.off')"""
    )
