"""Where the scale of an attention is written, and whether it is the root of the number of heads.

A number does not say what it was made from where heads and head_dim are of one size. The source does:
the expression under the root is held against the one that the queries were given their heads with.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from shapedoc.checks._calls import Calls
from shapedoc.checks._scores import Scores
from shapedoc.core.axes import Dim, Piece
from shapedoc.core.report import Span
from shapedoc.core.source import ast_node_at, span_of
from shapedoc.core.spelling import Root, Spelling, spelling_at
from shapedoc.trace.layouts import canonical
from shapedoc.trace.recorder import Op, Trace, Var


@dataclass(frozen=True)
class Setting:
    """One way in which scores are scaled by a root: the factor, where it is used and where it was set.

    `of_heads` says that the source takes the root of the number of heads and of nothing else; `runs` is
    false for a branch that this run did not take.
    """

    value: float
    used: Span
    cause: Span
    of_heads: bool
    runs: bool = True


def settings_of(trace: Trace, calls: Calls, scores: Scores) -> Iterator[Setting]:
    """The scale that was at work, and those of branches of the same class that were not taken."""
    place = scores.op.place
    spelling = spelling_at(*place.line()) if place else None
    yield from _at_work(trace, scores)
    owner = scores.op.module.module if scores.op.module else None
    if spelling is not None and type(owner).__name__ == spelling.tree.name:
        yield from _passed_by(trace, calls, scores, spelling, owner)


def _at_work(trace: Trace, scores: Scores) -> Iterator[Setting]:
    """The last call that scaled, if what it scales by is a root."""
    calls = scores.factor.calls if scores.factor else ()
    root, spelling = next(_roots(calls[-1]), (None, None)) if calls else (None, None)
    if scores.factor and root and spelling and calls[-1].place:
        heads = len(calls) == 1 and _is_of_heads(trace, scores, spelling, root)
        yield Setting(scores.factor.value, calls[-1].place.span(), root.span, heads)


def _roots(call: Op) -> Iterator[tuple[Root, Spelling]]:
    """Roots in the line that scales; of a function, what the module that calls it holds under that number."""
    place = call.place
    if place is None:
        return
    here = spelling_at(*place.line())
    if here is not None:
        function = here.function_at(place.line()[1])
        yield from ((root, here) for root in here.roots(ast_node_at(place.span()), function))
        return
    owner = call.module.module if call.module else None
    for around in filter(None, (spelling_at(*outer.line()) for outer in place.chain())):
        yield from ((root, around) for root in around.held() if _holds(owner, root, call))


def _holds(owner: Any, root: Root, call: Op) -> bool:
    value = getattr(owner, root.attribute, None)
    numbers = [arg for arg in (*call.args, *call.kwargs.values()) if isinstance(arg, float)]
    return isinstance(value, float) and value in numbers


def _passed_by(
    trace: Trace, calls: Calls, scores: Scores, spelling: Spelling, owner: Any
) -> Iterator[Setting]:
    """Scales that the class holds for a branch which this run did not take."""
    for root in spelling.held():
        value = getattr(owner, root.attribute, None)
        if not isinstance(value, float):
            continue
        uses = spelling.uses(root.attribute)
        if any((spelling.path, node.lineno) in calls.by_line for node, _ in uses):
            continue
        for node, power in uses[:1]:
            heads = _is_of_heads(trace, scores, spelling, root)
            yield Setting(value**power, span_of(node, spelling.path), root.span, heads, runs=False)


def _is_of_heads(trace: Trace, scores: Scores, spelling: Spelling, root: Root) -> bool:
    """Whether a root is taken of what gave the queries their heads, and not of what gave them head_dim."""
    base = spelling.spelled(root.base, root.function)
    return base in _spelled(trace, scores.heads) and base not in _spelled(trace, _pieces(scores.summed))


def _pieces(layout: tuple[Dim, ...]) -> tuple[Piece, ...]:
    return tuple(piece for dim in layout for piece in dim)


def _spelled(trace: Trace, pieces: tuple[Piece, ...]) -> set[str]:
    """How the sizes of parts of an axis are written where it was cut."""
    found = set()
    for piece in pieces:
        op = trace.ops[piece.origin] if piece.origin is not None else None
        size = _size_of(op, piece) if op and op.place else None
        spelling = spelling_at(*op.place.line()) if op and op.place else None
        if size is not None and spelling is not None and op and op.place:
            found.add(spelling.spelled(size, spelling.function_at(op.place.line()[1])))
    return found


def _size_of(op: Op, piece: Piece) -> ast.expr | None:
    """The argument of a reshape that says how large a part of an axis is."""
    node = ast_node_at(op.place.span()) if op.place else None
    if not isinstance(node, ast.Call) or not isinstance(op.outputs, Var):
        return None
    if op.name.startswith("einops."):
        return next((keyword.value for keyword in node.keywords if keyword.arg == piece.name), None)
    sizes = _sizes(node, canonical(op.name))
    place = next((at for at, dim in enumerate(op.outputs.layout or ()) if _is_piece(dim, piece)), None)
    return sizes[place] if place is not None and len(sizes) == len(op.outputs.shape) else None


def _sizes(node: ast.Call, name: str) -> list[ast.expr]:
    """The sizes that a reshape is given, one by one or in a tuple."""
    if name not in ("view", "reshape"):
        return []
    last = node.args[-1:]
    sizes = list(last[0].elts) if last and isinstance(last[0], ast.Tuple | ast.List) else list(node.args)
    return [] if any(isinstance(size, ast.Starred) for size in sizes) else sizes


def _is_piece(dim: Dim, piece: Piece) -> bool:
    return len(dim) == 1 and (dim[0].axis, dim[0].size, dim[0].step) == (piece.axis, piece.size, piece.step)
