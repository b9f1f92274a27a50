"""Reshapes that tear, but whose elements are read in their old order all the same.

`grid.reshape(2, w, h)[0].reshape(-1)` of a [2, h, w] grid is odd and harmless: what is torn is made flat
again before anything looks at it.
"""

from __future__ import annotations

import math

from shapedoc.checks._readers import Readers
from shapedoc.checks._silent import named
from shapedoc.core.axes import reshape, shape_of
from shapedoc.trace.recorder import Op, Torn, Var, variables

VIEWS = ("view", "reshape", "flatten", "ravel")
PASSING = ("getitem", "select", "unbind", "contiguous", "to", "float", "squeeze", "unsqueeze")


def is_undone(var: Var, torn: Torn, readers: Readers) -> bool:
    """Whether all that reads a torn tensor brings its elements into a shape that does not tear them."""
    return bool(readers[var]) and all(_undoes(op, torn, readers) for op in readers[var])


def _undoes(op: Op, torn: Torn, readers: Readers) -> bool:
    outputs = variables(op.outputs)
    if named(op, *PASSING):
        return all(is_undone(out, torn, readers) for out in outputs if readers[out])
    if not outputs or not named(op, *VIEWS) or math.prod(outputs[0].shape) != math.prod(shape_of(torn.old)):
        return False
    return not reshape(torn.old, outputs[0].shape).tears
