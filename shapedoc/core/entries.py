"""The first entries of a dimension, by where they come from: what a silent fault does, shown on four values.

>>> from shapedoc.core.axes import Axis, dim_of
>>> b, k = dim_of(Axis(2, "b")), dim_of(Axis(3, "k"))
>>> entries((*b, *k))
('b=0 k=0', 'b=0 k=1', 'b=0 k=2', 'b=1 k=0')
>>> facing((*b, *k), (*k, *b))
'b=0 k=0 with k=0 b=0, b=0 k=1 with k=0 b=1, b=0 k=2 with k=1 b=0, b=1 k=0 with k=1 b=1'
"""

from __future__ import annotations

from shapedoc.core.axes import Dim, Piece, size_of

LENGTH = 4


def entries(dim: Dim, word: str = "entry") -> tuple[str, ...]:
    """Up to four entries of a dimension; `word` stands for axes that have no name."""
    return tuple(_entry(dim, at, word) for at in range(min(size_of(dim), LENGTH)))


def listed(dim: Dim, word: str = "entry") -> str:
    """The same with commas."""
    return ", ".join(entries(dim, word))


def facing(first: Dim, second: Dim) -> str:
    """Up to four pairs of entries that meet where two dimensions are lined up."""
    pairs = zip(entries(first, "this"), entries(second, "that"), strict=False)
    return ", ".join(f"{left} with {right}" for left, right in pairs)


def crossed(first: Dim, second: Dim) -> str:
    """Up to four pairs of the first entry of one dimension, which meets all of the other."""
    return ", ".join(f"{entries(first, 'this')[0]} with {other}" for other in entries(second, "that"))


def _entry(dim: Dim, at: int, word: str) -> str:
    places, stride = [], size_of(dim)
    for piece in dim:
        stride //= piece.size
        places.append(f"{_name(piece, word)}={at // stride % piece.size}")
    return " ".join(places) or f"{word}=0"


def _name(piece: Piece, word: str) -> str:
    return piece.name or piece.axis.name or word
