"""Frozen data as JSON's own types, and back.

>>> from shapedoc.core.report import Label, Span
>>> label = Label(Span("net.py", 7, 9), "4 of [8, 4, 25]")
>>> from_json(Label, to_json(label)) == label
True

Fields may be other frozen data, enumerations, `tuple[X, ...]`, `X | None`, and what JSON has of its own.
"""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Callable
from enum import Enum
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")
Convert = Callable[[Any], Any]


def to_json(value: Any) -> Any:
    """Frozen data as JSON's own types, fields in their order."""
    kind: Any = type(value)
    return _encoder(kind)(value)


def from_json(kind: type[T], data: Any) -> T:
    """The inverse of `to_json`. Unknown fields are left out, so that older readers keep working."""
    wanted: Any = kind
    return typing.cast(T, _decoder(wanted)(data))


def _same(value: Any) -> Any:
    return value


@cache
def _encoder(kind: Any) -> Convert:
    """What turns a value of a type into JSON, worked out once: a deep model has thousands of steps."""
    inner = _encoder(_part(kind)) if _part(kind) else _same
    if typing.get_origin(kind) is tuple:
        return list if inner is _same else lambda value: [inner(item) for item in value]
    if typing.get_origin(kind):
        return lambda value: None if value is None else inner(value)
    if dataclasses.is_dataclass(kind):
        fields = [(name, _encoder(of)) for name, of in _fields(kind)]
        return lambda value: {name: encode(getattr(value, name)) for name, encode in fields}
    return (lambda value: value.value) if issubclass(kind, Enum) else _same


@cache
def _decoder(kind: Any) -> Convert:
    inner = _decoder(_part(kind)) if _part(kind) else _same
    if typing.get_origin(kind) is tuple:
        return tuple if inner is _same else lambda data: tuple([inner(item) for item in data])
    if typing.get_origin(kind):
        return lambda data: None if data is None else inner(data)
    if dataclasses.is_dataclass(kind):
        make: Any = kind
        fields = {name: _decoder(of) for name, of in _fields(make)}
        return lambda data: make(**{name: fields[name](data[name]) for name in data if name in fields})
    return kind if issubclass(kind, Enum) else _same


def _part(kind: Any) -> Any:
    """X for `tuple[X, ...]` and `X | None`, the only compound types that fields have."""
    return next(iter(typing.get_args(kind)), None)


def _fields(kind: Any) -> list[tuple[str, Any]]:
    types = typing.get_type_hints(kind)
    return [(field.name, types[field.name]) for field in dataclasses.fields(kind)]
