"""SD110 divisibility: a size must divide another and does not.

embed_dim by num_heads, channels by groups, the image side by the patch, channels by the square of
an upscale factor. With `--tp N` also heads, inner widths and the vocabulary by the number of ranks.

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
from shapedoc.checks._ranks import heads_in, undivided
from shapedoc.core.report import Finding
from shapedoc.trace.ranks import widths_of

CODE = "SD110"
NAME = "divisibility"


def check(evidence: Evidence) -> Iterator[Finding]:
    """The call or assertion that stopped the run; with `--tp`, what does not divide among the ranks."""
    yield from crash(evidence, CODE)
    run = evidence.run
    if run.ranks and run.model is not None:
        for divided in (*heads_in(evidence.calls, "query"), *widths_of(run.model)):
            yield from undivided(divided, run.ranks, CODE, _advice(divided.size, max(run.ranks)))


def _advice(size: int, ranks: int) -> str:
    return f"the next size that divides among {ranks} is {-(-size // ranks) * ranks}"
