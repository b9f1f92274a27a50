"""From a target's name and arguments to an `nn.Module`.

Arguments are held against the signature before anything is called, so that a missing or misspelt one
is told apart from an exception of the user's own constructor, which passes through unchanged.
"""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable
from types import ModuleType
from typing import Any

from torch import nn

from shapedoc.core.examples import UNKNOWN
from shapedoc.core.targets import Call, Reference, TargetError, TargetSpec
from shapedoc.trace.target.examples import example_call, required
from shapedoc.trace.target.models import lookup


def build_model(spec: TargetSpec, module: ModuleType, call: Reference | Call) -> nn.Module:
    """Construct, call or take what the target names; anything but an nn.Module is a TargetError."""
    value = lookup(spec, module, call.name)
    if isinstance(value, nn.Module):
        return _instance(spec, value, call)
    if not callable(value) or (isinstance(value, type) and not issubclass(value, nn.Module)):
        raise TargetError(f"{call.name} in {spec.place} is {_kind(value)}, not an nn.Module or a function")
    made = _made(spec, module, call if isinstance(call, Call) else Call(call.name))
    if not isinstance(made, nn.Module):
        raise TargetError(
            f"{call.name} in {spec.place} returns {_returned(made)}; it must return one nn.Module"
        )
    return made


def _instance(spec: TargetSpec, model: nn.Module, call: Reference | Call) -> nn.Module:
    if isinstance(call, Call):
        raise TargetError(f"{call.name} in {spec.place} is a model already: write {spec.place}:{call.name}")
    return model


def _made(spec: TargetSpec, module: ModuleType, call: Call) -> Any:
    function = lookup(spec, module, call.name)
    if not callable(function):
        raise TargetError(f"{call.name} in {spec.place} is {_kind(function)} and cannot be called")
    _check_arguments(spec, module, call, function)
    args = [_argument(spec, module, value) for value in call.args]
    return function(*args, **{name: _argument(spec, module, value) for name, value in call.kwargs})


def _argument(spec: TargetSpec, module: ModuleType, value: Any) -> Any:
    match value:
        case Reference():
            return lookup(spec, module, value.name)
        case Call():
            return _made(spec, module, value)
        case list() | tuple():
            return type(value)(_argument(spec, module, item) for item in value)
        case dict():
            return {key: _argument(spec, module, item) for key, item in value.items()}
    return value


def _check_arguments(spec: TargetSpec, module: ModuleType, call: Call, function: Callable[..., Any]) -> None:
    try:
        signature = inspect.signature(function)
    except ValueError:  # a builtin without a signature: its own TypeError has to do
        return
    try:
        signature.bind(*call.args, **dict(call.kwargs))
    except TypeError as error:
        raise TargetError(_advice(spec, module, call, signature, str(error))) from None


def _advice(
    spec: TargetSpec, module: ModuleType, call: Call, signature: inspect.Signature, fault: str
) -> str:
    positional = dict(zip(signature.parameters, call.args, strict=False))
    given = positional | dict(call.kwargs)
    missing = [p.name for p in required(signature) if p.name not in given]
    wrong = [name for name in given if name not in signature.parameters]
    if wrong:
        near = difflib.get_close_matches(wrong[0], signature.parameters, n=1)
        hint = f"did you mean {near[0]}?" if near else f"it takes {_listed(signature)}"
        return f"{call.name} takes no argument {wrong[0]!r}; {hint}"
    if not missing:
        return f"{call.name}: {fault}; it takes {_listed(signature)}"
    place = f"{spec.place}:" if spec.call is None or spec.call.name == call.name else ""
    written = example_call(call.name, signature, given, module)
    other = f", or name a function that returns the model: {spec.place}:build" if UNKNOWN in written else ""
    return f"{call.name} needs {_words(missing)}: write {place}{written}{other}"


def _listed(signature: inspect.Signature) -> str:
    return ", ".join(str(parameter) for parameter in signature.parameters.values()) or "no arguments"


def _words(names: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _kind(value: Any) -> str:
    return f"the class {value.__name__}" if isinstance(value, type) else f"of type {type(value).__name__}"


def _returned(value: Any) -> str:
    if isinstance(value, tuple):
        return f"a tuple ({', '.join(type(item).__name__ for item in value)})"
    return "nothing" if value is None else f"a value of type {type(value).__name__}"
