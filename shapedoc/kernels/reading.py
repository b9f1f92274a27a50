"""Contract files: YAML in, contracts out, and what is wrong with a file said with its line and column.

>>> [contract] = parse_contracts('''
... - op: own.attend
...   parameters: q, k, window=7
...   signature: "q[b h t d], k[b h s d] -> [b h t window]"
... ''', "own.yaml")
Traceback (most recent call last):
    ...
shapedoc.kernels.reading.ContractError: own.yaml:4:48: own.attend, signature: no operand has an axis window

An entry has an `op`, or a list of them, and its `parameters`. It may have

    signature    one, or a list of alternatives (`core.notation`)
    where        conditions (`core.expressions`), each a text or `condition: what is wrong without it`
    rule         the name of a rule (`kernels.rules`)
    attributes   what conditions ask of the module that is the first argument
    kinds        the kind of an axis: batch, token, feature, head
    code         the code of its findings; `codes` has others by axis or kind of fault
    says         hints by axis, or kind of fault, with $operand, $expected and $found
    versions     the range of versions it is for
    source, note where it comes from, and what else to know

and, for a kernel that does not run here,

    also         other names that it is imported by
    when         the condition on arguments for this entry, where several share one operation
    returns      what a call gives back (`kernels.returns`), where that is not all results
    defaults     sizes of axes that only an absent operand has
    prints       what the kernel says itself, by `operand.axis`, axis, operand or kind of fault, with $dim too;
                 a list holds what it says and what that means
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Any

from shapedoc.core.axes import Kind
from shapedoc.core.conditions import Condition
from shapedoc.core.expressions import Expression, names_in, parse
from shapedoc.core.mismatch import Fault
from shapedoc.core.notation import parse_signature
from shapedoc.core.signature import Signature, axes_of
from shapedoc.core.syntax import TextError
from shapedoc.kernels.calls import parse_parameters
from shapedoc.kernels.contracts import Contract
from shapedoc.kernels.returns import Returns, parse_returns
from shapedoc.kernels.rules import rule


class ContractError(ValueError):
    """A contract file that cannot be used; `line` and `column` count from 1, 0 is unknown."""

    def __init__(self, path: str, entry: str, message: str, line: int = 0, column: int = 0) -> None:
        place = ":".join(str(part) for part in (path, line, column) if part)
        super().__init__(f"{place}: {entry}{', ' if entry else ''}{message}")
        self.path, self.entry, self.message, self.line, self.column = path, entry, message, line, column


class _Invalid(Exception):
    """A value that does not fit its key; `column` is within the text that item `at` of the value is."""

    def __init__(self, key: str, message: str, at: int = 0, column: int = 1) -> None:
        super().__init__(message)
        self.key, self.message, self.at, self.column = key, message, at, column


def read_contracts(path: Path) -> tuple[Contract, ...]:
    """All contracts of a file; the library is the file's name."""
    return parse_contracts(path.read_text(encoding="utf-8"), str(path), path.stem)


def parse_contracts(text: str, path: str, library: str = "") -> tuple[Contract, ...]:
    """All contracts of a text; `path` is for messages."""
    return from_entries(read_entries(text, path), path, library, text)


def read_entries(text: str, path: str) -> list[Any]:
    """The entries of a text, as they are."""
    import yaml

    try:
        entries = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader)) or []
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        raise ContractError(path, "", str(error.problem), *place) from None
    if not isinstance(entries, list):
        raise ContractError(path, "", "a list of entries belongs here")
    return entries


def from_entries(entries: list[Any], path: str, library: str = "", text: str = "") -> tuple[Contract, ...]:
    """Contracts from entries already read, as from a section of a larger file.

    The entry that has a `library` holds facts about it (`kernels.facts`), and the kinds of all axes.
    """
    contracts: list[Contract] = []
    kinds: dict[str, str] = {}
    for index, entry in enumerate(entries):
        try:
            if isinstance(entry, dict) and "library" in entry:
                kinds = _kinds("kinds", entry.get("kinds", {}))
            else:
                contracts += _contracts(entry, library, kinds)
        except _Invalid as error:
            op = str(entry.get("op", "")) if isinstance(entry, dict) else ""
            line, column = _place(text, index, error)
            raise ContractError(path, op, f"{error.key}: {error.message}", line, column) from None
    return tuple(contracts)


def _contracts(entry: Any, library: str, kinds: Mapping[str, str]) -> list[Contract]:
    if not isinstance(entry, dict):
        raise _Invalid("entry", "keys and values belong here")
    for key in entry:
        if key not in _READERS:
            raise _Invalid(str(key), f"there is no such key, there are {' '.join(_READERS)}")
    for key in ("op", "parameters"):
        if key not in entry:
            raise _Invalid(key, "every entry needs one")
    fields = {key: _READERS[key](key, value) for key, value in entry.items()}
    axes = _check_names(fields)
    fields["kinds"] = {axis: kind for axis, kind in kinds.items() if axis in axes} | fields.get("kinds", {})
    ops = fields.pop("op")
    return [Contract(op, library or op.partition(".")[0], **fields) for op in ops]


