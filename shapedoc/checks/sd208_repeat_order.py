"""SD208 repeat-order: `repeat` where `repeat_interleave` pairs the groups, or the reverse.

`repeat` gives a b c a b c, `repeat_interleave` a a b b c c. When the result meets a tensor that was merged
in the other order, every entry is paired with one of another sample; with one sample nothing shows.

What to do: repeat in the order in which the other tensor was merged.

Bad, for `-i "b=2 k=3 d=8"`:

    class Net(nn.Module):
        def forward(self, x):
            b, k, d = x.shape
            query = x[:, 0].repeat(k, 1)
            return query + x.reshape(b * k, d)

Good, for `-i "b=2 k=3 d=8"`:

    class Net(nn.Module):
        def forward(self, x):
            b, k, d = x.shape
            query = x[:, 0].repeat_interleave(k, dim=0)
            return query + x.reshape(b * k, d)
"""

from __future__ import annotations

from collections.abc import Iterator

from shapedoc.checks import Evidence
from shapedoc.checks._silent import dim_at, finding_at, is_elementwise, lined_up, named
from shapedoc.core.regrouping import in_other_order
from shapedoc.core.report import Finding
from shapedoc.trace.recorder import Op, Var

CODE = "SD208"
NAME = "repeat-order"


def check(evidence: Evidence) -> Iterator[Finding]:
    """Every call that pairs a repeated dimension with one merged in another order."""
    trace = evidence.run.trace
    for op in trace.ops:
        for first, second in _met(op):
            if in_other_order(dim_at(*first), dim_at(*second)):
                size = first[0].shape[first[1]]
                message = f"a dimension of {size} was repeated in one order and merged in another"
                notes = (
                    "entries of one sample are paired with those of another as soon as there are two samples",
                )
                yield finding_at(trace, op, CODE, message, notes, first, second)
                break


def _met(op: Op) -> Iterator[tuple[tuple[Var, int], tuple[Var, int]]]:
    """Pairs of dimensions whose entries are paired with one another."""
    if not isinstance(op.outputs, Var):
        return
    if is_elementwise(op):
        columns = list(lined_up(op.inputs(), len(op.outputs.shape)))
    elif named(op, "cat"):
        rank = len(op.outputs.shape)
        same = [var for var in op.inputs() if len(var.shape) == rank]
        columns = [[(var, at) for var in same] for at in range(rank)]
    elif named(op, "matmul", "bmm"):
        columns = [[(var, at) for var in op.inputs()[:2]] for at in range(len(op.outputs.shape) - 2)]
    else:
        columns = []
    for column in columns:
        if len(column) > 1 and all(at < len(var.shape) for var, at in column):
            yield column[0], column[1]
