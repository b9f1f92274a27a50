"""SD204 accidental-broadcast: two tensors of one batch multiply out instead of lining up.

`(N, 1)` with `(N,)` gives `(N, N)`: every prediction meets every target. A loss averages that away
without a word. A position code that is looked up at the length of the sequence instead of up to it
gives one code to every position.

What to do: `squeeze(-1)` the one or `unsqueeze(-1)` the other; `table[:, :n]` where it says `table[:, n]`.

What is meant and stays silent: pairs made on purpose, with `[:, None]` or `unsqueeze`.

Bad, for `-i "x=b=4 d=8" -i "y=4"`:

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 1)

        def forward(self, x, y):
            return ((self.fc(x) - x.mean(dim=1)) ** 2).mean()

Good, for `-i "x=b=4 d=8" -i "y=4"`:

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 1)

        def forward(self, x, y):
            return ((self.fc(x).squeeze(-1) - x.mean(dim=1)) ** 2).mean()

Bad, for `-i "b=2 t=5 d=8"`:

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("table", torch.zeros(1, 64, 8))

        def forward(self, x):
            return x + self.table[:, x.shape[1], :]
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from shapedoc.checks import Evidence
from shapedoc.checks._calls import ELEMENTWISE
from shapedoc.checks._silent import dim_at, finding_at, is_state, lined_up, named
from shapedoc.core.axes import Dim
from shapedoc.core.entries import crossed
from shapedoc.core.meetings import elsewhere
from shapedoc.core.report import Finding
from shapedoc.core.source import nodes_at
from shapedoc.trace.recorder import Op, Trace, Var

CODE = "SD204"
NAME = "accidental-broadcast"
LOSSES = ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss")


def check(evidence: Evidence) -> Iterator[Finding]:
    """Elementwise calls that pair an axis with itself, and look-ups at a length."""
    trace = evidence.run.trace
    for op in evidence.calls.of(ELEMENTWISE, *LOSSES, "getitem"):
        yield from _looked_up(trace, op) if named(op, "getitem") else _paired(trace, op)


def _looked_up(trace: Trace, op: Op) -> Iterator[Finding]:
    """A single entry of a table, at an index that is a length."""
    if op.inputs() and is_state(op.inputs()[0]) and _at_a_length(op):
        message = "one entry of a table is looked up at the length of the data, where all up to it were meant"
        notes = (
            "every position gets the same entry, and which one changes with the length",
            "at a length of 4, the positions 0, 1, 2, 3 get the entries 4, 4, 4, 4",
        )
        yield finding_at(trace, op, CODE, message, notes)


def _paired(trace: Trace, op: Op) -> Iterator[Finding]:
    """An axis of one operand meets the same axis of another in a different dimension, across sizes of one."""
    operands = [var for var in op.inputs() if var.shape] if isinstance(op.outputs, Var) else []
    if len(operands) != 2 or not _is_stretched(*operands) or not _share_axes(*operands):
        return
    rank = max(len(var.shape) for var in operands)
    for at, column in enumerate(lined_up(operands, rank)):
        for var, index in column:
            dim = dim_at(var, index)
            other = next(operand for operand in operands if operand is not var or operands[0] is operands[1])
            if dim and var.shape[index] > 1 and _meets_itself(dim, var, other, at, rank):
                shapes = " and ".join(str(list(operand.shape)) for operand in operands)
                message = f"{shapes} multiply out: both have one axis of {var.shape[index]}"
                across = [(operand, len(operand.shape) - 1) for operand in operands if operand is not var]
                yield finding_at(trace, op, CODE, message, _notes(dim), (var, index), *across)
                return


def _is_stretched(first: Var, second: Var) -> bool:
    """Whether sizes of one, or missing ones, are made to fit."""
    return first.shape != second.shape or 1 in first.shape


def _share_axes(first: Var, second: Var) -> bool:
    """Whether one axis is in both, in different places; most calls pair what stands in line already."""
    rank = max(len(first.shape), len(second.shape))
    ours, theirs = ((*((),) * (rank - len(var.shape)), *(var.layout or ())) for var in (first, second))
    return any(True for _ in elsewhere(ours, theirs))


def _notes(dim: Dim) -> tuple[str, ...]:
    return (
        "every entry of the one meets every entry of the other, instead of its own alone",
        f"the first row of the result is of {crossed(dim, dim)}",
    )


def _meets_itself(dim: Dim, var: Var, other: Var, at: int, rank: int) -> bool:
    """Whether `other` has this dimension elsewhere, against a size of one that a layer made, or none."""
    behind, theirs = rank - len(var.shape), rank - len(other.shape)
    if not (behind or theirs):
        return False  # a column that meets a row: one of them was turned, which nobody does by accident
    return any(
        its + theirs != at
        and one == dim
        and _is_made_one(other, at - theirs)
        and _is_made_one(var, its + theirs - behind)
        for its, one in enumerate(other.layout or ())
    )


def _is_made_one(var: Var, index: int) -> bool:
    """A dimension that is missing, or of one because a layer has one output; not one that was put in."""
    return index < 0 or (var.shape[index] == 1 and bool(dim_at(var, index)))


def _at_a_length(op: Op) -> bool:
    """Whether an integer of a subscript is written as a size of some tensor."""
    if op.place is None:
        return False
    nodes = nodes_at(op.place.span())
    if not nodes or not isinstance(nodes[-1], ast.Subscript):
        return False
    index = nodes[-1].slice
    return any(_is_size(item) for item in (index.elts if isinstance(index, ast.Tuple) else [index]))


def _is_size(node: ast.expr) -> bool:
    if isinstance(node, ast.Subscript):
        return isinstance(node.value, ast.Attribute) and node.value.attr == "shape"
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "size"
