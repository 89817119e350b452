"""An e-mail's HTML as text, for those who read no HTML."""

import re

from lxml import html

#: Each begins a line of its own.
LINES = frozenset(
    ["address", "blockquote", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "ul", "tr"]
)
#: Around each a line is left empty.
PARAGRAPHS = frozenset(("p", "table"))
UNSEEN = frozenset(("head", "script", "style", "title"))
#: Between the cells of a row.
BETWEEN = " · "
#: Where a line ends, and where a paragraph does.
LINE, PARAGRAPH = "\v", "\f"


def plain_text(source):
    """The text of HTML: a row of a table is a line, and a link tells where it leads.

    >>> print(plain_text('<p>Pay\\n <b>$ 5</b></p><table><tr><td>A<div>r 1</div></td><td/><td>B</td></tr></table>'))
    Pay $ 5
    <BLANKLINE>
    A, r 1 · B
    >>> print(plain_text('<a href="https://us.example/1">See</a><br/><a href="mailto:a@us.example">a@us.example</a>'))
    See: https://us.example/1
    a@us.example
    >>> print(plain_text('<img src="x.png" alt="Us"/><div style="display: none">x</div><p>a</p><div>b</div>'))
    Us
    <BLANKLINE>
    a
    <BLANKLINE>
    b
    """
    pieces = []
    if source and source.strip():
        _add(html.fromstring(re.sub(f"[{LINE}{PARAGRAPH}]", " ", source)), pieces)
    # Where HTML breaks its source, nothing is broken.
    text = re.sub(rf"[^\S{LINE}{PARAGRAPH}]+", " ", "".join(pieces))
    paragraphs = (re.split(rf"\s*{LINE}\s*", paragraph.strip()) for paragraph in text.split(PARAGRAPH))
    return "\n\n".join(filter(None, ("\n".join(filter(None, lines)) for lines in paragraphs)))


def _add(node, pieces):
    """Add the text of ``node`` to ``pieces``."""
    if not isinstance(node.tag, str) or node.tag in UNSEEN or "display:none" in node.get("style", "").replace(" ", ""):
        return  # a comment, or what nobody sees
    if node.tag == "br":
        pieces.append(LINE)
    elif node.tag == "img":
        pieces.append(node.get("alt") or "")
    elif node.tag == "a":
        pieces.append(_link(node))
    elif node.tag == "tr" and not _is_layout(node):
        pieces.append(LINE + BETWEEN.join(filter(None, map(_cell, node))) + LINE)
    else:
        around = PARAGRAPH if _is_paragraph(node) else LINE if node.tag in LINES else ""
        pieces.append(around)
        _add_inside(node, pieces)
        pieces.append(around)


def _add_inside(node, pieces):
    pieces.append(node.text or "")
    for child in node:
        _add(child, pieces)
        pieces.append(child.tail or "")


def _inside(node):
    pieces = []
    _add_inside(node, pieces)
    return "".join(pieces)


def _link(node):
    text, url = _inside(node).strip(), node.get("href") or ""
    shown = node.get("title") or text
    bare = re.sub(r"^(mailto:|tel:|https?://)", "", url)
    return shown if shown in (url, bare, bare.rstrip("/")) or not url else f"{shown}: {url}{LINE}"


def _cell(node):
    pieces = []
    _add(node, pieces)
    lines = re.split(f"[{LINE}{PARAGRAPH}]", "".join(pieces))
    return ", ".join(filter(None, map(str.strip, lines)))


def _is_paragraph(node):
    return node.tag in PARAGRAPHS or (node.tag == "tr" and _is_layout(node))


def _is_layout(row):
    table = next(row.iterancestors("table"), None)
    return table is not None and table.get("role") == "presentation"
