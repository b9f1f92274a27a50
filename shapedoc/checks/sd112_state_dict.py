"""SD112 state-dict: a checkpoint and the model it is loaded into have different shapes or names.

The model was built with other sizes than the checkpoint was saved from: another hidden size, another
vocabulary, another number of kv heads; or the names differ by a prefix such as `module.`.

With `--weights FILE` a checkpoint (safetensors, an index of them, or torch's own) is held against the model;
its data is not read.

What to do: build the model with the arguments the checkpoint was made with. `strict=False` hides names
that differ, not shapes.

Bad, for `-i 2,3`:

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(3, 4)
            self.fc.load_state_dict(nn.Linear(5, 4).state_dict())

        def forward(self, x):
            return self.fc(x)

Good, for `-i 2,3`:

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(3, 4)
            self.fc.load_state_dict(nn.Linear(3, 4).state_dict())

        def forward(self, x):
            return self.fc(x)
"""

from __future__ import annotations

from collections.abc import Iterator

from shapedoc.checks import Evidence
from shapedoc.checks._crash import crash
from shapedoc.core.report import Finding, Fix

CODE = "SD112"
NAME = "state-dict"


def check(evidence: Evidence) -> Iterator[Finding]:
    """The checkpoint that stopped the run, and why the one that `--weights` names does not fit."""
    yield from crash(evidence, CODE)
    for misfit in evidence.run.misfits:
        fixes = tuple(Fix(title) for title in misfit.fixes)
        module = misfit.key.rpartition(".")[0]
        yield Finding(CODE, misfit.message, misfit.made, notes=misfit.notes, fixes=fixes, module=module)
