"""SD103 reshape-size: a view or reshape asks for another number of elements than there are.

torch prints the wanted shape and a bare count of elements; here the shape that arrived is shown,
with its axes, and what became of each of them.

What to do: use `-1` for the dimension that follows from the others, and take sizes from
`x.shape` where the input decides them.

Bad, for `-i 2,3,8,8`:

    class Net(nn.Module):
        def forward(self, x):
            return x.view(2, 3 * 32)

Good, for `-i 2,3,8,8`:

    class Net(nn.Module):
        def forward(self, x):
            return x.view(x.shape[0], -1)
"""

from __future__ import annotations

from collections.abc import Iterator

from shapedoc.checks import Evidence
from shapedoc.checks._crash import crash
from shapedoc.core.report import Finding

CODE = "SD103"
NAME = "reshape-size"


def check(evidence: Evidence) -> Iterator[Finding]:
    """The reshape that stopped the run."""
    return crash(evidence, CODE)
