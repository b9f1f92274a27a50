"""What a signature promises of the results, once its operands are bound.

>>> from shapedoc.core.matching import match
>>> from shapedoc.core.notation import parse_signature
>>> pool = parse_signature("x[b? c l] -> [b c {l//kernel_size}]")
>>> bound = match(pool, {"x": (3, 64)}, {"kernel_size": 2})
>>> result_shapes(pool, bound), result_labels(pool, bound)
(((3, 32),), (('c', ''),))
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from shapedoc.core.expressions import evaluate
from shapedoc.core.mismatch import Bindings
from shapedoc.core.signature import (
    BroadcastRest,
    Computed,
    Dim,
    Fixed,
    Group,
    Named,
    Rest,
    Signature,
)

ResultShape = tuple[int | None, ...]


def result_shapes(signature: Signature, bindings: Bindings) -> tuple[ResultShape, ...] | None:
    """Shapes of the results, None for a size that is not known; None where the signature gives none."""
    results = signature.forms[bindings.form].results
    if results is None:
        return None
    return tuple(tuple(size for dim in dims for size in _sizes(dim, bindings)) for dims in results)


def result_labels(signature: Signature, bindings: Bindings) -> tuple[tuple[str, ...], ...] | None:
    """Names of the results' dimensions, empty for those that have none."""
    results = signature.forms[bindings.form].results
    if results is None:
        return None
    return tuple(tuple(str(dim) for dim in dims for _ in _sizes(dim, bindings)) for dims in results)


def _sizes(dim: Dim, bindings: Bindings) -> ResultShape:
    return _SIZES[type(dim)](dim, bindings)


def _group(dim: Group, bindings: Bindings) -> ResultShape:
    sizes = [size for factor in dim.factors for size in _sizes(factor, bindings)]
    known = [size for size in sizes if size is not None]
    return (math.prod(known) if len(known) == len(sizes) else None,)


def _computed(dim: Computed, bindings: Bindings) -> ResultShape:
    value = evaluate(dim.expression, bindings.names)
    sizes = value if isinstance(value, tuple) else (value,)
    return tuple(size if isinstance(size, int) else None for size in sizes)


_SIZES: Mapping[type, Callable[[Any, Bindings], ResultShape]] = {
    Named: lambda dim, bindings: (bindings.sizes.get(dim.name),),
    Fixed: lambda dim, bindings: (dim.size,),
    Group: _group,
    Computed: _computed,
    Rest: lambda dim, bindings: bindings.rest,
    BroadcastRest: lambda dim, bindings: bindings.rest,
}
