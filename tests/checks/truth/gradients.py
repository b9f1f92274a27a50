"""Whether what a model gives for one sample depends on the others of its batch.

>>> mixes(torch.nn.Flatten(), torch.rand(3, 2, 2)), mixes(torch.nn.Softmax(dim=0), torch.rand(3, 2))
(False, True)
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


def mixes(model: nn.Module, x: Tensor) -> bool:
    """Whether the output of some sample has a gradient with respect to another sample's input."""
    x = x.double().requires_grad_()
    out = model.double()(x)
    weights = torch.rand_like(out)
    for sample in range(len(x)):
        [grad] = torch.autograd.grad((out[sample] * weights[sample]).sum(), x, retain_graph=True)
        if bool(torch.cat([grad[:sample], grad[sample + 1 :]]).any()):
            return True
    return False
