"""Imports that torch's meta kernels make and that sizes known as numbers do not need.

The first Python kernel that runs imports torch._dynamo (two seconds), only to be left alone by it, and
sympy with torch's symbolic shapes (half a second), to ask whether a number is a symbol. While a kernel
runs, small modules answer in their place, unless the real ones are there already; whatever else is
asked of them comes from the real ones.

>>> with spared():
...     from torch.fx.experimental.symbolic_shapes import guard_or_false
...     guard_or_false(2 == 2)
True
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any


class _Symbol:
    """What no number is an instance of."""


class _Answers(ModuleType):
    """A few names of a module; the first other one brings the module itself."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)


def _equal(left: Any, right: Any) -> bool:
    return bool(left == right)


def _is_true(condition: Any, *_: Any) -> bool:
    return bool(condition)


def _undisturbed(function: Callable[..., Any], *_: Any, **__: Any) -> Callable[..., Any]:
    return function


def _module(name: str, **answers: Any) -> ModuleType:
    module = _Answers(name)
    module.__dict__.update(answers)
    return module


_ANSWERS = {
    "torch._dynamo": _module("torch._dynamo", disable=_undisturbed),
    "sympy": _module("sympy", Basic=_Symbol),
    "torch.fx.experimental.symbolic_shapes": _module(
        "torch.fx.experimental.symbolic_shapes",
        **dict.fromkeys(
            (
                "guard_or_false",
                "guard_or_true",
                "guard_size_oblivious",
                "statically_known_true",
                "expect_true",
            ),
            _is_true,
        ),
        guard_int=int,
        guarding_hint_or_throw=int,
        has_guarding_hint=lambda size: True,
        sym_eq=_equal,
        sym_and=lambda *conditions: all(conditions),
        sym_or=lambda *conditions: any(conditions),
        is_nested_int=lambda size: False,
    ),
}


@contextmanager
def spared() -> Iterator[None]:
    """While a kernel runs: no import of what it does not need."""
    put = [name for name in _ANSWERS if name not in sys.modules]
    sys.modules.update((name, _ANSWERS[name]) for name in put)
    try:
        yield
    finally:
        for name in put:
            if sys.modules.get(name) is _ANSWERS[name]:
                del sys.modules[name]
