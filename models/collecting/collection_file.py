from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools.pdf import PdfReadError, merge_pdf


class ResPartner(models.Model):
    """The file for the lawyer."""

    _inherit = "res.partner"

    def action_collection_file(self):
        """All that a lawyer needs to know of each customer, one PDF each, kept as attachment of the last
        notice, for those who read notices; without one for who made it. Opens the only one."""
        self.check_access("read")
        self.env["dunning.notice"].check_access("read")
        files = self.env["ir.attachment"]
        for customer in self.commercial_partner_id:
            files += customer._make_collection_file()
        if len(files) == 1:
            return {"type": "ir.actions.act_url", "url": f"/web/content/{files.id}?download=true", "target": "self"}
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Collection files"),
            "res_model": "ir.attachment",
            "view_mode": "list,form",
            "domain": [("id", "in", files.ids)],
        }

    def _make_collection_file(self):
        self.ensure_one()
        invoices = self._collectable_invoices()
        if not invoices:
            raise UserError(
                self.env._("%(name)s has no open invoices, so there is nothing to hand over.", name=self.name)
            )
        notice = self.env["dunning.notice"].search(
            [("partner_id", "=", self.id), ("company_id", "=", self.env.company.id)], limit=1
        )
        values = {
            "name": self.env._("Collection file %(name)s.pdf", name=self.name),
            "raw": self._merged(self._collection_parts(invoices)),
            "mimetype": "application/pdf",
            "description": self._collection_file_mark(),
            "res_model": notice._name if notice else False,
            "res_id": notice.id,
        }
        # Who may read notices need not be allowed to write them.
        return self.env["ir.attachment"].sudo().create(values).sudo(False)

    def _collection_file_mark(self):
        """By which the file is found again, wherever it is attached."""
        return f"lead_to_cash: collection file of {self.id}"

    def _collectable_invoices(self):
        domain = Domain(
            [
                ("commercial_partner_id", "=", self.id),
                ("company_id", "=", self.env.company.id),
                ("move_type", "in", ("out_invoice", "out_receipt")),
            ]
        )
        moves = self.env["account.move"]
        return moves.search(domain & moves._uncollected_domain(), order="invoice_date, name")

    def _collection_parts(self, invoices):
        """Pairs of a name and a PDF: summary, invoices, orders, what was posted and sent in."""
        # Orders and lines belong to the claim, whoever makes the file.
        orders = invoices.sudo().line_ids.sale_line_ids.order_id
        parts = [self._printed("lead_to_cash.action_report_collection_cover", self)]
        sent = invoices.filtered("invoice_pdf_report_id")
        parts += [(invoice.name, invoice.invoice_pdf_report_id.raw) for invoice in sent]
        parts.append(self._printed("account.account_invoices", invoices - sent))
        parts.append(self._printed("sale.action_report_saleorder", orders))
        entries = self.env["l2c.correspondence"]._of(self)
        parts += [(file["name"], file["raw"]) for entry in entries for file in entry["files"] if file["raw"]]
        return [part for part in parts if part]

    def _printed(self, report, records):
        if not records:
            return None
        # With the rights with which the records were read.
        reports = self.env["ir.actions.report"].sudo(records.env.su).with_context(report_pdf_no_attachment=True)
        return self.env.ref(report).sudo().name, reports._render_qweb_pdf(report, records.ids)[0]  # its title

    def _merged(self, parts):
        for name, raw in parts:
            try:
                merge_pdf([raw])
            except (PdfReadError, ValueError, TypeError, NotImplementedError) as error:
                message = self.env._(
                    "The PDF of %(name)s can't be read. Print it anew, then make the file again.", name=name
                )
                raise UserError(message) from error
        return merge_pdf([raw for _name, raw in parts])
