"""SD111 rank: a tensor has more or fewer dimensions than the call takes.

A batch dimension that is missing, a sequence where an image is expected, a `dim=` beyond the last
dimension, an unpacking of `x.shape` into more names than there are.

What to do: `unsqueeze` or `flatten` to the number of dimensions the message names.

Bad, for `-i 2,3,8,8`:

    class Net(nn.Module):
        def forward(self, x):
            b, n, d = x.shape
            return x.view(b, -1)

Good, for `-i 2,3,8`:

    class Net(nn.Module):
        def forward(self, x):
            b, n, d = x.shape
            return x.view(b, -1)
"""

from __future__ import annotations

from collections.abc import Iterator

from shapedoc.checks import Evidence
from shapedoc.checks._crash import crash
from shapedoc.checks._misuse import wrapper
from shapedoc.core.report import Finding

CODE = "SD111"
NAME = "rank"


def check(evidence: Evidence) -> Iterator[Finding]:
    """The call or unpacking that stopped the run."""
    return crash(evidence, CODE, wrapper)
