from odoo import http
from odoo.http import content_disposition, request

from ..models.portal.token_page import LARGEST_ID


class Kept(http.Controller):
    """What is kept about a person, for who may give it out: made for the download, stored nowhere."""

    @http.route("/lead-to-cash/kept/<int:partner_id>", type="http", auth="user", methods=["GET"], readonly=True)
    def kept(self, partner_id, **_query):
        """One ZIP: kept.html to read, kept.json for machines, and proofs."""
        partner = request.env["res.partner"].browse(partner_id if 0 < partner_id <= LARGEST_ID else 0).exists()
        if not partner:
            raise request.not_found()
        partner._check_may_export()
        content = request.env["l2c.kept"]._archive(partner)
        headers = [
            ("Content-Type", "application/zip"),
            ("Content-Disposition", content_disposition(f"kept-{partner.id}.zip")),
            ("Cache-Control", "no-store"),
        ]
        return request.make_response(content, headers=headers)
