"""torch.nn.functional.pad: two numbers for each dimension, the last dimension first.

>>> from shapedoc.core.mismatch import explain
>>> explain(pad(TensorShape((1, 3, 4, 4)), (5, 5, 0, 0), "reflect"))
'reflect takes at most 3 values from dimension 3 of input, pad[0] asks for 5'
"""

from __future__ import annotations

from typing import Any

from shapedoc.core.mismatch import Fault, Mismatch, TensorShape
from shapedoc.kernels.rules import Unjudged, integers


def pad(input: TensorShape, pad: Any, mode: Any) -> Mismatch | None:
    """How many numbers there may be, and how large they may be, goes by the mode."""
    count = len(integers(pad))
    if count % 2:
        return Mismatch(Fault.DIVIDE, "", None, "len(pad)", (2,), count)
    ranks = _ranks(count // 2, len(input), mode)
    if len(input) not in ranks:
        fault = Fault.MIN_RANK if mode == "constant" else Fault.RANK
        return Mismatch(fault, "input", expected=ranks, found=len(input), expression="pad")
    for at, amount in enumerate(pad):
        dim = len(input) - 1 - at // 2
        broken = _too_much(at, amount, dim, input[dim], mode) or _negative(input, pad, dim)
        if broken:
            return broken
    return None


def _ranks(dims: int, rank: int, mode: Any) -> tuple[int, ...]:
    """Ranks that take padding of the last `dims` dimensions: with a batch, a channel or both before them."""
    if mode == "constant":
        return (max(rank, dims),)
    if mode not in ("reflect", "replicate", "circular") or not 1 <= dims <= 3:
        raise Unjudged
    return (dims + 1, dims + 2)


def _too_much(at: int, amount: int, dim: int, size: int, mode: Any) -> Mismatch | None:
    """Reflection and wrapping around take their values from the input."""
    most = {"reflect": size - 1, "circular": size}.get(mode)
    if most is None or amount <= most:
        return None
    words = f"{mode} takes at most {most} values from dimension {dim} of input, pad[{at}] asks for {amount}"
    return Mismatch(Fault.WHERE, "input", dim, f"pad[{at}]", (most,), amount, words=words)


def _negative(input: TensorShape, pad: tuple[int, ...], dim: int) -> Mismatch | None:
    """Negative padding cuts off no more than there is."""
    at = 2 * (len(input) - 1 - dim)
    cut = -sum(min(amount, 0) for amount in pad[at : at + 2])
    if cut <= input[dim]:
        return None
    words = f"pad cuts {cut} from dimension {dim} of input, which has {input[dim]}"
    return Mismatch(Fault.WHERE, "input", dim, f"pad[{at}]", (input[dim],), cut, words=words)
