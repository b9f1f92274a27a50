"""A parameter seen through views, and how a hint for the view becomes one for the parameter.

>>> call = ast.parse("x.permute(0, 3, 1, 2)", mode="eval").body
>>> view = View("x").through("permute", call.args)
>>> undo(view, Hint(axes("b c=3 h w")), "conv").dims == axes("b h w c=3")
True
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from shapedoc.core.report import Size
from shapedoc.trace.inputs.inference.hints import FLOATING, Dims, Hint, axes
from shapedoc.trace.inputs.inference.paths import integer

SAME = frozenset(
    """contiguous clone detach cuda cpu requires_grad_ relu gelu silu tanh sigmoid dropout normalize
    layer_norm nan_to_num clamp abs log log1p sqrt flip roll""".split()
)
CASTS = frozenset("float half double bfloat16 long int bool to type type_as".split())

Inverse = Callable[[Dims], Dims | None]  # None where the dimensions do not fit


@dataclass(frozen=True, slots=True)
class View:
    """`parameter`, after the operations whose inverses are listed, latest last."""

    parameter: str
    inverses: tuple[Inverse, ...] = ()
    cast: bool = False

    def through(self, op: str, arguments: list[ast.expr]) -> View | None:
        """The view after one more operation; None where it is no longer told from the parameter."""
        if op in SAME:
            return self
        if op in CASTS:
            return replace(self, cast=True)
        if op == "[]":
            return self._then(_unindexed(arguments))
        if len(arguments) == 1 and isinstance(arguments[0], ast.Tuple | ast.List):
            arguments = arguments[0].elts
        rule = INVERSES.get(op)
        return self._then(rule([integer(argument) for argument in arguments])) if rule else None

    def flattened(self) -> View:
        """The view after `nn.Flatten()`."""
        return replace(self, inverses=(*self.inverses, _flattened))

    def _then(self, inverse: Inverse | None) -> View | None:
        return replace(self, inverses=(*self.inverses, inverse)) if inverse else None


def undo(view: View, hint: Hint, layer: str) -> Hint:
    """What a hint for the view says of the parameter itself."""
    dtype = "" if view.cast and hint.dtype == FLOATING else hint.dtype
    hint = replace(hint, dtype=dtype, origin=_placed(layer, hint.origin))
    dims: Dims | None = hint.dims
    for inverse in reversed(view.inverses):
        dims = inverse(dims) if dims is not None else None
    if dims is None:
        return replace(hint, dims=(), leading=True)
    return replace(hint, dims=dims, leading=hint.leading and _flattened not in view.inverses)


def _placed(layer: str, origin: str) -> str:
    """`norm is LayerNorm(64, …)` inside `block` is `block.norm is LayerNorm(64, …)`."""
    if not layer or not origin or origin.startswith("forward"):
        return origin
    return f"{layer}.{origin}" if " is " in origin else f"{layer} is {origin}"


def _unsqueezed(arguments: list[int | None]) -> Inverse | None:
    match arguments:
        case [int(index)]:
            return lambda dims: _without(dims, index)
    return None


def _transposed(arguments: list[int | None]) -> Inverse | None:
    match arguments:
        case [int(first), int(second)]:
            return lambda dims: _swapped(dims, first, second)
    return None


def _permuted(arguments: list[int | None]) -> Inverse | None:
    order = [index for index in arguments if index is not None]
    return (lambda dims: _unpermuted(dims, order)) if order and len(order) == len(arguments) else None


def _flatten(arguments: list[int | None]) -> Inverse | None:
    """`flatten(1)` leaves rows, `flatten(0, 1)` takes frames for further samples."""
    known: dict[tuple[int | None, ...], Inverse] = {(1,): _flattened, (0, 1): _folded}
    return known.get(tuple(arguments))


def _reshaped(arguments: list[int | None]) -> Inverse | None:
    return _flattened if len(arguments) == 2 else None


INVERSES: Mapping[str, Callable[[list[int | None]], Inverse | None]] = {
    "unsqueeze": _unsqueezed,
    "transpose": _transposed,
    "swapaxes": _transposed,
    "permute": _permuted,
    "flatten": _flatten,
    "view": _reshaped,
    "reshape": _reshaped,
}


def _unindexed(indices: list[ast.expr]) -> Inverse | None:
    """`x[:, None]` has one more dimension, `x[:, :-1]` another size; none other is followed."""
    new = [i for i, index in enumerate(indices) if isinstance(index, ast.Constant) and index.value is None]
    cut = [
        i for i, index in enumerate(indices) if isinstance(index, ast.Slice) and (index.lower or index.upper)
    ]
    if len(new) > 1 or not all(i in new or isinstance(index, ast.Slice) for i, index in enumerate(indices)):
        return None
    return lambda dims: _without(_uncut(dims, cut), new[0]) if new else _uncut(dims, cut)


def _uncut(dims: Dims, cut: list[int]) -> Dims:
    """Dimensions that were sliced may have any size before."""
    return tuple(replace(dim, size=0) if index in cut else dim for index, dim in enumerate(dims))


def _without(dims: Dims, index: int) -> Dims:
    """The dimensions but one that the view added, which may stand before those known."""
    index = index + len(dims) if index < 0 else index
    return dims[:index] + dims[index + 1 :]


def _swapped(dims: Dims, first: int, second: int) -> Dims | None:
    order = list(dims)
    if not all(-len(order) <= index < len(order) for index in (first, second)):
        return None
    order[first], order[second] = order[second], order[first]
    return tuple(order)


def _unpermuted(dims: Dims, order: list[int]) -> Dims | None:
    if sorted(index % len(order) for index in order) != list(range(len(dims))):
        return None
    return tuple(dims[order.index(index)] for index in range(len(dims)))


def _flattened(dims: Dims) -> Dims | None:
    """A flat input flattens to itself, whatever rank the user has in mind."""
    return (axes("b")[0], dims[-1]) if dims else None


def _folded(dims: Dims) -> Dims:
    """Frames stand behind the samples."""
    return (*dims[:1], Size(0, "f"), *dims[1:])
