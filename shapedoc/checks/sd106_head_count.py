"""SD106 head-count: the operands of an attention call disagree on heads, or kv heads do not divide.

Queries, keys and values must have the same number of heads, or, with grouped queries, the kv heads
must divide the query heads. Libraries report this as a broadcast error, or not at all. With `--tp N` the
kv heads must also divide among N ranks.

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
from shapedoc.checks._ranks import heads_in, undivided
from shapedoc.core.mismatch import Fault, Mismatch, explain
from shapedoc.core.report import Finding

CODE = "SD106"
NAME = "head-count"


def check(evidence: Evidence) -> Iterator[Finding]:
    """The attention call that stopped the run; with `--tp`, kv heads that do not divide among the ranks."""
    yield from crash(evidence, CODE, words=counts)
    ranks = evidence.run.ranks
    for divided in heads_in(evidence.calls, "key") if ranks else ():
        yield from undivided(divided, ranks, CODE, _advice(divided.size, max(ranks)))


def _advice(kv_heads: int, ranks: int) -> str:
    if ranks % kv_heads:
        return f"kv heads can be replicated where their number divides that of the ranks; {kv_heads} does not"
    return f"replicate each kv head on {ranks // kv_heads} ranks"


def counts(mismatch: Mismatch) -> str:
    """Both counts of heads, where it is them that differ.

    >>> from shapedoc.core.mismatch import Position
    >>> counts(Mismatch(Fault.SIZE, "value[0]", 1, "heads", (4,), 2, Position("attn", 1)))
    'attn has 4 heads, value[0] has 2'
    """
    bound_by, what = mismatch.bound_by, mismatch.axis.replace("_", " ")
    if bound_by is None or "heads" not in what or len(mismatch.expected) != 1:
        return explain(mismatch)
    [expected] = mismatch.expected
    if mismatch.fault is Fault.DIVIDE:
        others = f"the {expected} of {bound_by.operand}"
        return f"{mismatch.operand} has {mismatch.found} {what}, which {others} do not divide"
    return f"{bound_by.operand} has {expected} {what}, {mismatch.operand} has {mismatch.found}"
