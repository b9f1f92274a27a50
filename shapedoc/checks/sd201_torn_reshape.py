"""SD201 torn-reshape: a reshape regroups elements across axes, where a permute was needed.

`reshape` and `view` keep the order of the elements in memory. Merging two dimensions that are not
neighbours, or splitting a merged one in another order than it was merged, gives the right sizes with
every value in a wrong place: frames leak into channels, heads into tokens. Nothing fails, training
still makes progress, and the results are worse.

What to do: bring the dimensions that are to be merged side by side with `permute` first. A checkpoint
trained with the fault depends on it.

What is meant and stays silent: a relative shift (view with another stride, cut, view back), pixel
shuffles, and splits of one axis into parts.

Bad, for `-i "b=2 c=6 t=4 h=5 w=5"`:

    class Net(nn.Module):
        def forward(self, x):
            b, c, t, h, w = x.shape
            return x.reshape(b * t, c, h * w)

Good, for `-i "b=2 c=6 t=4 h=5 w=5"`:

    class Net(nn.Module):
        def forward(self, x):
            b, c, t, h, w = x.shape
            return x.permute(0, 2, 1, 3, 4).reshape(b * t, c, h * w)

Bad, for `-i "b=2 n=10 d=12"`:

    class Net(nn.Module):
        def forward(self, x):
            b, n, d = x.shape
            q = x.view(b, n, 3, d // 3).transpose(1, 2)
            return q.reshape(b, n, d)

Good, for `-i "b=2 n=10 d=12"`:

    class Net(nn.Module):
        def forward(self, x):
            b, n, d = x.shape
            q = x.view(b, n, 3, d // 3).transpose(1, 2)
            return q.transpose(1, 2).reshape(b, n, d)

Bad, for `-i "b=2 c=3 n=20"`, since a patch is to hold neighbours:

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed = nn.Linear(12, 8)

        def forward(self, x):
            b, c, n = x.shape
            return self.embed(x.view(b, c, 4, n // 4).permute(0, 3, 2, 1).flatten(2))

Good, for `-i "b=2 c=3 n=20"`:

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed = nn.Linear(12, 8)

        def forward(self, x):
            b, c, n = x.shape
            return self.embed(x.view(b, c, n // 4, 4).permute(0, 2, 3, 1).flatten(2))

Bad, for `-i "b=2 n=10 d=12"`, since windows of positions are cut in one order and put together in another:

    class Net(nn.Module):
        def forward(self, x):
            b, n, d = x.shape
            windows = x.view(b, 2, n // 2, d)
            return x + windows.transpose(1, 2).reshape(b, n, d)

Good, for `-i "b=2 n=10 d=12"`:

    class Net(nn.Module):
        def forward(self, x):
            b, n, d = x.shape
            windows = x.view(b, 2, n // 2, d)
            return x + windows.reshape(b, n, d)

Bad, for `-i "b=2 c=3 h=12 w=12"`, windows put back with columns where rows belong:

    class Net(nn.Module):
        def forward(self, x):
            windows = rearrange(x, "b c (h p1) (w p2) -> (b h w) c p1 p2", p1=3, p2=3)
            return rearrange(windows, "(b h w) c p2 p1 -> b c (h p1) (w p2)", h=4, w=4)

Good, for `-i "b=2 c=3 h=12 w=12"`:

    class Net(nn.Module):
        def forward(self, x):
            windows = rearrange(x, "b c (h p1) (w p2) -> (b h w) c p1 p2", p1=3, p2=3)
            return rearrange(windows, "(b h w) c p1 p2 -> b c (h p1) (w p2)", h=4, w=4)

Bad, for `-i "b=2 c=3 h=12 w=12"`, blocks cut as every fourth row and put back as rows side by side:

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(3, 8, 3, padding=1)

        def forward(self, x):
            blocks = rearrange(x, "b c (h n) w -> (b n) c h w", n=4)
            return self.conv(rearrange(blocks, "(b n) c h w -> b c (n h) w", n=4))

Good, for `-i "b=2 c=3 h=12 w=12"`:

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(3, 8, 3, padding=1)

        def forward(self, x):
            blocks = rearrange(x, "b c (n h) w -> (b n) c h w", n=4)
            return self.conv(rearrange(blocks, "(b n) c h w -> b c (n h) w", n=4))

Bad, for `-i "logits=b=2 t=5 v=7" -i "targets=b=2 t=5:int64[0,7)"`, since a loss compares row with row:

    class Net(nn.Module):
        def forward(self, logits, targets):
            return F.cross_entropy(logits.flatten(0, 1), targets.t().flatten())

Good, for `-i "logits=b=2 t=5 v=7" -i "targets=b=2 t=5:int64[0,7)"`:

    class Net(nn.Module):
        def forward(self, logits, targets):
            return F.cross_entropy(logits.flatten(0, 1), targets.flatten())
"""

