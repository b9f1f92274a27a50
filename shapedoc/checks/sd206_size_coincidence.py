"""SD206 size-coincidence: two tensors fit only because two unrelated axes have the same size.

With a square image `[b c h w]` and `[b c w h]` can be added; with another image they cannot, or every
value meets the one at the mirrored place. The same goes for a batch that happens to be as large as a
sequence is long.

What to do: transpose one of the operands.

What is meant and stays silent: a matrix of pairs added to its own transpose.

Bad, for `-i "b=2 c=3 h=8 w=8"`:

    class Net(nn.Module):
        def forward(self, x):
            return x + x.transpose(2, 3)

Good, for `-i "b=2 c=3 h=8 w=8"`:

    class Net(nn.Module):
        def forward(self, x):
            return x + x.flip(3)
"""

from __future__ import annotations

from collections.abc import Iterator

from shapedoc.checks import Evidence
from shapedoc.checks._silent import axis_of, dim_at, finding_at, is_batch, is_elementwise, is_token, lined_up
from shapedoc.core.axes import Dim
from shapedoc.core.report import Finding
from shapedoc.trace.recorder import Op, Var

CODE = "SD206"
NAME = "size-coincidence"

Column = tuple[tuple[Var, int], tuple[Var, int]]


def check(evidence: Evidence) -> Iterator[Finding]:
    """Elementwise calls that line up axes which one tensor keeps apart, or the batch with positions."""
    trace = evidence.run.trace
    for op in trace.ops:
        if not is_elementwise(op):
            continue
        columns = _columns(op)
        for column in columns:
            if _is_mirrored(column, columns) or _is_mixed(column):
                (first, at), (second, index) = column
                names = [_name(dim_at(first, at)), _name(dim_at(second, index))]
                message = (
                    f"{names[0]} of the one operand meets {names[1]} of the other, both {first.shape[at]}"
                )
                yield finding_at(trace, op, CODE, message, _NOTES, *column)
                break


_NOTES = ("with other sizes the call fails, or one of the two axes is read in the place of the other",)


def _columns(op: Op) -> list[Column]:
    lined = lined_up([var for var in op.inputs() if var.shape][:2], len(op.outputs.shape))
    return [(column[0], column[1]) for column in lined if len(column) == 2]


def _is_mirrored(column: Column, columns: list[Column]) -> bool:
    """Whether two axes of different names stand in each other's place."""
    first, second = (dim_at(*place) for place in column)
    if not _differ(first, second):
        return False
    return any(dim_at(*left) == second and dim_at(*right) == first for left, right in columns)


def _differ(first: Dim, second: Dim) -> bool:
    one, other = axis_of(first), axis_of(second)
    return bool(
        one
        and other
        and one is not other
        and one.size > 1
        and one.name
        and other.name
        and one.name != other.name
    )


def _is_mixed(column: Column) -> bool:
    dims = [dim_at(*place) for place in column]
    return any(is_batch(one) and is_token(other) for one, other in (dims, dims[::-1]))


def _name(dim: Dim) -> str:
    axis = axis_of(dim)
    return axis.name if axis and axis.name else "one axis"
