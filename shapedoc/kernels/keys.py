"""The keys of a contract's entry in a file: what each may hold, and how it is read.

>>> READERS["parameters"]("parameters", "q, k, window=7").names
('q', 'k', 'window')
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from string import Template
from typing import Any

from shapedoc.core.axes import Kind
from shapedoc.core.conditions import Condition
from shapedoc.core.expressions import Expression, parse
from shapedoc.core.notation import parse_signature
from shapedoc.core.signature import Signature
from shapedoc.core.syntax import TextError
from shapedoc.kernels.calls import parse_parameters
from shapedoc.kernels.returns import Returns, parse_returns
from shapedoc.kernels.rules import rule


class Invalid(Exception):
    """A value that does not fit its key; `column` is within the text that item `at` of the value is."""

    def __init__(self, key: str, message: str, at: int = 0, column: int = 1) -> None:
        super().__init__(message)
        self.key, self.message, self.at, self.column = key, message, at, column


def _text(key: str, value: Any) -> str:
    if not isinstance(value, str):
        raise Invalid(key, "a text belongs here")
    return value


def _texts(key: str, value: Any) -> tuple[str, ...]:
    return tuple(_text(key, item) for item in (value if isinstance(value, list) else [value]))


def _listed(key: str, value: Any) -> tuple[str, ...]:
    return tuple(name.strip() for name in _text(key, value).split(","))


def _pairs(key: str, value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        raise Invalid(key, "keys and values belong here")
    return {_text(key, name): _text(key, item) for name, item in value.items()}


def check_choices(key: str, values: Iterable[str], choices: Collection[str]) -> None:
    for value in values:
        if value not in choices:
            raise Invalid(key, f"{value} is none of {' '.join(sorted(choices))}")


def _parsed(key: str, texts: Sequence[str], read: Callable[[str], Any]) -> list[Any]:
    done = []
    for at, text in enumerate(texts):
        try:
            done.append(read(text))
        except TextError as error:
            raise Invalid(key, error.message, at, error.column) from None
    return done


def _parameters(key: str, value: Any) -> Any:
    return _parsed(key, [_text(key, value)], parse_parameters)[0]


def _signature(key: str, value: Any) -> Signature:
    texts = _texts(key, value)
    parsed: list[Signature] = _parsed(key, texts, parse_signature)
    return Signature(texts, tuple(form for signature in parsed for form in signature.forms))


def _where(key: str, value: Any) -> tuple[Condition, ...]:
    """Conditions, each a text, or `condition: what is the matter where it does not hold`."""
    items = value if isinstance(value, list) else [value]
    pairs = [pair for item in items for pair in (item.items() if isinstance(item, dict) else [(item, "")])]
    expressions = _parsed(key, [_text(key, condition) for condition, _ in pairs], parse)
    return tuple(
        Condition(one, _text(key, words)) for one, (_, words) in zip(expressions, pairs, strict=True)
    )


def _when(key: str, value: Any) -> Expression | None:
    """A condition, or nothing: an entry that builds upon another one may leave out its condition."""
    return _parsed(key, [_text(key, value)], parse)[0] if value else None


def _returns(key: str, value: Any) -> Returns:
    returns: Returns = _parsed(key, [_text(key, value)], parse_returns)[0]
    return returns


def _prints(key: str, value: Any) -> dict[str, Template]:
    """Texts, each alone or with what is to be known of it."""
    if not isinstance(value, dict):
        raise Invalid(key, "names and texts belong here")
    quoted = {name: [f'"{said}"', *meaning] for name, (said, *meaning) in _listed_values(key, value)}
    return {name: Template(": ".join(parts)) for name, parts in quoted.items()}


def _listed_values(key: str, value: Mapping[Any, Any]) -> Iterable[tuple[str, tuple[str, ...]]]:
    return ((str(name), _texts(key, texts)) for name, texts in value.items())


def _defaults(key: str, value: Any) -> dict[str, int]:
    if not isinstance(value, dict) or not all(isinstance(size, int) for size in value.values()):
        raise Invalid(key, "axes and their sizes belong here")
    return {str(axis): size for axis, size in value.items()}


def _rule(key: str, value: Any) -> str:
    try:
        rule(_text(key, value))
    except KeyError:
        raise Invalid(key, f"there is no rule {value}") from None
    return str(value)


def _kinds(key: str, value: Any) -> dict[str, str]:
    kinds = _pairs(key, value)
    check_choices(key, kinds.values(), [kind.value for kind in Kind])
    return kinds


def _says(key: str, value: Any) -> dict[str, Template]:
    return {name: Template(hint) for name, hint in _pairs(key, value).items()}


def _versions(key: str, value: Any) -> str:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        SpecifierSet(_text(key, value))
    except InvalidSpecifier:
        raise Invalid(key, f"{value} is no range of versions, such as >=0.15,<0.20") from None
    return str(value)


READERS: Mapping[str, Callable[[str, Any], Any]] = {
    "op": _texts,
    "parameters": _parameters,
    "signature": _signature,
    "where": _where,
    "rule": _rule,
    "attributes": _listed,
    "kinds": _kinds,
    "code": _text,
    "codes": _pairs,
    "says": _says,
    "versions": _versions,
    "source": _text,
    "note": _text,
    "also": _texts,
    "when": _when,
    "defaults": _defaults,
    "returns": _returns,
    "prints": _prints,
    "remarks": _where,
}
