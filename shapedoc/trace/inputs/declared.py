"""Inputs that the user wrote down: specs after `-i`, a YAML file after `-i @`, and `shapedoc.yaml`.

>>> class Net(nn.Module):
...     def forward(self, x, mask=None): ...
>>> given(Net(), None, Asked(specs=("b=2 c=3", "mask=2,8:bool"))).axes()
{'b': 2, 'c': 3}
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from torch import nn

from shapedoc.config.files import as_yaml
from shapedoc.core.specs import FILE, parse_input, parse_named_spec
from shapedoc.trace.inputs import signature
from shapedoc.trace.inputs.asked import Asked
from shapedoc.trace.inputs.binding import bound
from shapedoc.trace.inputs.documents import read_document, read_text
from shapedoc.trace.inputs.making import InputError
from shapedoc.trace.inputs.plan import Plan


def given(model: nn.Module, module: ModuleType | None, asked: Asked) -> Plan | None:
    """The plan that `-i` options make, a file's values first."""
    if not asked.specs:
        return None
    args: list[Any] = []
    kwargs: dict[str, Any] = {}
    origin = "given"
    for text in asked.specs:
        if text.startswith(FILE):
            args, kwargs = arguments(read_document(Path(text.removeprefix(FILE))), text)
            origin = f"from {text.removeprefix(FILE)}"
        else:
            name, value = _named(model, text)
            if name is None:
                args.append(value)
            else:
                kwargs[name] = value
    return Plan(bound(model, args, kwargs, origin))


def documented(model: nn.Module, module: ModuleType | None, asked: Asked) -> Plan | None:
    """The plan that stands beside a model in the configuration."""
    if not asked.document:
        return None
    args, kwargs = arguments(read_text(asked.document, "inputs"), "inputs")
    return Plan(bound(model, args, kwargs, "from the configuration"))


def configured(model: nn.Module, module: ModuleType | None, asked: Asked) -> Plan | None:
    """The plan in the `inputs` of the configuration, which may stand under the target's name."""
    if asked.config is None:
        return None
    inputs = read_text(as_yaml(asked.config), str(asked.config), "inputs")
    if isinstance(inputs, Mapping):
        names = (asked.target, asked.target.partition("(")[0], type(model).__name__)
        own = next((inputs[name] for name in names if name in inputs), None)
        others = any(".py" in str(key) or ":" in str(key) for key in inputs)
        inputs = own if own is not None else None if others else inputs
    if inputs is None:
        return None
    args, kwargs = arguments(inputs, str(asked.config))
    return Plan(bound(model, args, kwargs, f"from {asked.config.name}"))


def arguments(value: Any, origin: str) -> tuple[list[Any], dict[str, Any]]:
    """A mapping is inputs by name, a list inputs by place."""
    if isinstance(value, Mapping):
        return [], {str(name): item for name, item in value.items()}
    if isinstance(value, list):
        return list(value), {}
    raise InputError(f"{origin}: inputs are a mapping of names, or a list")


def _named(model: nn.Module, text: str) -> tuple[str | None, Any]:
    name, spec = parse_input(text)
    parameters = signature.signature(model).parameters
    if name is None and len(spec.dims) == 1 and spec.dims[0].name in parameters:
        name, spec = spec.dims[0].name, parse_named_spec(text.partition("=")[2])[1]
    return name, spec
