"""A number of heads, groups or windows that is given to a pattern or a view is half as large, or twice.

>>> from . import Source
>>> [text for _, text in changes(Source("rearrange(x, 'b n (h d) -> b h n d', h=self.heads)"))]
['(self.heads * 2)', '(self.heads // 2)']
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from . import Edit, Source
from ._patterns import FUNCTIONS


def changes(source: Source) -> Iterator[Edit]:
    """Every size that a pattern is told."""
    for call in source.calls(*FUNCTIONS):
        for word in call.keywords:
            if word.arg and not isinstance(word.value, ast.Constant):
                yield word.value, f"({source.at(word.value)} * 2)"
                yield word.value, f"({source.at(word.value)} // 2)"
