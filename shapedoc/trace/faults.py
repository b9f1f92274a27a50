"""What stopped a run, when a shape did.

Calls are refused here where eager torch would refuse them and the meta device would not; a call
that torch itself refused is looked at again, by the same contracts, to say what disagreed.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from shapedoc.core.mismatch import Mismatch, explain
from shapedoc.core.pattern_matching import match_pattern
from shapedoc.core.patterns import PatternError, parse_pattern
from shapedoc.kernels.contracts import Contract, by_name, libraries
from shapedoc.messages import explain_text
from shapedoc.messages.meaning.causes import Cause
from shapedoc.trace.engine import NeedsValue
from shapedoc.trace.inputs import Failure, Kind
from shapedoc.trace.ranges import check_range
from shapedoc.trace.recorder import Module, Op, Trace, Var

_EINOPS = ("einops.rearrange", "einops.reduce", "einops.repeat")
_ASSERTED = {Kind.MULTIPLE: "SD110", Kind.RANK: "SD111", Kind.SIZE: "SD108"}


class Refused(RuntimeError):
    """A call that its contract does not allow."""

    def __init__(self, mismatch: Mismatch) -> None:
        super().__init__(explain(mismatch))
        self.mismatch = mismatch


@dataclass(frozen=True, slots=True)
class Fault:
    """The exception that ended a run, its rule, the call that raised it, and what its contract says of it.

    `operands` are the arguments of the call by the names the mismatch uses; `said` is what the error's own
    words mean, where no contract tells.
    """

    error: BaseException
    code: str
    op: Op | None = None
    module: Module | None = None
    mismatch: Mismatch | None = None
    parameters: tuple[str, ...] = ()
    operands: dict[str, Any] | None = None
    said: Cause | None = None


@cache
def contract_of(name: str) -> Contract | None:
    """The contract of one of torch's operations, by the name it was called."""
    return by_name("torch", name)


def contract_of_call(op: Op) -> Contract | None:
    """The contract of a call: that of the kernel it stands in for, or of torch's operation."""
    choose = getattr(op.func, "contract_for", None)
    found: Contract | None = choose(op.args, op.kwargs) if choose else contract_of(op.name)
    return found


def contract_of_layer(kind: type) -> Contract | None:
    """The contract of a layer, by its class: of torch, or of the library it belongs to or stands in for."""
    name = getattr(kind, "stands_for", f"{kind.__module__}.{kind.__name__}")
    library, last = name.partition(".")[0], name.rpartition(".")[2]
    if library == "torch" or library not in libraries():
        return contract_of(kind.__name__)
    return by_name(library, last, str(getattr(sys.modules.get(library), "__version__", "")))


def refuse(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Raise `Refused` where the contract of an operation forbids a call."""
    contract = contract_of(name)
    result = contract.check(args, kwargs) if contract else None
    if isinstance(result, Mismatch):
        raise Refused(result)


def refuse_index(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Raise `Refused` where an index whose value is known lies outside its table."""
    result = check_range(name, args, kwargs)
    if result is not None:
        raise Refused(result)


def fault_of(trace: Trace, error: BaseException) -> Fault | None:
    """What stopped a run; None where that was no matter of shapes."""
    if isinstance(error, NeedsValue):
        return None
    op = trace.failed if trace.failed and trace.failed.error in _chain(error) else None
    found = _of_call(error, op) if op else _of_layer(error, trace.broken)
    if found:
        return found
    return _of_words(error, op) or _of_assertion(error, trace.broken, op)


def _of_words(error: BaseException, op: Op | None) -> Fault | None:
    """A fault that the words of the error tell of; a TypeError's are about the call, whatever caused it."""
    if isinstance(error, TypeError):
        return None
    causes = explain_text(f"{type(error).__name__}: {error}").causes
    if not causes:
        return None
    return Fault(error, causes[0].code, op, said=causes[0], operands=dict(enumerate_inputs(op)))


def _of_assertion(error: BaseException, module: Module | None, op: Op | None) -> Fault | None:
    """An assertion that compares sizes without saying so."""
    if op is not None or not isinstance(error, AssertionError):
        return None
    code = next((_ASSERTED[said.kind] for said in Failure(error).complaints() if said.kind in _ASSERTED), "")
    return Fault(error, code, module=module) if code else None


def enumerate_inputs(op: Op | None) -> list[tuple[str, Var]]:
    """Tensors of a call that no contract names."""
    return [(f"input{index}", var) for index, var in enumerate(op.inputs())] if op else []


def _of_call(error: BaseException, op: Op) -> Fault | None:
    if op.name in _EINOPS:
        return _of_pattern(error, op)
    contract = contract_of_call(op)
    if isinstance(op.error, Refused):
        result: object = op.error.mismatch
    else:
        result = contract.check(op.args, op.kwargs) if contract else None
    if contract is None or not isinstance(result, Mismatch):
        return None
    return _fault(error, contract, result, op.args, op.kwargs, op=op)


def _of_layer(error: BaseException, call: Module | None) -> Fault | None:
    """A layer that checks its inputs itself, in Python."""
    contract = contract_of_layer(type(call.module)) if call else None
    if contract is None or call is None:
        return None
    args = (call.module, *call.args)
    result = contract.check(args, call.kwargs)
    if not isinstance(result, Mismatch):
        return None
    found = _fault(error, contract, result, args, call.kwargs, module=call)
    return replace(found, parameters=found.parameters[1:])  # a call of a layer does not show the layer itself


def _fault(
    error: BaseException, contract: Contract, mismatch: Mismatch, args: Any, kwargs: Any, **where: Any
) -> Fault:
    names = contract.parameters.names
    try:
        bound = contract.parameters.signature.bind(*args, **kwargs).arguments
    except TypeError:  # a parameter by one of its other names
        bound = dict(zip(names, args, strict=False))
    return Fault(error, mismatch.code, mismatch=mismatch, parameters=names, operands=bound, **where)


def _of_pattern(error: BaseException, op: Op) -> Fault | None:
    tensor, pattern = op.args[0], next(arg for arg in op.args if isinstance(arg, str) and "->" in arg)
    sizes = {name: size for name, size in op.kwargs.items() if isinstance(size, int)}
    try:
        result = match_pattern(parse_pattern(pattern, op.name.partition(".")[2]), tensor.shape, sizes)
    except (PatternError, AttributeError):
        return Fault(error, "SD104", op)
    mismatch = result if isinstance(result, Mismatch) else None
    return Fault(error, "SD104", op, mismatch=mismatch, parameters=("tensor",), operands={"tensor": tensor})


def _chain(error: BaseException | None) -> list[BaseException]:
    """An exception and the ones it was raised from."""
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found
