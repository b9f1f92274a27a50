"""SD102 broadcast: sizes that an elementwise call lines up are neither equal nor one.

Dimensions are lined up from the right. Two sizes fit when they are equal or one of them is 1.

What to do: look at which dimension of each tensor is meant to meet which; `unsqueeze` or
`keepdim=True` puts a dimension of one where the axes should not meet.

Bad, for `-i 2,8,16`:

    class Net(nn.Module):
        def forward(self, x):
            return x - x.mean(dim=1)

Good, for `-i 2,8,16`:

    class Net(nn.Module):
        def forward(self, x):
            return x - x.mean(dim=1, keepdim=True)
"""

from __future__ import annotations

from collections.abc import Iterator

from shapedoc.checks import Evidence
from shapedoc.checks._crash import crash
from shapedoc.core.report import Finding

CODE = "SD102"
NAME = "broadcast"


def check(evidence: Evidence) -> Iterator[Finding]:
    """The elementwise call that stopped the run."""
    return crash(evidence, CODE)
