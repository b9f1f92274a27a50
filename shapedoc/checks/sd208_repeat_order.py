"""SD208 repeat-order: `repeat` where `repeat_interleave` pairs the groups, or the reverse.

`repeat` gives a b c a b c, `repeat_interleave` a a b b c c. When the result meets a tensor that was merged
in the other order, every entry is paired with one of another sample; with one sample nothing shows.

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
"""

from __future__ import annotations

from collections.abc import Iterator

from shapedoc.checks import Evidence
from shapedoc.checks._silent import dim_at, finding_at
from shapedoc.core.axes import Dim
from shapedoc.core.entries import facing
from shapedoc.core.meetings import in_other_order, is_repeated
from shapedoc.core.report import Finding

CODE = "SD208"
NAME = "repeat-order"


def check(evidence: Evidence) -> Iterator[Finding]:
    """Every call that pairs a repeated dimension with one merged in another order."""
    trace = evidence.run.trace
    for op, pairs in evidence.meetings:
        for first, second in pairs:
            dims = dim_at(*first), dim_at(*second)
            if in_other_order(*dims) and is_repeated(*dims):
                size = first[0].shape[first[1]]
                message = f"a dimension of {size} was repeated in one order and merged in another"
                yield finding_at(trace, op, CODE, message, _notes(*dims), first, second)
                break


def _notes(first: Dim, second: Dim) -> tuple[str, ...]:
    return (
        "entries of one sample are paired with those of another as soon as there are two samples",
        f"what meets is {facing(first, second)}",
    )
