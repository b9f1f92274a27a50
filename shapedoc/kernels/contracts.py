"""Contracts: what one operation asks of the shapes it is called with.

>>> from shapedoc.core.mismatch import TensorShape as Tensor, explain
>>> linear = by_name("torch", "linear")
>>> broken = linear.check((Tensor((8, 512)), Tensor((64, 256))), {})
>>> broken.code, explain(broken)
('SD101', 'input has 512 in its last dimension, weight has in_features=256')
>>> linear.result((Tensor((8, 256)), Tensor((64, 256))), {})
((8, 64),)

A contract is looked up by the bare name a call has (`func.__name__`): `conv2d`, `matmul`, `__iadd__`,
`add_`, `linalg_inv`; a module by its class, `LSTM`, with the module as the first argument; the
constructor of a module as `LSTM.__init__`. Where a method and a function of one name differ, neither
has the bare name: they are `Tensor.unfold` and `functional.unfold`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, lru_cache
from itertools import combinations
from pathlib import Path
from string import Template
from typing import Any

from shapedoc.core.axes import Kind
from shapedoc.core.conditions import Condition, check
from shapedoc.core.expressions import Expression, evaluate
from shapedoc.core.matching import match
from shapedoc.core.mismatch import Bindings, Fault, Mismatch
from shapedoc.core.results import ResultShape, result_shapes
from shapedoc.core.signature import Signature
from shapedoc.core.terms import UNKNOWN
from shapedoc.kernels.calls import Parameters, operand, optional_operand, tensors
from shapedoc.kernels.returns import Returns
from shapedoc.kernels.rules import rule

_HERE = Path(__file__).parent
_PREFIXED = ("linalg", "special", "fft")  # torch.linalg.inv is called linalg_inv
_OWN_NAMES = ("__init__", "__bool__", "__int__", "__float__")  # methods of the bare name do something else
_CODES = {
    Fault.RANK: "SD111",
    Fault.MIN_RANK: "SD111",
    Fault.RANGE: "SD111",
    Fault.DIVIDE: "SD110",
}


@dataclass(frozen=True, eq=False)
class Contract:
    """One operation of one range of versions.

    `code` is the rule a mismatch breaks, `codes` the one for some axes or kinds of fault. `says` has hints
    by axis, or by kind of fault for what has no axis. `attributes` are what conditions may ask of the module
    that is the first argument, `defaults` the sizes of axes that only an absent operand has. `also` are other
    names of the operation, `prints` what it says itself, `when` the condition on arguments for this contract,
    `remarks` what is worth saying of a call that is allowed.
    """

    op: str
    library: str
    parameters: Parameters
    versions: str = ""
    signature: Signature | None = None
    where: tuple[Condition, ...] = ()
    rule: str = ""
    attributes: tuple[str, ...] = ()
    kinds: Mapping[str, str] = field(default_factory=dict)
    code: str = "SD108"
    codes: Mapping[str, str] = field(default_factory=dict)
    says: Mapping[str, Template] = field(default_factory=dict)
    source: str = ""
    note: str = ""
    also: tuple[str, ...] = ()
    when: Expression | None = None
    defaults: Mapping[str, int] = field(default_factory=dict)
    returns: Returns = ()
    prints: Mapping[str, Template] = field(default_factory=dict)
    remarks: tuple[Condition, ...] = ()

    def covers(self, version: str) -> bool:
        """Whether this is the contract of a version; an empty one is any."""
        return not version or not self.versions or self._specifiers.contains(version, prereleases=True)

    @cached_property
    def _specifiers(self) -> Any:
        from packaging.specifiers import SpecifierSet

        return SpecifierSet(self.versions)

    def bind(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        """Arguments by name, shapes in place of tensors; a TypeError where the call is another one."""
        names = self.parameters.bind(args, kwargs)
        owner = args[0] if self.attributes else None
        return {**self.defaults, **names, **{name: getattr(owner, name, None) for name in self.attributes}}

    def speaks_of(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> bool:
        """Whether `when` holds of a call, where several contracts share one operation."""
        if self.when is None:
            return True
        try:
            value = evaluate(self.when, self.bind(args, kwargs))
        except TypeError:
            return False
        return value is not UNKNOWN and bool(value)

    def check(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Bindings | Mismatch | None:
        """What a call binds, or the first thing that does not fit; None where it cannot be judged."""
        try:
            names = self.bind(args, kwargs)
            shapes = {name: self._operands[name](names[name]) for name in self._operands}
        except TypeError:
            return None
        outcome = self._match(names, shapes)
        return outcome if isinstance(outcome, Bindings) else self._completed(outcome, names)

    def remarks_on(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Iterator[str]:
        """What is worth saying of a call that fits."""
        outcome = self.check(args, kwargs) if self.remarks else None
        if isinstance(outcome, Bindings):
            for remark in self.remarks:
                if evaluate(remark.expression, outcome.names) is True:
                    yield remark.words

    def result(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> tuple[ResultShape, ...] | None:
        """Shapes of the results of a call that fits, as far as the signature gives them."""
        outcome = self.check(args, kwargs)
        if self.signature is None or not isinstance(outcome, Bindings):
            return None
        return result_shapes(self.signature, outcome)

    @cached_property
    def _operands(self) -> dict[str, Callable[[Any], Any]]:
        """How to read every operand: one that may be absent is absent, too, where it is no tensor."""
        forms = self.signature.forms if self.signature else ()
        marks = {one.name: one.marks for form in forms for one in form.operands}
        return {name: optional_operand if "?" in marks[name] else operand for name in marks}

    def _match(self, names: dict[str, Any], shapes: Mapping[str, Any]) -> Bindings | Mismatch:
        bindings = match(self.signature, shapes, names) if self.signature else _unmatched(names)
        if isinstance(bindings, Mismatch):
            return bindings
        broken = check(self.where, bindings)
        if broken is None and self.rule:
            broken = rule(self.rule)(names)
        return broken or bindings

    def _completed(self, mismatch: Mismatch, names: Mapping[str, Any]) -> Mismatch:
        """The mismatch with its code, its hint and all shapes of the call."""
        fault, axis = mismatch.fault, mismatch.axis
        hint = self.says.get(axis or fault.value)
        prints = next((self.prints[key] for key in _keys(mismatch) if key in self.prints), None)
        code = self.codes.get(axis) or self.codes.get(fault.value) or self._code(mismatch)
        shapes = tuple(tensors(names))
        return replace(
            mismatch,
            code=mismatch.code or code,
            hint=hint.safe_substitute(_spoken(mismatch)) if hint else mismatch.hint,
            prints=f"{self.library} says {prints.safe_substitute(_spoken(mismatch))}" if prints else "",
            shapes=mismatch.shapes or shapes,
        )

    def _code(self, mismatch: Mismatch) -> str:
        if self.kinds.get(mismatch.axis) == Kind.HEAD.value and mismatch.fault in (Fault.SIZE, Fault.DIVIDE):
            return "SD106"
        return _CODES.get(mismatch.fault, self.code)


def _unmatched(names: dict[str, Any]) -> Bindings:
    """Bindings of a contract without a signature: tensors have shapes, but no axis has a name."""
    return Bindings(names=names, labels={name: ("",) * len(shape) for name, shape in tensors(names)})


def _spoken(mismatch: Mismatch) -> dict[str, str]:
    """What a hint may mention."""
    expected = " or ".join(str(size) for size in mismatch.expected)
    found, dim = str(mismatch.found), str(mismatch.dim)
    return {"operand": mismatch.operand, "dim": dim, "expected": expected, "found": found}


def _keys(mismatch: Mismatch) -> Iterator[str]:
    """What the own words of an operation may be filed under, the most exact first."""
    yield f"{mismatch.operand}.{mismatch.axis}"
    yield from (mismatch.axis, mismatch.operand, mismatch.fault.value)


def by_name(library: str, name: str, version: str = "") -> Contract | None:
    """The contract of an operation of a library, by the name it is called by."""
    return find(load(library), name, version)


def find(contracts: tuple[Contract, ...], name: str, version: str = "") -> Contract | None:
    """The contract of an operation among these."""
    return next((found for found in _table(contracts).get(_bare(name), ()) if found.covers(version)), None)


def choose(contracts: Sequence[Contract], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Contract:
    """The contract of an operation that speaks of a call; those with a condition come first."""
    ordered = sorted(contracts, key=lambda contract: contract.when is None)
    return next((contract for contract in ordered if contract.speaks_of(args, kwargs)), ordered[-1])


def libraries() -> tuple[str, ...]:
    """Libraries there are contracts for: the YAML files beside this one."""
    return tuple(sorted(path.stem for path in _HERE.glob("*.yaml")))


@cache
def load(library: str) -> tuple[Contract, ...]:
    """All contracts of a library, in the order of its file."""
    from shapedoc.kernels.reading import read_contracts

    return read_contracts(_HERE / f"{library}.yaml")


@lru_cache(maxsize=16)
def _table(contracts: tuple[Contract, ...]) -> dict[str, list[Contract]]:
    """Contracts by all names they are found by, without the names that different operations share."""
    table: dict[str, list[Contract]] = {}
    for contract in contracts:
        for name in _names(contract.op):
            table.setdefault(name, []).append(contract)
    return {name: found for name, found in table.items() if not _differ(found)}


def _differ(found: Iterable[Contract]) -> bool:
    """Whether these are several operations that take different arguments."""
    return any(
        one.op != other.op and one.versions == other.versions and one.parameters.text != other.parameters.text
        for one, other in combinations(found, 2)
    )


def _names(op: str) -> Iterator[str]:
    *path, last = op.split(".")
    owner = path[-1] if path else ""
    yield op
    yield f"{owner}.{_bare(last)}"
    if last != "__init__":
        yield f"{owner}_{last}" if owner in _PREFIXED else _bare(last)


def _bare(name: str) -> str:
    """`__iadd__` as `iadd`; `add_` stays apart from `add`, and `__bool__` from `bool`."""
    special = name.startswith("__") and name.endswith("__") and name not in _OWN_NAMES
    return name.strip("_") if special else name
