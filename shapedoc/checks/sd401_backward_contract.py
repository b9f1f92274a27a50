"""SD401 backward-contract: a gradient does not have the shape, the number or the kind that is asked for.

`backward` of a tensor takes a gradient of that tensor's shape; a custom `autograd.Function` returns one
gradient for each input of its forward, None for an input that is None or no tensor.

What to do: return the gradients in the order of the inputs, and None where there is nothing to return.

Bad, for `-i 3`:

    class Net(nn.Module):
        def forward(self, x):
            y = x * 2
            y.backward(torch.ones(4))
            return y

Good, for `-i 3`:

    class Net(nn.Module):
        def forward(self, x):
            y = x * 2
            return y * torch.ones(3)
"""

from __future__ import annotations

from collections.abc import Iterator

from shapedoc.checks import Evidence
from shapedoc.checks._crash import crash
from shapedoc.core.report import Finding

CODE = "SD401"
NAME = "backward-contract"


def check(evidence: Evidence) -> Iterator[Finding]:
    """The backward pass that stopped the run."""
    return crash(evidence, CODE)
