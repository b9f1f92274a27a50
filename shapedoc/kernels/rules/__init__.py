"""Rules that the notation cannot say simply, as pure functions over shapes, one module per family.

A rule is a public function of a module of this package. Its parameters are those of the contracts
that name it, in any order; tensors come as `TensorShape`. It returns what disagrees, or None, and may
raise `Mismatched` instead, or `Unjudged` where an argument is of a kind it does not speak of. Nothing
lists the modules: they are found by walking the package.

>>> from shapedoc.core.mismatch import explain
>>> explain(rule("permute")({"input": TensorShape((2, 3, 4)), "dims": (0, 1), "out": None}))
'input has 3 dimensions, it takes 2 (dims)'
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from shapedoc.core.mismatch import Fault, Mismatch, Mismatched, TensorShape

Rule = Callable[[Mapping[str, Any]], Mismatch | None]


class Unjudged(Exception):
    """Raised by a rule for arguments that it cannot judge."""


@cache
def rule(name: str) -> Rule:
    """The rule of this name, over all arguments of a call; a KeyError if there is none."""
    function = _functions()[name]
    wanted = tuple(inspect.signature(function).parameters)

    def judge(names: Mapping[str, Any]) -> Mismatch | None:
        try:
            return function(**{parameter: names[parameter] for parameter in wanted})
        except Mismatched as stopped:
            return stopped.mismatch
        except Unjudged:
            return None

    return judge


def integer(value: Any) -> int:
    """The value, if it is an integer."""
    if isinstance(value, int):
        return value
    raise Unjudged


def integers(value: Any) -> tuple[int, ...]:
    """The value as a tuple, if it is an integer or integers.

    >>> integers(3), integers((2, 3))
    ((3,), (2, 3))
    """
    if isinstance(value, TensorShape):
        raise Unjudged
    return tuple(integer(item) for item in (value if isinstance(value, tuple) else (value,)))


def position(dim: Any, rank: int, name: str = "dim", operand: str = "input") -> int:
    """A dim counted from the front; a mismatch where it is out of range, as torch has it.

    >>> position(-1, 3)
    2
    """
    count, place = max(rank, 1), integer(dim)
    if not -count <= place < count:
        raise Mismatched(Mismatch(Fault.RANGE, operand, None, name, (-count, count - 1), place))
    return place % count


@cache
def _functions() -> dict[str, Callable[..., Mismatch | None]]:
    modules = [
        importlib.import_module(found.name) for found in pkgutil.iter_modules(__path__, f"{__name__}.")
    ]
    return {
        name: function
        for module in modules
        for name, function in vars(module).items()
        if inspect.isfunction(function) and function.__module__ == module.__name__ and name[0] != "_"
    }
