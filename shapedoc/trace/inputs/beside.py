"""Inputs that the model's own code makes: `example_inputs()`, `example_input_array`, `dummy_inputs`.

>>> class Net(nn.Linear):
...     def example_inputs(self):
...         return torch.ones(2, 8)
>>> functions(Net(8, 4), None, Asked()).items[0].origin
'from example_inputs()'
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import torch
from torch import nn

from shapedoc.trace.inputs import signature
from shapedoc.trace.inputs.asked import Asked
from shapedoc.trace.inputs.binding import bound
from shapedoc.trace.inputs.making import torch_dtype
from shapedoc.trace.inputs.plan import Plan

FUNCTIONS = ("example_inputs", "sample_inputs")


def functions(model: nn.Module, module: ModuleType | None, asked: Asked) -> Plan | None:
    """What `example_inputs()` or `sample_inputs()` returns, a method of the model or a function beside it."""
    for owner in (model, module):
        for name in FUNCTIONS:
            function = getattr(owner, name, None)
            if callable(function) and _takes_nothing(function):
                return planned_from(model, function(), f"from {name}()", asked)
    return None


def example_input_array(model: nn.Module, module: ModuleType | None, asked: Asked) -> Plan | None:
    """Lightning's attribute: a tensor, a tuple of arguments, or a dict of keywords."""
    value = getattr(model, "example_input_array", None)
    return None if value is None else planned_from(model, value, "from example_input_array", asked)


def dummy_inputs(model: nn.Module, module: ModuleType | None, asked: Asked) -> Plan | None:
    """transformers' and diffusers' attribute, where a class has one of its own."""
    owner = next((kind for kind in type(model).__mro__ if "dummy_inputs" in vars(kind)), None)
    if (
        owner is None or owner.__name__ == "PreTrainedModel"
    ):  # its token ids are for any model, and do for few
        return None
    value = model.dummy_inputs
    if not isinstance(value, Mapping):
        return None
    known = signature.signature(model).parameters
    kept = {name: item for name, item in value.items() if name in known or signature.takes_any(model)}
    return planned_from(model, kept, "from dummy_inputs", asked)


def planned_from(model: nn.Module, value: Any, origin: str, asked: Asked) -> Plan:
    """The plan for what user code returned: a tensor, a tuple of arguments, a dict, or (tuple, dict)."""
    args, kwargs = _arguments(value)
    cast = _caster(asked.dtype)
    return Plan(
        bound(
            model, [cast(item) for item in args], {name: cast(item) for name, item in kwargs.items()}, origin
        )
    )


def _arguments(value: Any) -> tuple[list[Any], dict[str, Any]]:
    match value:
        case (tuple() | list() as args, dict() as kwargs):
            return list(args), kwargs
        case Mapping():
            return [], dict(value)
        case tuple() | list():
            return list(value), {}
    return [value], {}


def _caster(dtype: str) -> Callable[[Any], Any]:
    """What brings floating tensors to a dtype; nothing where none was asked for."""
    if not dtype:
        return lambda value: value
    wanted = torch_dtype(dtype)

    def cast(value: Any) -> Any:
        if isinstance(value, torch.Tensor):
            return value.to(wanted) if value.is_floating_point() else value
        if type(value) in (list, tuple):
            return type(value)(cast(item) for item in value)
        return {key: cast(item) for key, item in value.items()} if type(value) is dict else value

    return cast


def _takes_nothing(function: Callable[..., Any]) -> bool:
    try:
        inspect.signature(function).bind()
    except (TypeError, ValueError):
        return False
    return True
