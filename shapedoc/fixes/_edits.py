"""Edits that several generators write."""

from __future__ import annotations

import ast

from shapedoc.core.operands import is_imported
from shapedoc.core.report import Edit, Span
from shapedoc.core.source import read_source
from shapedoc.fixes._sites import Site

# What a method can follow without brackets.
_PLAIN = ast.Name | ast.Attribute | ast.Call | ast.Subscript


def atom(site: Site, node: ast.expr) -> str:
    """An expression as it is written, in brackets where a method could not follow it."""
    text = site.text(node)
    return text if isinstance(node, _PLAIN) else f"({text})"


def tensor_and_rest(site: Site, call: ast.Call) -> tuple[ast.expr | None, list[ast.expr]]:
    """`x` and 2, 3 of `x.view(2, 3)` or `torch.reshape(x, (2, 3))`; no rest where that is unpacked."""
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    is_method = owner is not None and not is_imported(owner, site.path)
    given = [owner, *call.args] if is_method else [*call.args]
    spread = [item for arg in given[1:] for item in getattr(arg, "elts", [arg])]
    unpacked = any(isinstance(item, ast.Starred) for item in spread)
    return given[0] if given else None, [] if unpacked else spread


def last_argument(call: ast.Call) -> ast.expr | ast.keyword | None:
    """What stands last between the brackets of a call, where `*args` may follow a keyword."""
    given: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
    return max(given, key=lambda node: (node.lineno, node.col_offset), default=None)


def added_argument(site: Site, call: ast.Call, argument: str) -> Edit:
    """One more argument behind the last one of a call."""
    last = last_argument(call)
    if last is not None:
        return site.edit(last, f"{site.text(last)}, {argument}")
    whole = site.span(call)
    end = Span(whole.path, whole.end_line, whole.end_column - 1, whole.end_line, whole.end_column - 1)
    return Edit(end, argument)


def added_line(site: Site, statement: ast.stmt, text: str) -> Edit:
    """A line behind a statement, as far to the right as it."""
    old = site.text(statement)
    indent = _indent(site, statement)
    return site.edit(statement, f"{old}\n{indent}{text}")


def _indent(site: Site, statement: ast.stmt) -> str:
    """The white space in front of a statement."""
    line = read_source(site.path).line(statement.lineno)
    return line[: len(line) - len(line.lstrip())]
