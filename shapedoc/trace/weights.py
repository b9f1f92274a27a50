"""A checkpoint beside the model it is to be loaded into: names and shapes, and no data.

What differs is brought down to causes: a prefix of all names, names on one side alone, and the sizes
that were configured otherwise, together with the argument of the constructor that would fit.
"""

from __future__ import annotations

import pickle
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from shapedoc.core.errors import UserError
from shapedoc.core.report import Span
from shapedoc.core.source import expression_at
from shapedoc.core.tensor_files import INDEX, Shapes, safetensors_shapes
from shapedoc.messages.meaning.checkpoints import mismatches
from shapedoc.trace.execution import Run, build, engine_for
from shapedoc.trace.places import MADE
from shapedoc.trace.target import Loaded
from shapedoc.trace.target.variation import Variation, variations

WRAPPERS = ("state_dict", "model_state_dict", "model", "module", "net")  # of a state dict
UNSAVED = "num_batches_tracked"  # torch itself does without it
SHOWN = 3
MOST = 12  # arguments that are tried


@dataclass(frozen=True)
class Misfit:
    """One cause for which a checkpoint does not fit: in words, with the parameter that shows it."""

    message: str
    key: str = ""
    notes: tuple[str, ...] = ()
    fixes: tuple[str, ...] = ()
    made: Span | None = None


def misfits(finished: Run, loaded: Loaded, path: str) -> tuple[Misfit, ...]:
    """Why a checkpoint cannot be loaded into the model; nothing where it can."""
    model = finished.model
    if model is None:
        return ()
    saved, wanted = _shapes_in(Path(path)), _shapes_of(model)
    prefix, renamed = _renamed(saved, wanted)
    return (
        *_of_prefix(prefix, saved),
        *_of_names(renamed, wanted, model),
        *_of_sizes(renamed, wanted, model, loaded),
    )


def _shapes_in(path: Path) -> Shapes:
    try:
        if path.suffix == ".safetensors" or path.name.endswith(INDEX):
            return safetensors_shapes(path)
        return _unpickled(path)
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror or error}") from error


def _unpickled(path: Path) -> Shapes:
    """A checkpoint of torch's; nothing but tensors and plain values is made of it, and no data is read."""
    if not path.is_file():
        raise UserError(f"no file {path}")
    try:
        saved = torch.load(path, map_location="meta", weights_only=True, mmap=True)
    except (RuntimeError, EOFError, pickle.UnpicklingError) as error:
        raise UserError(f"{path} is no checkpoint that can be read without running its code") from error
    tensors = _state_dict(saved).items()
    return {str(name): tuple(value.shape) for name, value in tensors if isinstance(value, torch.Tensor)}


def _state_dict(saved: Any) -> dict[Any, Any]:
    """What a trainer saved, or what it saved it under."""
    if not isinstance(saved, dict):
        return {}
    inner = next((saved[key] for key in WRAPPERS if isinstance(saved.get(key), dict)), None)
    return saved if inner is None else _state_dict(inner)


def _shapes_of(model: nn.Module) -> Shapes:
    state = model.state_dict(keep_vars=True)
    return {name: tuple(value.shape) for name, value in state.items() if isinstance(value, torch.Tensor)}


def _renamed(saved: Shapes, wanted: Shapes) -> tuple[str, Shapes]:
    """The prefix that most names differ by, with a minus where the model has it, and the shapes without."""
    found = Counter(_prefixes("+", saved, wanted)) + Counter(_prefixes("-", wanted, saved))
    prefix, count = found.most_common(1)[0] if found else ("", 0)
    if 2 * count < min(len(saved), len(wanted)):
        return "", saved
    if prefix[0] == "+":
        return prefix, {name.removeprefix(prefix[1:]): shape for name, shape in saved.items()}
    return prefix, {prefix[1:] + name: shape for name, shape in saved.items()}


