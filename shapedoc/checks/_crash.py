"""A call that stopped the run, as a finding: both operands in the user's words, and who set the sizes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from shapedoc.checks import Evidence
from shapedoc.checks._blame import Blame, Near
from shapedoc.core.mismatch import Mismatch, Position, explain, renamed
from shapedoc.core.operands import Operands, expression_of, operands_at
from shapedoc.core.report import Finding
from shapedoc.trace.faults import Fault, Refused
from shapedoc.trace.places import Place, place_of_error
from shapedoc.trace.recorder import Trace, Var, variables

Note = Callable[[Fault, Mismatch], Iterable[str]]


def no_notes(fault: Fault, mismatch: Mismatch) -> Iterable[str]:
    """Nothing to add."""
    return ()


def crash(
    evidence: Evidence, code: str, notes: Note = no_notes, words: Callable[[Mismatch], str] = explain
) -> Iterator[Finding]:
    """The finding of a run that a fault of this code stopped."""
    fault = evidence.fault
    if fault is not None and fault.code == code:
        finding = _finding(evidence.run.trace, fault, words)
        extra = tuple(notes(fault, fault.mismatch)) if fault.mismatch else ()
        yield replace(finding, notes=(*extra, *finding.notes))


def _finding(trace: Trace, fault: Fault, words: Callable[[Mismatch], str]) -> Finding:
    place = _place(fault)
    span = place.span() if place else None
    operands = operands_at(span, _name(fault), fault.parameters, _owned(fault)) if span else {}
    message = fault.said.message if fault.said else _said(fault.error)
    if fault.mismatch:
        message = words(_in_users_words(fault.mismatch, operands))
    where = fault.op.module if fault.op else fault.module
    return Finding(
        code=fault.code,
        message=message,
        span=span,
        labels=_blame(trace, fault, operands).labels(),
        notes=_other_words(fault),
        module=where.path if where else "",
        step=fault.op.index if fault.op else None,
    )


def _owned(fault: Fault) -> list[str]:
    """Operands that are parameters of a layer, so that a call of the layer does not show them."""
    operands = (fault.operands or {}).items()
    return [name for name, value in operands if isinstance(value, Var) and value.op is None and value.origin]


def _in_users_words(mismatch: Mismatch, operands: Operands) -> Mismatch:
    """The mismatch with the user's expressions for its operands."""
    names = [mismatch.operand, *(name for name, _ in mismatch.shapes)]
    names += [mismatch.bound_by.operand] if mismatch.bound_by else []
    return renamed(mismatch, {name: expression_of(operands, name) for name in names})


def _place(fault: Fault) -> Place | None:
    """The line that failed: the call, the call of the layer that refused, or where the error was raised."""
    if fault.op:
        return fault.op.place
    return fault.module.place if fault.module and fault.mismatch else place_of_error(fault.error)


def _name(fault: Fault) -> str:
    return fault.op.name.removeprefix("einops.") if fault.op else ""


def _said(error: BaseException) -> str:
    """The first line of an exception's own words."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def _other_words(fault: Fault) -> tuple[str, ...]:
    """What torch, or a library that was stood in for, says of the fault, and what its contract advises."""
    if not fault.mismatch:
        return ()
    torch_says = "" if isinstance(fault.error, Refused) else f"torch says: {_said(fault.error)}"
    return tuple(filter(None, (torch_says, fault.mismatch.prints, fault.mismatch.hint)))


def _blame(trace: Trace, fault: Fault, operands: Operands) -> Blame:
    """Labels: the operands in the line that failed, then what made their sizes."""
    blame, mismatch = Blame(trace), fault.mismatch
    sides = [side for side in (_found(mismatch), mismatch.bound_by) if side] if mismatch else []
    for side in sides:
        var = operand_of(fault, side.operand)
        if var is not None and side.operand in operands:
            blame.add(Near.OPERAND, operands[side.operand][1], _shown(var, side.dim))
    for side in sides:
        var = operand_of(fault, side.operand)
        if var is not None and side.dim is not None and 0 <= side.dim < len(var.shape):
            shared = mismatch.axis if mismatch and mismatch.fault.value == "size" and var.op is None else ""
            blame.dimension(var, side.dim, shared)
        elif var is not None:
            blame.tensor(var)
    for var in variables(fault.operands or {}):
        blame.tensor(var, Near.OTHER)
    return blame


def _found(mismatch: Mismatch) -> Position | None:
    return (
        Position(mismatch.operand, -1 if mismatch.dim is None else mismatch.dim) if mismatch.operand else None
    )


def _shown(var: Var, dim: int | None) -> str:
    if dim is None or not 0 <= dim < len(var.shape):
        return str(list(var.shape))
    return f"{var.shape[dim]} of {list(var.shape)}"


def operand_of(fault: Fault, name: str) -> Var | None:
    """The tensor that a mismatch calls by this name, such as `query` or `tensors[1]`, if it was given."""
    value: Any = (fault.operands or {}).get(name.partition("[")[0])
    for index in map(int, re.findall(r"\[(\d+)\]", name)):
        value = value[index] if isinstance(value, (tuple, list)) and index < len(value) else None
    return value if isinstance(value, Var) else None
