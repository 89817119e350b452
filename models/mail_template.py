import uuid

from lxml import html
from odoo import models


class MailTemplate(models.Model):
    _inherit = "mail.template"

    def _render_bodies_at_once(self, records):
        """The body for each of ``records``, in their order: compiled and run once, where the
        mixin's rendering compiles it for each record."""
        mark = uuid.uuid4().hex
        source = f'<t t-foreach="objects" t-as="object"><t t-out="mark"/>{self.body_html}</t>'
        values = {**self._render_eval_context(), "objects": records, "mark": mark}
        rendered = self.env["ir.qweb"]._render(html.fragment_fromstring(source, create_parent="div"), values)
        parts = rendered.removeprefix("<div>").removesuffix("</div>").split(mark)[1:]
        bodies = dict(zip(records.ids, parts, strict=True))
        return list(self._render_template_postprocess(records._name, bodies).values())
