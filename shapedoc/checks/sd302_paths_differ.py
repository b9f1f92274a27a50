"""SD302 paths-differ: two ways through a model that a flag selects give different numbers.

A fused kernel and the same written out must agree to rounding. Where they do not (another scale, a mask
left out, an axis transposed), a checkpoint depends on the flag it was trained with, and on the machine.

`--toggle NAME` runs both ways on the same weights and inputs, with numbers; `--toggle auto` tries the
flags that choose between a fused attention and one written out. Sizes at which both agree by coincidence
hide nothing: the model is built with other numbers too.

What to do: find in the way that is not the reference what the other one does between the two steps.

Bad, for `-i "b=2 t=5 d=64" --toggle fused`:

    class Net(nn.Module):
        def __init__(self, dim=64):
            super().__init__()
            self.fused = True
            self.qkv = nn.Linear(dim, 3 * dim)

        def forward(self, x):
            q, k, v = self.qkv(x)[:, None].chunk(3, dim=-1)
            if self.fused:
                return F.scaled_dot_product_attention(q, k, v)
            return (q @ k.transpose(-2, -1)).softmax(-1) @ v

Good, for `-i "b=2 t=5 d=64" --toggle fused`:

    class Net(nn.Module):
        def __init__(self, dim=64):
            super().__init__()
            self.fused = True
            self.qkv = nn.Linear(dim, 3 * dim)

        def forward(self, x):
            q, k, v = self.qkv(x)[:, None].chunk(3, dim=-1)
            if self.fused:
                return F.scaled_dot_product_attention(q, k, v)
            return (q @ k.transpose(-2, -1) * q.shape[-1] ** -0.5).softmax(-1) @ v
"""

from __future__ import annotations

from collections.abc import Iterator

from shapedoc.checks import Evidence
from shapedoc.core.report import Finding, Label, Span
from shapedoc.trace.parting import Parting
from shapedoc.trace.recorder import Op

CODE = "SD302"
NAME = "paths-differ"


def check(evidence: Evidence) -> Iterator[Finding]:
    """The flags whose ways part."""
    for parting in evidence.run.partings:
        last = parting.met or parting.off or parting.on
        yield Finding(
            code=CODE,
            message=f"{parting.flag} on and off give numbers that differ by up to {parting.difference:.3g}",
            span=_span(last),
            labels=tuple(_labels(parting)),
            notes=tuple(_notes(parting)),
            module=last.module.path if last and last.module else "",
        )


def _span(op: Op | None) -> Span | None:
    return op.place.span() if op and op.place else None


def _labels(parting: Parting) -> Iterator[Label]:
    for op, value in ((parting.on, True), (parting.off, False)):
        if span := _span(op):
            yield Label(span, f"where {parting.flag} is {value}")


def _notes(parting: Parting) -> Iterator[str]:
    if parting.met is not None:
        yield f"the first step after both ways whose numbers differ is {parting.met.name}"
    if parting.sizes:
        yield f"with {parting.sizes}; at the sizes of this run they agree"
