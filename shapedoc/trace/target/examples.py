"""An example call for something that needs arguments, made from its signature.

>>> def Net(dim, num_heads: int, drop=0.0): ...
>>> example_call("Net", inspect.signature(Net), {})
'Net(dim=64, num_heads=8)'
>>> example_call("Net", inspect.signature(Net), {"dim": 96})
'Net(dim=96, num_heads=8)'
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from types import ModuleType
from typing import Any

NAMED = {
    **dict.fromkeys(("dim", "d_model", "embed_dim", "hidden_dim", "hidden_size", "channels", "width"), "64"),
    **dict.fromkeys(("in_channels", "in_chans", "input_channels", "in_ch"), "3"),
    **dict.fromkeys(("heads", "num_heads", "n_heads", "n_head", "nhead", "num_attention_heads"), "8"),
    **dict.fromkeys(("depth", "num_layers", "n_layers", "n_layer", "layers", "num_hidden_layers"), "2"),
    **dict.fromkeys(("num_classes", "n_classes", "out_channels", "out_dim", "num_labels"), "10"),
    **dict.fromkeys(("vocab_size", "num_tokens", "n_vocab"), "1000"),
    **dict.fromkeys(("image_size", "img_size"), "224"),
    **dict.fromkeys(("patch_size",), "16"),
    **dict.fromkeys(("kernel_size", "kernel"), "3"),
    **dict.fromkeys(("seq_len", "max_seq_len", "block_size", "max_len"), "128"),
}
TYPED = {"int": "64", "float": "0.1", "bool": "True", "str": "'…'", "list": "[64, 64]", "tuple": "(64, 64)"}
UNKNOWN = "…"


def example_call(
    name: str, signature: inspect.Signature, given: Mapping[str, Any], module: ModuleType | None = None
) -> str:
    """`name(…)` with what was given and a plausible literal for every argument still missing."""
    known = {
        parameter: repr(value) for parameter, value in given.items() if parameter in signature.parameters
    }
    missing = {p.name: example(p, module) for p in required(signature) if p.name not in known}
    arguments = {**known, **missing}
    ordered = [f"{p}={arguments[p]}" for p in signature.parameters if p in arguments]
    return f"{name}({', '.join(ordered)})"


def required(signature: inspect.Signature) -> list[inspect.Parameter]:
    """The parameters that a caller must give."""
    variable = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return [p for p in signature.parameters.values() if p.default is p.empty and p.kind not in variable]


def example(parameter: inspect.Parameter, module: ModuleType | None) -> str:
    """A literal for one parameter: by its name, by its annotation, or as a call of a config class."""
    kind = _annotated(parameter)
    if kind in ("int", ""):
        return NAMED.get(parameter.name, TYPED.get(kind, UNKNOWN))
    config = getattr(module, kind, None)
    if isinstance(config, type) and not config.__module__.startswith("torch"):
        return example_call(kind, inspect.signature(config), {}, module)
    return TYPED.get(kind, UNKNOWN)


def _annotated(parameter: inspect.Parameter) -> str:
    """The bare name of an annotation, which may be a string: `int | None` gives `int`."""
    annotation = parameter.annotation
    if annotation is parameter.empty:
        return ""
    written = annotation if isinstance(annotation, str) else getattr(annotation, "__name__", "")
    return re.split(r"[\[|]", written)[0].strip()
