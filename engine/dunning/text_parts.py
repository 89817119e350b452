"""A template's text as a person may edit it: what is written in it, and blocks for what is computed."""

import re
from uuid import uuid4

from lxml import etree, html

#: By this class a block is known again.
BLOCK = "o_l2c_computed"
#: In these, and beside text, a block stands in the line.
INLINE = frozenset({"a", "b", "bdi", "em", "font", "h1", "h2", "h3", "h4", "i", "p", "small", "span", "strong", "u"})
#: What follows another element's condition belongs to it.
OTHERWISE = ("t-elif", "t-else")


def split(source):
    """(text, parts): the text with numbered empty blocks, and the source of each. What the template only notes is a
    part without a block.

    >>> text, parts = split('<p>Dear <bdi t-out="object.name">X</bdi>,</p><t t-call="x.items"/><p>Bye</p>')
    >>> print(text)
    <p>Dear <span class="o_l2c_computed" data-oe-protected="true" data-id="0"></span>,</p><div \
class="o_l2c_computed" data-oe-protected="true" data-id="1"></div><p>Bye</p>
    >>> parts
    ['<bdi t-out="object.name">X</bdi>', '<t t-call="x.items"></t>']
    >>> split('<p t-if="a">A</p> <p t-elif="b">B</p><p t-else="">C</p>')[1]
    ['<p t-if="a">A</p><p t-elif="b">B</p><p t-else="">C</p>']
    >>> split('<t t-set="a" t-value="1"/>Hello')
    ('Hello', ['<t t-set="a" t-value="1"></t>'])
    """
    root, parts = _parse(source), []
    _take_out(root, parts)
    return _inside(root), parts


def _take_out(parent, parts):
    for node in list(parent):
        if not isinstance(node.tag, str):
            node.drop_tree()  # a comment
        elif not _is_computed(node):
            _take_out(node, parts)
        elif parts and any(name in node.attrib for name in OTHERWISE):
            parts[-1] += _written(node)
            node.drop_tree()
        else:
            parts.append(_written(node))
            _replace(node, None if "t-set" in node.attrib else _block(node, parent, len(parts) - 1))


def _is_computed(node):
    return node.tag == "t" or any(name.startswith("t-") for name in node.attrib)


def _written(node):
    return html.tostring(node, encoding="unicode", with_tail=False)


def _block(node, parent, number):
    in_line = parent.tag in INLINE or node.tag in INLINE - {"p"} or ("t-out" in node.attrib and node.tag == "t")
    attributes = {"class": BLOCK, "data-oe-protected": "true", "data-id": str(number)}
    return html.Element("span" if in_line else "div", attributes)


def _replace(node, other):
    """Put ``other``, or nothing, in the place of ``node``."""
    if other is None:
        node.drop_tree()
        return
    other.tail = node.tail
    node.getparent().replace(node, other)


def emptied(text):
    """The text with its blocks empty, whatever an editor has put into them.

    >>> emptied('<p>Hi <span class="o_l2c_computed x" data-id="0">Azure</span>!</p>')
    '<p>Hi <span class="o_l2c_computed" data-oe-protected="true" data-id="0"></span>!</p>'
    """
    root = _parse(text)
    for node in _blocks(root):
        empty = html.Element(node.tag if node.tag in ("div", "span") else "div")
        empty.attrib.update({"class": BLOCK, "data-oe-protected": "true", "data-id": node.get("data-id", "")})
        _replace(node, empty)
    return _inside(root)


def filled(text, pieces, *, shown=False):
    """The text with ``pieces`` in the place of its blocks; of a block that there isn't, nothing. ``shown``: in the
    blocks, for an editor.

    >>> text = split('<p>Dear <bdi t-out="object.name"/>,</p><t t-call="x.items"/>')[0]
    >>> filled(text, ["<bdi>Azure</bdi>", "<table></table>"])
    '<p>Dear <bdi>Azure</bdi>,</p><table></table>'
    >>> filled(text, ["Azure"])
    '<p>Dear Azure,</p>'
    """
    root, mark = _parse(text), uuid4().hex
    for node in _blocks(root):
        place = f"{mark}-{node.get('data-id', '')}-"
        if shown:
            for child in list(node):
                node.remove(child)
            node.text = place
        else:
            _put_text(node, place)
    by_id = {str(number): str(piece) for number, piece in enumerate(pieces)}
    return re.sub(rf"{mark}-([^-]*)-", lambda found: by_id.get(found[1], ""), _inside(root))


def _put_text(node, text):
    """``text`` in the place of a node."""
    before, parent = node.getprevious(), node.getparent()
    text += node.tail or ""
    if before is None:
        parent.text = (parent.text or "") + text
    else:
        before.tail = (before.tail or "") + text
    parent.remove(node)


def says(text):
    """The text's words and blocks alone: whether somebody has changed it.

    >>> says('<p>Dear  <b>you</b></p>') == says('<div><p>Dear <strong>you</strong></p></div>')
    False
    >>> says('<p>Dear you</p>') == says('<div><p>Dear  you</p>\\n</div>')
    True
    """
    root = _parse(text)
    told = []
    for node in root.iter():
        if isinstance(node.tag, str) and node.tag not in ("div", "p", "br", "tbody"):
            told.append((node.tag, node.get("data-id"), node.get("href")))
        told += (("text", " ".join(words.split())) for words in (node.text, node.tail) if words and words.strip())
    return told


def one_line(text):
    """A subject, as the header of a mail takes it.

    >>> one_line(" Your invoice\\r\\nBcc: x@example.com "), one_line(False)
    ('Your invoice Bcc: x@example.com', '')
    """
    return " ".join((text or "").split())


def _blocks(root):
    return [node for node in root.iter("div", "span") if BLOCK in (node.get("class") or "").split()]


def _parse(source):
    return html.fragment_fromstring(str(source or ""), create_parent="div")


def _inside(root):
    text = etree.tostring(root, encoding="unicode", method="html")
    return re.sub(r"\A<div>|</div>\Z", "", text)
