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
        to cut it into records, which costs a process each where it fails."""
        letters = getattr(self._get_rendering_context_model(self._get_report(report_ref)), "_is_letter", False)
        if letters and res_ids and len(res_ids) > 1:
            data, res_ids = dict(data or {}, docids=res_ids), None
        return super()._render_qweb_pdf_prepare_streams(report_ref, data, res_ids=res_ids)

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
