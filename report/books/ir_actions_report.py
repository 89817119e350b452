import io
from itertools import groupby

import lxml.html
from lxml import etree
from odoo import models
from odoo.addons.base.models.ir_actions_report import _wkhtml
from odoo.tools.pdf import merge_pdf


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        """Letters to many are one file from one process. Asked without ids, Odoo doesn't try
        to cut it into records, which costs a process each where it fails. Those that are kept are
        each a file."""
        report = self._get_report(report_ref)
        model = self._get_rendering_context_model(report)
        if getattr(model, "_is_letter", False) and res_ids:
            names = model._kept_names(self.env[report.model].browse(res_ids))
            if any(names.values()):
                print_one = super()._render_qweb_pdf_prepare_streams
                return {
                    record.id: self._kept(record, name)
                    or self._keep(record, name, print_one(report_ref, dict(data or {}), res_ids=record.ids)[record.id])
                    for record, name in names.items()
                }
            if len(res_ids) > 1:
                data, res_ids = dict(data or {}, docids=res_ids), None
        return super()._render_qweb_pdf_prepare_streams(report_ref, data, res_ids=res_ids)

    def _kept(self, record, name):
        """The file of this name as it was printed before; None when it wasn't."""
        about = [("res_model", "=", record._name), ("res_id", "=", record.id), ("name", "=", name)]
        kept = name and self.env["ir.attachment"].search(about, order="id desc", limit=1)
        return {"stream": io.BytesIO(kept.raw), "attachment": kept} if kept else None

    def _keep(self, record, name, printed):
        """Keep what was printed, for whoever may write the record: others only look."""
        if name and record.has_access("write"):
            values = {"name": name, "raw": printed["stream"].getvalue(), "mimetype": "application/pdf"}
            self.env["ir.attachment"].create({**values, "res_model": record._name, "res_id": record.id})
        return printed

    def _run_wkhtmltopdf(self, bodies, *args, **kwargs):
        """A converter without patched Qt (Debian's) takes one document only: it gets all as one,
        each from its own page; one for each direction of script, which have different styles."""
        if len(bodies) < 2 or _wkhtml().is_patched_qt:
            return super()._run_wkhtmltopdf(bodies, *args, **kwargs)
        pages = [lxml.html.document_fromstring(str(body)) for body in bodies]
        files = [
            super(IrActionsReport, self)._run_wkhtmltopdf([_joined(list(group))], *args, **kwargs)
            for _dir, group in groupby(pages, key=lambda page: page.body.get("dir"))
        ]
        return files[0] if len(files) == 1 else merge_pdf(files)


def _joined(pages):
    """One HTML document of many: the first takes in what the others show."""
    first, *others = pages
    for page in others:
        part = etree.SubElement(first.body, "div", style="page-break-before: always")
        part.extend(list(page.body))
    with io.BytesIO() as file:
        first.getroottree().write(file, method="html", encoding="utf-8", doctype="<!DOCTYPE html>")
        return file.getvalue().decode()
