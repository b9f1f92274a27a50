"""Grouped queries: an attention call told that several query heads share one kv head."""

from __future__ import annotations

from collections.abc import Iterator

from shapedoc.fixes import Candidate
from shapedoc.fixes._edits import added_argument
from shapedoc.fixes._problem import Problem

LIKELY = 0.0
NAME = "enable_gqa"  # of torch's scaled_dot_product_attention, since 2.5


def propose(problem: Problem) -> Iterator[Candidate]:
    """The call that counts more query heads than kv heads."""
    for site in problem.sites[:1]:
        for call in site.calls("scaled_dot_product_attention"):
            if problem.finding.code == "SD106" and not any(given.arg == NAME for given in call.keywords):
                edit = added_argument(site, call, f"{NAME}=True")
                yield Candidate("let several query heads share one kv head", (edit,), LIKELY)
