"""A stand-in for torchvision, as much of it as timm and vit-pytorch import, where the real one cannot load.

>>> with importable():
...     from torchvision.ops.misc import FrozenBatchNorm2d
>>> FrozenBatchNorm2d(3)(torch.ones(1, 3, 2, 2)).shape
torch.Size([1, 3, 2, 2])

torchvision's compiled operators load beside one build of torch only, while both packages need no more than
a frozen norm layer and the image augmentations of DINO. Names it does not know are empty classes.
"""

from __future__ import annotations

import importlib
import random
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import Enum
from types import ModuleType
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@contextmanager
def importable() -> Iterator[None]:
    """Inside, `import torchvision` works; a stand-in leaves `sys.modules` again, so that nobody else meets it."""
    standins = {} if _real_one_loads() else _modules()
    sys.modules.update(standins)
    try:
        yield
    finally:
        for name in standins:
            del sys.modules[name]


class InterpolationMode(Enum):
    NEAREST = "nearest"
    NEAREST_EXACT = "nearest-exact"
    BILINEAR = "bilinear"
    BICUBIC = "bicubic"
    BOX = "box"
    HAMMING = "hamming"
    LANCZOS = "lanczos"


class FrozenBatchNorm2d(nn.Module):
    """A BatchNorm2d whose statistics and weights are buffers."""

    def __init__(self, num_features: int, eps: float = 1e-5) -> None:
        super().__init__()
        self.eps = eps
        for name, fill in (("weight", 1.0), ("bias", 0.0), ("running_mean", 0.0), ("running_var", 1.0)):
            self.register_buffer(name, torch.full((num_features,), fill))

    def forward(self, x: Tensor) -> Tensor:
        return F.batch_norm(x, self.running_mean, self.running_var, self.weight, self.bias, eps=self.eps)


class RandomApplied(nn.Module):
    """An augmentation that happens with probability `p`."""

    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        self.p = p

    def forward(self, images: Tensor) -> Tensor:
        return self.apply_to(images) if random.random() < self.p else images

    def apply_to(self, images: Tensor) -> Tensor:
        raise NotImplementedError


class RandomHorizontalFlip(RandomApplied):
    def apply_to(self, images: Tensor) -> Tensor:
        return images.flip(-1)


class RandomGrayscale(RandomApplied):
    def apply_to(self, images: Tensor) -> Tensor:
        return _grey(images).expand_as(images)


class ColorJitter(nn.Module):
    """Brightness, contrast and saturation, each blended by a random factor; hue stays."""

    def __init__(self, brightness: float, contrast: float, saturation: float, hue: float = 0.0) -> None:
        super().__init__()
        self.strengths = (brightness, contrast, saturation)

    def forward(self, images: Tensor) -> Tensor:
        grey = _grey(images)
        others = (torch.zeros_like(images), grey.mean((-2, -1), keepdim=True), grey)
        for strength, other in zip(self.strengths, others, strict=True):
            ratio = random.uniform(1 - strength, 1 + strength)
            images = ratio * images + (1 - ratio) * other
        return images


class GaussianBlur(nn.Module):
    def __init__(self, kernel_size: tuple[int, int], sigma: tuple[float, float]) -> None:
        super().__init__()
        self.kernel_size, self.sigma = kernel_size, sigma

    def forward(self, images: Tensor) -> Tensor:
        sigma, channels = random.uniform(*self.sigma), images.shape[-3]
        rows, columns = (_bell(size, sigma).to(images) for size in self.kernel_size)
        kernel = torch.outer(rows, columns).expand(channels, 1, -1, -1)
        high, wide = (size // 2 for size in self.kernel_size)
        return F.conv2d(F.pad(images, (wide, wide, high, high), "reflect"), kernel, groups=channels)


class Normalize(nn.Module):
    def __init__(self, mean: Sequence[float], std: Sequence[float]) -> None:
        super().__init__()
        self.mean, self.std = mean, std

    def forward(self, images: Tensor) -> Tensor:
        mean, std = (torch.as_tensor(values).to(images).view(-1, 1, 1) for values in (self.mean, self.std))
        return (images - mean) / std


class RandomResizedCrop(nn.Module):
    """A window of a random share of the area, brought to `size`."""

    def __init__(self, size: tuple[int, int], scale: tuple[float, float] = (0.08, 1.0)) -> None:
        super().__init__()
        self.size, self.scale = size, scale

    def forward(self, images: Tensor) -> Tensor:
        side = random.uniform(*self.scale) ** 0.5
        height, width = (max(1, int(size * side)) for size in images.shape[-2:])
        top = random.randint(0, images.shape[-2] - height)
        left = random.randint(0, images.shape[-1] - width)
        window = images[..., top : top + height, left : left + width]
        return F.interpolate(window, size=self.size, mode="bilinear", antialias=True)


_NAMES: dict[str, tuple[type, ...]] = {
    "torchvision": (),
    "torchvision.datasets": (),
    "torchvision.models": (),
    "torchvision.models.feature_extraction": (),
    "torchvision.ops": (),
    "torchvision.ops.misc": (FrozenBatchNorm2d,),
    "torchvision.transforms": (
        *(ColorJitter, GaussianBlur, Normalize),
        *(RandomGrayscale, RandomHorizontalFlip, RandomResizedCrop),
    ),
    "torchvision.transforms.functional": (InterpolationMode,),
    "torchvision.utils": (),
}


class _Standin(ModuleType):
    __path__: ClassVar[list[str]] = []

    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {"__module__": self.__name__})


def _modules() -> dict[str, Any]:
    modules = {name: _Standin(name) for name in _NAMES}
    for name, module in modules.items():
        parent, _, child = name.rpartition(".")
        if parent:
            setattr(modules[parent], child, module)
        for item in _NAMES[name]:
            setattr(module, item.__name__, item)
    return modules


def _real_one_loads() -> bool:
    try:
        importlib.import_module("torchvision")
    except (ImportError, RuntimeError):  # RuntimeError: its compiled operators belong to another torch
        return False
    return True


def _grey(images: Tensor) -> Tensor:
    weights = torch.tensor([0.299, 0.587, 0.114]).to(images).view(-1, 1, 1)
    return (images * weights).sum(-3, keepdim=True)


def _bell(size: int, sigma: float) -> Tensor:
    weights = torch.exp(-0.5 * (torch.linspace(-(size // 2), size // 2, size) / sigma) ** 2)
    return weights / weights.sum()
