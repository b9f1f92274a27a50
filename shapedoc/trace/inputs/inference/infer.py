"""Inputs for a model that nobody gave any for: joined from its annotations, source, layers, names and config.

>>> infer(nn.Sequential(nn.Conv2d(64, 8, 3))).axes()
{'b': 2, 'c': 64, 'h': 224, 'w': 224}
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import reduce
from typing import Any

from torch import nn

from shapedoc.core.specs import InputSpec
from shapedoc.trace.inputs import signature
from shapedoc.trace.inputs.inference.annotations import annotated
from shapedoc.trace.inputs.inference.completing import NONE, completed
from shapedoc.trace.inputs.inference.hints import ANY, Hint, axes, canonical, join, renamed
from shapedoc.trace.inputs.inference.layers import expects
from shapedoc.trace.inputs.inference.names import is_guessed, named
from shapedoc.trace.inputs.inference.reading import read
from shapedoc.trace.inputs.plan import Item, Plan

LITERALS: dict[str, Any] = {"int": 1, "float": 1.0, "bool": False, "str": ""}
ATTENDING = re.compile("attention|attn|transformer|mamba|lstm|gru|rnn", re.IGNORECASE)
CONTAINED = re.compile(r"(?:typing\.)?(?P<kind>list|List|Sequence|tuple|Tuple)\[(?P<rest>.*Tensor.*)\]")
PLAIN = re.compile(r"(?:typing\.)?(?:Optional\[)?(?P<kind>\w+)\]?(?: \| None)?")


def infer(model: nn.Module, at: Mapping[str, int] | None = None, dtype: str = "float32") -> Plan:
    """A first candidate, to be corrected by `repair` with what the model says to it."""
    return planned(model, wanted(model), at or {}, dtype=dtype)


def planned(
    model: nn.Module,
    chosen: list[signature.Parameter],
    at: Mapping[str, int] = NONE,
    settled: Mapping[str, int] = NONE,
    dtype: str = "float32",
) -> Plan:
    """A plan for some of the parameters, beside inputs whose axes are `settled`."""
    literals = {p.name: LITERALS[_kind(p)] for p in chosen if _kind(p) in LITERALS}
    known = hints(model, [p for p in chosen if p.name not in literals])
    specs, free = completed(known, model, at, settled)
    items = tuple(
        Item(
            p.name,
            literals.get(p.name, _tree(p, specs)),
            _origin(p.name, known),
            signature.positional(p),
            is_guessed(p.name),
        )
        for p in chosen
    )
    return Plan(items, dtype, True, free)


def _tree(parameter: signature.Parameter, specs: Mapping[str, InputSpec]) -> Any:
    """The spec of a parameter, or a dict or tuple of those of its parts."""
    start = f"{parameter.name}."
    keyed = {name.removeprefix(start): spec for name, spec in specs.items() if name.startswith(start)}
    if keyed and all(key.isdigit() for key in keyed):
        return tuple(keyed.values())
    return keyed or (contained(parameter, specs[parameter.name]) if parameter.name in specs else None)


def contained(parameter: signature.Parameter, spec: InputSpec) -> Any:
    """The spec, in a list or tuple where the annotation asks for one; a list of images has no batch axis."""
    match = CONTAINED.match(str(parameter.annotation))
    if match is None:
        return spec
    images = match["kind"] in ("list", "List", "Sequence") and len(spec.dims) == 4
    part = replace(spec, dims=spec.dims[1:]) if images else spec
    parts = [part] * max(match["rest"].count("Tensor") if match["kind"].lower() == "tuple" else 2, 1)
    return tuple(parts) if match["kind"].lower() == "tuple" else parts


def wanted(model: nn.Module) -> list[signature.Parameter]:
    """The parameters to feed: the required ones, or those that stand for the model's data where none is."""
    parameters = signature.parameters(model)
    names = {p.name for p in signature.required(model)} | set(_main_inputs(model))
    return [p for p in parameters if p.name in names] or parameters[:1]


def _main_inputs(model: nn.Module) -> list[str]:
    """transformers gives everything a default, and says elsewhere what it needs."""
    main = getattr(model, "main_input_name", None)
    if main is None:
        return []
    names = [main] if isinstance(main, str) else list(main)
    decodes = getattr(getattr(model, "config", None), "is_encoder_decoder", False)
    return [*names, "decoder_input_ids"] if decodes else names


def hints(model: nn.Module, parameters: list[signature.Parameter]) -> dict[str, Hint]:
    """What is known of each parameter, annotation first, then what forward does with it, then its name."""
    seen = read(signature.forward_of(model))
    joined = {name: hint for p in parameters for name, hint in _joined(p, seen).items()}
    first = next(iter(joined), "")
    if joined.get(first) == ANY:
        joined[first] = first_layer(model)
    rows = _rows(joined.values(), model)
    return {name: whole(hint, rows) for name, hint in joined.items()}


def _rows(hints: Iterable[Hint], model: nn.Module) -> str:
    """What features come in: nodes of a graph, tokens of a sequence, or samples."""
    names = [[canonical(dim.name) for dim in hint.dims] for hint in hints]
    if any(axis in ("edges", "n") for axes in names if "b" not in axes for axis in axes):
        return "n"
    attends = any(ATTENDING.search(type(module).__name__) for module in model.modules())
    return "b t" if attends or any("t" in axes for axes in names) else "b"


def _joined(parameter: signature.Parameter, seen: Mapping[str, Hint]) -> dict[str, Hint]:
    """Hints for a parameter, or for each of the keys that forward looks up in it."""
    keys = [name for name in seen if name.startswith(f"{parameter.name}.")]
    found = {}
    for name in keys or [parameter.name]:
        hint = seen.get(name, ANY)
        name_hint = named(name.rpartition(".")[2], () if hint.leading else hint.dims)
        found[name] = reduce(join, (annotated(parameter.annotation), renamed(hint, name_hint), name_hint))
    return found


def first_layer(model: nn.Module) -> Hint:
    """A guess: what the layer that was made first takes."""
    hint = next(filter(None, map(expects, model.modules())), ANY)
    return replace(hint, origin=f"its first layer is {hint.origin}", sure=False) if hint.origin else ANY


def whole(hint: Hint, rows: str) -> Hint:
    """The hint with every dimension, where only the last ones were known."""
    if not hint.leading:
        return hint
    missing = rows if len(hint.dims) == 1 else "b"
    if not hint.dims:
        missing = "b t" if hint.dtype == "int64" else "b t d"
    return replace(hint, dims=axes(missing) + hint.dims, leading=False)


def _kind(parameter: signature.Parameter) -> str:
    """The annotated type by its bare name: `int | None` and `Optional[int]` are `int`."""
    annotation = parameter.annotation
    written = annotation.__name__ if isinstance(annotation, type) else str(annotation)
    match = PLAIN.fullmatch(written)
    return match["kind"] if match else ""


def _origin(parameter: str, hints: Mapping[str, Hint]) -> str:
    origins = [
        hint.origin for name, hint in hints.items() if name.partition(".")[0] == parameter and hint.origin
    ]
    return f"inferred: {'; '.join(origins)}" if origins else "inferred"
