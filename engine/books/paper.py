"""Text from outside, for paper: the converter of letters loads whatever a document names."""

import io
import re

from lxml import etree, html
from markupsafe import Markup
from odoo.tools.pdf import merge_pdf
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

#: The most pixels of a picture that is printed: more than any camera has.
MOST_PIXELS = 100_000_000
#: Width and height in pixels that can be seen on paper: 300 an inch of A4.
MOST_PRINTED = (2480, 3508)
#: What a picture may be, whatever its name says: others are read by programs that were not made for strangers' files.
PICTURES = ("PNG", "JPEG")
#: Around a picture, in points.
MARGIN = 36

#: What goes with all that stands in it.
DROPPED = (
    *("script", "style", "head", "title", "template", "noscript", "noembed", "noframes", "xmp", "plaintext"),
    *("iframe", "frame", "frameset", "object", "embed", "applet", "svg", "math", "audio", "video", "canvas"),
    *("img", "image", "picture", "input", "button", "select", "textarea", "link", "meta", "base"),
)
#: What shapes a text and loads nothing; all else becomes plain text.
KEPT = frozenset(
    (
        *("p", "div", "span", "br", "hr", "pre", "blockquote", "b", "strong", "i", "em", "u", "s", "small", "bdi"),
        *("sub", "sup", "ul", "ol", "li", "dl", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6"),
        *("table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption"),
    )
)


def on_paper(text):
    """What the HTML ``text`` says, as HTML that loads nothing and looks like the page around it: of
    its attributes only the direction of writing stays.

    >>> on_paper('Paid <b style="background:url(//x/1)">today</b><img src="//x/2"> &lt;3 &amp; <o:p>more</o:p>')
    Markup('<div>Paid <b>today</b> &lt;3 &amp; <span>more</span></div>')
    >>> on_paper('<style>@import "//x/3"</style><!--[if IE]><img src="//x/4"><![endif]--><a href="//x/5">Yes</a>')
    Markup('<div><span>Yes</span></div>')
    >>> on_paper('<p dir="RTL" onload="x()">שלום</p>'), on_paper(""), on_paper(None)
    (Markup('<div><p dir="rtl">שלום</p></div>'), Markup(''), Markup(''))
    >>> on_paper("<html></html>"), on_paper("<html><body><p>a</p></body></html>")
    (Markup('<div></div>'), Markup('<div><p>a</p></div>'))
    """
    clean = re.sub(r"[\x00-\x08\x0b-\x1f\ud800-\udfff]", "", str(text or ""))  # no HTML holds these
    if not clean.strip():
        return Markup()
    # After something, what looks like a whole document is none.
    root = html.fragment_fromstring(f"<!---->{clean}", create_parent="div")
    etree.strip_elements(root, *DROPPED, etree.Comment, etree.ProcessingInstruction, with_tail=False)
    for element in root.iter():
        direction = str(element.get("dir", "")).lower()
        element.attrib.clear()
        if direction in ("rtl", "ltr", "auto"):
            element.set("dir", direction)
        if element.tag not in KEPT:
            element.tag = "span"
    return Markup(etree.tostring(root, method="html", encoding="unicode"))  # built above, element by element


def file_on_paper(raw, mimetype):
    """A file from outside as a PDF that can be put together with others; None when it is none, and no picture.

    >>> picture = io.BytesIO()
    >>> Image.new("RGB", (3, 2)).save(picture, "png")
    >>> file_on_paper(picture.getvalue(), "image/png")[:5], file_on_paper(b"x", "image/png")
    (b'%PDF-', None)
    >>> other = io.BytesIO()
    >>> Image.new("RGB", (3, 2)).save(other, "gif")
    >>> file_on_paper(other.getvalue(), "image/png")
    >>> [file_on_paper(*file) for file in ((b"x", "application/pdf"), (b"x", "text/html"), (None, "image/png"))]
    [None, None, None]
    """
    try:
        if mimetype == "application/pdf":
            return merge_pdf([raw])
        return _picture_on_paper(raw) if mimetype in ("image/png", "image/jpeg") else None
    except Exception:  # whatever somebody has sent
        return None


def _picture_on_paper(raw):
    pdf = io.BytesIO()
    page = Canvas(pdf, pagesize=A4)
    room = [side - 2 * MARGIN for side in A4]
    with Image.open(io.BytesIO(raw), formats=PICTURES) as picture:
        width, height = picture.size
        if width * height > MOST_PIXELS:
            return None
        if picture.format == "PNG":  # else it is taken as it is
            picture.thumbnail(MOST_PRINTED)
        shown = ImageReader(picture if picture.format == "PNG" else io.BytesIO(raw))
        page.drawImage(shown, MARGIN, MARGIN, *room, mask="auto", preserveAspectRatio=True, anchor="n")
        page.save()
    return pdf.getvalue()
