"""On which line a function returned, as Python's profiler hook sees it.

>>> def sign(x):
...     if x < 0:
...         return -1
...     return 1
>>> with returning(sign.__code__) as lines:
...     _ = sign(-3)
>>> [line - sign.__code__.co_firstlineno for line in lines]
[2]
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType, FrameType
from typing import Any


@contextmanager
def returning(code: CodeType) -> Iterator[list[int]]:
    """The lines on which calls of this code ended, in their order."""
    lines: list[int] = []
    before = sys.getprofile()

    def hook(frame: FrameType, event: str, _: Any) -> None:
        if event == "return" and frame.f_code is code:
            lines.append(frame.f_lineno)

    sys.setprofile(hook)
    try:
        yield lines
    finally:
        sys.setprofile(before)
