"""SD104 einops-pattern: an einops pattern and the tensor it is given disagree.

The pattern names one axis per dimension of the tensor; sizes given for names must agree with it,
and a group such as `(h d)` must be divisible by the sizes given inside it.

What to do: count the names against the dimensions shown, and look where the given size comes from.

Bad, for `-i 2,16,10`:

    class Net(nn.Module):
        def forward(self, x):
            return rearrange(x, 'b n (h d) -> b h n d', h=4)

Good, for `-i 2,16,12`:

    class Net(nn.Module):
        def forward(self, x):
            return rearrange(x, 'b n (h d) -> b h n d', h=4)
"""

from __future__ import annotations

from collections.abc import Iterator

from shapedoc.checks import Evidence
from shapedoc.checks._crash import crash
from shapedoc.core.report import Finding

CODE = "SD104"
NAME = "einops-pattern"


def check(evidence: Evidence) -> Iterator[Finding]:
    """The einops call that stopped the run."""
    return crash(evidence, CODE)
