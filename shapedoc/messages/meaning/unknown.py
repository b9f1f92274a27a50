"""Exceptions that no family knows: a fault of shapes by its looks, or none.

>>> looks_like_shapes("MyError: expected feature map of shape [2, 3, 8], got [2, 3, 4]")
True
>>> looks_like_shapes("RuntimeError: expected scalar type Half but found Float, with 2 of 3 arguments")
False

A bare `AssertionError` says nothing; the line of source that raised it does.

>>> asserted("assert x.shape[-1] == self.dim").code, asserted("assert dim % num_heads == 0").code
('SD108', 'SD110')
>>> asserted("assert path.exists()")
"""

from __future__ import annotations

import re

from shapedoc.messages._fault import Fault

TENSOR = re.compile(
    r"\b(?:shapes?|sizes?|dim(?:s|ensions?|ensional)?|channels?|heads?|head_dim|rank|ndim|features|width"
    r"|broadcast\w*|embed\w*|num_\w+|hidden\w*|sequence length|tokens?|patch\w*|divisible|elements"
    r"|tensors?)\b",
    re.IGNORECASE,
)
DISAGREE = re.compile(
    r"match|expect|\bgot\b|divisible|incompatib|inconsisten|broadcast|invalid for|differ|must|should|equal"
    r"|does ?n[o']t|multiple of|wrong|instead|less than|greater than|larger|smaller|exceed|!=",
    re.IGNORECASE,
)
OTHERWISE = re.compile(
    r"d-?type|scalar type|\bHalf\b|float16|precision|device|cuda|memory|[MG]iB\b|alloc|byte|header|PyObject"
    r"|binary|version|positional|arguments?\b|file|path|port\b|socket|permission|timed? ?out|nan\b|\binf\b"
    r"|json|yaml|pickl|checksum|http|url",
    re.IGNORECASE,
)
NUMBER = re.compile(r"\d+")
SHAPED_SOURCE = re.compile(
    r"\.shape\b|\.size\(|\.ndim\b|\.dim\(\)|\blen\(|\bdim\b|_dim\b|_size\b|heads|channels|\.numel\("
)

UNKNOWN = Fault(
    "SD108",
    "sizes disagree: {text}",
    (),
    untold="which axis of which tensor is meant",
)
ASSERTED = {
    "%": Fault("SD110", "an assertion of divisibility failed", (), untold="the two numbers"),
    "ndim": Fault(
        "SD111", "an assertion on the number of dimensions failed", (), untold="the tensor's shape"
    ),
    "checkpoint": Fault(
        "SD112",
        "a weight of the checkpoint has another shape than the parameter it is loaded into",
        (),
        notes=("in 4 bits, and among tensor-parallel ranks, a weight has another shape than its file",),
        fixes=("load with the quantisation and the tensor-parallel size that the checkpoint was made for",),
        untold="the name and both shapes",
    ),
    "": Fault("SD108", "an assertion on sizes failed", (), untold="the sizes that were compared"),
}
KINDS = (
    (re.compile(r"loaded_weight|state_dict|ckpt|checkpoint"), "checkpoint"),
    (re.compile(r"%"), "%"),
    (re.compile(r"\.ndim\b|\.dim\(\)|len\([\w.]{1,60}(?:shape|size\(\))\)"), "ndim"),
)


def looks_like_shapes(text: str) -> bool:
    """Two numbers, a word for tensors, a word for disagreement, and nothing of types, devices or memory."""
    words = text[:2000]
    return (
        len(NUMBER.findall(words)) >= 2
        and bool(TENSOR.search(words) and DISAGREE.search(words))
        and not OTHERWISE.search(words)
    )


def asserted(code: str) -> Fault | None:
    """What an `assert` line was about, if it was about shapes."""
    if not code.startswith("assert") or not SHAPED_SOURCE.search(code):
        return None
    return ASSERTED[next((kind for pattern, kind in KINDS if pattern.search(code)), "")]
