"""Brings the translations in line with their template: what they have is kept."""

import sys
from pathlib import Path

import polib


def merge(template, path):
    """Write the ``.po`` file at ``path`` anew from ``template``; returns what it lacks."""
    old = {entry.msgid: entry.msgstr for entry in polib.pofile(path)}
    merged = polib.pofile(template)
    merged.metadata = polib.pofile(path).metadata
    for entry in merged:
        entry.msgstr = old.get(entry.msgid, "")
    merged.save(path)
    return [entry.msgid for entry in merged if not entry.msgstr]


def main():
    folder = Path(sys.argv[1])
    for path in sorted(folder.glob("*.po")):
        lacking = merge(str(folder / "lead_to_cash.pot"), str(path))
        print(f"{path.name}: {len(lacking)} without a translation")  # pylint: disable=print-used


main()
