"""Module calls nested as they ran, and the way through them to what was found."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field

from shapedoc.core.report import Call, Report, Step


@dataclass
class Branch:
    """A module call with the calls inside it; `hot` ones lie on the way to a finding or a stop."""

    call: Call
    hot: bool
    inner: list[Branch] = field(default_factory=list)

    def nearest(self) -> bool:
        """Whether no inner call is nearer to the finding, or only a layer that is a single step."""
        return self.hot and all(
            branch.call.last - branch.call.first <= 1 for branch in self.inner if branch.hot
        )


@dataclass(frozen=True)
class Spots:
    """Where findings and stops are: steps, and modules where no step is known."""

    steps: frozenset[int]
    modules: frozenset[str]

    @classmethod
    def of(cls, report: Report) -> Spots:
        """All spots of a report."""
        steps = {finding.step for finding in report.findings} | {
            report.stopped.step if report.stopped else None
        }
        modules = {finding.module for finding in report.findings if finding.step is None}
        return cls(frozenset(step for step in steps if step is not None), frozenset(modules - {""}))

    def within(self, call: Call) -> bool:
        """Whether one of them lies inside a call."""
        inside = any(call.first <= step < call.last for step in self.steps)
        return inside or any(f"{module}.".startswith(f"{call.path}.") for module in self.modules)


def outline(report: Report) -> list[Branch]:
    """Calls in the order they began, each inside the one that was running."""
    spots = Spots.of(report)
    roots: list[Branch] = []
    running: list[Branch] = []
    for call in report.calls:
        while running and not _inside(call, running[-1].call):
            running.pop()
        branch = Branch(call, spots.within(call))
        (running[-1].inner if running else roots).append(branch)
        running.append(branch)
    return roots


def _inside(call: Call, outer: Call) -> bool:
    """By steps; a call without any (dropout in eval) at the edge of another is told by its path."""
    if not outer.first <= call.first <= call.last <= outer.last:
        return False
    return call.first < outer.last or not outer.path or call.path.startswith(f"{outer.path}.")


def own_steps(branch: Branch, steps: tuple[Step, ...]) -> Iterator[Step]:
    """Steps of a call that ran in none of its inner calls."""
    start = bisect_left(steps, branch.call.first, key=lambda step: step.index)
    stop = bisect_left(steps, branch.call.last, key=lambda step: step.index)
    inner = iter(branch.inner)
    call = next(inner, None)
    for step in steps[start:stop]:
        while call and call.call.last <= step.index:
            call = next(inner, None)
        if not call or step.index < call.call.first:
            yield step
