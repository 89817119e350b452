def migrate(cr, _version):
    """An invoice had its customer's grade twice; filters that users kept say the one that stayed."""
    cr.execute(
        """
        UPDATE ir_filters
           SET domain = regexp_replace(domain, '([''"])payment_grade\\1', '\\1customer_grade\\1', 'g'),
               context = regexp_replace(context, '([''"])payment_grade\\1', '\\1customer_grade\\1', 'g'),
               sort = regexp_replace(sort, '"payment_grade( (?:asc|desc))?"', '"customer_grade\\1"', 'gi')
         WHERE model_id = 'account.move' AND CONCAT(domain, context, sort) LIKE '%payment_grade%'
        """
    )
