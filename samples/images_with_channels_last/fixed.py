"""A policy for a game played from pixels, as the environment gives them."""

import torch
from torch import nn


class Encoder(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 32, 8, stride=4)
        self.conv2 = nn.Conv2d(32, 64, 4, stride=2)
        self.conv3 = nn.Conv2d(64, 64, 3)
        self.fc = nn.Linear(64 * 4 * 4, features)

    def forward(self, x):
        x = torch.relu(self.conv1(x))
        x = torch.relu(self.conv2(x))
        x = torch.relu(self.conv3(x))
        return torch.relu(self.fc(x.flatten(1)))


class Policy(nn.Module):
    def __init__(self, features=256, actions=6):
        super().__init__()
        self.encoder = Encoder(features)
        self.actor = nn.Linear(features, actions)
        self.critic = nn.Linear(features, 1)

    def forward(self, observation):
        pixels = observation.permute(0, 3, 1, 2) / 255
        x = self.encoder(pixels)
        return self.actor(x).log_softmax(dim=-1), self.critic(x)


def example_inputs():
    return torch.rand(4, 64, 64, 3)
