"""The picture of a calibration: what was predicted against what came."""

from markupsafe import Markup, escape

#: Of the picture and the square in it, in pixels.
WIDTH, SIDE, LEFT, TOP = 420, 320, 70, 20


def calibration(tenths, across, up):
    """An SVG: a point for each tenth, the line on which predictions are right, and the axes from 0 to 100 %.

    :param tenths: [(mean predicted, share late, number of documents)], shares of 1
    :param across, up: what the axes say, in the reader's language

    >>> picture = calibration([(0.1, 0.12, 40), (0.9, 0.8, 10)], "Predicted", "Late & paid")
    >>> picture.count("<circle"), "Late &amp; paid" in picture, 'cx="102.0" cy="301.6"' in picture
    (2, True, True)
    >>> "10 %: 12 % (40)" in picture, calibration([], "x", "y").count("<circle")
    (True, 0)
    """
    most = max((count for _said, _came, count in tenths), default=1) or 1
    parts = [_axes(across, up)]
    for said, came, count in tenths:
        x, y = LEFT + SIDE * said, TOP + SIDE * (1 - came)
        radius = 3 + 7 * (count / most) ** 0.5
        parts.append(
            Markup(
                '<circle cx="{:.1f}" cy="{:.1f}" r="{:.1f}" fill="#714B67" fill-opacity="0.7"><title>{}</title></circle>'
            ).format(x, y, radius, f"{said:.0%}: {came:.0%} ({count})".replace("%", " %"))
        )
    frame = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" width="{}" font-family="sans-serif" font-size="12">'
    return Markup(frame).format(WIDTH, SIDE + 70, WIDTH) + Markup().join(parts) + Markup("</svg>")


def _axes(across, up):
    right, bottom = LEFT + SIDE, TOP + SIDE
    parts = [
        Markup('<rect x="{}" y="{}" width="{}" height="{}" fill="none" stroke="#999"/>').format(LEFT, TOP, SIDE, SIDE),
        Markup('<line x1="{}" y1="{}" x2="{}" y2="{}" stroke="#999" stroke-dasharray="4"/>').format(
            LEFT, bottom, right, TOP
        ),
        _text(LEFT + SIDE / 2, bottom + 40, across),
        Markup('<g transform="rotate(-90 20 {})">{}</g>').format(TOP + SIDE / 2, _text(20, TOP + SIDE / 2, up)),
    ]
    for share in (0, 0.5, 1):
        parts.append(_text(LEFT + SIDE * share, bottom + 18, f"{share:.0%}"))
        parts.append(_text(LEFT - 22, bottom - SIDE * share + 4, f"{share:.0%}"))
    return Markup().join(parts)


def _text(x, y, text):
    return Markup('<text x="{}" y="{}" text-anchor="middle" fill="#555">{}</text>').format(x, y, escape(text))
