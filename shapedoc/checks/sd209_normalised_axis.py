"""SD209 normalised-axis: vectors are normalised along another axis than the one they are scaled by.

Root mean square normalisation is `x / |x| * sqrt(d)`, d entries to a vector (Zhang and Sennrich 2019,
arXiv:1910.07467). Where the length is taken along the tokens and the factor is the root of the number of
features, every feature of a token is scaled by what stands at other positions: a causal model sees ahead.
Where the length is that of one entry alone, beside features that stand apart, all that is left is its sign.

What to do: `dim=-1` where features stand last, `dim=1` where channels do.

What is meant and stays silent: a factor that is no root of a size, a learned one, channels normalised over
space without one.

Bad, for `-i "b=2 t=5 d=64"`:

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.up = nn.Linear(64, 16)

        def forward(self, x):
            return torch.nn.functional.normalize(self.up(x), dim=1) * 16**0.5

Good, for `-i "b=2 t=5 d=64"`:

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.up = nn.Linear(64, 16)

        def forward(self, x):
            return torch.nn.functional.normalize(self.up(x), dim=-1) * 16**0.5

Good, for `-i "b=2 t=5 d=64"`:

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.up = nn.Linear(64, 16)

        def forward(self, x):
            return torch.nn.functional.normalize(self.up(x), dim=1) * 10

Bad, for `-i "b=2 t=5 d=16"`, one group whose features stand in the place of its entries:

    class Net(nn.Module):
        def forward(self, x):
            groups = x.unflatten(-1, (1, 16)).transpose(-1, -2)
            return torch.nn.functional.normalize(groups, dim=-1).flatten(-2)

Good, for `-i "b=2 t=5 d=16"`:

    class Net(nn.Module):
        def forward(self, x):
            groups = x.unflatten(-1, (1, 16))
            return torch.nn.functional.normalize(groups, dim=-1).flatten(-2)

Good, for `-i "b=2 t=5 d=16"`, one length for all of a sample:

    class Net(nn.Module):
        def forward(self, x):
            return torch.nn.functional.normalize(x, dim=(1, 2)) * 4
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from shapedoc.checks import Evidence
from shapedoc.checks._silent import axis_of, dim_at, finding_at, is_token, named
from shapedoc.core.axes import Kind
from shapedoc.core.entries import listed
from shapedoc.core.report import Finding
from shapedoc.trace.layouts import position
from shapedoc.trace.recorder import Op, Var

CODE = "SD209"
NAME = "normalised-axis"


def check(evidence: Evidence) -> Iterator[Finding]:
    """Every normalisation of one entry, and every one whose result is multiplied by a number."""
    for op in evidence.calls.of("normalize"):
        if _is_normalisation(op):
            yield from _alone(evidence, op)
    for op in evidence.calls.of("mul"):
        inputs = op.inputs()
        normalised = inputs[0].op if len(inputs) == 1 else None
        if normalised is not None and _is_normalisation(normalised):
            yield from _compared(evidence, normalised, _factor(op))


def _is_normalisation(op: Op) -> bool:
    """Whether a call gives vectors of length one, along one dimension."""
    known = named(op, "normalize") and op.kwargs.get("p", 2.0) == 2
    return known and isinstance(op.kwargs.get("dim", 1), int)


def _alone(evidence: Evidence, op: Op) -> Iterator[Finding]:
    x = op.inputs()[0]
    dim = position(op.kwargs.get("dim", 1), len(x.shape))
    features = next((other for other in range(len(x.shape)) if _is_feature(x, other)), None)
    if features is not None and x.shape[dim] == 1:
        yield finding_at(
            evidence.run.trace,
            op,
            CODE,
            f"dimension {dim} of {list(x.shape)} is normalised, and has one entry: what is left is its sign",
            (
                f"the features stand in dimension {features}, and none is measured by the others",
                f"each of {listed(dim_at(x, features))} becomes 1 or -1",
            ),
            (x, dim),
            (x, features),
        )


def _factor(op: Op) -> float:
    return next((float(arg) for arg in op.args if isinstance(arg, int | float)), 0.0)


def _compared(evidence: Evidence, op: Op, factor: float) -> Iterator[Finding]:
    x = op.inputs()[0]
    dim = position(op.kwargs.get("dim", 1), len(x.shape))
    if not is_token(dim_at(x, dim)) or _is_root_of(x.shape[dim], factor):
        return
    for other, size in enumerate(x.shape):
        if _is_root_of(size, factor) and _is_feature(x, other):
            yield finding_at(
                evidence.run.trace,
                op,
                CODE,
                f"dimension {dim} of {list(x.shape)} is normalised, and the factor {factor:.4g} "
                f"is the root of the size of dimension {other}",
                (
                    "every feature is divided by its length over all positions, so what one position gives "
                    "depends on the others",
                ),
                (x, dim),
            )


def _is_root_of(size: int, factor: float) -> bool:
    return size > 1 and math.isclose(factor * factor, size, rel_tol=1e-6)


def _is_feature(x: Var, dim: int) -> bool:
    axis = axis_of(dim_at(x, dim))
    return axis is not None and axis.kind is Kind.FEATURE and axis.size > 1
