"""SD105 channels: a convolution or normalisation meets another number of channels than it was built for.

Convolutions and batch, group and instance norms expect channels in the second dimension
(b c h w), layer norm in the last. Where the expected number stands in another dimension of the
tensor, the layout is channels last and a permute is missing.

What to do: build the layer for the channels that arrive, or permute the data.

Bad, for `-i 2,16,16,3`:

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(3, 8, 3)

        def forward(self, x):
            return self.conv(x)

Good, for `-i 2,16,16,3`:

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(3, 8, 3)

        def forward(self, x):
            return self.conv(x.permute(0, 3, 1, 2))
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from shapedoc.checks import Evidence
from shapedoc.checks._crash import crash, operand_of
from shapedoc.checks._misuse import wrapper
from shapedoc.core.mismatch import Mismatch
from shapedoc.core.report import Finding
from shapedoc.trace.faults import Fault

CODE = "SD105"
NAME = "channels"


def check(evidence: Evidence) -> Iterator[Finding]:
    """The layer that stopped the run."""
    return crash(evidence, CODE, notes)


def notes(fault: Fault, mismatch: Mismatch) -> Iterable[str]:
    """What to write around a layer, else what the sizes suggest."""
    return tuple(wrapper(fault, mismatch)) or elsewhere(fault, mismatch)


def elsewhere(fault: Fault, mismatch: Mismatch) -> Iterable[str]:
    """Say so where the expected number of channels stands in another dimension."""
    var = operand_of(fault, mismatch.operand)
    if var is None or mismatch.dim is None or len(mismatch.expected) != 1:
        return
    places = [
        index
        for index, size in enumerate(var.shape)
        if size == mismatch.expected[0] and index != mismatch.dim
    ]
    if places and places[-1] > 0:
        yield f"dimension {places[-1]} has {mismatch.expected[0]}: is the layout channels last?"
