"""Sizes that the ranks of tensor parallelism share, as findings where they cannot."""

from __future__ import annotations

import math
from collections.abc import Iterator

from shapedoc.checks._calls import Calls
from shapedoc.checks._scores import Scores, counting_heads, scores_in
from shapedoc.core.report import Finding, Span
from shapedoc.trace.ranks import Divided

SHOWN = 3


def heads_in(calls: Calls, operand: str) -> Iterator[Divided]:
    """The heads of the queries, or those of the keys before they are repeated, each number once."""
    found: dict[int, list[Scores]] = {}
    for scores in scores_in(calls):
        layout = scores.kept if operand == "query" else scores.key_kept
        pieces = counting_heads(layout)
        if pieces:
            found.setdefault(math.prod(piece.size for piece in pieces), []).append(scores)
    for size, attentions in found.items():
        paths = dict.fromkeys(s.op.module.path for s in attentions if s.op.module)
        yield Divided("heads" if operand == "query" else "kv heads", size, tuple(paths), _span(attentions[0]))


def _span(scores: Scores) -> Span | None:
    return scores.op.place.span() if scores.op.place else None


def undivided(divided: Divided, ranks: tuple[int, ...], code: str, advice: str) -> Iterator[Finding]:
    """A finding where some number of ranks does not divide a size."""
    failing = divided.undivided(ranks)
    if not failing:
        return
    listed = " or ".join(map(str, failing))
    names = ", ".join(divided.layers[:SHOWN])
    rest = len(divided.layers) - SHOWN
    layers = f"in {names}" + (f" and {rest} more" if rest > 0 else "")
    yield Finding(
        code=code,
        message=f"{divided.size} {divided.what} do not divide among {listed} ranks",
        span=divided.made,
        notes=(layers, advice),
        module=divided.layers[0] if divided.layers else "",
    )
