"""A decoder that turns features of speech into the motion of a face."""

import math

import torch
from torch import nn


class PositionalEncoding(nn.Module):
    def __init__(self, dim, max_length=600):
        super().__init__()
        position = torch.arange(max_length)[:, None]
        rates = torch.exp(torch.arange(0, dim, 2) * (-math.log(10000.0) / dim))
        pe = torch.zeros(1, max_length, dim)
        pe[0, :, 0::2] = torch.sin(position * rates)
        pe[0, :, 1::2] = torch.cos(position * rates)
        self.register_buffer("pe", pe)
        self.dropout = nn.Dropout(0.1)

    def forward(self, x):
        x = x + self.pe[:, x.shape[1], :]
        return self.dropout(x)


class MotionDecoder(nn.Module):
    def __init__(self, audio_dim=64, motion_dim=56, dim=128, num_heads=4, num_layers=2):
        super().__init__()
        self.motion = nn.Linear(motion_dim, dim)
        self.audio = nn.Linear(audio_dim, dim)
        self.positions = PositionalEncoding(dim)
        layer = nn.TransformerDecoderLayer(dim, num_heads, 2 * dim, activation="gelu", batch_first=True)
        self.transformer = nn.TransformerDecoder(layer, num_layers)
        self.out = nn.Linear(dim, motion_dim)

    def forward(self, motion, audio):
        x = self.positions(self.motion(motion))
        return self.out(self.transformer(x, self.audio(audio)))


def example_inputs():
    return torch.randn(2, 100, 56), torch.randn(2, 100, 64)
