"""Both ways of a flag on the same numbers and weights, and the first step after which they differ.

Where the two ways agree at the sizes at hand, the model is built again with other numbers in its call:
a scale that is wrong shows in nothing while there are as many heads as a head has features.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from unittest import mock

import torch
from torch import nn

from shapedoc.core.ending import words_of
from shapedoc.core.errors import UserError
from shapedoc.trace.attempts import REAL_BYTES, Case
from shapedoc.trace.execution import Run
from shapedoc.trace.faults import contract_of_call
from shapedoc.trace.flags import AUTO, Flag, flags_named
from shapedoc.trace.layouts import canonical
from shapedoc.trace.numbers import fill, is_computed
from shapedoc.trace.parting import Parting, Values, Way, difference, first_apart
from shapedoc.trace.recorder import Op, Recorder
from shapedoc.trace.target import Loaded
from shapedoc.trace.target.variation import variations

MOST = 8  # other builds of a model that are tried
LARGEST = 2**26  # numbers of one run that are kept


def partings_of(loaded: Loaded, case: Case, finished: Run, toggles: tuple[str, ...]) -> tuple[Parting, ...]:
    """Where the ways of each flag part."""
    if not toggles or finished.model is None or finished.error is not None:
        return ()
    if finished.weight > REAL_BYTES:
        finished.notes.append("no flag was tried: that takes numbers, and this model is too large for them")
        return ()
    flags = [pair for toggle in toggles for pair in _flags(finished.model, toggle)]
    found = (_first_parting(loaded, case, flag, wanted, finished.notes) for flag, wanted in flags)
    return tuple(filter(None, found))


def _flags(model: nn.Module, toggle: str) -> list[tuple[Flag, Judge]]:
    """The flags of a name, and which of their differences count."""
    flags = flags_named(model, toggle)
    if not flags and toggle != AUTO:
        raise UserError(f"--toggle {toggle}: no module has such a flag, that is True or False")
    return [(flag, _are_implementations if toggle == AUTO else _any) for flag in flags]


Judge = Callable[[list[Op], list[Op]], bool]


class Incomparable(Exception):
    """Raised for ways that give no numbers to compare, in words."""


def _first_parting(loaded: Loaded, case: Case, flag: Flag, wanted: Judge, notes: list[str]) -> Parting | None:
    """Where the ways of a flag part, in the first build of the model in which they do."""
    for each, sizes in _cases(loaded, case):
        try:
            parting = _parting(each, flag.name, wanted, sizes)
        except Incomparable as reason:
            if not sizes:
                notes.append(f"the ways of {flag.name} were not compared: {reason}")
                return None
            continue
        if parting is not None:
            return parting
    return None


def _cases(loaded: Loaded, case: Case) -> Iterator[tuple[Case, str]]:
    """The model as it is, then with one number of its call halved or doubled."""
    yield case, ""
    for each in itertools.islice(variations(loaded), MOST):
        for value in dict.fromkeys((each.value // 2, 2 * each.value)):
            if value > 0:
                yield replace(case, make=each.at(value).build), f"{each.name}={value}"


def _parting(case: Case, name: str, wanted: Judge, sizes: str) -> Parting | None:
    """Where the two ways of a flag part, in a model with numbers."""
    torch.manual_seed(0)
    finished = case.once("real")
    if finished.model is None or finished.error is not None:
        raise Incomparable("the model does not run on numbers")
    fill(finished.model)
    [flag] = flags_named(finished.model, name)
    on, off = _way(finished, flag, True), _way(finished, flag, False)
    apart = difference(on.outputs(), off.outputs())
    found = first_apart(on, off) if apart else None
    if found is None or not wanted(found[0], found[1]):
        return None
    alone, other, met = found
    return Parting(name, apart, _last(alone), _last(other), met, sizes)


def _last(ops: list[Op]) -> Op | None:
    return ops[-1] if ops else None


def _way(finished: Run, flag: Flag, value: bool) -> Way:
    """One run with the flag set, and all numbers in it."""
    assert finished.repeat is not None and finished.plan is not None
    with flag.set(value), _kept() as values:
        torch.manual_seed(0)
        again = finished.repeat(finished.plan)
    if again.error is not None:
        raise Incomparable(f"with {flag.name}={value} the model fails: {words_of(again.error)}")
    if not is_computed(again.trace):
        raise Incomparable(f"with {flag.name}={value} a kernel is stood in for, which gives no numbers")
    return Way(again.trace, values)


@contextmanager
def _kept() -> Iterator[Values]:
    """Everything that the steps of a run give, as far as there is room."""
    values, room, end = Values(), LARGEST, Recorder.end

    def keep(recorder: Recorder, op: Op, result: Any) -> None:
        nonlocal room
        end(recorder, op, result)
        given = result if isinstance(result, (tuple, list)) else (result,)
        for index, tensor in enumerate(given):
            if isinstance(tensor, torch.Tensor) and tensor.is_floating_point() and tensor.numel() <= room:
                room -= tensor.numel()
                with torch._C.DisableTorchFunction():
                    values.tensors[op.index, index] = tensor.detach().clone()

    with mock.patch.object(Recorder, "end", keep):
        yield values


def _any(alone: list[Op], other: list[Op]) -> bool:
    return True


def _are_implementations(alone: list[Op], other: list[Op]) -> bool:
    """Whether one way is a fused attention and the other writes it out: they are meant to give the same."""
    fused, written = map(_has_fused, (alone, other)), map(_has_softmax, (alone, other))
    return sorted(zip(fused, written, strict=True)) == [(False, True), (True, False)]


def _has_fused(ops: list[Op]) -> bool:
    names = (set(contract.parameters.names) for op in ops if (contract := contract_of_call(op)))
    return any({"query", "key", "value"} <= each for each in names)


def _has_softmax(ops: list[Op]) -> bool:
    return any(canonical(op.name) == "softmax" for op in ops)
