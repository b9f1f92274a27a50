"""SD202 swapped-layout: attention is fed heads where tokens belong, and tokens where heads belong.

`scaled_dot_product_attention` takes heads first, [batch, heads, tokens, head_dim]; flash-attention,
xformers and NATTEN since 0.20 take tokens first. Given the other layout the kernel runs without a word:
heads attend to heads, each position on its own.

What to do: `transpose(1, 2)` before and after the call.

What is meant and stays silent: attention over channels, where positions are the features.

Bad, for `-i "b=2 t=10 d=32"`:

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.qkv = nn.Linear(32, 96)

        def forward(self, x):
            q, k, v = self.qkv(x).view(*x.shape[:2], 3, 4, 8).unbind(2)
            return F.scaled_dot_product_attention(q, k, v).flatten(2)

Good, for `-i "b=2 t=10 d=32"`:

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.qkv = nn.Linear(32, 96)

        def forward(self, x):
            q, k, v = self.qkv(x).view(*x.shape[:2], 3, 4, 8).permute(2, 0, 3, 1, 4)
            return F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2)
"""

from __future__ import annotations

from collections.abc import Iterator

from shapedoc.checks import Evidence
from shapedoc.checks._silent import dim_at, finding_at, is_batch, is_token, named
from shapedoc.core.axes import Dim
from shapedoc.core.report import Finding
from shapedoc.trace.recorder import Var

CODE = "SD202"
NAME = "swapped-layout"


def check(evidence: Evidence) -> Iterator[Finding]:
    """Every attention call whose token dimension holds heads."""
    trace = evidence.run.trace
    for op in trace.ops:
        if named(op, "scaled_dot_product_attention") and op.outputs:
            for var in op.inputs()[:1]:
                if len(var.shape) >= 3 and _is_swapped(var):
                    rank = len(var.shape)
                    message = (
                        f"tokens stand where heads belong and heads where tokens belong: {list(var.shape)}"
                    )
                    notes = ("the kernel takes [batch, heads, tokens, head_dim]: heads attend to heads",)
                    yield finding_at(trace, op, CODE, message, notes, (var, rank - 2), (var, rank - 3))


def _is_swapped(query: Var) -> bool:
    """Tokens before a dimension that was cut from the same axis as the features."""
    *_, before, tokens, features = (dim_at(query, index) for index in range(len(query.shape)))
    return (is_token(before) or is_batch(before) and len(query.shape) == 3) and _are_parts(tokens, features)


def _are_parts(outer: Dim, inner: Dim) -> bool:
    """Whether two dimensions were cut from one axis, as heads and head_dim are."""
    if len(outer) != 1 or len(inner) != 1:
        return False
    return outer[0].axis is inner[0].axis and outer[0].step == inner[0].step * inner[0].size
