"""What the annotation of a parameter says: jaxtyping's `Float[Tensor, "b c h w"]`, or a plain type.

jaxtyping itself need not be there: an annotation left as a string is read as well.

>>> annotated('Float[torch.Tensor, "batch 3 h*2 w"]').dims
(Size(size=0, name='batch'), Size(size=3, name=''), Size(size=0, name=''), Size(size=0, name='w'))
>>> annotated('Int[Tensor, "*batch t"]').leading
True

Notation: https://docs.kidger.site/jaxtyping/api/array/
"""

from __future__ import annotations

import re
from typing import Any

from shapedoc.core.report import Size
from shapedoc.trace.inputs.inference.hints import ANY, FLOATING, Hint

WRITTEN = re.compile(r"""(?P<kind>\w+)\[\s*(?:torch\.)?Tensor\s*,\s*["'](?P<dims>[^"']*)["']\s*\]""")
DTYPES = {
    "Float": FLOATING,
    "Shaped": "",
    "Num": FLOATING,
    "Real": FLOATING,
    "Inexact": FLOATING,
    "Bool": "bool",
    "Int": "int64",
    "UInt": "uint8",
    "Integer": "int64",
    "Complex": "complex64",
    "Key": "int64",
}
EXACT = {
    "Float16",
    "Float32",
    "Float64",
    "BFloat16",
    "Int8",
    "Int16",
    "Int32",
    "Int64",
    "UInt8",
    "Complex64",
    "Complex128",
}
MODIFIERS = "#?_"  # may broadcast, may differ from leaf to leaf, is not checked


def annotated(annotation: Any) -> Hint:
    """The hint in an annotation, `ANY` where it has none."""
    kind, dims = _parts(annotation)
    if dims is None:
        return ANY
    words = dims.split()
    start = next(
        (i + 1 for i, word in reversed(list(enumerate(words))) if word.startswith("*") or word == "..."), 0
    )
    dtype = kind.lower() if kind in EXACT else DTYPES.get(kind, "")
    low = 0 if dtype.startswith(("int", "uint")) else None
    return Hint(
        tuple(map(_axis, words[start:])),
        start > 0,
        dtype,
        low,
        None,
        f"the annotation {kind}[Tensor, {dims!r}]",
    )


def _parts(annotation: Any) -> tuple[str, str | None]:
    """jaxtyping's class carries `dim_str` and is called `Float[Tensor, '…']`."""
    dims = getattr(annotation, "dim_str", None)
    if isinstance(dims, str):
        return str(getattr(annotation, "__name__", "")).partition("[")[0], dims
    match = WRITTEN.search(annotation if isinstance(annotation, str) else "")
    return (match["kind"], match["dims"]) if match else ("", None)


def _axis(word: str) -> Size:
    """`3`, `heads`, `rows=4`; an expression such as `h*2` stands for a size of its own."""
    word = word.lstrip(MODIFIERS)
    name, _, size = word.rpartition("=")
    if size.isdigit():
        return Size(int(size), name)
    return Size(0, size if size.isidentifier() else "")
