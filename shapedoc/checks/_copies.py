"""Which parts of a dimension count copies, and of which tensor."""

from __future__ import annotations

from shapedoc.checks._silent import named
from shapedoc.core.axes import Piece
from shapedoc.trace.recorder import Trace, Var

COPYING = ("repeat", "repeat_interleave", "expand", "tile", "einops.repeat")
IN_PLACE = ("view", "reshape", "flatten", "unsqueeze", "contiguous")


def is_copy(trace: Trace, piece: Piece) -> bool:
    """Whether a part counts copies of one tensor."""
    if piece.axis.origin is None:
        return False
    op = trace.ops[piece.axis.origin]
    return named(op, *COPYING) or (named(op, "stack") and len(set(op.inputs())) == 1)


def copied(var: Var) -> Var:
    """The tensor of which one holds nothing but copies; itself where it was not copied."""
    while var.op is not None and named(var.op, *COPYING, *IN_PLACE):
        var = var.op.inputs()[0]
    return var
