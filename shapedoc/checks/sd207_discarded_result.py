"""SD207 discarded-result: a call that changes nothing in place stands on a line of its own.

`x.permute(...)`, `x.view(...)` or `x.masked_fill(...)` give a new tensor and leave `x` as it is. On a
line of its own the call does nothing at all.

What to do: assign the result, or use the form that works in place (`masked_fill_`).

Bad, for `-i 2,4,4`:

    class Net(nn.Module):
        def forward(self, x):
            x.transpose(1, 2)
            return x * 2

Good, for `-i 2,4,4`:

    class Net(nn.Module):
        def forward(self, x):
            x = x.transpose(1, 2)
            return x * 2
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from shapedoc.checks import Evidence
from shapedoc.checks._silent import finding_at
from shapedoc.core.calls import bare_name
from shapedoc.core.entries import listed
from shapedoc.core.report import Finding, Span
from shapedoc.core.source import nodes_at, read_source
from shapedoc.trace.layouts import canonical
from shapedoc.trace.recorder import Op, Var

CODE = "SD207"
NAME = "discarded-result"


def check(evidence: Evidence) -> Iterator[Finding]:
    """Every call whose value is a whole statement."""
    for calls in evidence.calls.by_line.values():
        op = next(filter(_gives_anew, calls), None)
        if op is not None and _is_statement(op):
            name = canonical(op.name)
            message = f"the result of {name} is never used, and {name} does not work in place"
            yield finding_at(evidence.run.trace, op, CODE, message, _notes(op))


def _gives_anew(op: Op) -> bool:
    """Whether a call makes a new tensor of others."""
    return not op.name.endswith("_") and isinstance(op.outputs, Var) and bool(op.inputs())


def _notes(op: Op) -> tuple[str, ...]:
    kept = op.inputs()[0].layout or ((),)
    return (
        "the tensor goes on as it was, in its old order and with its old values",
        f"side by side in it are still {listed(kept[-1])}",
    )


def _is_statement(op: Op) -> bool:
    if op.place is None or not _stands_alone(op.place.span()):
        return False
    nodes = nodes_at(op.place.span())
    if len(nodes) < 2 or not isinstance(nodes[-2], ast.Expr) or not isinstance(nodes[-1], ast.Call):
        return False
    return bare_name(nodes[-1]) == op.name.removeprefix("einops.")


def _stands_alone(span: Span) -> bool:
    """Whether nothing else is on its lines, as far as text tells; only then is a file worth parsing."""
    source = read_source(span.path)
    before = source.line(span.line)[: span.column - 1].strip()
    after = source.line(span.end_line)[span.end_column - 1 :].strip()
    return not span.column or (before[-1:] in ("", ":", ";") and after[:1] in ("", "#", ";"))
