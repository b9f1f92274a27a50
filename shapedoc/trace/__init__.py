"""Running a model on shapes: targets, inputs, the engine, the recorder and the layouts.

The package is a function too, so that `shapedoc.trace(model, x)` reads as `shapedoc trace` does on the
command line, whichever of its modules were imported before. It imports nothing heavy by itself:

>>> import shapedoc.trace
>>> callable(shapedoc.trace)
True
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any


class _Callable(ModuleType):
    def __call__(self, model: Any, *inputs: Any, **options: Any) -> Any:
        from shapedoc.session import trace

        return trace(model, *inputs, **options)


sys.modules[__name__].__class__ = _Callable
