"""The arguments of a call by the names of its parameters, with a shape in place of every tensor.

>>> softmax = parse_parameters("input, dim, dtype=None")
>>> softmax.bind(([0.5, 0.5],), {"axis": -1})
{'input': (0.5, 0.5), 'dim': -1, 'dtype': None}

`*dims` takes `0, 1`, or both in a tuple, or that by its name, as torch does:

>>> flip = parse_parameters("input, *dims")
>>> flip.bind((None, 0, 1), {}) == flip.bind((None, (0, 1)), {}) == flip.bind((None,), {"dims": (0, 1)})
True
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from inspect import Parameter
from typing import Any

from shapedoc.core.mismatch import TensorShape
from shapedoc.core.syntax import TextError

# torch's own: numpy's names for its parameters (torch/csrc/utils/python_arg_parser.cpp)
_ALIASES = {"axis": "dim", "keepdims": "keepdim", "x": "input", "x1": "input", "x2": "other"}
_OTHER = Parameter("other", Parameter.KEYWORD_ONLY)
_NUMBERS = (int, float, complex)


class ListOf(tuple[Any, ...]):
    """What was a list in the call: `x[[0, 1]]` is not `x[0, 1]`."""


class ParameterError(TextError):
    """Text that is no parameter list."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """A parameter list, parsed once."""

    text: str
    signature: inspect.Signature

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.signature.parameters)

    def bind(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        """Arguments by name; a TypeError where the call has other parameters."""
        known = self.signature.parameters
        renamed = {_ALIASES.get(name, name) if name not in known else name: kwargs[name] for name in kwargs}
        spread = [name for name in renamed if known.get(name, _OTHER).kind is Parameter.VAR_POSITIONAL]
        bound = self.signature.bind(*args, *[renamed.pop(name) for name in spread], **renamed)
        bound.apply_defaults()
        return {name: _unpacked(known[name], plain(value)) for name, value in bound.arguments.items()}


def parse_parameters(text: str) -> Parameters:
    """Parse `attn, value, kernel_size, dilation=1, *, is_causal=False`; defaults are literals."""
    start = "def call("
    try:
        [function] = ast.parse(f"{start}{text}): ...").body
    except SyntaxError as error:
        raise ParameterError("this is no parameter list", (error.offset or 1) - len(start)) from None
    assert isinstance(function, ast.FunctionDef)
    try:
        return Parameters(text, inspect.Signature(_parameters(function.args)))
    except ValueError as error:
        raise ParameterError(str(error), 1) from None


def plain(value: Any) -> Any:
    """Tensors as shapes, lists as tuples, all else as it is.

    Whatever has a `shape` is a tensor: nothing here needs torch.
    """
    if isinstance(value, TensorShape):
        return value
    if isinstance(value, (list, tuple)):
        kind = ListOf if isinstance(value, list) else tuple
        return kind(plain(item) for item in value)
    if isinstance(value, (*_NUMBERS, str, type(None))) or not hasattr(value, "shape"):
        return value
    dtype = str(getattr(value, "dtype", "")).removeprefix("torch.")
    return TensorShape.of(tuple(value.shape), dtype)


def operand(value: Any) -> Any:
    """What a signature matches: a shape, a tuple of shapes, or None where nothing was given.

    A number is a tensor without dimensions. Raises TypeError for what has no shape.

    >>> operand(0.5), operand(None)
    ((), None)
    """
    if value is None or isinstance(value, TensorShape):
        return value
    if isinstance(value, _NUMBERS):
        return TensorShape()
    if isinstance(value, tuple) and all(isinstance(item, TensorShape) for item in value):
        return value
    raise TypeError(f"{value!r} has no shape")


def optional_operand(value: Any) -> Any:
    """Like `operand`, but what has no shape, such as a mask given as an object, is not there."""
    try:
        return operand(value)
    except TypeError:
        return None


def tensors(names: Mapping[str, Any]) -> Iterator[tuple[str, TensorShape]]:
    """All tensors of a call; those of a list are `tensors[0]`, `tensors[1]` and so on.

    >>> [name for name, _ in tensors({"x": TensorShape((2,)), "hx": (TensorShape((3,)),), "dim": 0})]
    ['x', 'hx[0]']
    """
    for name, value in names.items():
        if isinstance(value, TensorShape):
            yield name, value
        elif isinstance(value, tuple):
            yield from tensors({f"{name}[{at}]": item for at, item in enumerate(value)})


def _parameters(arguments: ast.arguments) -> list[Parameter]:
    ordered = [*arguments.posonlyargs, *arguments.args]
    defaults = [None] * (len(ordered) - len(arguments.defaults)) + list(arguments.defaults)
    positional = Parameter.POSITIONAL_OR_KEYWORD
    found = [_parameter(arg, positional, default) for arg, default in zip(ordered, defaults, strict=True)]
    if arguments.vararg:
        found.append(_parameter(arguments.vararg, Parameter.VAR_POSITIONAL))
    for arg, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        found.append(_parameter(arg, Parameter.KEYWORD_ONLY, default))
    if arguments.kwarg:
        found.append(_parameter(arguments.kwarg, Parameter.VAR_KEYWORD))
    return found


def _parameter(arg: ast.arg, kind: Any, default: ast.expr | None = None) -> Parameter:
    value = Parameter.empty if default is None else plain(ast.literal_eval(default))
    return Parameter(arg.arg, kind, default=value)


def _unpacked(parameter: Parameter, value: Any) -> Any:
    """`x.view((2, 3))` is `x.view(2, 3)`."""
    single = parameter.kind is Parameter.VAR_POSITIONAL and len(value) == 1
    return value[0] if single and type(value[0]) in (tuple, ListOf) else value
