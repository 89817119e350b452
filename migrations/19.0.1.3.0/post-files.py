#: What they were called, by language.
NAMES = ("Collection file %.pdf", "תיק גבייה %.pdf", "Dosar de recuperare %.pdf")


def migrate(cr, _version):
    """Collection files hung on the customer, for every employee and company: they are for who made
    them, who can make them anew."""
    cr.execute(
        """
        UPDATE ir_attachment SET res_model = NULL, res_id = NULL
         WHERE res_model = 'res.partner' AND res_field IS NULL AND mimetype = 'application/pdf'
           AND name LIKE ANY (%s)
        """,
        (list(NAMES),),
    )