def _prefixes(sign: str, names: Iterable[str], others: Shapes) -> Iterator[str]:
    """For each name that is another one behind a prefix, that prefix."""
    for name in names:
        parts = name.split(".")
        rests = (".".join(parts[at:]) for at in range(len(parts) - 1)) if name not in others else ()
        rest = next((rest for rest in rests if rest in others), None)
        if rest is not None:
            yield sign + name[: len(name) - len(rest)]


def _of_prefix(prefix: str, saved: Shapes) -> Iterator[Misfit]:
    if not prefix:
        return
    side, other = ("checkpoint", "model") if prefix[0] == "+" else ("model", "checkpoint")
    change = "key.removeprefix({!r})" if prefix[0] == "+" else "{!r} + key"
    yield Misfit(
        f"names in the {side} begin with {prefix[1:]!r}, those in the {other} do not",
        notes=("such as " + next(iter(saved)),),
        fixes=(f"state = {{{change.format(prefix[1:])}: value for key, value in state.items()}}",),
    )


def _of_names(saved: Shapes, wanted: Shapes, model: nn.Module) -> Iterator[Misfit]:
    """Names on one side alone; a tied parameter has several names, one of which is enough."""
    state = model.state_dict(keep_vars=True)
    loaded = {id(value) for name, value in state.items() if name in saved}
    there = {name for name, value in state.items() if id(value) in loaded}
    missing = [name for name in wanted if name not in saved and name not in there and UNSAVED not in name]
    unexpected = [name for name in saved if name not in wanted and UNSAVED not in name]
    for names, where, elsewhere in ((missing, "model", "checkpoint"), (unexpected, "checkpoint", "model")):
        if names:
            message = f"{len(names)} tensors of the {where} are not in the {elsewhere}"
            yield Misfit(message, names[0], (f"such as {', '.join(names[:SHOWN])}",))


def _of_sizes(saved: Shapes, wanted: Shapes, model: nn.Module, loaded: Loaded) -> Iterator[Misfit]:
    """Sizes that differ, and the argument with which they would not."""
    differing = {name: saved[name] for name in wanted if name in saved and saved[name] != wanted[name]}
    if not differing:
        return
    items = tuple({"key": name, "s": shape, "t": wanted[name]} for name, shape in differing.items())
    readings = mismatches(items)
    lines = {key: _constructed(model, key) for key in differing}
    argument = _fitting(saved, wanted, differing, loaded, lines.get(readings[0].parameter))
    for reading in readings:
        key = reading.parameter
        fixes = (*((argument,) if argument else ()), *reading.fixes)
        yield Misfit(reading.message, key, reading.notes, fixes, lines.pop(key, None))


def _constructed(model: nn.Module, key: str) -> Span | None:
    """The line that constructed the layer of a parameter."""
    place = model.get_submodule(key.rpartition(".")[0]).__dict__.get(MADE)
    return place.span() if place else None


def _fitting(saved: Shapes, wanted: Shapes, differing: Shapes, loaded: Loaded, made: Span | None) -> str:
    """The argument of the target's call with which every shape is that of the checkpoint."""
    ratios = {
        (theirs, ours)
        for name, shape in differing.items()
        for theirs, ours in zip(shape, wanted[name], strict=False)
        if theirs != ours
    }
    written = re.findall(r"\w+", expression_at(made)) if made else []
    likely = sorted(variations(loaded), key=lambda each: each.name not in written)
    tries = [(each, value) for each in likely for value in _values(each, ratios)]
    for each, value in tries[:MOST]:
        if _fits(each.at(value), saved):
            return f"{each.name}={value}, not {each.value}: the model then has all shapes of the checkpoint"
    return ""


def _values(number: Variation, ratios: set[tuple[int, int]]) -> list[int]:
    """The values that would change a size as it differs."""
    scaled = {number.value * theirs // ours for theirs, ours in ratios if number.value * theirs % ours == 0}
    return sorted(scaled - {0, number.value})


def _fits(loaded: Loaded, saved: Shapes) -> bool:
    try:
        shapes = _shapes_of(build(engine_for("shape"), loaded.build))
    except Exception:  # whatever a constructor says to an unusual number
        return False
    return all(saved.get(name, shape) == shape for name, shape in shapes.items())
