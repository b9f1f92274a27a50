"""SD208 repeat-order: `repeat` where `repeat_interleave` pairs the groups, or the reverse.

`repeat` gives a b c a b c, `repeat_interleave` a a b b c c. When the result meets a tensor that was merged
in the other order, every entry is paired with one of another sample; with one sample nothing shows.

The same goes for channels and kernels of several samples that are merged for one grouped convolution, and
for a code that is laid along pairs of features, as in rotary positions: pairs that were cut as neighbours
need codes that were repeated as neighbours.

What is meant and stays silent: a grid, whose rows and columns are one range repeated in both orders.

What to do: repeat in the order in which the other tensor was merged.

Bad, for `-i "b=2 k=3 d=8"`:

    class Net(nn.Module):
        def forward(self, x):
            b, k, d = x.shape
            query = x[:, 0].repeat(k, 1)
            return query + x.reshape(b * k, d)

Good, for `-i "b=2 k=3 d=8"`:

    class Net(nn.Module):
        def forward(self, x):
            b, k, d = x.shape
            query = x[:, 0].repeat_interleave(k, dim=0)
            return query + x.reshape(b * k, d)

Bad, for `-i "b=2 c=4 h=8 w=8" -i kernels=2,4,3,3`, where every sample has kernels of its own:

    class Net(nn.Module):
        def forward(self, x, kernels):
            kernels = rearrange(kernels, "b c kh kw -> (c b) 1 kh kw")
            return F.conv2d(rearrange(x, "b c h w -> 1 (b c) h w"), kernels, groups=len(kernels))

Good, for `-i "b=2 c=4 h=8 w=8" -i kernels=2,4,3,3`:

    class Net(nn.Module):
        def forward(self, x, kernels):
            kernels = rearrange(kernels, "b c kh kw -> (b c) 1 kh kw")
            return F.conv2d(rearrange(x, "b c h w -> 1 (b c) h w"), kernels, groups=len(kernels))
"""

from __future__ import annotations

from collections.abc import Iterator

from shapedoc.checks import Evidence
from shapedoc.checks._copies import copied, is_copy
from shapedoc.checks._meetings import Pair
from shapedoc.checks._silent import dim_at, finding_at, written
from shapedoc.core.axes import Dim, Kind
from shapedoc.core.entries import facing
from shapedoc.core.meetings import in_other_order, is_repeated
from shapedoc.core.report import Finding
from shapedoc.trace.recorder import Trace

CODE = "SD208"
NAME = "repeat-order"


def check(evidence: Evidence) -> Iterator[Finding]:
    """Every call that pairs a repeated dimension with one merged in another order."""
    trace = evidence.run.trace
    for op, pairs in evidence.meetings:
        for first, second in pairs:
            dims = dim_at(*first), dim_at(*second)
            if in_other_order(*dims) and is_repeated(*dims) and not _is_grid(trace, (first, second)):
                size = first[0].shape[first[1]]
                done = "repeated" if any(is_copy(trace, piece) for piece in sum(dims, ())) else "merged"
                message = f"a dimension of {size} was {done} in one order and merged in another"
                yield finding_at(trace, op, CODE, message, _notes(*dims), first, second)
                break
            if _is_cut_otherwise(evidence, *dims) or _is_cut_otherwise(evidence, *dims[::-1]):
                message = f"{written(dims[:1])} and {written(dims[1:])} are cut in different places"
                notes = (
                    "copies that belong side by side lie far apart, or the reverse",
                    f"what meets is {facing(*dims)}",
                )
                yield finding_at(trace, op, CODE, message, notes, first, second)
                break


def _notes(first: Dim, second: Dim) -> tuple[str, ...]:
    return (
        "entries of one sample are paired with those of another as soon as there are two samples",
        f"what meets is {facing(first, second)}",
    )


def _is_grid(trace: Trace, pair: Pair) -> bool:
    """Whether both are copies: rows and columns of a table of positions repeat one range in both orders.

    Samples are no range: copies of two tensors of one batch belong together. Those of one tensor, in both
    orders, are all its pairs.
    """
    (first, at), (second, index) = pair
    dims = dim_at(first, at), dim_at(second, index)
    samples = any(piece.axis.kind is Kind.BATCH for dim in dims for piece in dim)
    ranges = not samples or copied(first) is copied(second)
    return ranges and all(any(is_copy(trace, piece) for piece in dim) for dim in dims)


def _is_cut_otherwise(evidence: Evidence, whole: Dim, copied: Dim) -> bool:
    """Whether an axis is cut into as many parts at its other end as there are copies of what it meets."""
    if len(whole) != 1 or len(copied) != 2:
        return False
    inner = {piece.size for piece in copied[1:] if is_copy(evidence.run.trace, piece)}
    outer = {piece.size for piece in copied[:1] if is_copy(evidence.run.trace, piece)}
    if not inner and not outer:
        return False
    cuts = evidence.cuts.get(whole[0].axis, set())
    last = {size for size, step in cuts if step == whole[0].step}
    first = {
        size for size, step in cuts if step * size == whole[0].step * whole[0].size and step > whole[0].step
    }
    return bool(inner & first and not inner & last or outer & last and not outer & first)
