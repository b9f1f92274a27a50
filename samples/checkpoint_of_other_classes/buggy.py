"""A pretrained backbone with a head for the classes of one's own."""

import torch
from torch import nn


class Backbone(nn.Module):
    def __init__(self, num_classes, dim=128):
        super().__init__()
        self.stem = nn.Conv2d(3, dim // 2, 4, stride=4)
        self.norm = nn.BatchNorm2d(dim // 2)
        self.stage = nn.Conv2d(dim // 2, dim, 2, stride=2)
        self.head = nn.Linear(dim, num_classes)

    def forward(self, images):
        x = torch.relu(self.norm(self.stem(images)))
        return self.head(torch.relu(self.stage(x)).mean(dim=(2, 3)))


def pretrained():
    """The parameters as they would be downloaded."""
    return Backbone(num_classes=1000).state_dict()


def without_head(weights):
    return {name: weight for name, weight in weights.items() if not name.startswith("head.")}


class FineTuned(nn.Module):
    def __init__(self, num_classes=5):
        super().__init__()
        self.backbone = Backbone(num_classes)
        self.backbone.load_state_dict(pretrained(), strict=False)

    def forward(self, images):
        return self.backbone(images)


def example_inputs():
    return torch.randn(2, 3, 64, 64)
