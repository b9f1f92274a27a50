"""SD106 head-count: the operands of an attention call disagree on heads, or kv heads do not divide.

Queries, keys and values must have the same number of heads, or, with grouped queries, the kv heads
must divide the query heads. Libraries report this as a broadcast error, or not at all.

What to do: follow both counts to the lines that made them; one of them is usually computed from
another number than `num_heads`.

Bad, for `-i 2,8,16,32`:

    class Net(nn.Module):
        def forward(self, x):
            return F.scaled_dot_product_attention(x, x[:, :3], x[:, :3], enable_gqa=True)

Good, for `-i 2,8,16,32`:

    class Net(nn.Module):
        def forward(self, x):
            return F.scaled_dot_product_attention(x, x[:, :4], x[:, :4], enable_gqa=True)
"""

from __future__ import annotations

from collections.abc import Iterator

from shapedoc.checks import Evidence
from shapedoc.checks._crash import crash
from shapedoc.core.report import Finding

CODE = "SD106"
NAME = "head-count"


def check(evidence: Evidence) -> Iterator[Finding]:
    """The attention call that stopped the run."""
    return crash(evidence, CODE)
