"""`batch_first` says the opposite, or is left out.

>>> from . import Source
>>> [text for _, text in changes(Source("nn.LSTM(4, 4, batch_first=True)"))]
['False']
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from . import Edit, Source, keyword

LAYERS = "MultiheadAttention LSTM GRU RNN Transformer TransformerEncoderLayer TransformerDecoderLayer".split()


def changes(source: Source) -> Iterator[Edit]:
    """Every recurrent and attention layer with its dimensions in the other order."""
    for call in source.calls(*LAYERS):
        if not source.at(call.func).startswith(("nn.", "torch.")):
            continue  # a class of the package by that name
        given = keyword(call, "batch_first")
        if isinstance(given, ast.Constant):
            yield given, str(not given.value)
        elif given is None:
            yield call, f"{source.at(call)[:-1].rstrip().rstrip(',')}, batch_first=True)"
