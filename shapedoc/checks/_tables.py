"""Tables of a model that have an entry for each position, and calls that give each sample one of them."""

from __future__ import annotations

from collections.abc import Iterator

from shapedoc.checks._silent import dim_at, is_batch, is_state, lined_up, named
from shapedoc.trace.layouts import canonical
from shapedoc.trace.recorder import Op, Var

Place = tuple[str, Var, int]  # what mixes, and the batch dimension it mixes along

SLICING = ("getitem", "narrow", "unsqueeze", "to", "view", "transpose")


def indexed_by_samples(op: Op) -> Iterator[Place]:
    """A table of the model that has an entry for each sample."""
    operands = op.inputs()
    tables = [var for var in operands if _is_table(var)]
    for places in lined_up(operands, len(op.outputs.shape)) if tables else ():
        indexed = any(var in tables and var.shape[at] > 1 for var, at in places)
        batches = [(var, at) for var, at in places if is_batch(dim_at(var, at))] if indexed else []
        if batches and batches[0][0] not in tables:
            yield "a table of the model is indexed by the batch", *batches[0]


def _is_table(var: Var) -> bool:
    """A parameter or buffer, a slice of one, or its entries 0, 1, 2 …; not what other indices look up."""
    op = var.op
    if op is None:
        return is_state(var)
    if named(op, "embedding"):
        ids, table = op.inputs()[:2]
        return is_state(table) and _is_count(ids)
    return canonical(op.name) in SLICING and len(op.inputs()) == 1 and _is_table(op.inputs()[0])


def _is_count(var: Var) -> bool:
    """Whether indices are those of a range, whatever it is as long as."""
    op = var.op
    if op is not None and canonical(op.name) in SLICING:
        return _is_count(op.inputs()[0])
    return op is not None and named(op, "arange")
