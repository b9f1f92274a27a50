"""Patterns that call positions by the name that heads, samples or other positions have, or the reverse."""

from __future__ import annotations

from collections.abc import Iterator

from shapedoc.checks._silent import dim_at, kind_of, written
from shapedoc.core.axes import Kind, name_of
from shapedoc.trace.layouts.patterns import PATTERNED, pattern_groups, pattern_result
from shapedoc.trace.recorder import Op, Var

Misnomer = tuple[str, tuple[str, ...], tuple[tuple[Var, int], ...]]  # what is wrong, what that does, where

SAMPLES = ("b", "batch")


def misnamed(op: Op) -> Iterator[Misnomer]:
    """A name on the left of a pattern that a pattern before this one gave another dimension."""
    x, groups = op.args[0], pattern_groups(op)
    for name, at, other in _renamed(x, groups) if groups else ():
        ours, theirs = kind_of(dim_at(x, at)), kind_of(dim_at(x, other))
        # Whatever stands first is called b by many; what is called so further in is meant as the samples.
        samples = at > 0 and (theirs is Kind.BATCH or (other == 0 and name in SAMPLES))
        is_row = ours is theirs is Kind.TOKEN and stayed(op, x, other, name)
        moved = is_row and _crosses(op, name, groups[other])
        if moved or samples or {ours, theirs} in ({Kind.TOKEN, Kind.FEATURE}, {Kind.BATCH, Kind.FEATURE}):
            message = f"{name} is dimension {at} of {written(x.layout or ())} here, it was dimension {other}"
            yield message, (f"two patterns disagree on where {name} stands",), ((x, at), (x, other))
            return


def _crosses(op: Op, name: str, instead: list[str]) -> bool:
    """Whether a pattern puts a dimension on the other side of the one whose name it takes."""
    groups, result = pattern_groups(op), [name for group in pattern_result(op) for name in group]
    if name not in result or len(instead) != 1 or instead[0] not in result:
        return False
    was_behind = groups.index([name]) < groups.index(instead)
    return was_behind != (result.index(name) < result.index(instead[0]))


def _renamed(x: Var, groups: list[list[str]]) -> Iterator[tuple[str, int, int]]:
    """Names of a pattern, the dimension each is given to, and another one that has it already."""
    left = [names[0] if len(names) == 1 else "" for names in groups]
    known = [name_of(dim) for dim in x.layout or ()]
    for at, name in enumerate(left):
        if name and name in known and known[at] != name and left[known.index(name)] != name:
            yield name, at, known.index(name)


def stayed(op: Op, x: Var, at: int, name: str) -> bool:
    """Whether a pattern of the same file gave a dimension its name, and it has stood in its place since."""
    dim, here = dim_at(x, at), op.place
    while x.op is not None and x.op.name not in PATTERNED:
        kept = [var for var in x.op.inputs() if len(var.shape) > at and dim_at(var, at) == dim]
        if not kept:
            return False
        x = kept[0]
    there = x.op.place if x.op else None
    same_file = here is not None and there is not None and here.line()[0] == there.line()[0]
    return same_file and name_of(dim_at(x, at)) == name
