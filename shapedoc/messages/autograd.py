"""Backward passes: gradients of another shape or number than their inputs.

>>> from shapedoc.messages import explain_text
>>> [cause] = explain_text('''  File "gla.py", line 210, in backward
...     return dq, dk, dv, dg.to(g.dtype), None
... AttributeError: 'NoneType' object has no attribute 'to' ''').causes
>>> print(cause)
SD401 backward uses an input that was None in forward
>>> cause.fixes[0]
'return None for an input that was None: dg.to(g.dtype) if g is not None else None'
"""

from __future__ import annotations

import re

from shapedoc.messages._fault import Fault, Reading, Seen

USED = r"(\w{1,60})\.(?:to|type_as|view|reshape)\((\w{1,60})\.\w{1,30}\)"


def in_backward(seen: Seen) -> bool:
    """Only inside a custom function's backward is a missing attribute of None a fault of its contract."""
    return any(
        frame.function.endswith("backward") and "torch/autograd" not in frame.path for frame in seen.frames
    )


def optional_input(seen: Seen) -> Reading:
    """The expression that takes something from an input which was None."""
    used = re.search(USED, seen.code)
    expression = f"{used[0]} if {used[2]} is not None else None" if used else "… if x is not None else None"
    return Reading(
        fixes=(f"return None for an input that was None: {expression}",),
        notes=("backward returns one gradient for each forward input, and None for one that was None",),
    )


FAULTS = (
    Fault(
        "SD401",
        "backward uses an input that was None in forward",
        ("'NoneType' object has no attribute '{attribute:word}'",),
        decode=(optional_input,),
        only=in_backward,
    ),
    Fault(
        "SD401",
        "the gradient given to backward is {s}, the output {t}",
        (
            (
                "Mismatch in shape: grad_output[{i}] has a shape of {s:shape} and output[{j}] has a shape of "
                "{t:shape}"
            ),
        ),
        fixes=(
            "pass a gradient of the output's shape: y.backward(torch.ones_like(y))",
            "reduce to a scalar first: y.sum().backward()",
        ),
    ),
    Fault(
        "SD401",
        "backward of {name} returns {b} gradients for {a} inputs",
        ("function {name:word} returned an incorrect number of gradients (expected {a}, got {b})",),
        fixes=("return one gradient for each argument of forward after ctx, None for what needs none",),
    ),
    Fault(
        "SD401",
        "backward of {name} returns a gradient for input {i}, which is no tensor",
        (
            (
                "function {name:word} returned a gradient different than None at position {i}, but the "
                "corresponding forward input was not a Variable"
            ),
        ),
        fixes=("return None at that position",),
    ),
    Fault(
        "SD401",
        "the gradient that {name} returns for input {i} is {s}, the input {t}",
        (
            (
                "Function {name:word} returned an invalid gradient at index {i} - got {s:shape} but expected "
                "shape compatible with {t:shape}"
            ),
            (
                "Function {name:word} returned an invalid gradient at index {i} - got {s:shape} but expected "
                "shape {t:shape}"
            ),
        ),
        fixes=(
            "sum the gradient over the dims that forward has broadcast",
            "undo in backward what forward did to the shape",
        ),
    ),
    Fault(
        "SD401",
        "backward starts from a tensor of several elements",
        ("grad can be implicitly created only for scalar outputs",),
        fixes=("reduce the loss first: loss.mean().backward()",),
        untold="the shape of the loss",
    ),
)
