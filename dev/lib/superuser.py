"""Where the addon acts as superuser, and why: the table in docs/security.md.

    python dev/lib/superuser.py [--write]

Each ``sudo()`` has its reason in a comment on its line, or right above it. Fails when one has none,
or when the table isn't what the code says; ``--write`` brings the table in line.
"""

import ast
import io
import sys
import tokenize
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "security.md"
START, END = "<!-- superuser: written by dev/lint --fix -->\n", "<!-- /superuser -->\n"
FOLDERS = ("controllers", "engine", "models", "report", "wizard")


def comments(text):
    """{line: its comment}"""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    found = {token.start[0]: token.string.lstrip("# ") for token in tokens if token.type == tokenize.COMMENT}
    return {line: comment for line, comment in found.items() if not comment.startswith("pylint:")}


def calls(tree):
    """(line, name of the method) of each call of ``sudo``, in order."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.Module)):
            for child in own_nodes(node):
                if isinstance(child, ast.Call) and getattr(child.func, "attr", "") == "sudo":
                    yield child.func.end_lineno, getattr(node, "name", ""), statement_line(node, child)


def own_nodes(function):
    """The nodes of a function but those of functions in it."""
    todo = list(ast.iter_child_nodes(function))
    while todo:
        node = todo.pop()
        if not isinstance(node, ast.FunctionDef):
            yield node
            todo.extend(ast.iter_child_nodes(node))


def statement_line(function, call):
    """The first line of the innermost statement with the call."""
    lines = [
        node.lineno for node in own_nodes(function)
        if isinstance(node, ast.stmt) and node.lineno <= call.lineno <= node.end_lineno
    ]
    return max(lines, default=call.lineno)


def reason(found, line, first):
    """The comment on the line, or above the statement."""
    for number in range(line, first - 1, -1):
        if number in found:
            return found[number]
    above = []
    while first - 1 in found:
        first -= 1
        above.insert(0, found[first])
    return " ".join(above)


def rows():
    for path in sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if "sudo()" not in text:
            continue
        found = comments(text)
        for line, method, first in sorted(set(calls(ast.parse(text)))):
            yield path.relative_to(ROOT).as_posix(), line, method, reason(found, line, first)


def main():
    listed = list(rows())
    bare = [row for row in listed if not row[3]]
    for file, line, _method, _why in bare:
        print(f"{file}:{line}: sudo() without a comment that says why")
    unique = dict.fromkeys((file, method, why) for file, _line, method, why in listed)
    table = "| where | why |\n|---|---|\n" + "".join(
        f"| `{file}` `{method}` | {why} |\n" for file, method, why in unique
    )
    page = PAGE.read_text(encoding="utf-8")
    before, _start, rest = page.partition(START)
    _old, _end, after = rest.partition(END)
    written = f"{before}{START}{table}{END}{after}"
    if "--write" in sys.argv and written != page:
        PAGE.write_text(written, encoding="utf-8")
    elif written != page:
        print("docs/security.md: the table of superuser code is behind; dev/lint --fix writes it")
        return 1
    return 1 if bare else 0


sys.exit(main())
