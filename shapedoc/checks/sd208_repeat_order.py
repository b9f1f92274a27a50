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

Bad, for `-i "b=2 n=3 d=8"`, where every sample has the same targets:

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.classify = nn.Linear(8, 3)

        def forward(self, x):
            logits = rearrange(self.classify(x), "b n c -> (n b) c")
            return F.cross_entropy(logits, repeat(torch.arange(3), "n -> (b n)", b=len(x)))

Good, for `-i "b=2 n=3 d=8"`:

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.classify = nn.Linear(8, 3)

        def forward(self, x):
            logits = rearrange(self.classify(x), "b n c -> (b n) c")
            return F.cross_entropy(logits, repeat(torch.arange(3), "n -> (b n)", b=len(x)))

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
from itertools import islice

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
    for op, pairs in evidence.meetings:
        wrong = ((pair, found) for pair in pairs if (found := _fault(evidence, pair)))
        for pair, (message, notes) in islice(wrong, 1):
            yield finding_at(evidence.run.trace, op, CODE, message, notes, *pair)


def _fault(evidence: Evidence, pair: Pair) -> tuple[str, tuple[str, str]] | None:
    """What is wrong with two dimensions that meet, and what that does."""
    (first, at), (second, index) = pair
    ours, theirs = dim_at(first, at), dim_at(second, index)
    if in_other_order(ours, theirs) and is_repeated(ours, theirs) and not _is_grid(evidence.run.trace, pair):
        copies = any(is_copy(evidence.run.trace, piece) for piece in (*ours, *theirs))
        done = "repeated" if copies else "merged"
        message = f"a dimension of {first.shape[at]} was {done} in one order and merged in another"
        mixed = "entries of one sample are paired with those of another as soon as there are two samples"
        return message, (mixed, f"what meets is {facing(ours, theirs)}")
    if _is_cut_otherwise(evidence, ours, theirs) or _is_cut_otherwise(evidence, theirs, ours):
        message = f"{written((ours,))} and {written((theirs,))} are cut in different places"
        apart = "copies that belong side by side lie far apart, or the reverse"
        return message, (apart, f"what meets is {facing(ours, theirs)}")
    return None


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
