"""fx ShapeProp: a symbolic trace of the model, then a pass node by node."""

from __future__ import annotations

import inspect

from torch import fx, nn
from torch.fx.passes.shape_prop import ShapeProp

from ...models import Inputs
from .. import Peer


def run(model: nn.Module, inputs: Inputs) -> str:
    args, kwargs = inputs
    signature = inspect.signature(model.forward)
    given = signature.bind(*args, **kwargs).arguments
    left = {
        name: parameter.default
        for name, parameter in signature.parameters.items()
        if name not in given and parameter.default is not parameter.empty
    }
    ShapeProp(fx.symbolic_trace(model, concrete_args=left)).propagate(*given.values())
    return ""


PEER = Peer("fx ShapeProp", run)
