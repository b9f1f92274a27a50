"""Kernels that have a contract: its signature says which axis of an operand is which axis of a result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from shapedoc.core.axes import Dim, Kind, Layout, name_of, named
from shapedoc.core.mismatch import Bindings
from shapedoc.core.results import result_labels
from shapedoc.core.signature import Signature
from shapedoc.kernels.contracts import Contract
from shapedoc.trace.layouts import Unknown, layout, new_axis, rule
from shapedoc.trace.recorder import Op, Var, variables


@rule("kernel")
def kernel(op: Op, *args: Any, **kwargs: Any) -> list[Layout]:
    """An axis that is written in an operand and in a result is one axis; all others are made here."""
    contract: Contract = op.func.contract_for(op.args, op.kwargs)  # type: ignore[attr-defined]
    bindings, operands = contract.check(op.args, op.kwargs), dict(operands_of(contract, op))
    if not isinstance(bindings, Bindings) or contract.signature is None:
        _label(operands, _by_rank(contract.signature, operands))
        raise Unknown
    _label(operands, bindings.labels)
    results = result_labels(contract.signature, bindings) or ()
    wanted = [results[at] for at in _wanted(contract, bindings, len(results))]
    return [
        tuple(_dim(op, contract, bindings, operands, *item) for item in zip(names, var.shape, strict=True))
        for names, var in zip(wanted, variables(op.outputs), strict=True)
    ]


def operands_of(contract: Contract, op: Op) -> Iterator[tuple[str, Var]]:
    """The tensors of a call by the names that its contract has for them."""
    bound = contract.parameters.signature.bind(*op.args, **op.kwargs).arguments
    for name, value in bound.items():
        if isinstance(value, Var):
            yield name, value
        elif isinstance(value, (tuple, list)):
            yield from ((f"{name}[{at}]", item) for at, item in enumerate(value) if isinstance(item, Var))


def _label(operands: Mapping[str, Var], labels: Mapping[str, tuple[str, ...]]) -> None:
    """Name the dimensions of operands that have no name yet, as the contract calls them."""
    for operand in operands.keys() & labels.keys():
        var = operands[operand]
        var.layout = tuple(
            named(dim, name) if name.isidentifier() and not name_of(dim) else dim
            for dim, name in zip(layout(var), labels[operand], strict=True)
        )


def _by_rank(signature: Signature | None, operands: Mapping[str, Var]) -> dict[str, tuple[str, ...]]:
    """Names for the operands of a call that does not fit, as far as their numbers of dimensions do."""
    labels: dict[str, tuple[str, ...]] = {}
    for form in signature.forms if signature else ():
        for operand in form.operands:
            if operand.name in operands and len(operands[operand.name].shape) == len(operand.dims):
                labels.setdefault(operand.name, tuple(map(str, operand.dims)))
    return labels


def _wanted(contract: Contract, bindings: Bindings, count: int) -> list[int]:
    """The results that this call gave."""
    if not contract.returns:
        return list(range(count))
    return [at for at, result in enumerate(contract.returns) if result.is_wanted(bindings.names)]


def _dim(
    op: Op, contract: Contract, bindings: Bindings, operands: Mapping[str, Var], name: str, size: int
) -> Dim:
    """A dimension of a result: the operand's, unless that is a weight, from which new axes come."""
    place = bindings.bound.get(name)
    var = operands.get(place.operand) if place else None
    if place is None or place.dim is None or var is None or (var.op is None and var.origin is not None):
        kind = Kind(contract.kinds.get(name, Kind.UNKNOWN))
        return new_axis(size, op, name if name.isidentifier() else "", kind)
    return layout(var)[place.dim]
