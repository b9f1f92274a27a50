"""An example call for something that needs arguments, made from its signature.

>>> def Net(dim, num_heads: int, drop=0.0): ...
>>> example_call("Net", inspect.signature(Net), {})
'Net(dim=64, num_heads=8)'
>>> example_call("Net", inspect.signature(Net), {"dim": 96})
'Net(dim=96, num_heads=8)'
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from types import ModuleType
from typing import Any

from shapedoc.core.examples import UNKNOWN, bare, example_of


def example_call(
    name: str, signature: inspect.Signature, given: Mapping[str, Any], module: ModuleType | None = None
) -> str:
    """`name(…)` with what was given and a plausible literal for every argument still missing."""
    known = {
        parameter: repr(value) for parameter, value in given.items() if parameter in signature.parameters
    }
    missing = {p.name: example(p, module) for p in required(signature) if p.name not in known}
    arguments = {**known, **missing}
    ordered = [f"{p}={arguments[p]}" for p in signature.parameters if p in arguments]
    return f"{name}({', '.join(ordered)})"


def required(signature: inspect.Signature) -> list[inspect.Parameter]:
    """The parameters that a caller must give."""
    variable = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return [p for p in signature.parameters.values() if p.default is p.empty and p.kind not in variable]


def example(parameter: inspect.Parameter, module: ModuleType | None) -> str:
    """A literal for one parameter: by its name, by its annotation, or as a call of a config class."""
    annotation = _annotated(parameter)
    literal = example_of(parameter.name, annotation)
    config = getattr(module, bare(annotation), None)
    if not literal and isinstance(config, type) and not config.__module__.startswith("torch"):
        return example_call(bare(annotation), inspect.signature(config), {}, module)
    return literal or UNKNOWN


def _annotated(parameter: inspect.Parameter) -> str:
    """The text of an annotation, which may be a string already."""
    annotation = parameter.annotation
    if annotation is parameter.empty:
        return ""
    return annotation if isinstance(annotation, str) else getattr(annotation, "__name__", "")
