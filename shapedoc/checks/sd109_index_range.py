"""SD109 index-range: an index, class or position lies outside its table.

An embedding has rows 0 to num_embeddings - 1; a position table as many as the longest sequence it
was built for. On a GPU this ends in a device-side assert that names another line.

What to do: raise the size of the table, or look at where the indices come from. Shapes alone do not
know the values of computed indices; give integer inputs their range (`-i "2,16:int64[0,100)"`).

Bad, for `-i 2,8`:

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.position = nn.Embedding(4, 8)

        def forward(self, x):
            return x + self.position(torch.arange(x.shape[1]))[:, 0]

Good, for `-i 2,8`:

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.position = nn.Embedding(16, 8)

        def forward(self, x):
            return x + self.position(torch.arange(x.shape[1]))[:, 0]
"""

from __future__ import annotations

from collections.abc import Iterator

from shapedoc.checks import Evidence
from shapedoc.checks._crash import crash
from shapedoc.core.report import Finding

CODE = "SD109"
NAME = "index-range"


def check(evidence: Evidence) -> Iterator[Finding]:
    """The look-up that stopped the run."""
    return crash(evidence, CODE)
