"""What Odoo's `privacy_lookup` overlooks of ours: it looks for fields with an e-mail address, and for
those that name a customer and don't go with it."""

from odoo.tools import SQL, email_normalize


def overlooked(name, email, model_ids):
    """SQL for ``res_model_id, res_id, is_active`` of attempts on a lead that has no customer yet, and of
    what goes with a customer: why it was watched, what was heard of it, and released sales.

    :param model_ids: {model: its id}
    """
    return SQL(
        """
        SELECT %(attempt)s AS res_model_id, a.id AS res_id, TRUE AS is_active
          FROM contact_attempt a JOIN crm_lead d ON d.id = a.res_id
         WHERE a.res_model = 'crm.lead' AND a.partner_id IS NULL
           AND (d.email_normalized = %(email)s OR d.contact_name ILIKE %(name)s)
         UNION ALL
        SELECT %(watch)s, w.id, TRUE FROM dunning_watch w WHERE w.partner_id IN (%(partners)s)
         UNION ALL
        SELECT %(warning)s, x.id, x.active FROM customer_warning x WHERE x.partner_id IN (%(partners)s)
         UNION ALL
        SELECT %(release)s, r.id, TRUE FROM dunning_sales_release r WHERE r.partner_id IN (%(partners)s)
        """,
        attempt=model_ids["contact.attempt"],
        watch=model_ids["dunning.watch"],
        warning=model_ids["customer.warning"],
        release=model_ids["dunning.sales.release"],
        email=email_normalize(email.strip()),
        name=name.strip(),
        partners=SQL(
            "SELECT p.id FROM res_partner p WHERE p.email_normalized = %s OR p.name ILIKE %s",
            email_normalize(email.strip()),
            name.strip(),
        ),
    )
