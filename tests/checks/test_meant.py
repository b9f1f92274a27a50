"""What looks like a fault and is meant: each of these has been taken for one, and gives nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tools import trace_source

CASES = {
    # cloneofsimo/minRF, issue 6: patches are taken apart in another order than they were put together, with a
    # learned projection between them, which learns the order as it learns all else.
    "unpatchify in an order of its own": (
        "-i 'b=2 c=4 h=8 w=8'",
        """
class Net(nn.Module):
    def __init__(self, channels=4, patch=2, dim=24):
        super().__init__()
        self.channels, self.patch = channels, patch
        self.embed = nn.Linear(channels * patch**2, dim)
        self.block = nn.TransformerEncoderLayer(dim, 4, 48, batch_first=True)
        self.final = nn.Linear(dim, channels * patch**2)

    def patchify(self, x):
        b, c, h, w = x.shape
        x = x.view(b, c, h // self.patch, self.patch, w // self.patch, self.patch)
        return x.permute(0, 2, 4, 1, 3, 5).flatten(-3).flatten(1, 2)

    def unpatchify(self, x, height, width):
        p, c = self.patch, self.channels
        x = x.reshape(x.shape[0], height // p, width // p, p, p, c)
        return torch.einsum("nhwpqc->nchpwq", x).reshape(x.shape[0], c, height, width)

    def forward(self, x):
        return self.unpatchify(self.final(self.block(self.embed(self.patchify(x)))), *x.shape[2:])
""",
    ),
    "relative positions by a skewed view": (
        "-i 'b=2 t=7 d=12'",
        """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.relative = nn.Linear(12, 7)

    def forward(self, x):
        b, t, _ = x.shape
        scores = F.pad(self.relative(x), (1, 0))
        scores = scores.view(b, t + 1, t)[:, 1:].view(b, t, t)
        return scores.softmax(-1) @ x
""",
    ),
    "space to depth and back": (
        "-i 'b=2 c=4 h=8 w=12'",
        """
class Net(nn.Module):
    def forward(self, x):
        b, c, h, w = x.shape
        x = x.view(b, c, h // 2, 2, w // 2, 2).permute(0, 1, 3, 5, 2, 4).reshape(b, 4 * c, h // 2, w // 2)
        return F.pixel_shuffle(x, 2)
""",
    ),
    "attention among channels": (
        "-i 'b=2 t=10 d=12'",
        """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.qkv = nn.Linear(12, 36)

    def forward(self, x):
        b, t, d = x.shape
        q, k, v = self.qkv(x).reshape(b, t, 3, 3, 4).permute(2, 0, 3, 4, 1)
        weights = (F.normalize(q, dim=-1) @ F.normalize(k, dim=-1).transpose(-2, -1)).softmax(dim=-1)
        return (weights @ v).permute(0, 3, 1, 2).reshape(b, t, d)
""",
    ),
    "slots that compete for what they see": (
        "-i 'b=2 t=10 d=12'",
        """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.slots = nn.Parameter(torch.randn(1, 5, 12))

    def forward(self, x):
        slots = self.slots.expand(x.shape[0], -1, -1)
        weights = (slots @ x.transpose(1, 2)).softmax(dim=1) + 1e-8
        weights = weights / weights.sum(dim=-1, keepdim=True)
        return weights @ x
""",
    ),
    "covariance of features over all samples": (
        "-i 'x=b=6 d=10' -i 'y=b=6 d=10'",
        """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.head, self.norm = nn.Linear(10, 8), nn.BatchNorm1d(8, affine=False)

    def forward(self, x, y):
        return self.norm(self.head(x)).T @ self.norm(self.head(y)) / len(x)
""",
    ),
    "distances of all samples, spread out by hand": (
        "-i 'b=6 d=10'",
        """
class Net(nn.Module):
    def forward(self, x):
        n, d = x.shape
        squares = x.pow(2).sum(dim=1, keepdim=True).expand(n, n)
        near = (x.unsqueeze(1).expand(n, n, d) - x.unsqueeze(0).expand(n, n, d)).pow(2).sum(2)
        return (squares + squares.t()).addmm(x, x.t(), alpha=-2), near
""",
    ),
    "a column that is turned into a row": (
        "-i 'n=10 d=8'",
        """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.source, self.target = nn.Linear(8, 1), nn.Linear(8, 1)

    def forward(self, x):
        return (self.source(x) + self.target(x).T).softmax(dim=1) @ x
""",
    ),
    "all pairs of samples": (
        "-i 'b=6 d=10'",
        """
class Net(nn.Module):
    def forward(self, x):
        n, d = x.shape
        pairs = torch.cat([x.repeat(1, n).view(n * n, d), x.repeat(n, 1)], dim=1)
        return pairs.view(n, n, 2 * d)
""",
    ),
    "neighbours that are gathered for each sample": (
        "-i 'xyz=b=2 n=12 c=3' -i 'x=b=2 n=12 d=8'",
        """
class Net(nn.Module):
    def forward(self, xyz, x):
        b, n, _ = xyz.shape
        near = torch.cdist(xyz, xyz).argsort(dim=-1)[:, :, :5]
        samples = torch.arange(b).view(b, 1, 1).repeat(1, n, 5)
        weights = (x[:, :, None] - x[samples, near]).softmax(dim=2)
        return torch.einsum("bnkd,bnkd->bnd", weights, x[samples, near])
""",
    ),
    "values that all heads share": (
        "-i 'b=3 t=8 d=12'",
        """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.q, self.k, self.v = nn.Linear(12, 12), nn.Linear(12, 12), nn.Linear(12, 6)

    def forward(self, x):
        b, t, d = x.shape
        q, k = (layer(x).view(b, t, 2, 6).permute(2, 0, 1, 3) for layer in (self.q, self.k))
        return ((q @ k.mT / 6**0.5).softmax(dim=-1) @ self.v(x)).mean(0)
""",
    ),
    "clusters that share what they are given": (
        "-i 'x=b=2 n=9 d=6' -i 'near=b=2 n=9 n=9'",
        """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed, self.assign = nn.Linear(6, 8), nn.Linear(6, 3)

    def forward(self, x, near):
        shares = (near @ self.assign(x)).softmax(dim=-1)
        return shares.transpose(1, 2) @ self.embed(x), shares.transpose(1, 2) @ near @ shares
""",
    ),
    "risks of all samples, one number each": (
        "-i 'x=b=6 d=5' -i 'time=b=6'",
        """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.risk = nn.Linear(5, 1)

    def forward(self, x, time):
        risk = self.risk(x).squeeze(1)[time.argsort(descending=True)]
        return (torch.logcumsumexp(risk, dim=0) - risk).mean() + (risk.softmax(dim=0) * risk).sum()
""",
    ),
    "kernels between all samples": (
        "-i 'x=b=6 d=5' -i 'y=b=6 d=4'",
        """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(5, 2)

    def forward(self, x, y):
        n = len(x)
        one, other = torch.exp(-torch.cdist(x, x)), torch.exp(-(y[None] - y[:, None]).pow(2).sum(-1))
        centre, z = torch.eye(n) - torch.ones(n, n) / n, self.fc(x)
        return torch.trace(one @ centre @ other @ centre) + torch.trace(z.t() @ (torch.diag(other.sum(1)) - other) @ z)
""",
    ),
    "heads that share their keys, in every row of an alignment": (
        "-i 'b=2 s=4 r=5 d=8'",
        """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.q, self.k, self.v = nn.Linear(8, 8), nn.Linear(8, 4), nn.Linear(8, 4)

    def forward(self, x):
        q, k, v = self.q(x).unflatten(-1, (2, 4)).transpose(2, 3), self.k(x), self.v(x)
        weights = torch.einsum("bshid,bsjd->bshij", q * 4**-0.5, k).softmax(dim=-1)
        return torch.einsum("bshij,bsjd->bsihd", weights, v).flatten(3)
""",
    ),
    # transformers, SAM 2: weights that are worked out before heads stand in front, and then not used.
    "weights that are thrown away": (
        "-i 'b=2 t=10 d=32'",
        """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.qkv = nn.Linear(32, 96)

    def forward(self, x):
        q, k, v = self.qkv(x).view(*x.shape[:2], 3, 4, 8).unbind(2)
        weights = (q @ k.mT).softmax(dim=-1).to(torch.float64)
        q, k, v = (one.transpose(1, 2) for one in (q, k, v))
        return F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2)
""",
    ),
    "similarities of all samples": (
        "-i 'image=b=4 c=3 h=8 w=8' -i 'text=b=4 d=16'",
        """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.image = nn.Conv2d(3, 16, 8)
        self.text = nn.Linear(16, 16)

    def forward(self, image, text):
        image = F.normalize(self.image(image).flatten(1), dim=-1)
        text = F.normalize(self.text(text), dim=-1)
        return image @ text.T
""",
    ),
    # einops takes arrays of numpy as well, of which a run knows nothing.
    "a pattern over an array": (
        "-i 'b=2 d=8'",
        """
import numpy as np

class Net(nn.Module):
    def forward(self, x):
        return x * float(rearrange(np.arange(6.0), "(h w) -> w h", h=2)[1, 0])
""",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_nothing_is_found_in_what_is_meant(name: str, tmp_path: Path) -> None:
    options, code = CASES[name]
    report = trace_source(code, options.replace("'", '"'), tmp_path)
    assert (report.findings, report.stopped) == ((), None)
