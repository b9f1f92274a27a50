"""Reshapes that tear, but whose elements are read in their old order all the same.

`grid.reshape(2, w, h)[0].reshape(-1)` of a [2, h, w] grid is odd and harmless: what is torn is made flat
again before anything looks at it.
"""

from __future__ import annotations

import math
from collections import defaultdict

from shapedoc.checks._silent import named
from shapedoc.core.axes import reshape, shape_of
from shapedoc.trace.recorder import Op, Torn, Trace, Var, variables

Users = dict[Var, list[Op]]
VIEWS = ("view", "reshape", "flatten", "ravel")
PASSING = ("getitem", "select", "unbind", "contiguous", "to", "float", "squeeze", "unsqueeze")


def users_in(trace: Trace) -> Users:
    """The calls that read each tensor."""
    users: Users = defaultdict(list)
    for op in trace.ops:
        for var in op.inputs():
            users[var].append(op)
    return users


def is_undone(var: Var, torn: Torn, users: Users) -> bool:
    """Whether all that reads a torn tensor brings its elements into a shape that does not tear them."""
    return bool(users[var]) and all(_undoes(op, torn, users) for op in users[var])


def _undoes(op: Op, torn: Torn, users: Users) -> bool:
    outputs = variables(op.outputs)
    if named(op, *PASSING):
        return all(is_undone(out, torn, users) for out in outputs if users[out])
    if not outputs or not named(op, *VIEWS) or math.prod(outputs[0].shape) != math.prod(shape_of(torn.old)):
        return False
    return not reshape(torn.old, outputs[0].shape).tears
