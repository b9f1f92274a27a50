"""Every custom `autograd.Function` that a model calls, with its backward held against its forward.

Autograd looks at a backward when a loss is propagated, and at an input that is None only in the run
that leaves it out. Here each call is made again alone, on fresh tensors of the same shapes, and its
backward is called with a gradient for each result: as the model called it, with a single input that
wants a gradient, and with None for each input that the forward itself expects to be None at times.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from types import CodeType
from typing import Any

import torch
from torch.autograd import Function

from shapedoc.core.functions import function_at, optional_parameters
from shapedoc.messages import explain_text
from shapedoc.trace.custom_functions import Applied, distinct, noted
from shapedoc.trace.execution import Run, engine_for
from shapedoc.trace.faults import Refused
from shapedoc.trace.gradients import refusals
from shapedoc.trace.hooks import running
from shapedoc.trace.places import Place, place_of_error
from shapedoc.trace.returning import returning

_MISCALLED = re.compile(r"\bbackward\(\) (?:missing|takes) \d+")  # Python's own words


@dataclass(frozen=True)
class Breach:
    """What a backward does wrong, with which input, and where: at a place, or where its code returned."""

    kind: type[Function]
    input: str
    words: str
    names: tuple[str, ...]
    place: Place | None = None
    code: CodeType | None = None
    line: int = 0


def breaches_of(finished: Run) -> tuple[Breach, ...]:
    """What the backwards of a model's custom functions do wrong, each once."""
    if finished.plan is None or finished.repeat is None or finished.error is not None:
        return ()
    calls: list[Applied] = []
    with noted(calls):
        finished.repeat(finished.plan)
    engine = engine_for(finished.world.name)
    engine.quiet = 1
    found: dict[tuple[type[Function], str, str], Breach] = {}
    with running(engine):
        for call in distinct(calls):
            for breach in _tried(call):
                found.setdefault((breach.kind, breach.input, breach.words), breach)
    return tuple(found.values())


def _tried(call: Applied) -> Iterator[Breach]:
    """Breaches of a call as it was made; where there are none, of the ways in which it might be made."""
    try:
        found = list(_breaches(call))
    except Unanswerable:
        return
    yield from found
    if not found:
        alone = [replace(call, wanted=frozenset({name})) for name in sorted(call.wanted)]
        left_out = [call.without(name) for name in sorted(_optional(call) & call.wanted)]
        for other in (*alone, *left_out):
            with suppress(Unanswerable):
                yield from _breaches(other)


class Unanswerable(Exception):
    """Raised for a call that cannot be made alone, which tells nothing of its backward."""


def _breaches(call: Applied) -> Iterator[Breach]:
    """What is wrong with the backward of one call."""
    inputs, node, gradients = _forward(call)
    code = inspect.unwrap(node._get_user_fn()).__code__
    try:
        with torch.no_grad(), returning(code) as lines:
            returned = node.apply(*gradients)
    except Exception as error:
        name, words = _blamed(call, error)
        yield Breach(call.kind, name, words, call.names, place_of_error(error))
    else:
        for name, why in refusals(call.names, inputs, returned):
            yield Breach(call.kind, name, why, call.names, code=code, line=lines[-1] if lines else 0)


def _forward(call: Applied) -> tuple[tuple[Any, ...], Any, list[torch.Tensor | None]]:
    """Fresh inputs, the node that their call leaves behind, and a gradient for each result."""
    try:
        with torch.enable_grad():
            given = zip(call.names, call.inputs, strict=True)
            inputs = tuple(_fresh(value, name in call.wanted) for name, value in given)
            result = call.kind.apply(*inputs)
    except Exception as error:
        raise Unanswerable from error
    results = result if isinstance(result, tuple) else (result,)
    nodes = [out.grad_fn for out in results if isinstance(out, torch.Tensor)]
    node = next((node for node in nodes if hasattr(node, "_get_user_fn")), None)
    if node is None:
        raise Unanswerable
    return inputs, node, [torch.zeros_like(out) if isinstance(out, torch.Tensor) else None for out in results]


def _fresh(value: Any, wanted: bool) -> Any:
    """An input of the same shape that no other call has seen."""
    if not isinstance(value, torch.Tensor):
        return value
    with torch._C.DisableTorchFunction():  # the engine remembers results, which have no history then
        copy = value.detach().clone()
        return copy.requires_grad_().clone() if wanted else copy


def _blamed(call: Applied, error: Exception) -> tuple[str, str]:
    """The input that an exception of a backward is about, and in which words."""
    said = (str(error) or type(error).__name__).splitlines()[0]
    missing = [name for name, value in zip(call.names, call.inputs, strict=True) if value is None]
    if isinstance(error, UnboundLocalError):
        return "", f"it fails where only {_listed(call.wanted)} wants a gradient: {said}"
    if isinstance(error, (AttributeError, TypeError)) and "NoneType" in said:
        if missing:
            return missing[-1], f"it fails where {missing[-1]} is None: {said}"
        return "", f"it fails where only {_listed(call.wanted)} wants a gradient: {said}"
    if isinstance(error, TypeError) and _MISCALLED.search(said):
        return "", f"it does not take a gradient for each result of its forward: {said}"
    if isinstance(error, Refused) or explain_text(f"{type(error).__name__}: {error}").causes:
        return "", f"it fails: {said}"
    raise Unanswerable from error


def _listed(names: frozenset[str]) -> str:
    return " and ".join(sorted(names))


def _optional(call: Applied) -> frozenset[str]:
    """Inputs that the forward expects to be None at times."""
    code = inspect.unwrap(call.kind.forward).__code__
    function = function_at(code.co_filename, code.co_firstlineno)
    return optional_parameters(function) if function else frozenset()
