"""SD107 cat-sizes: tensors to be joined differ where they must be equal.

`cat` needs equal sizes everywhere but in its own dimension, `stack` everywhere. In networks with
skip connections the two paths usually differ by one, because an odd size was halved and doubled.

What to do: pad or crop to the skip connection's size, or take sizes that halve evenly.

Bad, for `-i 1,3,18,18`:

    class Net(nn.Module):
        def forward(self, x):
            half = F.max_pool2d(x, 4)
            return torch.cat([x, F.interpolate(half, scale_factor=4)], dim=1)

Good, for `-i 1,3,16,16`:

    class Net(nn.Module):
        def forward(self, x):
            half = F.max_pool2d(x, 4)
            return torch.cat([x, F.interpolate(half, scale_factor=4)], dim=1)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from shapedoc.checks import Evidence
from shapedoc.checks._crash import crash
from shapedoc.core.mismatch import Mismatch
from shapedoc.core.report import Finding
from shapedoc.trace.faults import Fault

CODE = "SD107"
NAME = "cat-sizes"


def check(evidence: Evidence) -> Iterator[Finding]:
    """The join that stopped the run."""
    return crash(evidence, CODE, odd)


def odd(fault: Fault, mismatch: Mismatch) -> Iterable[str]:
    """Say so where the paths differ by the rounding of a halving."""
    if mismatch.found and len(mismatch.expected) == 1 and abs(mismatch.found - mismatch.expected[0]) == 1:
        yield "the sizes differ by one: an odd size was halved, and rounded, on one of the paths"
