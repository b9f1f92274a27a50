"""What `forward` takes.

>>> import torch
>>> [p.name for p in parameters(torch.nn.Bilinear(1, 2, 3))]
['input1', 'input2']
"""

from __future__ import annotations

import inspect
import textwrap

from torch import nn

LENGTH = 100  # of a signature in a message: models of libraries take dozens of parameters
Parameter = inspect.Parameter
VARIABLE = (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)


def forward_of(model: nn.Module) -> nn.Module:
    """The module whose forward names the parameters: behind `forward(*args, **kwargs)`, the wrapped one."""
    if any(p.kind not in VARIABLE for p in signature(model).parameters.values()):
        return model
    return next((forward_of(child) for child in model.children()), model)


def signature(model: nn.Module) -> inspect.Signature:
    return inspect.signature(model.forward)


def parameters(model: nn.Module) -> list[Parameter]:
    """The named parameters of forward, in order."""
    return [p for p in signature(forward_of(model)).parameters.values() if p.kind not in VARIABLE]


def required(model: nn.Module) -> list[Parameter]:
    """Those without a default."""
    return [p for p in parameters(model) if p.default is p.empty]


def takes_any(model: nn.Module) -> bool:
    """Whether forward takes keywords that it does not name."""
    return any(p.kind is Parameter.VAR_KEYWORD for p in signature(model).parameters.values())


def written(model: nn.Module) -> str:
    """`forward(x, mask=None)`, without annotations, and no further than a line is long.

    >>> written(nn.MultiheadAttention(8, 2))
    'forward(query, key, value, key_padding_mask=None, need_weights=True, attn_mask=None, …)'
    """
    forward = signature(model)
    bare = [p.replace(annotation=p.empty) for p in forward.parameters.values()]
    text = f"forward{forward.replace(parameters=bare, return_annotation=forward.empty)}"
    return textwrap.shorten(text, LENGTH, placeholder=" …)")


def positional(parameter: Parameter) -> bool:
    """Whether a call names it by its place."""
    return parameter.default is Parameter.empty and parameter.kind is not Parameter.KEYWORD_ONLY
