import base64

from odoo import models
from odoo.addons.base.models.ir_actions_report import _wkhtml
from reportlab.graphics.barcode import createBarcodeDrawing


class LetterMixin(models.AbstractModel):
    """A report of letters: each from its own page, in its reader's language."""

    _name = "l2c.letter.mixin"
    _inherit = ["l2c.clock.mixin"]
    _description = "Letters"

    #: Read by the converter: many letters are one file.
    _is_letter = True

    def _letters(self, records, data):
        """A dict for each letter, with at least ``record``, ``partner`` and ``lang``."""
        raise NotImplementedError

    def _kept_names(self, records):
        """{record: the name under which its letter is kept as it was printed}; empty: it is printed anew."""
        return dict.fromkeys(records, "")

    def _get_report_values(self, docids, data=None):
        report = self.env["ir.actions.report"]._get_report_from_name(self._name.removeprefix("report."))
        data = data or {}
        records = self.env[report.model].browse(docids or data.get("docids"))
        records.check_access("read")
        return {"letters": self._letters(records, data), "data": data}

    def _letter(self, record, partner, company, *, inside=False, lang=None, **values):
        """What every letter has: its company, its reader, and the record in the reader's language;
        ``inside`` the company that is who prints it; ``lang``: in another language."""
        lang = lang or (not inside and partner.lang) or self.env.lang
        return {
            "record": record.with_context(lang=lang),
            "partner": partner.with_context(lang=lang),
            # Logo, address and bank of the own company are for everybody who gets a letter.
            "company": company.sudo().with_context(lang=lang),
            "lang": lang,
            "is_hebrew": (lang or "").startswith("he"),
            "today": self._today(),
            "dated": self._today(),
            # Else each letter of a web font is drawn as a picture: slow, and nothing to search or copy.
            "embeds_fonts": _wkhtml().is_patched_qt,
            **values,
        }

    def _add_payment_codes(self, ways, amount, currency, partner, reference=""):
        """The first transfer of the ``ways`` (:meth:`~l2c.payment.way._told`) gets its code, where there is one.

        :param reference: where none is to be quoted
        """
        for way in ways:
            if way["account"]:
                quoted = way["reference"] or reference
                way["qr_code"] = self._payment_code(way["account"], amount, currency, partner, quoted)
                return

    def _payment_code(self, bank, amount, currency, partner, reference):
        """A picture for the customer's banking app, where Odoo knows a code for this account,
        currency and customer."""
        if not bank or currency.compare_amounts(amount, 0) <= 0:
            return None
        values = bank._build_qr_code_vals(amount, reference[:140], None, currency, partner)
        if not values:
            return None
        code = bank._get_qr_code_generation_params(**values)
        if code.get("mask"):  # something is drawn into it
            return bank._get_qr_code_base64(**values)
        return self._qr_picture(code["value"], code.get("barLevel", "L"))

    def _qr_picture(self, text, level="L"):
        """A code as the source of a picture. Odoo's own need Cairo; this one is drawn with lines.

        :param level: of correcting errors: ``L, M, Q, H``
        """
        drawing = createBarcodeDrawing(
            "QR", value=text, barLevel=level, barWidth=100, barHeight=100, barBorder=0, format="svg"
        )
        return f"data:image/svg+xml;base64,{base64.b64encode(drawing.asString('svg').encode()).decode()}"
