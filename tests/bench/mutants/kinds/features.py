"""A Linear or a norm over features expects twice, or half, of what it is given.

>>> from . import Source
>>> [text for _, text in changes(Source("nn.Linear(dim, inner)"))]
['(dim * 2)', '(dim // 2)', '(inner * 2)', '(inner // 2)']
"""

from __future__ import annotations

from collections.abc import Iterator

from . import Edit, Source

COUNTS = {"Linear": 2, "LayerNorm": 1, "RMSNorm": 1, "Embedding": 2, "LinearNoBias": 2}


def changes(source: Source) -> Iterator[Edit]:
    """Every size of such a layer."""
    for call in source.calls(*COUNTS):
        for size in call.args[: COUNTS[source.at(call.func).rpartition(".")[2]]]:
            yield size, f"({source.at(size)} * 2)"
            yield size, f"({source.at(size)} // 2)"
