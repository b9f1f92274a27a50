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
    remarks      what is worth saying of a call that is allowed: conditions, and words for where they hold
    source, note where it comes from, and what else to know

and, for a kernel that does not run here,

    also         other names that it is imported by
    when         the condition on arguments for this entry, where several share one operation
    returns      what a call gives back (`kernels.returns`), where that is not all results
    defaults     sizes of axes that only an absent operand has
    prints       what it says itself, by `operand.axis`, axis, operand or kind of fault, with $dim too;
                 a list holds what it says and what that means
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from shapedoc.config.files import as_yaml
from shapedoc.core.expressions import names_in
from shapedoc.core.mismatch import Fault
from shapedoc.core.signature import Signature, axes_of
from shapedoc.kernels.contracts import Contract
from shapedoc.kernels.keys import READERS, Invalid, check_choices

SECTION = "contracts"
KINDS = {  # of axes whose names say it
    "b": "batch",
    "batch": "batch",
    "heads": "head",
    "num_heads": "head",
    "kv_heads": "head",
    "tokens": "token",
    "head_dim": "feature",
    "channels": "feature",
}


class ContractError(ValueError):
    """A contract file that cannot be used; `line` and `column` count from 1, 0 is unknown."""

    def __init__(self, path: str, entry: str, message: str, line: int = 0, column: int = 0) -> None:
        place = ":".join(str(part) for part in (path, line, column) if part)
        super().__init__(f"{place}: {entry}{', ' if entry else ''}{message}")
        self.path, self.entry, self.message, self.line, self.column = path, entry, message, line, column


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
        raise _yaml_error(path, error) from None
    if not isinstance(entries, list):
        raise ContractError(path, "", "a list of entries belongs here")
    return entries


def read_section(path: Path) -> tuple[dict[str, Any], tuple[Contract, ...]]:
    """A shapedoc.yaml, and the contracts in it."""
    import yaml

    text = as_yaml(path)
    try:
        document = yaml.safe_load(text) or {}
    except yaml.MarkedYAMLError as error:
        raise _yaml_error(str(path), error) from None
    if not isinstance(document, dict):
        raise ContractError(str(path), "", "keys and values belong here")
    entries = document.get(SECTION) or []
    if not isinstance(entries, list):
        raise ContractError(str(path), SECTION, "a list of entries belongs here")
    places = "" if path.suffix == ".toml" else text  # the text of a table is not that of its file
    return document, from_entries(entries, str(path), text=places)


def _yaml_error(path: str, error: Any) -> ContractError:
    mark = error.problem_mark
    return ContractError(
        path, "", str(error.problem), *((mark.line + 1, mark.column + 1) if mark else (0, 0))
    )


def from_entries(entries: list[Any], path: str, library: str = "", text: str = "") -> tuple[Contract, ...]:
    """Contracts from entries already read, as from a section of a larger file.

    The entry that has a `library` holds facts about it (`kernels.facts`), and the kinds of all axes.
    """
    contracts: list[Contract] = []
    kinds: dict[str, str] = dict(KINDS)
    for index, entry in enumerate(entries):
        try:
            if isinstance(entry, dict) and "library" in entry:
                kinds |= READERS["kinds"]("kinds", entry.get("kinds", {}))
            else:
                contracts += _contracts(entry, library, kinds)
        except Invalid as error:
            op = str(entry.get("op", "")) if isinstance(entry, dict) else ""
            line, column = _place(text, index, error)
            raise ContractError(path, op, f"{error.key}: {error.message}", line, column) from None
    return tuple(contracts)


def _contracts(entry: Any, library: str, kinds: Mapping[str, str]) -> list[Contract]:
    if not isinstance(entry, dict):
        raise Invalid("entry", "keys and values belong here")
    for key in entry:
        if key not in READERS:
            raise Invalid(str(key), f"there is no such key, there are {' '.join(READERS)}")
    for key in ("op", "parameters"):
        if key not in entry:
            raise Invalid(key, "every entry needs one")
    fields = {key: READERS[key](key, value) for key, value in entry.items()}
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
            raise Invalid("signature", f"{operand.name} is no parameter")
    for axis in sorted(axes & arguments):
        raise Invalid("signature", f"{axis} is a parameter; an axis needs another name, or write {{{axis}}}")
    faults = {fault.value for fault in Fault}
    check_choices("kinds", fields.get("kinds", ()), axes)
    check_choices("codes", fields.get("codes", ()), axes | faults)
    check_choices("says", fields.get("says", ()), axes | faults)
    known = arguments | axes | {*fields.get("defaults", ())}
    for key in ("where", "remarks"):
        for at, condition in enumerate(fields.get(key, ())):
            for name in sorted(names_in(condition.expression) - known):
                raise Invalid(key, f"{name} is neither a parameter nor an axis", at)
    return axes


def _place(text: str, index: int, error: Invalid) -> tuple[int, int]:
    """Line and column of what is wrong in entry `index`, as far as the YAML tells.

    In a larger file the entries stand under `contracts`.
    """
    import yaml

    root = yaml.compose(text, yaml.SafeLoader)
    if isinstance(root, yaml.MappingNode):
        root = next((value for key, value in root.value if key.value == SECTION), None)
    if not isinstance(root, yaml.SequenceNode):
        return 0, 0
    entry = root.value[index]
    values = {key.value: value for key, value in entry.value} if isinstance(entry, yaml.MappingNode) else {}
    node = values.get(error.key, entry)
    if isinstance(node, yaml.SequenceNode):
        node = node.value[error.at]
    quoted = isinstance(node, yaml.ScalarNode) and node.style in ("'", '"')
    return node.start_mark.line + 1, node.start_mark.column + quoted + error.column
