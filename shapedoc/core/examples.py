"""Plausible literals for the arguments that constructors of models commonly ask for.

>>> example_of("num_heads"), example_of("size", "int"), example_of("encoder")
('8', '64', '')
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

NAMED = {
    **dict.fromkeys(("dim", "d_model", "embed_dim", "hidden_dim", "hidden_size", "channels", "width"), "64"),
    **dict.fromkeys(("in_channels", "in_chans", "input_channels", "in_ch"), "3"),
    **dict.fromkeys(("heads", "num_heads", "n_heads", "n_head", "nhead", "num_attention_heads"), "8"),
    **dict.fromkeys(("depth", "num_layers", "n_layers", "n_layer", "layers", "num_hidden_layers"), "2"),
    **dict.fromkeys(("num_classes", "n_classes", "out_channels", "out_dim", "num_labels"), "10"),
    **dict.fromkeys(("mlp_dim", "ffn_dim", "ff_dim", "dim_feedforward", "intermediate_size"), "128"),
    **dict.fromkeys(("head_dim", "dim_head"), "8"),
    **dict.fromkeys(("vocab_size", "num_tokens", "n_vocab"), "1000"),
    **dict.fromkeys(("image_size", "img_size"), "224"),
    **dict.fromkeys(("patch_size", "image_patch_size"), "16"),
    **dict.fromkeys(("mlp_mult", "ff_mult", "mult", "expansion", "mlp_ratio"), "4"),
    **dict.fromkeys(("frames", "num_frames"), "8"),
    **dict.fromkeys(("frame_patch_size",), "2"),
    **dict.fromkeys(("kernel_size", "kernel"), "3"),
    **dict.fromkeys(("seq_len", "max_seq_len", "block_size", "max_len"), "128"),
}
UNKNOWN = "…"
TYPED = {"int": "64", "float": "0.1", "bool": "True", "str": "'…'", "list": "[64, 64]", "tuple": "(64, 64)"}


def example_of(name: str, annotation: str = "") -> str:
    """A literal for a parameter by its name, or by its annotation; empty where neither tells."""
    kind = bare(annotation)
    if kind in ("int", ""):
        return NAMED.get(name, TYPED.get(kind, ""))
    return TYPED.get(kind, "")


def bare(annotation: str) -> str:
    """The bare name of an annotation.

    >>> bare("int | None"), bare("list[int]")
    ('int', 'list')
    """
    return re.split(r"[\[|]", annotation)[0].strip()


def required_by(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    """Parameters of a class's constructor that have no default, each with its annotation.

    >>> [net] = ast.parse("class Net:\\n def __init__(self, dim: int, *, heads, drop=0.0): ...").body
    >>> list(required_by(net))
    [('dim', 'int'), ('heads', '')]
    """
    init = next((item for item in node.body if _is_init(item)), None)
    if not isinstance(init, ast.FunctionDef):
        return
    given = init.args
    places = [*given.posonlyargs, *given.args]
    named = zip(given.kwonlyargs, given.kw_defaults, strict=True)
    asked = places[1 : len(places) - len(given.defaults)]  # without self
    for parameter in (*asked, *(name for name, default in named if default is None)):
        yield parameter.arg, ast.unparse(parameter.annotation) if parameter.annotation else ""


def _is_init(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef) and node.name == "__init__"
