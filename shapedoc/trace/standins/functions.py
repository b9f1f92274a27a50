"""Kernel functions served from their contracts: shapes are checked, and nothing is computed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

import torch
from torch.overrides import _get_current_function_mode_stack

from shapedoc.core.mismatch import Bindings, Mismatch, TensorShape
from shapedoc.core.results import ResultShape, result_shapes
from shapedoc.kernels.contracts import Contract, choose
from shapedoc.kernels.returns import Result
from shapedoc.trace.engine import Engine, NeedsValue
from shapedoc.trace.faults import Refused
from shapedoc.trace.remembered import tensors_in
from shapedoc.trace.shapes import is_data


class Contracts(Protocol):
    """Where a kernel has its contracts from: the library it belongs to."""

    version: str

    def contracts_of(self, name: str) -> Sequence[Contract]:
        """The contracts of an operation in the version that is served."""


class Kernel:
    """A function of a library. `original` is the one it replaces, where the library is installed."""

    def __init__(self, library: Contracts, name: str, original: Callable[..., Any] | None = None) -> None:
        self.library = library
        self.original = original
        self.__module__, _, self.__name__ = name.rpartition(".")
        self.__qualname__ = self.__name__
        self.__doc__ = original.__doc__ if original else f"Stands in for {name}."

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """One recorded step under an engine; only the results without one."""
        engine = active_engine()
        if engine is None:
            return self.run(*args, **kwargs)
        return engine.grouped(self, self.__name__, args, kwargs, self.run)

    def __deepcopy__(self, memo: Any) -> Kernel:
        return self

    def __repr__(self) -> str:
        return f"<stand-in for {self.name} {self.library.version}>"

    @property
    def name(self) -> str:
        """The full name of what it stands for."""
        return f"{self.__module__}.{self.__name__}"

    def contract_for(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Contract:
        """The contract that speaks of a call."""
        return choose(self.library.contracts_of(self.name), args, kwargs)

    def run(self, *args: Any, **kwargs: Any) -> Any:
        """What a call gives, or `Refused`."""
        contract = self.contract_for(args, kwargs)
        outcome = contract.check(args, kwargs)
        if isinstance(outcome, Mismatch):
            raise Refused(outcome)
        shapes = result_shapes(contract.signature, outcome) if outcome and contract.signature else None
        if outcome is not None and shapes is not None:
            return _results(contract, outcome, shapes, _has_data(args, kwargs))
        if self.original is not None:
            return self.original(*args, **kwargs)
        contract.bind(args, kwargs)  # a call of another form: a TypeError says so, as Python would
        raise TypeError(
            f"{self.__name__}() takes tensors where its contract has them: {contract.parameters.text}"
        )


def active_engine() -> Engine | None:
    """The engine that sees the calls of this moment."""
    modes = reversed(_get_current_function_mode_stack())
    return next((mode for mode in modes if isinstance(mode, Engine)), None)


def _has_data(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    with torch._C.DisableTorchFunction():  # the engine would say that nothing is on meta
        return any(map(is_data, tensors_in((args, kwargs))))


def _results(contract: Contract, bindings: Bindings, shapes: Sequence[ResultShape], data: bool) -> Any:
    """Tensors without values where a value of the operands is unknown, else zeros."""
    given = contract.returns or [Result(f"result{index}") for index in range(len(shapes))]
    results = list(
        _given(contract, bindings, list(zip(given, shapes, strict=False)), "meta" if data else "cpu")
    )
    return results[0] if len(results) == 1 else tuple(results)


def _given(
    contract: Contract, bindings: Bindings, results: list[tuple[Result, ResultShape]], device: str
) -> Iterator[torch.Tensor | None]:
    for result, shape in results:
        if result.is_wanted(bindings.names):
            dtype = _dtype(result, bindings)
            yield _tensor([_known(size, contract, result) for size in shape], dtype, device)
        elif result.keeps_place:
            yield None


def _known(size: int | None, contract: Contract, result: Result) -> int:
    if size is None:
        raise NeedsValue(f"the size of {result.name} of {contract.op} depends on values")
    return size


def _dtype(result: Result, bindings: Bindings) -> torch.dtype:
    """The dtype that is named, or that of an operand: the first one where none is."""
    shapes = {name: shape for name, shape in bindings.names.items() if isinstance(shape, TensorShape)}
    operand = shapes.get(result.dtype) if result.dtype else next(iter(shapes.values()), None)
    dtype = getattr(torch, operand.dtype if operand is not None else result.dtype, None)
    return dtype if isinstance(dtype, torch.dtype) else torch.get_default_dtype()


def _tensor(shape: Sequence[int], dtype: torch.dtype, device: str) -> torch.Tensor:
    with torch._C.DisableTorchFunction():  # the engine would take a factory's device away
        return torch.zeros(*shape, dtype=dtype, device=device)
