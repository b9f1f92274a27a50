"""The calls of a run by what they do, filed once, so that a rule looks at those alone that it is about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from operator import attrgetter

from shapedoc.checks._silent import lines_up
from shapedoc.trace.layouts import canonical, is_kernel
from shapedoc.trace.recorder import Op

ELEMENTWISE = "elementwise"  # what lines its operands up from the right
KERNEL = "kernel"  # what has a contract of its own


class Calls:
    """Every call that went through, under its bare name and under what it is besides."""

    def __init__(self, ops: Sequence[Op]) -> None:
        self._all = ops
        alike: dict[tuple[str, type], list[Op]] = defaultdict(list)
        for op in ops:
            if op.error is None:
                alike[op.name, type(op.func)].append(op)
        self._filed: dict[str, list[Op]] = defaultdict(list)
        for group in alike.values():
            for heading in _headings(group[0]):
                self._filed[heading] += group
        self._asked: dict[tuple[str, ...], list[Op]] = {}

    def of(self, *headings: str) -> list[Op]:
        """The calls under any of these headings, in the order of the run."""
        if headings not in self._asked:
            found = chain.from_iterable(self._filed.get(heading, ()) for heading in headings)
            self._asked[headings] = sorted(dict.fromkeys(found), key=attrgetter("index"))
        return self._asked[headings]

    @cached_property
    def by_line(self) -> Mapping[tuple[str, int], list[Op]]:
        """The calls of every line that the run came by, in its order; the one that stopped it as well."""
        lines: dict[tuple[str, int], list[Op]] = defaultdict(list)
        for op in self._all:
            if op.place is not None:
                lines[op.place.line()].append(op)
        return lines


def _headings(op: Op) -> Iterator[str]:
    yield canonical(op.name)
    if lines_up(op.name):
        yield ELEMENTWISE
    if is_kernel(op):
        yield KERNEL
