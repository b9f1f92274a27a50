"""Edits that several generators write."""

from __future__ import annotations

import ast

from shapedoc.core.report import Edit, Span
from shapedoc.core.source import read_source
from shapedoc.fixes._problem import Site

# What a method can follow without brackets.
_PLAIN = ast.Name | ast.Attribute | ast.Call | ast.Subscript


def atom(site: Site, node: ast.expr) -> str:
    """An expression as it is written, in brackets where a method could not follow it."""
    text = site.text(node)
    return text if isinstance(node, _PLAIN) else f"({text})"


def spread_sizes(call: ast.Call) -> list[ast.expr]:
    """The sizes that `x.view(2, 3)` or `x.view((2, 3))` is given; none where they are unpacked."""
    spread = [item for arg in call.args for item in getattr(arg, "elts", [arg])]
    return [] if any(isinstance(item, ast.Starred) for item in spread) else spread


def added_argument(site: Site, call: ast.Call, argument: str) -> Edit:
    """One more argument behind the last one of a call."""
    last = max(
        [*call.args, *call.keywords], key=lambda node: (node.end_lineno, node.end_col_offset), default=None
    )
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
