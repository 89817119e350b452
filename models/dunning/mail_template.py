import uuid

from lxml import html
from markupsafe import Markup
from odoo import models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools.rendering_tools import parse_inline_template, render_inline_template
from odoo.tools.safe_eval import safe_eval

from ...engine.dunning.text_parts import filled

#: What is rendered for a notice.
RENDERED = ("body_html", "subject", "email_from")


class MailTemplate(models.Model):
    _inherit = "mail.template"

    def _render_bodies_at_once(self, records):
        """The body for each of ``records``, in their order: compiled and run once, where the
        mixin's rendering compiles it for each record."""
        bodies = dict(zip(records.ids, map(self._directed, self._render_parts(records)), strict=True))
        return list(self._render_template_postprocess(records._name, bodies).values())

    def _render_mails(self, records):
        """The whole e-mail for each of ``records``, in their order: its body in the frame of the record's
        company, which is rendered once for all."""
        lang = self.env.context.get("lang")
        frames = {company: company._mail_frame(lang) for company in records.company_id}
        bodies = self._render_bodies_at_once(records)
        return [frames[record.company_id].around(body) for record, body in zip(records, bodies, strict=True)]

    def _render_edited(self, record, text, parts):
        """The whole e-mail for ``record`` of a ``text`` that a person wrote, with what is computed in it.

        :param parts: as of ``engine.dunning.text_parts.split``, of a template: never what a person wrote
        """
        bodies = {record.id: self._directed(filled(text, self._render_computed(record, parts)))}
        [body] = self._render_template_postprocess(record._name, bodies).values()
        return record.company_id._mail_frame(self.env.context.get("lang")).around(body)

    def _render_computed(self, record, parts):
        """What each of the ``parts`` says of the record, in one pass: later ones know what earlier ones noted."""
        mark = uuid.uuid4().hex
        source = "".join(f'<t t-out="mark"/>{part}' for part in parts)
        source = f'<t t-foreach="objects" t-as="object">{source}</t>'
        values = {**self._render_eval_context(), "objects": record, "mark": mark}
        rendered = self.env["ir.qweb"]._render(html.fragment_fromstring(source, create_parent="div"), values)
        return rendered.removeprefix("<div>").removesuffix("</div>").split(mark)[1:]

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
        # Said of the text, too, else a signature in Latin letters would stand on the other side.
        return Markup('<div dir="rtl" style="text-align: right">%s</div>') % Markup(body)

    def _render_field(self, field, res_ids, *args, compute_lang=False, **kwargs):
        """The bodies of mails that our records open in Odoo's dialog are directed, too, where they say so."""
        if field != "body_html" or not getattr(self.env.get(self.render_model), "_has_directed_mails", False):
            return super()._render_field(field, res_ids, *args, compute_lang=compute_lang, **kwargs)
        templates = self._classify_per_lang(res_ids).values() if compute_lang else [(self, res_ids)]
        return {
            res_id: template._directed(body)
            for template, ids in templates
            for res_id, body in super(MailTemplate, template)._render_field(field, ids, *args, **kwargs).items()
        }

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

    # Not a constraint: constraints run as superuser, and before Odoo has asked whether the author
    # may use code at all.
    def write(self, vals):
        result = super().write(vals)
        if not vals.keys().isdisjoint(RENDERED):
            self._check_of_levels()
        return result

    def _update_field_translations(self, field_name, translations, digest=None, source_lang=""):
        result = super()._update_field_translations(field_name, translations, digest, source_lang)
        if field_name in RENDERED:
            for lang in translations:
                self.with_context(lang=lang)._check_of_levels()
        return result

    def _check_of_levels(self):
        """A template that a level uses is refused when it can't be rendered: of the levels that
        the author sees, as the author."""
        levels, used = self.env["dunning.level"], self.filtered(lambda template: template.model == "dunning.notice")
        if used and levels.has_access("read"):
            companies = ("policy_id.company_id", "in", self.env.companies.ids)
            levels.search([("mail_template_id", "in", used.ids), companies])._check_renders()

    def _check_renders(self, record):
        """Render for ``record``, which need not be saved, as whoever asks.

        :raise ValidationError: saying which part is wrong, and nothing that was read
        """
        for name in RENDERED:
            try:
                self._render_part(name, record)
            except Exception as error:
                cause = error.__cause__ or error.__context__ or error
                if isinstance(error, AccessError) or isinstance(cause, AccessError):
                    continue  # the engine that sends it may read more
                raise ValidationError(
                    self.env._(
                        "The template %(name)s can't be rendered: there is an error in its field %(part)s "
                        "(%(kind)s). Correct it, or choose another.",
                        name=self.name,
                        part=self._fields[name].get_description(self.env, ["string"])["string"],
                        kind=type(cause).__name__,
                    )
                ) from error

    def _render_part(self, name, record):
        if name == "body_html":
            self._render_parts(record)
        else:
            values = {**self._render_eval_context(), "object": record}
            render_inline_template(parse_inline_template(self[name] or ""), values)


def first_lines(error):
    """What went wrong, in a line; a template's error has its cause on the second one, or
    behind it."""
    lines = [*str(error).splitlines()[:2], *str(error.__cause__ or "").splitlines()[:1]]
    return " ".join(dict.fromkeys(line.strip() for line in lines if line)) or type(error).__name__
