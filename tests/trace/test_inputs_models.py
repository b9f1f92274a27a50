"""Models as people write them: the inputs inferred for each run in plain torch, and are laid out as meant."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
import torch
import torch.nn.functional as F
from einops import rearrange
from einops.layers.torch import Rearrange
from torch import nn

from shapedoc.trace.inputs import Failure, fitted, ordinary, plan_inputs


def fit(model):
    """The plan that the model runs with, found with real tensors."""
    model.eval()

    def run(plan):
        inputs = plan.make(ordinary)
        steps = []
        hook = nn.modules.module.register_module_forward_hook(lambda *_: steps.append(1))
        try:
            with torch.no_grad():
                model(*inputs.args, **inputs.kwargs)
        except Exception as error:
            return Failure(error, len(steps))
        finally:
            hook.remove()

    plan, failure = fitted(plan_inputs(model), model, run)
    assert failure is None, repr(failure.error)
    return plan


def shapes(model):
    """Name to layout, for every tensor that the model runs with."""
    return {d.value.name: str(d.value).partition("[")[2][:-1] for d in fit(model).make(ordinary).described}


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 6, 5), nn.Conv2d(6, 16, 5)
        self.fc1, self.fc2 = nn.Linear(16 * 5 * 5, 120), nn.Linear(120, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = x.view(-1, 16 * 5 * 5)
        return self.fc2(F.relu(self.fc1(x)))


class Mnist(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Sequential(nn.Conv2d(1, 32, 3), nn.ReLU(), nn.Conv2d(32, 64, 3), nn.MaxPool2d(2))
        self.fc = nn.Linear(9216, 10)

    def forward(self, x):
        return F.log_softmax(self.fc(torch.flatten(self.conv(x), 1)), dim=1)


class Mlp(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(784, 32), nn.ReLU(), nn.Linear(32, 10))

    def forward(self, x):
        x = x.view(x.size(0), -1)
        return self.layers(x)


class SignalNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(2, 8, 7, stride=2)
        self.fc = nn.Linear(8 * 61, 3)

    def forward(self, signal):
        return self.fc(self.conv(signal).flatten(1))


class ChannelsLast(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(5, 8, 3)

    def forward(self, x):
        return self.conv(x.permute(0, 3, 1, 2))


class Unsqueezed(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 3)

    def forward(self, mel):
        return self.conv(mel.unsqueeze(1))


class UNet(nn.Module):
    """Skip connections that fit sides which 2 divides five times."""

    def __init__(self):
        super().__init__()
        widths = list(pairwise([4, 8, 8, 8, 8, 8]))
        self.first = nn.Conv2d(4, 4, 3, padding=1)
        self.down = nn.ModuleList(nn.Conv2d(a, b, 3, 2, 1) for a, b in widths)
        self.up = nn.ModuleList(nn.ConvTranspose2d(b, a, 2, 2) for a, b in reversed(widths))

    def forward(self, x):
        skips = [x := self.first(x)]
        for layer in self.down:
            skips.append(x := layer(x))
        skips.pop()
        for layer in self.up:
            x = layer(x) + skips.pop()
        return x


class Classifier(nn.Module):
    def __init__(self, rnn=nn.LSTM):
        super().__init__()
        self.embedding = nn.Embedding(500, 16)
        self.rnn = rnn(16, 32, batch_first=True, bidirectional=True)
        self.out = nn.Linear(64, 2)

    def forward(self, text, lengths):
        packed = nn.utils.rnn.pack_padded_sequence(self.embedding(text), lengths, batch_first=True)
        _, hidden = self.rnn(packed)
        return self.out(torch.cat([hidden[0][-2], hidden[0][-1]], dim=1))


class Forecaster(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(7, 32, num_layers=2, batch_first=True)
        self.fc = nn.Linear(32, 1)

    def forward(self, x):
        out, _ = self.lstm(x)
        return self.fc(out[:, -1])


class Seq2Seq(nn.Module):
    def __init__(self):
        super().__init__()
        self.source, self.target = nn.Embedding(90, 32), nn.Embedding(70, 32)
        self.transformer = nn.Transformer(32, 4, 1, 1, 64, batch_first=True)
        self.out = nn.Linear(32, 70)

    def forward(self, src, tgt, src_mask=None, tgt_mask=None):
        return self.out(self.transformer(self.source(src), self.target(tgt), src_mask, tgt_mask))


class Gpt(nn.Module):
    def __init__(self):
        super().__init__()
        self.wte, self.wpe = nn.Embedding(65, 16), nn.Embedding(12, 16)
        self.attn = nn.MultiheadAttention(16, 2, batch_first=True)
        self.head = nn.Linear(16, 65)

    def forward(self, idx, targets=None):
        _, t = idx.size()
        x = self.wte(idx) + self.wpe(torch.arange(t))
        x, _ = self.attn(x, x, x)
        logits = self.head(x)
        return logits, None if targets is None else F.cross_entropy(logits.flatten(0, 1), targets.flatten())


class Bert(nn.Module):
    def __init__(self):
        super().__init__()
        self.words, self.types = nn.Embedding(100, 16), nn.Embedding(2, 16)
        layer = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 1)

    def forward(self, input_ids, attention_mask, token_type_ids=None):
        x = self.words(input_ids)
        if token_type_ids is not None:
            x = x + self.types(token_type_ids)
        return self.encoder(x, src_key_padding_mask=attention_mask == 0)


class Denoiser(nn.Module):
    def __init__(self):
        super().__init__()
        self.time = nn.Sequential(nn.Linear(32, 8), nn.SiLU())
        self.conv = nn.Conv2d(3, 8, 3, padding=1)
        self.label = nn.Embedding(10, 8)
        self.out = nn.Conv2d(8, 3, 3, padding=1)

    def forward(self, x, t, y):
        freqs = torch.exp(-math.log(10000) * torch.arange(16) / 16)
        angles = t[:, None] * freqs[None]
        emb = self.time(torch.cat([angles.sin(), angles.cos()], dim=-1)) + self.label(y)
        return self.out(self.conv(x) + emb[:, :, None, None])


class ContinuousTime(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Linear(3, 2)

    def forward(self, x, t):
        return self.net(torch.cat([x, t], dim=1))


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.main = nn.Sequential(
            nn.ConvTranspose2d(100, 16, 4), nn.ConvTranspose2d(16, 3, 4, 2, 1), nn.Tanh()
        )

    def forward(self, z):
        return self.main(z)


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(10, 32 * 32)
        self.conv = nn.Conv2d(4, 8, 4, 2, 1)

    def forward(self, img, labels):
        planes = self.embed(labels).view(labels.size(0), 1, 32, 32)
        return self.conv(torch.cat([img, planes], 1))


class Vit(nn.Module):
    def __init__(self, side=96, patch=12):
        super().__init__()
        self.patches = Rearrange("b c (h p1) (w p2) -> b (h w) (p1 p2 c)", p1=patch, p2=patch)
        self.embed = nn.Linear(patch * patch * 3, 32)
        self.cls = nn.Parameter(torch.zeros(1, 1, 32))
        self.positions = nn.Parameter(torch.zeros(1, (side // patch) ** 2 + 1, 32))
        self.encoder = nn.TransformerEncoderLayer(32, 4, 64, batch_first=True)

    def forward(self, image):
        x = self.embed(self.patches(image))
        x = torch.cat([self.cls.expand(len(x), -1, -1), x], dim=1)
        return self.encoder(x + self.positions)


class WindowAttention(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm, self.qkv = nn.LayerNorm(24), nn.Linear(24, 72)

    def forward(self, x):
        B, N, C = x.shape
        q, k, v = self.qkv(self.norm(x)).reshape(B, N, 3, 4, C // 4).permute(2, 0, 3, 1, 4)
        return F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(B, N, C)


class Windowed(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 4, 4)

    def forward(self, x):
        x = self.stem(x)
        return rearrange(x, "b c (y h) (x w) -> (b y x) (h w) c", h=7, w=7)


class Asserting(nn.Module):
    def __init__(self):
        super().__init__()
        self.img_dim, self.patch = 80, 16
        self.conv = nn.Conv2d(3, 8, 16, 16)

    def forward(self, x):
        _, _, h, w = x.shape
        assert h % self.patch == 0 and w % self.patch == 0, "bad patch"
        assert h == self.img_dim and w == self.img_dim, "wrong size"
        return self.conv(x)


class Block(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.norm = nn.LayerNorm(dim)
        self.attn = nn.MultiheadAttention(dim, 2, batch_first=True)

    def forward(self, x):
        y = self.norm(x)
        return x + self.attn(y, y, y)[0]


class CrossAttention(nn.Module):
    def __init__(self):
        super().__init__()
        self.to_q, self.to_kv = nn.Linear(32, 32), nn.Linear(48, 64)

    def forward(self, x, context):
        q = rearrange(self.to_q(x), "b t (h d) -> b h t d", h=4)
        k, v = rearrange(self.to_kv(context), "b s (two h d) -> two b h s d", two=2, h=4)
        return F.scaled_dot_product_attention(q, k, v)


class Pooling(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm, self.queries = nn.LayerNorm(32), nn.Parameter(torch.zeros(4, 32))

    def forward(self, x):
        x = self.norm(x)
        return (self.queries @ x.transpose(-1, -2)).softmax(-1) @ x


class Siamese(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten())

    def forward(self, x1, x2):
        return F.pairwise_distance(self.net(x1), self.net(x2))


class Graph(nn.Module):
    def __init__(self):
        super().__init__()
        self.lin = nn.Linear(16, 8)

    def forward(self, x, edge_index):
        source, target = edge_index.unbind(0)
        x = self.lin(x)
        return torch.zeros_like(x).index_add_(0, target, x[source])


class Dense(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(6, 4)

    def forward(self, x, adj):
        return adj @ self.fc(x)


class Points(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(3, 16, 1)

    def forward(self, xyz):
        return self.conv(xyz.transpose(1, 2)).max(-1).values


class Video(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 16, 16)

    def forward(self, x):
        b, t, c, h, w = x.shape
        return self.conv(x.reshape(b * t, c, h, w)).reshape(b, t, -1)


class Batch(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.embedding = nn.Conv2d(3, 4, 3), nn.Embedding(40, 4)

    def forward(self, batch):
        return self.conv(batch["image"]).mean((2, 3)) + self.embedding(batch["text"]).mean(1)


class Together(nn.Module):
    def __init__(self):
        super().__init__()
        self.image, self.vector = nn.Conv2d(3, 4, 3), nn.Linear(7, 4)

    def forward(self, inputs):
        picture, features = inputs
        return self.image(picture).mean((2, 3)) + self.vector(features)


class KeywordOnly(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(12, 3)

    def forward(self, *, features, scale: float, flip: bool = False):
        return self.fc(features) * scale


class Wrapper(nn.Module):
    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, *args, **kwargs):
        return self.net(*args, **kwargs)


class SequenceFirst(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(10, 20)

    def forward(self, x, hidden):
        return self.gru(x, hidden)


class Masked(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(8, 8)

    def forward(self, x, mask):
        scores = self.fc(x) @ x.transpose(1, 2)
        return scores.masked_fill(~mask[:, None, :], -1e9).softmax(-1)


class OptionalAfterAll(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc, self.cond = nn.Linear(8, 8), nn.Linear(5, 8)

    def forward(self, x, style=None):
        return self.fc(x) + self.cond(style)


class Small(nn.Module):
    """Four poolings and a kernel: 16 is too small a length."""

    def __init__(self):
        super().__init__()
        layers = [nn.Conv1d(4, 4, 9), nn.MaxPool1d(2)]
        self.net = nn.Sequential(*layers, *layers, *layers, *layers)

    def forward(self, x):
        return self.net(x)


class Lazy(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.LazyLinear(4)

    def forward(self, x):
        return self.fc(x)


EXPECTED = {
    LeNet: {"x": "b=2 c=1 h=32 w=32"},
    Mnist: {"x": "b=2 c=1 h=28 w=28"},
    Mlp: {"x": "b=2 d=784"},
    SignalNet: {"signal": "b=2 c=2 t=128"},
    ChannelsLast: {"x": "b=2 h=224 w=224 c=5"},
    Unsqueezed: {"mel": "b=2 m=80 n=48"},
    UNet: {"x": "b=2 c=4 h=224 w=224"},
    Classifier: {"text": "b=2 t=24", "lengths": "b=2"},
    Forecaster: {"x": "b=2 t=24 d=7"},
    Seq2Seq: {"src": "b=2 t=24", "tgt": "b=2 t=24"},
    Gpt: {"idx": "b=2 t=12"},
    Bert: {"input_ids": "b=2 t=24", "attention_mask": "b=2 t=24"},
    Denoiser: {"x": "b=2 c=3 h=224 w=224", "t": "b=2", "y": "b=2"},
    Generator: {"z": "b=2 c=100 h=224 w=224"},
    Discriminator: {"img": "b=2 c=3 h=32 w=32", "labels": "b=2"},
    Vit: {"image": "b=2 c=3 h=96 w=96"},
    WindowAttention: {"x": "b=2 n=48 c=24"},
    Windowed: {"x": "b=2 c=3 h=224 w=224"},
    Asserting: {"x": "b=2 c=3 h=80 w=80"},
    CrossAttention: {"x": "b=2 t=24 d=32", "context": "b=2 s=40 d_context=48"},
    Pooling: {"x": "b=2 t=24 d=32"},
    Siamese: {"x1": "b=2 c=1 h=224 w=224", "x2": "b=2 c=1 h=224 w=224"},
    Graph: {"x": "n=48 d=16", "edge_index": "2 edges=20"},
    Dense: {"x": "n=48 d=6", "adj": "n=48 n=48"},
    Points: {"xyz": "b=2 n=48 c=3"},
    Video: {"x": "b=2 t=24 c=3 h=224 w=224"},
    Batch: {"batch.image": "b=2 c=3 h=224 w=224", "batch.text": "b=2 t=24"},
    Together: {"inputs.0": "b=2 c=3 h=224 w=224", "inputs.1": "b=2 d=7"},
    KeywordOnly: {"features": "b=2 d=12"},
    SequenceFirst: {"x": "t=24 b=2 d=10", "hidden": "1 b=2 20"},
    Masked: {"x": "b=2 t=24 d=8", "mask": "b=2 t=24"},
    OptionalAfterAll: {"x": "b=2 d=8", "style": "b=2 d_style=5"},
    Lazy: {"x": "b=2 d=64"},
}


@pytest.mark.parametrize("kind", EXPECTED, ids=lambda kind: kind.__name__)
def test_the_layout_is_as_meant(kind):
    assert shapes(kind()) == EXPECTED[kind]


@pytest.mark.parametrize("kind", [ContinuousTime, Small], ids=lambda kind: kind.__name__)
def test_some_layout_runs(kind):
    fit(kind())


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        (nn.Linear(8, 4), "b=2 d=8"),
        (nn.Sequential(nn.Flatten(), nn.Linear(784, 10)), "b=2 d=784"),
        (nn.LSTM(5, 6), "t=24 b=2 d=5"),
        (nn.MultiheadAttention(16, 4, batch_first=True), "b=2 t=24 d=16"),
        (nn.TransformerEncoder(nn.TransformerEncoderLayer(16, 2), 1), "t=24 b=2 d=16"),
        (nn.Embedding(9, 4), "b=2 t=24"),
        (nn.BatchNorm3d(3), "b=2 c=3 f=8 h=224 w=224"),
        (nn.Sequential(Block(16), nn.Linear(16, 2)), "b=2 t=24 d=16"),
        (Wrapper(nn.Conv1d(6, 2, 3)), "b=2 c=6 t=24"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, nn.Module) else "",
)
def test_layers_and_containers_take_what_their_first_layer_takes(model, expected):
    assert next(iter(shapes(model).values())) == expected
