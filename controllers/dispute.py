from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import content_disposition, request
from odoo.tools.pdf import merge_pdf

from ..engine.portal.answers import read_number


class DisputeDocuments(http.Controller):
    """The documents of a dispute, for whoever owns it."""

    @http.route("/lead-to-cash/dispute/<string(maxlength=10):dispute_id>", type="http", auth="user", methods=["GET"])
    def documents(self, dispute_id, **_query):
        """The documents that a dispute is about, as one PDF, for whoever may read the dispute; no other one."""
        dispute = request.env["dunning.dispute"].browse(read_number(dispute_id) or 0).exists()
        try:
            dispute.ensure_one()
            dispute.check_access("read")
        except (AccessError, MissingError, ValueError):
            raise request.not_found() from None
        # Who owns a dispute need not see other documents: these alone are shown, and nothing but their paper.
        moves_sudo = dispute.sudo().move_line_ids.move_id.filtered(lambda move: move.is_invoice())
        files = [move._document_pdf() for move in moves_sudo]
        if not files:
            raise request.not_found()
        name, content = files[0] if len(files) == 1 else ("documents.pdf", merge_pdf([raw for _name, raw in files]))
        headers = {
            "Content-Type": "application/pdf",
            "Content-Disposition": content_disposition(name, disposition_type="inline"),
            "X-Content-Type-Options": "nosniff",
        }
        return request.make_response(content, list(headers.items()))
