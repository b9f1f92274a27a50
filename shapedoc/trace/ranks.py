"""What tensor parallelism divides among its ranks: heads, kv heads, rows of the vocabulary, widths of MLPs.

As in Megatron-LM and vLLM: attention is divided by heads, an embedding and its head by rows of the
vocabulary, a pair of linear layers by the width between them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from torch import nn

from shapedoc.core.report import Span
from shapedoc.trace.places import MADE


@dataclass(frozen=True)
class Divided:
    """A size that ranks share, the layers that have it, and the line that made the first of them."""

    what: str
    size: int
    layers: tuple[str, ...]
    made: Span | None = None

    def undivided(self, ranks: tuple[int, ...]) -> tuple[int, ...]:
        """The numbers of ranks that do not divide it."""
        return tuple(count for count in ranks if self.size % count)


def widths_of(model: nn.Module) -> Iterator[Divided]:
    """Vocabularies and inner widths, each size once."""
    yield from _joined("rows of the vocabulary", _vocabularies(model))
    yield from _joined("inner features", _inner(model))


Sized = tuple[int, str, nn.Module]


def _vocabularies(model: nn.Module) -> Iterator[Sized]:
    """Tables of embeddings that a linear layer has as many outputs as, or the largest one."""
    tables = [
        (module.num_embeddings, name, module)
        for name, module in model.named_modules()
        if isinstance(module, nn.Embedding)
    ]
    outputs = {module.out_features for module in model.modules() if isinstance(module, nn.Linear)}
    largest = max((rows for rows, _, _ in tables), default=0)
    yield from (table for table in tables if table[0] == largest or table[0] in outputs)


def _inner(model: nn.Module) -> Iterator[Sized]:
    """The width between two linear layers of one module, where it is wider than what goes in."""
    for path, module in model.named_modules():
        layers = [(name, child) for name, child in module.named_children() if isinstance(child, nn.Linear)]
        ends = {(last.in_features, last.out_features) for _, last in layers}
        for name, first in layers:
            inner = first.out_features
            if inner > first.in_features and (inner, first.in_features) in ends:
                yield inner, f"{path}.{name}" if path else name, first


def _joined(what: str, found: Iterator[Sized]) -> Iterator[Divided]:
    layers: dict[int, list[tuple[str, nn.Module]]] = {}
    for size, name, module in found:
        layers.setdefault(size, []).append((name, module))
    for size, named in layers.items():
        place = named[0][1].__dict__.get(MADE)
        yield Divided(what, size, tuple(name for name, _ in named), place.span() if place else None)
