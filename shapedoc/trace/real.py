"""The world in which calls are computed with numbers, on the CPU: what eager torch itself says."""

from __future__ import annotations

from shapedoc.trace.engine import Args, Function, Judge, Kwargs
from shapedoc.trace.shapes import LOOKUPS


class Real:
    """Computes everything. `checked` is asked before every call, since nothing is remembered."""

    name = "real"

    def __init__(self, checked: Judge, indexed: Judge) -> None:
        self.checked = checked
        self.indexed = indexed

    def run(self, func: Function, name: str, args: Args, kwargs: Kwargs) -> object:
        """The result of a call, as torch gives it."""
        self.checked(name, args, kwargs)
        if name in LOOKUPS:
            self.indexed(name, args, kwargs)
        return func(*args, **kwargs)
