"""What autograd accepts from the backward of a custom function, for the inputs that its forward had.

As in torch 2.13, csrc/autograd/python_function.cpp and engine.cpp: one gradient for each input, further
ones must be None; None for what is no tensor; else a shape that the input can be expanded to, over which
the gradient is then summed. Any dtype is cast.

>>> refusals(("x", "scale"), (torch.ones(2, 3), 0.5), (torch.ones(5, 2, 3), None))
[]
>>> [(name, why)] = refusals(("x", "scale"), (torch.ones(2, 3), 0.5), (torch.ones(2, 3), torch.ones(())))
>>> name, why
('scale', 'it returns a gradient for scale, which is 0.5 and no tensor')
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from shapedoc.core.text import counted

Refusal = tuple[str, str]  # the input, and what is wrong with its gradient; no input where the number is


def refusals(names: Sequence[str], inputs: Sequence[Any], returned: Any) -> list[Refusal]:
    """What is wrong with the gradients that a backward returned."""
    gradients = returned if isinstance(returned, tuple) else (returned,)
    surplus = gradients[len(inputs) :]
    if len(gradients) < len(inputs) or any(gradient is not None for gradient in surplus):
        given, wanted = counted(len(gradients), "gradient"), counted(len(inputs), "input")
        return [("", f"it returns {given} for {wanted}")]
    found = zip(names, inputs, gradients, strict=False)
    return [(name, why) for name, value, gradient in found if (why := _refused(name, value, gradient))]


def _refused(name: str, value: Any, gradient: Any) -> str:
    if gradient is None:
        return ""
    if not isinstance(gradient, torch.Tensor):
        return f"it returns {_words(gradient)} as the gradient of {name}"
    if not isinstance(value, torch.Tensor):
        return f"it returns a gradient for {name}, which is {_words(value)}"
    wanted, given = tuple(value.shape), tuple(gradient.shape)
    if value.requires_grad and not _expands_to(wanted, given):
        return f"the gradient of {name} is {list(given)}, {name} is {list(wanted)}"
    return ""


def _expands_to(shape: tuple[int, ...], other: tuple[int, ...]) -> bool:
    pairs = zip(reversed(shape), reversed(other), strict=False)
    return len(shape) <= len(other) and all(mine in (1, theirs) for mine, theirs in pairs)


def _words(value: Any) -> str:
    if value is None:
        return "None"
    text = repr(value) if isinstance(value, (int, float, bool, str)) else f"a {type(value).__name__}"
    return f"{text} and no tensor"
