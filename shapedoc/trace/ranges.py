"""Index values that are known, held against the table they index.

Indices are real even where the table is not, so a position beyond a table is found without a run on
numbers. torch refuses these on the CPU with a bare "index out of range in self", and on a GPU with an
assertion that names another line.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from shapedoc.core.mismatch import Fault, Mismatch

Look = tuple[str, torch.Tensor, str, torch.Tensor, int]


def check_range(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Mismatch | None:
    """The first known index of a look-up that lies outside its table."""
    found = _LOOKUPS[name](*args, **kwargs) if name in _LOOKUPS else None
    if found is None or not _is_known(found[1]):
        return None
    index_name, index, table_name, table, dim = found
    size, low, high = table.shape[dim], int(index.min()), int(index.max())
    lowest = 0 if name != "__getitem__" else -size
    if lowest <= low and high < size:
        return None
    return Mismatch(
        Fault.RANGE,
        table_name,
        dim,
        index_name,
        (lowest, size - 1),
        high if high >= size else low,
        shapes=((table_name, tuple(table.shape)),),
        code="SD109",
    )


def _is_known(index: Any) -> bool:
    integers = isinstance(index, torch.Tensor) and index.dtype in (torch.int64, torch.int32)
    return integers and not index.is_meta and index.numel() > 0


def _embedding(input: Any, weight: Any, *args: Any, **kwargs: Any) -> Look:
    return "input", input, "weight", weight, 0


def _select(input: Any, dim: Any, index: Any, **kwargs: Any) -> Look | None:
    return ("index", index, "input", input, dim) if isinstance(dim, int) and input.dim() else None


def _getitem(input: Any, index: Any) -> Look | None:
    """Only the commonest form, a table indexed by one tensor in front."""
    first = index[0] if isinstance(index, tuple) and index else index
    return ("index", first, "input", input, 0) if isinstance(first, torch.Tensor) and input.dim() else None


_LOOKUPS: dict[str, Callable[..., Look | None]] = {
    "embedding": _embedding,
    "index_select": _select,
    "gather": _select,
    "__getitem__": _getitem,
}
