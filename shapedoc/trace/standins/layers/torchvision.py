"""torchvision's layers around the operations of its compiled library."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from shapedoc.trace.standins.layers import stands_for


def pair(value: Any) -> tuple[int, int]:
    """One number for both directions."""
    return (value, value) if isinstance(value, int) else tuple(value)


@stands_for("torchvision.ops.DeformConv2d", "torchvision.ops.deform_conv.DeformConv2d")
class DeformConv2d(nn.Module):
    """A convolution whose taps are moved by offsets that come with the input."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: int = 1,
        bias: bool = True,
    ) -> None:
        super().__init__()
        if in_channels % groups != 0:
            raise ValueError("in_channels must be divisible by groups")
        if out_channels % groups != 0:
            raise ValueError("out_channels must be divisible by groups")
        self.in_channels, self.out_channels, self.groups = in_channels, out_channels, groups
        self.kernel_size, self.stride = pair(kernel_size), pair(stride)
        self.padding, self.dilation = pair(padding), pair(dilation)
        self.weight = nn.Parameter(torch.zeros(out_channels, in_channels // groups, *self.kernel_size))
        self.bias = nn.Parameter(torch.zeros(out_channels)) if bias else None

    def forward(self, input: Tensor, offset: Tensor, mask: Tensor | None = None) -> Tensor:
        convolve = import_module("torchvision.ops").deform_conv2d
        return convolve(
            input, offset, self.weight, self.bias, self.stride, self.padding, self.dilation, mask=mask
        )


class Regions(nn.Module):
    """Crops of a map, all of one size, by the function of `torchvision.ops` that `operation` names."""

    operation = "roi_align"

    def __init__(self, output_size: Any, spatial_scale: float, *options: Any, **others: Any) -> None:
        super().__init__()
        self.output_size, self.spatial_scale = output_size, spatial_scale

    def forward(self, input: Tensor, rois: Any) -> Tensor:
        operation = getattr(import_module("torchvision.ops"), self.operation)
        return operation(input, rois, self.output_size, self.spatial_scale)


@stands_for("torchvision.ops.RoIAlign")
class RoIAlign(Regions):
    """Crops by bilinear sampling."""


@stands_for("torchvision.ops.RoIPool")
class RoIPool(Regions):
    """Crops by taking the largest."""

    operation = "roi_pool"


@stands_for("torchvision.ops.FrozenBatchNorm2d", "torchvision.ops.misc.FrozenBatchNorm2d")
class FrozenBatchNorm2d(nn.Module):
    """A batch norm whose statistics and weights are buffers."""

    def __init__(self, num_features: int, eps: float = 1e-5) -> None:
        super().__init__()
        self.eps = eps
        for name, fill in (("weight", 1.0), ("bias", 0.0), ("running_mean", 0.0), ("running_var", 1.0)):
            self.register_buffer(name, torch.full((num_features,), fill))

    def forward(self, x: Tensor) -> Tensor:
        return F.batch_norm(x, self.running_mean, self.running_var, self.weight, self.bias, eps=self.eps)


@stands_for("torchvision.ops.batched_nms", "torchvision.ops.boxes.batched_nms")
def batched_nms(boxes: Tensor, scores: Tensor, idxs: Tensor, iou_threshold: float) -> Tensor:
    """Suppression within each class."""
    return import_module("torchvision.ops").nms(boxes + idxs.to(boxes)[:, None], scores, iou_threshold)
