def migrate(cr, _version):
    """What the customer needs stands on open quotations, as their leads tell it; in one statement: computed, it
    would be asked for quotation by quotation."""
    cr.execute("ALTER TABLE sale_order ADD COLUMN IF NOT EXISTS customer_need text")
    cr.execute(
        """UPDATE sale_order o SET customer_need = l.need
             FROM crm_lead l WHERE l.id = o.opportunity_id AND o.state IN ('draft', 'sent') AND l.need != ''"""
    )
