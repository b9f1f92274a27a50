"""SD108 kernel-contract: a call that its kernel's contract does not allow, in a way no other rule names.

Windows larger than their input, a mask that does not fit its scores, a state of another layer's
size: what the call expects and what it was given are in the message.

Bad, for `-i 1,3,4,4`:

    class Net(nn.Module):
        def forward(self, x):
            return F.avg_pool2d(x, 5)

Good, for `-i 1,3,8,8`:

    class Net(nn.Module):
        def forward(self, x):
            return F.avg_pool2d(x, 5)
"""

from __future__ import annotations

from collections.abc import Iterator

from shapedoc.checks import Evidence
from shapedoc.checks._crash import crash
from shapedoc.core.report import Finding

CODE = "SD108"
NAME = "kernel-contract"


def check(evidence: Evidence) -> Iterator[Finding]:
    """The call that stopped the run."""
    return crash(evidence, CODE)
