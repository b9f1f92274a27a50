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

TENSOR = (
    r"(?i)\b(?:shapes?|sizes?|dim(?:s|ensions?|ensional)?|channels?|heads?|head_dim|rank|ndim|features|width"
    r"|broadcast\w*|embed\w*|num_\w+|hidden\w*|sequence length|tokens?|patch\w*|divisible|elements"
    r"|tensors?)\b"
)
DISAGREE = (
    r"(?i)match|expect|\bgot\b|divisible|incompatib|inconsisten|broadcast|invalid for|differ|must|should"
    r"|equal|does ?n[o']t|multiple of|wrong|instead|less than|greater than|larger|smaller|exceed|!="
)
OTHERWISE = (
    r"(?i)d-?type|scalar type|\bHalf\b|float16|precision|device|cuda|memory|[MG]iB\b|alloc|byte|header"
    r"|PyObject|binary|version|positional|arguments?\b|file|path|port\b|socket|permission|timed? ?out"
    r"|nan\b|\binf\b"
    r"|json|yaml|pickl|checksum|http|url"
)
NUMBER = r"\d+"
SHAPED_SOURCE = (
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
    (r"loaded_weight|state_dict|ckpt|checkpoint", "checkpoint"),
    (r"%", "%"),
    (r"\.ndim\b|\.dim\(\)|len\([\w.]{1,60}(?:shape|size\(\))\)", "ndim"),
)


def looks_like_shapes(text: str) -> bool:
    """Two numbers, a word for tensors, a word for disagreement, and nothing of types, devices or memory."""
    words = text[:2000]
    return (
        len(re.findall(NUMBER, words)) >= 2
        and bool(re.search(TENSOR, words) and re.search(DISAGREE, words))
        and not re.search(OTHERWISE, words)
    )


def asserted(code: str) -> Fault | None:
    """What an `assert` line was about, if it was about shapes."""
    if not code.startswith("assert") or not re.search(SHAPED_SOURCE, code):
        return None
    return ASSERTED[next((kind for pattern, kind in KINDS if re.search(pattern, code)), "")]
