"""SD201 torn-reshape: a reshape regroups elements across axes, where a permute was needed.

`reshape` and `view` keep the order of the elements in memory. Merging two dimensions that are not
neighbours, or splitting a merged one in another order than it was merged, gives the right sizes with
every value in a wrong place: frames leak into channels, heads into tokens. Nothing fails, training
still makes progress, and the results are worse.

What to do: bring the dimensions that are to be merged side by side with `permute` first. A checkpoint
trained with the fault depends on it.

What is meant and stays silent: a relative shift (pad by one, view, cut), pixel shuffles, and splits of
one axis into parts.

Bad, for `-i "b=2 c=6 t=4 h=5 w=5"`:

    class Net(nn.Module):
        def forward(self, x):
            b, c, t, h, w = x.shape
            return x.reshape(b * t, c, h * w)

Good, for `-i "b=2 c=6 t=4 h=5 w=5"`:

    class Net(nn.Module):
        def forward(self, x):
            b, c, t, h, w = x.shape
            return x.permute(0, 2, 1, 3, 4).reshape(b * t, c, h * w)

Bad, for `-i "b=2 n=10 d=12"`:

    class Net(nn.Module):
        def forward(self, x):
            b, n, d = x.shape
            q = x.view(b, n, 3, d // 3).transpose(1, 2)
            return q.reshape(b, n, d)

Good, for `-i "b=2 n=10 d=12"`:

    class Net(nn.Module):
        def forward(self, x):
            b, n, d = x.shape
            q = x.view(b, n, 3, d // 3).transpose(1, 2)
            return q.transpose(1, 2).reshape(b, n, d)
"""

from __future__ import annotations

from collections.abc import Iterator

from shapedoc.checks import Evidence
from shapedoc.checks._silent import finding_at, written
from shapedoc.core.axes import pieces_of, shape_of
from shapedoc.core.regrouping import meant_order, mixed_row
from shapedoc.core.report import Finding
from shapedoc.trace.layouts import canonical
from shapedoc.trace.recorder import Op, Torn, Trace

CODE = "SD201"
NAME = "torn-reshape"
SHIFTS = ("pad", "cat", "concat", "narrow")


def check(evidence: Evidence) -> Iterator[Finding]:
    """Every call that tore axes."""
    trace = evidence.run.trace
    for op in trace.ops:
        for torn in op.torn:
            if not _is_shift(trace, torn):
                yield _finding(trace, op, torn)


def _is_shift(trace: Trace, torn: Torn) -> bool:
    """Whether an axis was padded to be read with another stride, as relative positions are."""
    origins = [piece.axis.origin for piece in pieces_of(torn.old)]
    return any(origin is not None and canonical(trace.ops[origin].name) in SHIFTS for origin in origins)


def _finding(trace: Trace, op: Op, torn: Torn) -> Finding:
    new = shape_of(torn.new)
    message = f"{canonical(op.name)} regroups {written(torn.old)} as {list(new)}, across axes"
    notes = [f"the first row of the result holds {', '.join(mixed_row(torn.old, new))}"]
    order = meant_order(torn.old, new)
    if order is not None:
        notes.append(
            f"with the dimensions {written(torn.old)} in the order {list(order)} first, no axis is torn"
        )
    first = op.inputs()[0]
    dims = [(first, index) for index, dim in enumerate(first.layout or ()) if dim in torn.old]
    return finding_at(trace, op, CODE, message, tuple(notes), *dims)
