"""What is known of an input before it is made: a hint, and how two hints join.

A size of 0 is free; `leading` says that more dimensions may come before those given:

>>> linear = Hint(axes("d=64"), leading=True, origin="fc is Linear(64, …)")
>>> join(linear, Hint(axes("b t c"), origin="its name")).dims
(Size(size=0, name='b'), Size(size=0, name='t'), Size(size=64, name='d'))
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from shapedoc.core.report import Size

Dims = tuple[Size, ...]

# Axis names that mean the same to those who write models; the first is what sizes are looked up by.
SYNONYMS = {
    "b": "bs bsz batch batch_size nbatch",
    "c": "ch chan channel channels in_channels in_ch num_channels in_chans",
    "t": "l seq seq_len seqlen seq_length sequence_length length len tokens time n_tokens",
    "h": "height ht",
    "w": "width wd",
    "f": "frames num_frames depth frame n_frames",
    "d": "dim hidden hidden_size d_model embed_dim feature features e",
}
# The customary layout of each rank.
LAYOUTS = {1: "b", 2: "b d", 3: "b t d", 4: "b c h w", 5: "b c f h w"}
COLOURS = 3
_CANONICAL = {word: name for name, words in SYNONYMS.items() for word in words.split()}


@dataclass(frozen=True, slots=True)
class Hint:
    """A partly known input. `dtype` is a torch dtype's name or FLOATING.

    Values lie in [low, high); a bound may be the name of an axis, whose size it is.
    """

    dims: Dims = ()
    leading: bool = False
    dtype: str = ""
    low: int | str | None = None
    high: int | str | None = None
    origin: str = ""
    sure: bool = True  # where not, even the sizes given are free
    grain: tuple[tuple[str, int], ...] = ()  # axes whose size must be a multiple of a number


FLOATING = "floating"  # whichever floating dtype the run uses
ANY = Hint(leading=True)


def axes(pattern: str) -> Dims:
    """`"b c=3 4"` as sizes; a name alone is free.

    >>> axes("b c=3 4")
    (Size(size=0, name='b'), Size(size=3, name='c'), Size(size=4, name=''))
    """
    return tuple(_axis(word) for word in pattern.split())


def _axis(word: str) -> Size:
    name, _, size = word.rpartition("=") if "=" in word else ("", "", word)
    return Size(int(size), name) if size.isdigit() else Size(0, word)


def canonical(name: str) -> str:
    """The name by which an axis is looked up: `Batch` and `bs` are `b`.

    >>> canonical("Batch"), canonical("heads")
    ('b', 'heads')
    """
    word = name.lower().strip("_")
    return _CANONICAL.get(word, word)


def join(first: Hint, second: Hint) -> Hint:
    """Everything that `first` says, and what `second` adds to it; nothing where only one means ids."""
    if (
        first.dtype
        and second.dtype
        and FLOATING in (first.dtype, second.dtype)
        and first.dtype != second.dtype
    ):
        return first
    dims, leading = _joined_dims(first, second)
    return Hint(
        dims,
        leading,
        first.dtype or second.dtype,
        first.low if first.dtype or first.low is not None else second.low,
        first.high if first.high is not None else second.high,
        first.origin or second.origin,
        grain=first.grain + second.grain,
    )


def renamed(hint: Hint, names: Hint) -> Hint:
    """The hint with its free axes called as in another of the same rank, but a batch stays where it is."""
    if hint.leading or names.leading or len(hint.dims) != len(names.dims):
        return hint
    fixed = {"b", *(dim.name for dim in hint.dims if dim.size)}
    pairs = zip(hint.dims, names.dims, strict=True)
    dims = (
        ours if ours.size or ours.name in fixed or theirs.name in fixed else theirs for ours, theirs in pairs
    )
    return replace(hint, dims=tuple(dims))


def _joined_dims(first: Hint, second: Hint) -> tuple[Dims, bool]:
    """Both aligned at their last dimension; where the ranks contradict each other, the first is right."""
    ours, theirs = first.dims, second.dims
    if not _same_rank(first, second):
        return ours, first.leading
    shared = min(len(ours), len(theirs))
    longer = ours if len(ours) > len(theirs) else theirs
    tail = _filled(ours[len(ours) - shared :], theirs[len(theirs) - shared :])
    return longer[: len(longer) - shared] + tail, first.leading and second.leading


def _same_rank(first: Hint, second: Hint) -> bool:
    more = len(second.dims) - len(first.dims)
    if first.leading and not second.leading:
        return more > 0 or not second.dims
    return more <= 0 if second.leading and not first.leading else more == 0 or second.leading


def _filled(ours: Dims, theirs: Dims) -> Dims:
    return tuple(Size(a.size or b.size, a.name or b.name) for a, b in zip(ours, theirs, strict=True))


def with_channels(names: list[str], sizes: Sequence[int]) -> list[str]:
    """Names for the axes of a video, whose frames may come before its channels: three are the colours.

    >>> with_channels(["b", "c", "f", "h", "w"], [2, 8, 3, 16, 16])
    ['b', 'f', 'c', 'h', 'w']
    """
    known = dict(zip(names, sizes, strict=True))
    if known.get("f") != COLOURS or known.get("c") in (COLOURS, None):
        return names
    return [{"c": "f", "f": "c"}.get(name, name) for name in names]
