from hashlib import sha256

from odoo import fields, models
from odoo.tools import SQL


class TermsVersion(models.Model):
    """Terms and conditions as customers have accepted them: each text once in a company, numbered. Never changed."""

    _name = "sale.terms.version"
    _inherit = ["l2c.protected.mixin", "l2c.clock.mixin"]
    _description = "Version of the Terms and Conditions"
    _order = "company_id, number desc"
    _rec_name = "number"
    _written_by = "the customer's signature"

    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    number = fields.Integer("Version", required=True, readonly=True, aggregator=None)
    digest = fields.Char(required=True, readonly=True, help="SHA-256 of the text.")
    text = fields.Html(required=True, readonly=True, sanitize=False)
    since = fields.Datetime("First Accepted on", required=True, readonly=True)

    _digest_uniq = models.Constraint("UNIQUE(company_id, digest)", "This text has a version.")
    _number_uniq = models.Constraint("UNIQUE(company_id, number)", "This version has a text.")

    def _of_text(self, company, text):
        """The version of a text in a company, as superuser; a new one for a text that nobody has accepted yet.

        Two customers who sign a new text at once: the second transaction fails to serialize and is repeated.
        """
        digest = sha256(str(text).encode()).hexdigest()
        self.env.execute_query(
            SQL(
                """
                INSERT INTO sale_terms_version (company_id, number, digest, text, since, create_uid, create_date)
                SELECT %(company)s, COALESCE(MAX(number), 0) + 1, %(digest)s, %(text)s, %(now)s, %(user)s, %(now)s
                  FROM sale_terms_version WHERE company_id = %(company)s
                    ON CONFLICT DO NOTHING
             RETURNING id
                """,
                company=company.id,
                digest=digest,
                text=str(text),
                now=self._now(),
                user=self.env.uid,
            )
        )
        # Nobody reads it directly.
        return self.sudo().search([("company_id", "=", company.id), ("digest", "=", digest)])
