"""Which calls read a tensor, and which tensors nothing reads."""

from __future__ import annotations

from collections import defaultdict

from shapedoc.checks._silent import named
from shapedoc.trace.recorder import Op, Trace, Var, variables

Readers = dict[Var, list[Op]]
CONVERSIONS = frozenset("to type type_as float half bfloat16 contiguous detach clone dropout".split())


def readers_in(trace: Trace) -> Readers:
    """The calls that read each tensor."""
    readers: Readers = defaultdict(list)
    for op in trace.ops:
        for var in op.inputs():
            readers[var].append(op)
    return readers


def is_thrown_away(var: Var, trace: Trace, readers: Readers) -> bool:
    """Whether a model neither returns a tensor nor makes anything of it but conversions thrown away too."""
    if trace.modules and var in trace.modules[0].outputs:
        return False
    return all(
        named(op, *CONVERSIONS) and all(is_thrown_away(out, trace, readers) for out in variables(op.outputs))
        for op in readers[var]
    )
