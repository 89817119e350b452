def migrate(cr, _version):
    """Attempts and answers know the lines in the chatter that repeat their words: those that were written
    in the same transaction."""
    cr.execute(
        """UPDATE contact_attempt a SET message_id = m.id
             FROM mail_message m
            WHERE a.message_id IS NULL AND m.model = a.res_model AND m.res_id = a.res_id
              AND m.create_date = a.create_date AND m.message_type = 'notification' AND m.body LIKE '%<b>%'"""
    )
    cr.execute(
        """UPDATE dunning_answer a SET message_id = m.id
             FROM mail_message m
            WHERE a.message_id IS NULL AND m.model = 'dunning.notice' AND m.res_id = a.notice_id
              AND m.create_date = a.create_date AND m.author_id = a.partner_id AND m.body LIKE '%<b>%'"""
    )
