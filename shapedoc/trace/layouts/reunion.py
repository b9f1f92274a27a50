"""Parts of a dimension that are put together again are that dimension.

A rotary embedding unbinds pairs of features, changes them and stacks them; another halves the features and
joins the halves. What comes out has the axes of what went in, and not in another order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shapedoc.core.axes import Dim, cut
from shapedoc.trace.layouts import canonical, layout, position, rule_for
from shapedoc.trace.recorder import Op, Var

DEEP = 4  # elementwise calls between a part and where it is put


@dataclass(frozen=True)
class Part:
    """`count` entries of a dimension from `start` on, every `step`-th; 0 for a single one that was picked."""

    source: Var
    at: int
    start: int
    count: int
    step: int = 1


def stacked(tensors: Sequence[Var]) -> Dim | None:
    """The dimension whose entries these tensors are."""
    for parts in _united(tensors):
        source, whole = layout(parts[0].source)[parts[0].at], parts[0].source.shape[parts[0].at]
        starts, steps = [part.start for part in parts], {part.step for part in parts}
        if starts == list(range(whole)) and not any(part.count for part in parts):
            return source
        if starts == list(range(len(parts))) and steps == {len(parts)} and len(source) == 1:
            return (cut(source[0], whole // len(parts))[1],)
    return None


def joined(tensors: Sequence[Var]) -> Dim | None:
    """The dimension whose stretches these tensors are."""
    for parts in _united(tensors):
        ends = [part.start + part.count for part in parts]
        starts = [part.start for part in parts]
        whole = parts[0].source.shape[parts[0].at]
        if starts == [0, *ends[:-1]] and ends[-1] == whole and all(part.step == 1 for part in parts):
            return layout(parts[0].source)[parts[0].at]
    return None


def _united(tensors: Sequence[Var]) -> Iterator[list[Part]]:
    """For every dimension of which each of these tensors holds a part: as many parts as there are tensors."""
    if len(tensors) < 2:
        return
    found = [list(_parts(tensor, DEEP)) for tensor in tensors]
    for place in dict.fromkeys((part.source, part.at) for part in found[0]):
        ours = [[part for part in parts if (part.source, part.at) == place] for parts in found]
        different = sorted({part for parts in ours for part in parts}, key=lambda part: part.start)
        if all(ours) and len(different) == len(tensors):
            yield different


def _parts(var: Var, depth: int) -> Iterator[Part]:
    op = var.op
    if op is None:
        return
    part = part_of(op, var)
    if part is not None:
        yield part
    elif depth and rule_for(op.name) is rule_for("add"):
        for one in op.inputs():
            if one.shape == var.shape:
                yield from _parts(one, depth - 1)


def part_of(op: Op, var: Var) -> Part | None:
    """What a call took of a single dimension, where that is all it did."""
    name, sources = canonical(op.name), op.inputs()
    if not sources:
        return None
    x = sources[0]
    if name == "unbind":
        return Part(x, position(op.argument(1, "dim", 0), len(x.shape)), var.index, 0)
    if name in ("chunk", "split"):
        at = position(op.argument(2, "dim", 0), len(x.shape))
        before = sum(part.shape[at] for part in op.outputs[: var.index])
        return Part(x, at, before, var.shape[at])
    if name == "select" and len(op.args) == 3:
        at = position(op.args[1], len(x.shape))
        return Part(x, at, position(op.args[2], x.shape[at]), 0)
    return _picked(op, x) if name == "getitem" and len(sources) == 1 else None


def _picked(op: Op, x: Var) -> Part | None:
    """What a subscript takes of a single dimension."""
    index = op.args[1] if isinstance(op.args[1], tuple) else (op.args[1],)
    if any(item is None or not isinstance(item, (int, slice, type(...))) for item in index):
        return None
    if ... in index:
        at = index.index(...)
        index = (*index[:at], *[slice(None)] * (len(x.shape) - len(index) + 1), *index[at + 1 :])
    chosen = [(at, item) for at, item in enumerate(index) if item != slice(None)]
    if len(chosen) != 1:
        return None
    [(at, item)] = chosen
    if isinstance(item, slice):
        taken = range(*item.indices(x.shape[at]))
        return Part(x, at, taken.start, len(taken), taken.step)
    return Part(x, at, position(item, x.shape[at]), 0)
