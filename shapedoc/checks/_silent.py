"""What the rules for silent faults share: operands lined up, kinds of dimensions, findings at a step."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from shapedoc.checks._arrangements import arrangements
from shapedoc.checks._blame import Blame
from shapedoc.core.axes import Axis, Dim, Kind, Layout, describe
from shapedoc.core.meetings import root
from shapedoc.core.report import Finding
from shapedoc.trace.layouts import canonical, rule_for
from shapedoc.trace.recorder import Op, Trace, Var


def axis_of(dim: Dim) -> Axis | None:
    """The axis that a dimension is, whole and alone."""
    return dim[0].axis if len(dim) == 1 and dim[0].whole else None


def is_batch(dim: Dim) -> bool:
    """Whether a dimension counts samples and nothing else."""
    return _counts(dim, Kind.BATCH)


def is_token(dim: Dim) -> bool:
    """Whether a dimension counts positions in a sequence or in space."""
    return _counts(dim, Kind.TOKEN)


def _counts(dim: Dim, kind: Kind) -> bool:
    return len(dim) == 1 and dim[0].axis.kind is kind and dim[0].whole and dim[0].size > 1


def kind_of(dim: Dim) -> Kind:
    """What all parts of a dimension count, or counted before they were cut or joined."""
    kinds = set(_kinds(dim))
    return kinds.pop() if len(kinds) == 1 else Kind.UNKNOWN


def _kinds(dim: Dim) -> Iterator[Kind]:
    """What each part counts; of one that was joined, what its parts do, but for single entries put beside."""
    for axis in (root(piece.axis) for piece in dim if piece.size > 1):
        if axis.kind is Kind.UNKNOWN and axis.parts:
            yield from (kind for part in axis.parts for kind in _kinds(part))
        else:
            yield axis.kind


def is_elementwise(op: Op) -> bool:
    """Whether a call lines its operands up from the right."""
    return isinstance(op.outputs, Var) and lines_up(op.name)


@cache
def lines_up(name: str) -> bool:
    """Whether an operation lines its operands up from the right, by its name."""
    return rule_for(name) is rule_for("add")


def named(op: Op, *names: str) -> bool:
    """Whether a call is one of these operations, in any of its forms."""
    return canonical(op.name) in names


def lined_up(operands: list[Var], rank: int) -> Iterator[list[tuple[Var, int]]]:
    """For each dimension of a broadcast result, the operands that have it, and as which of theirs."""
    behind = [(var, rank - len(var.shape)) for var in operands]
    for index in range(rank):
        yield [(var, index - missing) for var, missing in behind if index >= missing]


def dim_at(var: Var, index: int) -> Dim:
    """One dimension of a tensor; of a single value, which calls take along dimension 0, nothing."""
    return var.layout[index] if var.layout else ()


def is_state(var: Var) -> bool:
    """Whether a tensor is a parameter or buffer of the model."""
    return var.op is None and var.origin is not None and bool(var.name)


def written(layout: Layout) -> str:
    """`[b=2 c=3]`"""
    return f"[{' '.join(describe(layout))}]"


def finding_at(
    trace: Trace, op: Op, code: str, message: str, notes: tuple[str, ...], *vars: tuple[Var, int]
) -> Finding:
    """A finding on a step; labels are the lines that made its layer, made and ordered these dimensions."""
    blame = Blame(trace)
    blame.layer(op.module)
    axes = {axis for place in vars for piece in dim_at(*place) for axis in piece.axis.line()}
    for before in dict.fromkeys(one for var, _ in vars for one in arrangements(var, axes)):
        blame.arranged(before)
    for var, index in vars:
        blame.dimension(var, index)
    return Finding(
        code=code,
        message=message,
        span=op.place.span() if op.place else None,
        labels=blame.labels(),
        notes=notes,
        module=op.module.path if op.module else "",
        step=op.index,
    )
