"""SD101 linear-features: the sizes that a product contracts differ.

A Linear layer multiplies the last dimension of its input with `in_features`; a matmul the last
dimension of the left with the second to last of the right; an einsum all dimensions of one letter.
torch prints both operands flattened to matrices and the weight transposed; here they are shown as
they are, and the layer is named.

What to do: give the layer the size that arrives, or bring the data to the size the layer was built
for. After attention, heads and head_dim are often still two dimensions and must be merged first.

Bad, for `-i 2,8,16`:

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.up = nn.Linear(16, 32)
            self.down = nn.Linear(64, 16)

        def forward(self, x):
            return self.down(self.up(x))

Good, for `-i 2,8,16`:

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.up = nn.Linear(16, 32)
            self.down = nn.Linear(32, 16)

        def forward(self, x):
            return self.down(self.up(x))
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from shapedoc.checks import Evidence
from shapedoc.checks._crash import crash, operand_of
from shapedoc.checks._misuse import wrapper
from shapedoc.core.mismatch import Mismatch
from shapedoc.core.report import Finding
from shapedoc.trace.faults import Fault

CODE = "SD101"
NAME = "linear-features"


def check(evidence: Evidence) -> Iterator[Finding]:
    """The product that stopped the run."""
    return crash(evidence, CODE, notes)


def notes(fault: Fault, mismatch: Mismatch) -> Iterable[str]:
    """What to write around a layer, else what the sizes suggest."""
    return tuple(wrapper(fault, mismatch)) or unmerged(fault, mismatch)


def unmerged(fault: Fault, mismatch: Mismatch) -> Iterable[str]:
    """Say so where the last dimensions, merged, would fit."""
    var = operand_of(fault, mismatch.operand)
    if var is None or len(var.shape) < 3 or len(mismatch.expected) != 1:
        return
    *_, heads, features = var.shape
    if heads * features == mismatch.expected[0]:
        yield f"{mismatch.expected[0]} = {heads} × {features}: its last two dimensions are still apart"
