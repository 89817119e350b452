"""Text from outside, for paper: the converter of letters loads whatever a document names."""

import re

from lxml import etree, html
from markupsafe import Markup

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
    """
    clean = re.sub(r"[\x00-\x08\x0b-\x1f\ud800-\udfff]", "", str(text or ""))  # no HTML holds these
    if not clean.strip():
        return Markup()
    root = html.fragment_fromstring(clean, create_parent="div")
    etree.strip_elements(root, *DROPPED, etree.Comment, etree.ProcessingInstruction, with_tail=False)
    for element in root.iter():
        direction = str(element.get("dir", "")).lower()
        element.attrib.clear()
        if direction in ("rtl", "ltr", "auto"):
            element.set("dir", direction)
        if element.tag not in KEPT:
            element.tag = "span"
    return Markup(etree.tostring(root, method="html", encoding="unicode"))  # built above, element by element
