"""Whether all that a model makes of its inputs passes through one call, so that nothing else counts."""

from __future__ import annotations

from shapedoc.trace.execution import Run
from shapedoc.trace.layouts import canonical
from shapedoc.trace.recorder import Op, Var, variables

VIEWS = frozenset("getitem select narrow view transpose permute unsqueeze squeeze chunk split unbind".split())


def is_passed_by_all(run: Run, op: Op) -> bool:
    """Whether some output comes of the inputs, and none does but through this call."""
    inputs = run.trace.leaves[: len(run.inputs)]
    outputs = run.trace.modules[0].outputs if run.trace.modules else ()
    through, beside = _reached(run, set(variables(op.outputs))), _reached(run, set(inputs), op)
    return any(var in through for var in outputs) and not any(var in beside for var in outputs)


def _reached(run: Run, found: set[Var], without: Op | None = None) -> set[Var]:
    """The tensors that are made of these, or written with them, by any call but one."""
    for op in run.trace.ops:
        if op is not without and not found.isdisjoint(op.inputs()):
            found.update(variables(op.outputs))
            if _writes(op):
                found.update(_whole(op.inputs()[0]))
    return found


def _writes(op: Op) -> bool:
    """Whether a call changes its first operand."""
    return canonical(op.name) == "setitem" or op.name.endswith("_")


def _whole(var: Var) -> list[Var]:
    """A tensor, and those of which it is a view."""
    found = [var]
    while (made := found[-1].op) is not None and canonical(made.name) in VIEWS:
        found.append(made.inputs()[0])
    return found
