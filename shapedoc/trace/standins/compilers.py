"""torch's compilers, which compile nothing while code is imported to be traced.

>>> with asleep():
...     @torch.compile(dynamic=True)
...     def double(x):
...         return 2 * x
>>> double.__name__, double(3)
('double', 6)
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

import torch

_DECORATORS = (
    (torch, "compile"),
    (torch.compiler, "compile"),
    (torch.compiler, "disable"),
    (torch.compiler, "allow_in_graph"),
    (torch.compiler, "assume_constant_result"),
)


def untouched(function: Any = None, *args: Any, **options: Any) -> Any:
    """A function or model as it is, used with or without options."""
    return function if function is not None else lambda inner: inner


@contextmanager
def asleep() -> Iterator[None]:
    """No compiler does anything; importing them alone takes two seconds."""
    with ExitStack() as stack:
        for module, name in _DECORATORS:
            stack.enter_context(mock.patch.object(module, name, untouched))
        yield
