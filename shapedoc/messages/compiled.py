r"""torch.compile, torch.export, fx: faults found on fake tensors, and the wrappers around them.

>>> from shapedoc.messages import explain_text
>>> [cause] = explain_text('''TorchRuntimeError: RuntimeError when making fake tensor call
...   Dynamo failed to run FX node with fake tensors: call_function <built-in function linear>(\
... *(FakeTensor(..., size=(2, 16, 64)), Parameter(FakeTensor(..., size=(64, 32)))), **{}): got \
... RuntimeError('a and b must have same reduction dim, but got [32, 64] X [32, 64].')
...
... from user code:
...    File "net.py", line 9, in forward
...     return self.fc(x)''').causes
>>> cause.frame.path, cause.frame.line, cause.message
('net.py', 9, 'the input has 64 features, the weight takes 32')
>>> cause.notes[-1]
'fake tensors met in linear: [2, 16, 64], parameter [64, 32]'
"""

from __future__ import annotations

import re

from shapedoc.messages._fault import Fault, Reading, Role, Seen

OPERAND = r"(Parameter\()?FakeTensor\([^()]{0,200}size=\(([\d, su]{0,120})\)"


def operands(seen: Seen) -> Reading | None:
    """The shapes that a fake call was given, before any flattening."""
    function = re.search(
        r"<[^<>]{0,80}?(\w{1,60})(?: at 0x\w+)?>|call_\w+ (\w{1,60})", str(seen.fields.get("op", ""))
    )
    shapes = [
        f"{'parameter ' if own else ''}[{size.rstrip(',')}]"
        for own, size in re.findall(OPERAND, seen.text)[:6]
    ]
    name = (function[1] or function[2]) if function else "the call"
    return (
        Reading(notes=(f"fake tensors met in {name}: {', '.join(dict.fromkeys(shapes))}",))
        if shapes
        else None
    )


FAULTS = (
    Fault(
        "",
        "torch.compile failed on fake tensors",
        ("Dynamo failed to run FX node with fake tensors: {op:text}(*", "Failed running {op:text}(*"),
        decode=(operands,),
        role=Role.WRAPPER,
    ),
    Fault(
        "SD108",
        "shapes stop agreeing in {module}, says fx",
        ("ShapeProp error for: node={node:word}",),
        around=("call_module[target={module:word}]", "While executing {node:word}"),
        role=Role.WRAPPER,
        fixes=("read the exception above it: fx only carries it on",),
        untold="the shapes",
    ),
    Fault(
        "", "fake tensors refuse {op}", ("failed while attempting to run meta for {op:word}",), role=Role.ECHO
    ),
    Fault(
        "",
        (
            "{name} cannot be traced: a custom operator without a fake implementation, which is no fault of "
            "shapes"
        ),
        (
            "There was no fake impl registered for <CustomOpDef({name:word}::{op:word})>",
            "There was no fake impl registered for",
        ),
        role=Role.ECHO,
    ),
    Fault(
        "SD108",
        "compiled code was made for size {b} at dim {e}, it met {a}",
        ("expected size {a}=={b}, stride {c}=={d} at dim={e}",),
        compare="b a",
        around=("assert_size_stride({name:word}, {s:shape}, {t:shape})",),
        notes=("the strides are {c} and {d}", "{name} should be {s}"),
        fixes=(
            "find the operator whose fake implementation promises another shape or layout than it returns",
            "compile with dynamic=True if the size changes between calls",
        ),
    ),
    Fault(
        "SD111",
        "compiled code met a tensor with another number of dims than it was made for",
        ("AssertionError: wrong number of dimensions", "wrong number of dimensions"),
        around=("assert_size_stride({name:word}, {s:shape}, {t:shape})",),
        notes=("{name} should be {s}, with strides {t}",),
        fixes=(
            "find the operator whose fake implementation promises another shape than it returns",
            "call it once without torch.compile: torch.compiler.set_stance('force_eager')",
        ),
    ),
    Fault(
        "SD108",
        "the exported program was made for {a} at {place}, it got {b}",
        (
            "Expected input at {place:word} to be equal to {a}, but got {b}",
            "Expected input {place:text} to be equal to {a}, but got {b}",
        ),
        compare="a b",
        fixes=("export with a dynamic dim: dynamic_shapes={{…: Dim('…')}}",),
    ),
    Fault(
        "SD102",
        "vmap: the mapped dims have sizes {s}",
        (
            (
                "vmap: Expected all tensors to have the same size in the mapped dimension, got sizes "
                "{s:shape} for the mapped dimension"
            ),
        ),
        fixes=("name the right dim: in_dims=…", "give all mapped tensors one size there"),
    ),
)
