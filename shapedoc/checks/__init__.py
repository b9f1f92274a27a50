"""Rules over a finished or stopped run: one module each, found by walking this package.

A rule is a module with `CODE`, `NAME` and `check(evidence)`, which yields findings. Its docstring
is its documentation; the examples in it are run by the tests, the bad ones must give exactly its
code and the good ones nothing.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Protocol

from shapedoc.checks._calls import Calls
from shapedoc.checks._meetings import Pairs, meetings_in
from shapedoc.checks._scores import product_behind
from shapedoc.core.axes import Axis, pieces_of
from shapedoc.core.report import Finding
from shapedoc.core.uncollected import uncollected
from shapedoc.trace.execution import Run
from shapedoc.trace.faults import Fault, fault_of
from shapedoc.trace.recorder import Op, variables


@dataclass(frozen=True)
class Evidence:
    """What a rule looks at."""

    run: Run
    fault: Fault | None

    @cached_property
    def calls(self) -> Calls:
        """The calls of the run by what they do."""
        return Calls(self.run.trace.ops)

    @cached_property
    def meetings(self) -> tuple[tuple[Op, Pairs], ...]:
        """The calls that pair dimensions of two tensors which are not the same ones, with all their pairs."""
        return tuple(meetings_in(self.calls))

    @cached_property
    def scores(self) -> tuple[tuple[Op, Op], ...]:
        """Every softmax of scores, with the product of queries and keys that made them."""
        found = ((op, product_behind(op)) for op in self.calls.of("softmax") if op.outputs)
        return tuple((softmax, product) for softmax, product in found if product is not None)

    @cached_property
    def cuts(self) -> Mapping[Axis, set[tuple[int, int]]]:
        """The parts into which each axis is cut anywhere in the run, by size and step."""
        found: dict[Axis, set[tuple[int, int]]] = defaultdict(set)
        for op in self.run.trace.ops:
            for var in variables(op.outputs):
                for piece in pieces_of(var.layout or ()):
                    if not piece.whole:
                        found[piece.axis].add((piece.size, piece.step))
        return found


class Check(Protocol):
    """A module of this package."""

    CODE: str
    NAME: str

    def check(self, evidence: Evidence) -> Iterable[Finding]:
        """The faults of this kind in a run."""


@cache
def all_checks() -> tuple[Check, ...]:
    """Every rule, in the order of the codes."""
    names = [module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_")]
    modules = [importlib.import_module(f"{__name__}.{name}") for name in names]
    return tuple(sorted(modules, key=lambda module: module.CODE))


@uncollected()
def findings_in(run: Run) -> tuple[Finding, ...]:
    """What all rules have to say about a run."""
    evidence = Evidence(run, fault_of(run.trace, run.error) if run.error else None)
    return tuple(finding for check in all_checks() for finding in check.check(evidence))