from __future__ import annotations

from collections.abc import Iterator

from shapedoc.checks import Evidence
from shapedoc.checks._meetings import Pairs
from shapedoc.checks._neighbours import NEIGHBOURING, strangers
from shapedoc.checks._readers import readers_in
from shapedoc.checks._silent import dim_at, finding_at, named, written
from shapedoc.checks._undone import is_undone
from shapedoc.core.axes import shape_of
from shapedoc.core.entries import facing
from shapedoc.core.meetings import in_other_order, is_repeated
from shapedoc.core.regrouping import meant_order, mixed_row
from shapedoc.core.report import Finding
from shapedoc.trace.layouts import canonical
from shapedoc.trace.recorder import Op, Torn, Trace, Var

CODE = "SD201"
NAME = "torn-reshape"


def check(evidence: Evidence) -> Iterator[Finding]:
    """Every call that tore axes, that meets them in another order, or takes strangers for neighbours."""
    trace = evidence.run.trace
    for op, part in _torn(evidence):
        yield _finding(trace, op, part)
    for op, pairs in evidence.meetings:
        yield from _merged_differently(trace, op, pairs)
    for op in evidence.calls.of(*NEIGHBOURING):
        for message, notes, places in strangers(op):
            yield finding_at(trace, op, CODE, message, notes, *places)


def _torn(evidence: Evidence) -> Iterator[tuple[Op, Torn]]:
    """Calls that regroup elements, with what they tore; not a skew, and not what is made whole again."""
    trace = evidence.run.trace
    torn = {op.outputs: op for op in trace.ops if op.torn and isinstance(op.outputs, Var)}
    if not torn:
        return
    skewed = {op.inputs()[0] for op in evidence.calls.of("getitem", "narrow") if _is_slice(op)}
    readers = readers_in(trace)
    for op in torn.values():
        if op.outputs not in skewed and not _follows(op):
            yield from ((op, part) for part in op.torn if not is_undone(op.outputs, part, readers))


def _merged_differently(trace: Trace, op: Op, pairs: Pairs) -> Iterator[Finding]:
    """A call that pairs the entries of an axis with those of the same axis, cut and put together anew."""
    for first, second in pairs:
        dims = dim_at(*first), dim_at(*second)
        if in_other_order(*dims) and not is_repeated(*dims):
            message = f"{written(dims[:1])} meets {written(dims[1:])}: the same entries, in another order"
            notes = (
                "one of the two was cut in one order and put together in another",
                f"what meets is {facing(*dims)}",
            )
            yield finding_at(trace, op, CODE, message, notes, first, second)
            return


def _is_slice(op: Op) -> bool:
    """Whether a call cuts a stretch out of a dimension."""
    if not named(op, "getitem"):
        return named(op, "narrow")
    index = op.args[1]
    items = index if isinstance(index, tuple) else (index,)
    return any(isinstance(item, slice) and item != slice(None) for item in items)


def _follows(op: Op) -> bool:
    """Whether a call undoes a skew: it views what was cut out of another view."""
    cut = op.inputs()[0].op
    if cut is None or not _is_slice(cut):
        return False
    viewed = cut.inputs()[0].op
    return viewed is not None and named(viewed, "view", "reshape")


def _finding(trace: Trace, op: Op, torn: Torn) -> Finding:
    new = shape_of(torn.new)
    message = f"{canonical(op.name)} regroups {written(torn.old)} as {list(new)}, across axes"
    notes = [
        "sizes are as they should be, and values stand in rows and columns of others",
        f"side by side in the result are {', '.join(mixed_row(torn.old, new))}",
    ]
    order = meant_order(torn.old, new)
    if order is not None:
        notes.append(
            f"with the dimensions {written(torn.old)} in the order {list(order)} first, no axis is torn"
        )
    first = op.inputs()[0]
    dims = [(first, index) for index, dim in enumerate(first.layout or ()) if dim in torn.old]
    return finding_at(trace, op, CODE, message, tuple(notes), *dims)
