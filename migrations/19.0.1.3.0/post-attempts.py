def migrate(cr, _version):
    """Attempts have a company: their document's; of a customer, the only one that whoever called works
    in, else the customer's own, else the only one that has billed the customer. Of what is left nobody
    knows whose it was: who made it sees it."""
    for model, table in (("account.move", "account_move"), ("sale.order", "sale_order"), ("crm.lead", "crm_lead")):
        cr.execute(
            f"""UPDATE contact_attempt a SET company_id = d.company_id
                  FROM {table} d WHERE a.res_model = %s AND d.id = a.res_id""",
            (model,),
        )
    cr.execute(
        """
        UPDATE contact_attempt a
           SET company_id = COALESCE(
                   (SELECT min(w.cid) FROM res_company_users_rel w WHERE w.user_id = a.user_id HAVING count(*) = 1),
                   p.company_id,
                   (SELECT min(m.company_id) FROM account_move m
                     WHERE m.commercial_partner_id = p.id AND m.state = 'posted'
                       AND m.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                    HAVING count(DISTINCT m.company_id) = 1))
          FROM res_partner p
         WHERE a.res_model = 'res.partner' AND p.id = a.res_id
        """
    )
    forget_lines(cr)


def forget_lines(cr):
    """What was said of debts stood in the customer's chatter too, which every employee reads: the line
    of an attempt is the one that was written with it."""
    cr.execute(
        """
        DELETE FROM mail_message m USING contact_attempt a
         WHERE a.res_model = 'res.partner' AND m.model = 'res.partner' AND m.res_id = a.res_id
           AND m.create_uid = a.create_uid AND m.create_date = a.create_date
           AND m.message_type = 'notification' AND m.body LIKE '%<b>%: %</b>%'
        """
    )
