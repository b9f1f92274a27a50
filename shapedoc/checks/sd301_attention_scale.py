"""SD301 attention-scale: queries times keys are scaled by the root of another size than head_dim.

The sum of head_dim products grows with its root, so softmax is given `q @ k * head_dim ** -0.5`. Where
the root is that of the number of heads, of the whole width or of the sequence, softmax is too sharp or
too flat, by a factor that changes with the configuration. Nothing fails, and training hides it.

What to do: `head_dim ** -0.5`. A checkpoint that was trained with the other scale depends on it.

What is meant and stays silent: no scale, 1 / head_dim, a learned temperature, cosine attention, caps,
any constant of your own.

Bad, for `-i "b=2 t=5 d=64"`:

    class Net(nn.Module):
        def __init__(self, dim=64, num_heads=4):
            super().__init__()
            self.num_heads = num_heads
            self.scale = num_heads ** -0.5
            self.qkv = nn.Linear(dim, 3 * dim)

        def forward(self, x):
            q, k, v = rearrange(self.qkv(x), "b t (m h d) -> m b h t d", m=3, h=self.num_heads)
            x = (q @ k.transpose(-2, -1) * self.scale).softmax(-1) @ v
            return rearrange(x, "b h t d -> b t (h d)")

Good, for `-i "b=2 t=5 d=64"`:

    class Net(nn.Module):
        def __init__(self, dim=64, num_heads=4):
            super().__init__()
            self.num_heads = num_heads
            self.scale = (dim // num_heads) ** -0.5
            self.qkv = nn.Linear(dim, 3 * dim)

        def forward(self, x):
            q, k, v = rearrange(self.qkv(x), "b t (m h d) -> m b h t d", m=3, h=self.num_heads)
            x = (q @ k.transpose(-2, -1) * self.scale).softmax(-1) @ v
            return rearrange(x, "b h t d -> b t (h d)")

The width of what the queries are projected from is no head_dim either, where the heads are wider:

Bad, for `-i "b=2 t=5 d=96"`:

    class Net(nn.Module):
        def __init__(self, dim=96, heads=4, dim_head=32):
            super().__init__()
            self.heads = heads
            self.scale = dim ** -0.5
            self.qkv = nn.Linear(dim, 3 * heads * dim_head)

        def forward(self, x):
            q, k, v = rearrange(self.qkv(x), "b t (m h d) -> m b h t d", m=3, h=self.heads)
            x = (q @ k.transpose(-2, -1) * self.scale).softmax(-1) @ v
            return rearrange(x, "b h t d -> b t (h d)")

As many heads as head_dim hide nothing, nor does a branch that was not taken:

Bad, for `-i "b=2 t=5 d=64"`:

    class Net(nn.Module):
        def __init__(self, dim=64, num_heads=8, fused=True):
            super().__init__()
            self.num_heads = num_heads
            self.head_dim = dim // num_heads
            self.scale = num_heads ** -0.5
            self.fused = fused
            self.qkv = nn.Linear(dim, 3 * dim)

        def forward(self, x):
            b, t, d = x.shape
            q, k, v = self.qkv(x).view(b, t, 3, self.num_heads, self.head_dim).permute(2, 0, 3, 1, 4)
            if self.fused:
                x = F.scaled_dot_product_attention(q, k, v)
            else:
                x = (q @ k.transpose(-2, -1) * self.scale).softmax(-1) @ v
            return x.transpose(1, 2).reshape(b, t, d)
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from shapedoc.checks import Evidence
from shapedoc.checks._scales import Setting, settings_of
from shapedoc.checks._scores import Scores, scores_in
from shapedoc.core.report import Finding, Label

CODE = "SD301"
NAME = "attention-scale"
_NOTES = ("softmax is too sharp or too flat, and how much changes with the configuration",)


def check(evidence: Evidence) -> Iterator[Finding]:
    """Every attention whose scale is the root of something else, once for each line that set it."""
    trace, seen = evidence.run.trace, set()
    for scores in _different(scores_in(evidence.calls)):
        for setting in settings_of(trace, evidence.calls, scores):
            what = confused(scores, setting)
            if what and setting.cause not in seen:
                seen.add(setting.cause)
                yield _finding(scores, setting, what)


def _different(found: Iterable[Scores]) -> Iterator[Scores]:
    """Without those of repeated blocks, of which the first says all."""
    seen = set()
    for scores in found:
        place = scores.op.place.line() if scores.op.place else None
        owner = type(scores.op.module.module) if scores.op.module else None
        factor = scores.factor.value if scores.factor else None
        key = place, owner, factor, scores.num_heads, scores.head_dim, tuple(scores.tokens)
        if key not in seen:
            seen.add(key)
            yield scores


def confused(scores: Scores, setting: Setting) -> str:
    """What a scale is the root of, where it is not head_dim."""
    head_dim, num_heads = scores.head_dim, scores.num_heads
    if setting.of_heads and num_heads > 1:
        return "num_heads" if _is_root(setting.value, num_heads) else ""
    if _is_root(setting.value, head_dim) or _is_root(setting.value, head_dim**2):
        return ""
    sizes = [("num_heads", num_heads), ("embed_dim", num_heads * head_dim), ("embed_dim", scores.width)]
    sizes += [("tokens", size) for size in scores.tokens]
    return next((name for name, size in sizes if size > 1 and _is_root(setting.value, size)), "")


def _is_root(value: float, size: int) -> bool:
    return math.isclose(value, size**-0.5, rel_tol=1e-4)


def _finding(scores: Scores, setting: Setting, what: str) -> Finding:
    head_dim = scores.head_dim
    right = f"head_dim is {head_dim}: head_dim ** -0.5 is {head_dim**-0.5:.4g}"
    labels = (Label(setting.cause, f"{what} ** -0.5"),) if setting.cause != setting.used else ()
    return Finding(
        code=CODE,
        message=f"scores are scaled by {what} ** -0.5 = {setting.value:.4g}; {right}",
        span=setting.used,
        labels=labels,
        notes=_NOTES if setting.runs else (*_NOTES, "this run did not take that branch, others will"),
        module=scores.op.module.path if scores.op.module else "",
        step=scores.op.index,
    )
