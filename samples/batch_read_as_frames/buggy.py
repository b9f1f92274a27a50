"""A video classifier: a convolutional network for every frame, an LSTM over the frames."""

import torch
from torch import nn


class FrameEncoder(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.conv = nn.Sequential(
            nn.Conv2d(3, 32, 5, stride=2), nn.BatchNorm2d(32), nn.ReLU(),
            nn.Conv2d(32, 64, 3, stride=2), nn.BatchNorm2d(64), nn.ReLU(),
            nn.AdaptiveAvgPool2d(1),
        )
        self.fc = nn.Linear(64, features)

    def forward(self, video):
        frames = [self.fc(self.conv(video[:, t]).flatten(1)) for t in range(video.size(1))]
        return torch.stack(frames, dim=1)


class FrameDecoder(nn.Module):
    def __init__(self, features, hidden=128, num_classes=50):
        super().__init__()
        self.lstm = nn.LSTM(features, hidden, num_layers=2)
        self.fc1 = nn.Linear(hidden, 64)
        self.fc2 = nn.Linear(64, num_classes)

    def forward(self, features):
        out, _ = self.lstm(features)
        return self.fc2(torch.relu(self.fc1(out[:, -1])))


class VideoClassifier(nn.Module):
    def __init__(self, features=96):
        super().__init__()
        self.encoder = FrameEncoder(features)
        self.decoder = FrameDecoder(features)

    def forward(self, video):
        return self.decoder(self.encoder(video))


def example_inputs():
    return torch.randn(4, 7, 3, 48, 48)