def _check_names(fields: Mapping[str, Any]) -> set[str]:
    """The axes; every name a signature or condition speaks of is one, or an argument or an attribute."""
    arguments = {*fields["parameters"].names, *fields.get("attributes", ())}
    signature: Signature | None = fields.get("signature")
    operands = [operand for form in signature.forms for operand in form.operands] if signature else []
    axes = {axis for operand in operands for axis in axes_of(operand.dims)}
    for operand in operands:
        if operand.name not in arguments:
            raise _Invalid("signature", f"{operand.name} is no parameter")
    for axis in sorted(axes & arguments):
        raise _Invalid("signature", f"{axis} is a parameter; an axis needs another name, or write {{{axis}}}")
    faults = {fault.value for fault in Fault}
    _choices("kinds", fields.get("kinds", ()), axes)
    _choices("codes", fields.get("codes", ()), axes | faults)
    _choices("says", fields.get("says", ()), axes | faults)
    for at, condition in enumerate(fields.get("where", ())):
        for name in sorted(names_in(condition.expression) - arguments - axes - {*fields.get("defaults", ())}):
            raise _Invalid("where", f"{name} is neither a parameter nor an axis", at)
    return axes


def _text(key: str, value: Any) -> str:
    if not isinstance(value, str):
        raise _Invalid(key, "a text belongs here")
    return value


def _texts(key: str, value: Any) -> tuple[str, ...]:
    return tuple(_text(key, item) for item in (value if isinstance(value, list) else [value]))


def _listed(key: str, value: Any) -> tuple[str, ...]:
    return tuple(name.strip() for name in _text(key, value).split(","))


def _pairs(key: str, value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        raise _Invalid(key, "keys and values belong here")
    return {_text(key, name): _text(key, item) for name, item in value.items()}


def _choices(key: str, values: Iterable[str], choices: Collection[str]) -> None:
    for value in values:
        if value not in choices:
            raise _Invalid(key, f"{value} is none of {' '.join(sorted(choices))}")


def _parsed(key: str, texts: Sequence[str], read: Callable[[str], Any]) -> list[Any]:
    done = []
    for at, text in enumerate(texts):
        try:
            done.append(read(text))
        except TextError as error:
            raise _Invalid(key, error.message, at, error.column) from None
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
        raise _Invalid(key, "names and texts belong here")
    quoted = {name: [f'"{said}"', *meaning] for name, (said, *meaning) in _listed_values(key, value)}
    return {name: Template(": ".join(parts)) for name, parts in quoted.items()}


def _listed_values(key: str, value: Mapping[Any, Any]) -> Iterable[tuple[str, tuple[str, ...]]]:
    return ((str(name), _texts(key, texts)) for name, texts in value.items())


def _defaults(key: str, value: Any) -> dict[str, int]:
    if not isinstance(value, dict) or not all(isinstance(size, int) for size in value.values()):
        raise _Invalid(key, "axes and their sizes belong here")
    return {str(axis): size for axis, size in value.items()}


def _rule(key: str, value: Any) -> str:
    try:
        rule(_text(key, value))
    except KeyError:
        raise _Invalid(key, f"there is no rule {value}") from None
    return str(value)


def _kinds(key: str, value: Any) -> dict[str, str]:
    kinds = _pairs(key, value)
    _choices(key, kinds.values(), [kind.value for kind in Kind])
    return kinds


def _says(key: str, value: Any) -> dict[str, Template]:
    return {name: Template(hint) for name, hint in _pairs(key, value).items()}


def _versions(key: str, value: Any) -> str:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        return str(SpecifierSet(_text(key, value)))
    except InvalidSpecifier:
        raise _Invalid(key, f"{value} is no range of versions, such as >=0.15,<0.20") from None


_READERS: Mapping[str, Callable[[str, Any], Any]] = {
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
}


def _place(text: str, index: int, error: _Invalid) -> tuple[int, int]:
    """Line and column of what is wrong in entry `index`, as far as the YAML tells."""
    import yaml

    root = yaml.compose(text, yaml.SafeLoader)
    if not isinstance(root, yaml.SequenceNode):
        return 0, 0
    entry = root.value[index]
    values = {key.value: value for key, value in entry.value} if isinstance(entry, yaml.MappingNode) else {}
    node = values.get(error.key, entry)
    if isinstance(node, yaml.SequenceNode):
        node = node.value[error.at]
    quoted = isinstance(node, yaml.ScalarNode) and node.style in ("'", '"')
    return node.start_mark.line + 1, node.start_mark.column + quoted + error.column
