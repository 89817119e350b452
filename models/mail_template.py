import uuid

from lxml import html
from markupsafe import Markup
from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.tools.rendering_tools import parse_inline_template, render_inline_template
from odoo.tools.safe_eval import safe_eval


class MailTemplate(models.Model):
    _inherit = "mail.template"

    def _render_bodies_at_once(self, records):
        """The body for each of ``records``, in their order: compiled and run once, where the
        mixin's rendering compiles it for each record."""
        bodies = dict(zip(records.ids, map(self._directed, self._render_parts(records)), strict=True))
        return list(self._render_template_postprocess(records._name, bodies).values())

    def _render_parts(self, records):
        mark = uuid.uuid4().hex
        source = f'<t t-foreach="objects" t-as="object"><t t-out="mark"/>{self.body_html}</t>'
        values = {**self._render_eval_context(), "objects": records, "mark": mark}
        rendered = self.env["ir.qweb"]._render(html.fragment_fromstring(source, create_parent="div"), values)
        return rendered.removeprefix("<div>").removesuffix("</div>").split(mark)[1:]

    def _directed(self, body):
        """The body in the direction of its language: mail programs don't know it."""
        if self.env["res.lang"]._get_data(code=self.env.context.get("lang")).direction != "rtl":
            return body
        return Markup('<div dir="rtl">%s</div>') % Markup(body)

    def _render_lines_at_once(self, name, records):
        """The field ``name`` (a subject, an address) by id of record; each expression in it is
        compiled once."""
        values = {**self._render_eval_context(), "objects": records}
        lines = dict.fromkeys(records.ids, "")
        for text, expression, default in parse_inline_template(self[name] or ""):
            found = safe_eval(f"[({expression}) for object in objects]", values) if expression else [""] * len(records)
            for record_id, value in zip(lines, found, strict=True):
                lines[record_id] += text + str(value or default or "")
        return lines

    @api.constrains("body_html", "subject", "email_from")
    def _check_dunning(self):
        """A template that a level uses is refused when it can't be rendered."""
        used = self.filtered(lambda template: template.model == "dunning.notice")
        if used:
            # Whoever edits templates need not see the policies.
            self.env["dunning.level"].sudo().search([("mail_template_id", "in", used.ids)])._check_template()

    def _check_renders(self, record):
        """Render for ``record``, which need not be saved.

        :raise ValidationError: saying what is wrong in the template
        """
        try:
            self._render_parts(record)
            for source in (self.subject, self.email_from):
                values = {**self._render_eval_context(), "object": record}
                render_inline_template(parse_inline_template(source or ""), values)
        except Exception as error:
            raise ValidationError(
                self.env._(
                    "The template %(name)s can't be rendered: %(reason)s. Correct it, or choose another.",
                    name=self.name,
                    reason=first_lines(error),
                )
            ) from error


def first_lines(error):
    """What went wrong, in a line; a template's error has its cause on the second one, or
    behind it."""
    lines = [*str(error).splitlines()[:2], *str(error.__cause__ or "").splitlines()[:1]]
    return " ".join(dict.fromkeys(line.strip() for line in lines if line)) or type(error).__name__
