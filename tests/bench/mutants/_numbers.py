"""What a model gives on real numbers, always from the same weights and the same inputs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import FrameType
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils._pytree import tree_leaves, tree_map_only

from shapedoc.trace.reproducible import the_same_chance

from ..baseline import forward, quiet_and_reproducible
from ..models import Entry, Inputs
from ._sizes import doubled, fewer

TOLERANCE = 1e-4  # of the largest value: far above what another order of the same sums changes
SAMPLE = 1 << 16  # values that are kept of each output
Lines = set[tuple[str, int]]


@dataclass(frozen=True, eq=False)
class Output:
    """The shape of a tensor, and its values or a sample of them; the parts of a nested one in a row."""

    shape: tuple[int | str, ...]
    values: np.ndarray


@dataclass(frozen=True)
class Numbers:
    """All tensors a model gave, and a fingerprint of the weights it had."""

    outputs: tuple[Output, ...]
    weights: tuple[tuple[str, tuple[int, ...], float], ...]


@dataclass(frozen=True)
class Sizes:
    """How a model of the zoo is run here: made `small` or as it is, its samples `twice` or as they are."""

    small: bool
    twice: bool


def inputs_of(entry: Entry, sizes: Sizes) -> Inputs:
    """The inputs of an entry, the same each time."""
    torch.manual_seed(0)
    inputs = entry.inputs()
    inputs = fewer(inputs) if sizes.small else inputs
    return doubled(inputs) if sizes.twice else inputs


def built(entry: Entry) -> nn.Module:
    """The model with weights of which none are all the same: zeros and ones would hide what is done to them."""
    quiet_and_reproducible()
    model = entry.build().eval()
    made = torch.Generator().manual_seed(1)
    for param in model.parameters():
        if param.is_floating_point() and param.numel() > 1 and bool((param == param.flatten()[0]).all()):
            param.data += 0.1 * torch.randn(param.shape, generator=made)
    return model


def turned(entry: Entry) -> Entry:
    """The entry with its square images the other way round, rows for columns."""
    return replace(entry, inputs=lambda: tree_map_only(Tensor, _turned, entry.inputs()))


def _turned(tensor: Tensor) -> Tensor:
    square = tensor.dim() > 3 and tensor.shape[-1] == tensor.shape[-2]
    return tensor.transpose(-1, -2).contiguous() if square else tensor


def numbers(entry: Entry, sizes: Sizes) -> Numbers:
    """Build, and run once."""
    return run(built(entry), entry, sizes)


def run(model: nn.Module, entry: Entry, sizes: Sizes) -> Numbers:
    """What a model gives."""
    inputs = inputs_of(entry, sizes)
    with the_same_chance():  # what the tracer runs under: where layers are left out by chance, the same ones
        given = forward(model, inputs)
    outputs = [_output(leaf) for leaf in tree_leaves(given) if isinstance(leaf, Tensor)]
    state = [(name, tuple(value.shape), _sum(value)) for name, value in model.state_dict().items()]
    return Numbers(tuple(outputs), tuple(state))


def _output(tensor: Tensor) -> Output:
    dense = tensor.detach().values() if tensor.is_nested else tensor.detach()
    shape = (*(["nested"] if tensor.is_nested else []), *dense.shape)
    values = torch.view_as_real(dense) if dense.is_complex() else dense
    flat = values.to(torch.float64).flatten()
    if flat.numel() > SAMPLE:
        flat = flat[torch.randint(0, flat.numel(), (SAMPLE,), generator=torch.Generator().manual_seed(3))]
    return Output(shape, flat.numpy())


def _sum(value: Tensor) -> float:
    return float(value.detach().double().sum()) if value.numel() and not value.is_complex() else 0.0


def lines_of(entry: Entry, sizes: Sizes, folder: str) -> tuple[Numbers, Lines]:
    """The numbers, and the lines of the files in a folder that were run for them."""
    with _watched(folder) as lines:
        return numbers(entry, sizes), lines


def passes_by(entry: Entry, sizes: Sizes, file: str, line: int) -> bool:
    """Whether a model runs a line of a file once it is built."""
    model = built(entry)
    with _watched("/") as lines:
        run(model, entry, sizes)
    return any(path.endswith(file) and at == line for path, at in lines)


@contextmanager
def _watched(folder: str) -> Iterator[Lines]:
    """The lines of the files in a folder that are run."""
    lines: Lines = set()

    def trace(frame: FrameType, event: str, arg: Any) -> Any:
        path = frame.f_code.co_filename
        if not path.startswith(folder):
            return None
        lines.add((path.removeprefix(folder).lstrip("/"), frame.f_lineno))
        return trace

    sys.settrace(trace)
    try:
        yield lines
    finally:
        sys.settrace(None)


def same_shapes(one: Numbers, other: Numbers) -> bool:
    return [x.shape for x in one.outputs] == [y.shape for y in other.outputs]


def same_values(one: Numbers, other: Numbers) -> bool:
    """Whether all outputs agree, but for what floating point makes of another order of sums."""
    return all(_close(x, y) for x, y in zip(one.outputs, other.outputs, strict=True))


def _close(one: Output, other: Output) -> bool:
    bound = TOLERANCE * max(float(np.abs(np.nan_to_num(one.values)).max(initial=0.0)), 1e-6)
    return np.allclose(one.values, other.values, rtol=0, atol=bound, equal_nan=True)
