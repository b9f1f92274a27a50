"""What to write around a layer that is given a tensor in another layout than it takes.

A layer over sequences takes (batch, tokens, features), a norm or convolution has the channels second,
`LayerNorm` has them last. Where the size that the layer wants stands in another dimension, that says
which turns there and back are missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from torch import nn

from shapedoc.core.axes import Kind
from shapedoc.core.mismatch import Mismatch
from shapedoc.kernels.contracts import Contract
from shapedoc.trace.faults import Fault, contract_of_layer
from shapedoc.trace.places import is_library_class
from shapedoc.trace.recorder import Module, Var

Turns = tuple[str, str]  # written behind the input, and behind the result

# The attribute that holds the size of the features, by whether these are last or second.
LAST = {
    "LSTM": "input_size",
    "GRU": "input_size",
    "RNN": "input_size",
    "MultiheadAttention": "embed_dim",
}
NORMALISED = {"LayerNorm": "normalized_shape", "RMSNorm": "normalized_shape"}
SECOND = {
    "BatchNorm": "num_features",
    "InstanceNorm": "num_features",
    "GroupNorm": "num_channels",
    "Conv": "in_channels",
}


def wrapper(fault: Fault, mismatch: Mismatch) -> Iterator[str]:
    """The turns to write around the layer that refused, and what it took for its tokens."""
    layer, operand = _layer(fault), _operand(fault, mismatch)
    if layer is None or operand is None or not operand.shape:
        return
    yield from _taken_for_tokens(layer, operand, mismatch)
    yield from _of_another_rank(layer, operand, mismatch)
    for table, turns in ((LAST, _for_sequences), (NORMALISED, _to_last), (SECOND, _to_second)):
        attribute = next((table[name] for name in table if type(layer.module).__name__.startswith(name)), "")
        size = _size(getattr(layer.module, attribute, 0)) if attribute else 0
        found = turns(operand.shape, size) if size else None
        if found is not None:
            there, back = found
            yield f"write {there} behind what it is given, and {back} behind what it returns"


def _layer(fault: Fault) -> Module | None:
    """The innermost layer of a library around the call that was refused."""
    call = fault.module or (fault.op.module if fault.op else None)
    return call if call is not None and is_library_class(type(call.module)) else None


def _operand(fault: Fault, mismatch: Mismatch) -> Var | None:
    found = (fault.operands or {}).get(mismatch.operand)
    return found if isinstance(found, Var) else None


def _size(value: Any) -> int:
    return value if isinstance(value, int) else value[0] if len(value) == 1 else 0


def _for_sequences(shape: tuple[int, ...], size: int) -> Turns | None:
    """Features last, and one dimension of tokens."""
    inner = ", ".join(map(str, shape[2:] if shape[1:2] == (size,) else shape[1:-1]))
    match len(shape), shape[1:2] == (size,), shape[-1] == size:
        case 3, True, False:
            return ".transpose(1, 2)", ".transpose(1, 2)"
        case rank, True, _ if rank > 3:
            return ".flatten(2).transpose(1, 2)", f".transpose(1, 2).unflatten(2, ({inner}))"
        case rank, False, True if rank > 3:
            return ".flatten(1, -2)", f".unflatten(1, ({inner}))"
    return None


def _to_last(shape: tuple[int, ...], size: int) -> Turns | None:
    turned = len(shape) > 2 and shape[1] == size != shape[-1]
    return (".movedim(1, -1)", ".movedim(-1, 1)") if turned else None


def _to_second(shape: tuple[int, ...], size: int) -> Turns | None:
    turned = len(shape) > 2 and shape[-1] == size != shape[1]
    return (".movedim(-1, 1)", ".movedim(1, -1)") if turned else None


def _of_another_rank(layer: Module, operand: Var, mismatch: Mismatch) -> Iterator[str]:
    """The sister of a layer such as `BatchNorm1d` that takes as many dimensions as are given."""
    name, spatial = type(layer.module).__name__, len(operand.shape) - 2
    sister = re.sub(r"[123]d$", f"{spatial}d", name)
    if mismatch.fault.value == "rank" and sister != name and hasattr(nn, sister):
        yield f"nn.{sister} takes {len(operand.shape)} dimensions"


def _taken_for_tokens(layer: Module, operand: Var, mismatch: Mismatch) -> Iterator[str]:
    """Heads that stand where a layer has its tokens."""
    contract = contract_of_layer(type(layer.module))
    at = _token_dim(contract, mismatch.operand) if contract else None
    dims = operand.layout or ()
    if at is None or at + 1 >= len(dims) or mismatch.fault.value != "rank":
        return
    if any(piece.axis.kind in (Kind.FEATURE, Kind.HEAD) for piece in dims[at]):
        heads, tokens = operand.shape[at], operand.shape[at + 1]
        yield f"its {heads} heads are taken for the tokens, of which dimension {at + 1} has {tokens}"


def _token_dim(contract: Contract, operand: str) -> int | None:
    """The dimension in which a contract has the tokens of an operand."""
    for form in contract.signature.forms if contract.signature else ():
        for known in form.operands:
            kinds = [contract.kinds.get(str(dim)) for dim in known.dims] if known.name == operand else []
            if Kind.TOKEN.value in kinds:
                return kinds.index(Kind.TOKEN.value)
    return None
