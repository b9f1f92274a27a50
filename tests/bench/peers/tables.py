"""The comparisons as they are printed: a line for each row as it comes, figures at the end."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Collection
from dataclasses import fields

from rich.console import Console

from . import Peer
from .costs import MODELS, Model, imported
from .costs import Row as Cost
from .findings import Row as Finding
from .findings import Verdict, judged, samples

COST = "{:<24} {:>8} {:<13} {:<13} {:>8} {:>7} {:>8} {:>8}  {}"
FOUND = "{:<30} {:<7} {:<13} {}"
COUNTS = "{:<13} {:<7} " + " {:>6}" * (1 + len(fields(Verdict)))


def costs(
    measure: Callable[[Peer, Model], Cost], peers: list[Peer], names: Collection[str], console: Console
) -> list[Cost]:
    """Ratios are to shapedoc in the same run: above 1, the other takes more."""
    imported(peers)
    console.print(COST.format("model", "params", "on", "tool", "s", "MB", "s ratio", "MB ratio", ""))
    rows = []
    for model in (model for model in MODELS if not names or model.name in names):
        first = len(rows)  # shapedoc's
        for peer in peers:
            rows.append(row := measure(peer, model))
            console.print(_cost_line(row, rows[first]).rstrip())
    for peer in peers[1:]:
        console.print(_cost_summary(peer.name, rows))
    return rows


def _cost_line(row: Cost, own: Cost) -> str:
    size = f"{row.parameters / 1e6:.0f}M" if row.parameters > 1e6 else f"{row.parameters / 1e3:.0f}k"
    if row.why:
        return COST.format(row.model, size, row.on, row.peer, "-", "-", "-", "-", f"cannot: {row.why}")
    seconds = _ratio(row.cost.seconds, own.cost.seconds)
    megabytes = _ratio(row.cost.megabytes, own.cost.megabytes)
    figures = (f"{row.cost.seconds:.3f}", f"{row.cost.megabytes:.0f}", _shown(seconds), _shown(megabytes))
    return COST.format(row.model, size, row.on, row.peer, *figures, _losses(seconds, megabytes))


def _losses(seconds: float, megabytes: float) -> str:
    lost = {"shapedoc is slower": seconds, "shapedoc takes more memory": megabytes}
    return ", ".join(words for words, ratio in lost.items() if 0 < ratio < 1)


def _ratio(other: float, own: float) -> float:
    """0 where there is nothing to compare."""
    return other / own if own else 0.0


def _shown(ratio: float) -> str:
    return f"{ratio:.2f}" if ratio else "-"


def _cost_summary(peer: str, rows: list[Cost]) -> str:
    own = {row.model: row.cost.seconds for row in rows if row.peer == "shapedoc" and not row.why}
    theirs = [row for row in rows if row.peer == peer]
    ratios = [row.cost.seconds / own[row.model] for row in theirs if not row.why and row.model in own]
    refused = sum(bool(row.why) for row in theirs)
    if not ratios:
        return f"{peer}: cannot, {refused} of {len(theirs)}"
    return (
        f"{peer}: takes {min(ratios):.2f} to {max(ratios):.2f} of shapedoc's time, median "
        f"{statistics.median(ratios):.2f}; less in {sum(ratio < 1 for ratio in ratios)} of {len(ratios)}; "
        f"cannot in {refused}"
    )


def findings(peers: list[Peer], names: Collection[str], console: Console) -> list[Finding]:
    """A line for each sample and tool, then counts by class of sample."""
    imported(peers)
    rows = []
    for sample in (sample for sample in samples() if not names or sample in names):
        for peer in peers:
            rows.append(row := judged(peer, sample))
            console.print(FOUND.format(row.sample, row.kind, row.peer, row.why or row.verdict))
    console.print(COUNTS.format("tool", "samples", "of", *(field.name for field in fields(Verdict))))
    for kind in ("crash", "silent"):
        for peer in peers:
            console.print(_counts(peer.name, kind, rows))
    return rows


def _counts(peer: str, kind: str, rows: list[Finding]) -> str:
    verdicts = [row.verdict for row in rows if (row.peer, row.kind) == (peer, kind)]
    reached = [sum(getattr(verdict, field.name) for verdict in verdicts) for field in fields(Verdict)]
    return COUNTS.format(peer, kind, len(verdicts), *reached)
