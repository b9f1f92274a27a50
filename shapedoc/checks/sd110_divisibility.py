"""SD110 divisibility: a size must divide another and does not.

embed_dim by num_heads, channels by groups, the image side by the patch, channels by the square of
an upscale factor.

What to do: change one of the two numbers; both, and where they come from, are in the message.

Bad, for `-i 2,4,8`:

    class Net(nn.Module):
        def forward(self, x):
            return F.glu(x[..., :7])

Good, for `-i 2,4,8`:

    class Net(nn.Module):
        def forward(self, x):
            return F.glu(x)
"""

from __future__ import annotations

from collections.abc import Iterator

from shapedoc.checks import Evidence
from shapedoc.checks._crash import crash
from shapedoc.core.report import Finding

CODE = "SD110"
NAME = "divisibility"


def check(evidence: Evidence) -> Iterator[Finding]:
    """The call or assertion that stopped the run."""
    return crash(evidence, CODE)
