"""What a generator of fixes looks at: the finding, the run it was found in, and the lines involved."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from shapedoc.core.mismatch import Fault as Disagreement
from shapedoc.core.report import Finding, Span
from shapedoc.core.source import nodes_at
from shapedoc.fixes._sites import Scope, Site, constructed_at
from shapedoc.trace.execution import Run
from shapedoc.trace.faults import Fault
from shapedoc.trace.places import is_library_class
from shapedoc.trace.recorder import Op

Line = tuple[str, int]

LONG = 8  # lines of a statement of which only the expression at the span is looked at


@dataclass(frozen=True, eq=False)
class Problem:
    """One finding to mend; `sites` are the statements involved, the nearest first."""

    finding: Finding
    run: Run
    fault: Fault | None = None
    scopes: Mapping[Line, Sequence[Scope]] = field(default_factory=dict)

    @property
    def crashed(self) -> bool:
        return self.run.error is not None

    @cached_property
    def op(self) -> Op | None:
        """The call where it shows."""
        step, ops = self.finding.step, self.run.trace.ops
        return ops[step] if step is not None and step < len(ops) else None

    @property
    def tears(self) -> bool:
        """Whether the call regroups elements across axes, if only at other sizes than these."""
        return self.finding.code == "SD201" or bool(self.op and self.op.torn)

    @property
    def disagreeing(self) -> list[int]:
        """The sizes that do not agree."""
        mismatch = self.fault.mismatch if self.fault else None
        sizes = (mismatch.found, *mismatch.expected) if mismatch else ()
        if mismatch and mismatch.found and mismatch.fault is Disagreement.RANGE:
            sizes = (max(mismatch.expected) + 1, mismatch.found + 1)  # of the table, and of one that would do
        return list(dict.fromkeys(size for size in sizes if size))

    @cached_property
    def sites(self) -> tuple[Site, ...]:
        made, constructed = self.made_at, self._constructed_at()
        sites: dict[tuple[str, int, int], Site] = {}
        for span in self.spans():
            node = _to_mend(span)
            if node is not None:
                key = (span.path, node.lineno, node.col_offset)
                scope = self._scope((span.path, node.lineno))
                lines = [(span.path, line) for line in _lines(node)]
                ops, layers = (_at(lines, by) for by in (made, constructed))
                sites.setdefault(key, Site(span.path, node, len(sites), ops, layers, scope))
        return tuple(sites.values())

    def _scope(self, line: Line) -> Scope:
        """Of the times that a line ran, the first in which most of the sizes that disagree had names."""
        sizes = set(self.disagreeing)
        scopes = self.scopes.get(line, ())
        return max(scopes, key=lambda scope: len(sizes & set(scope.sizes.values())), default=Scope())

    def spans(self) -> Iterator[Span]:
        """Where it shows, what is labelled, and what constructed the layers it shows in.

        The call takes what the calls before it gave, and a library's layer does as it was constructed,
        so these lines come before others.
        """
        if self.finding.span:
            yield self.finding.span
        layer = self.op.module if self.op else self.fault.module if self.fault else None
        made = [around.made.span() for around in (layer.chain() if layer else ()) if around.made is not None]
        if layer is not None and layer.made is not None and is_library_class(type(layer.module)):
            yield layer.made.span()
        before = _before([self.op] if self.op else [])
        yield from _lines_of(before)
        yield from (label.span for label in self.finding.labels)
        yield from _lines_of(_before(before))
        yield from made

    def lines(self) -> dict[str, dict[int, int]]:
        """For each file, the lines of the statements involved, with the first line of their statement."""
        found: dict[str, dict[int, int]] = {}
        for span in self.spans():
            node = _to_mend(span)
            if node is not None:
                found.setdefault(span.path, {}).update(dict.fromkeys(_lines(node), node.lineno))
        return found

    @cached_property
    def made_at(self) -> Mapping[Line, Sequence[Op]]:
        """The calls that each line made, or functions that it called."""
        made: dict[Line, list[Op]] = {}
        for op in self.run.trace.ops:
            for place in op.place.chain() if op.place else ():
                made.setdefault(place.line(), []).append(op)
        return made

    def _constructed_at(self) -> dict[Line, list[Op]]:
        found: dict[Line, list[Op]] = {}
        for op in self.run.trace.ops:
            if place := constructed_at(op):
                found.setdefault(place.line(), []).append(op)
        return found


def _at(lines: Iterable[Line], ops: Mapping[Line, Sequence[Op]]) -> tuple[Op, ...]:
    return tuple(op for line in lines for op in ops.get(line, ()))


def _before(ops: Iterable[Op]) -> list[Op]:
    """The calls whose results these take."""
    return [var.op for op in ops for var in op.inputs() if var.op is not None]


def _lines_of(ops: Iterable[Op]) -> Iterator[Span]:
    """Where calls were made, and where the library's layers were constructed that made them."""
    places = (place for op in ops for place in (op.place, constructed_at(op)))
    return (place.span() for place in places if place is not None)


def _to_mend(span: Span) -> ast.stmt | ast.expr | None:
    """The statement around a span; of one that is long or holds others, the largest expression there."""
    around = nodes_at(span)
    statements = [node for node in around if isinstance(node, ast.stmt)]
    if not statements:
        return None
    inner = statements[-1]
    if not hasattr(inner, "body") and (inner.end_lineno or inner.lineno) - inner.lineno <= LONG:
        return inner
    inside = [node for node in around[around.index(inner) :] if isinstance(node, ast.expr)]
    short = [node for node in inside if (node.end_lineno or node.lineno) - node.lineno <= LONG]
    return short[0] if short else None


def _lines(node: ast.stmt | ast.expr) -> range:
    return range(node.lineno, (node.end_lineno or node.lineno) + 1)
