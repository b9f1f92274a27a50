"""Slips of one word that run and are wrong, each beside what was meant: found on its line, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tools import line_of, trace_source

# Options, code, what is wrong there and what is right, the rule.
SLIPS = {
    "positions that count samples": (
        '-i "b=3 t=5:int64[0,9)"',
        """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.words, self.positions = nn.Embedding(9, 8), nn.Embedding(20, 8)

    def forward(self, x):
        b, t = x.shape
        return self.words(x) + self.positions({})
""",
        ("torch.arange(b)[:, None]", "torch.arange(t)"),
        "SD203",
    ),
    "vectors measured along the batch": (
        '-i "x=b=4 d=8" -i "y=b=4 d=8"',
        """
class Net(nn.Module):
    def forward(self, x, y):
        x = x / x.norm(dim={}, keepdim=True)
        return x @ y.t()
""",
        ("0", "-1"),
        "SD203",
    ),
    "the smaller of two columns, less a row": (
        '-i "b=5 d=8"',
        """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.other = nn.Linear(8, 1), nn.Linear(8, 1)

    def forward(self, x):
        return (torch.min(self.one(x), self.other(x)) - x.sum({})).mean()
""",
        ("1", "1, keepdim=True"),
        "SD204",
    ),
    "numbers that are added along the queries": (
        '-i "x=b=3 t=5 d=8" -i "mask=b=3 t=5:bool"',
        """
class Net(nn.Module):
    def forward(self, x, mask):
        penalty = (1.0 - mask[{}].float()) * torch.finfo(torch.float).min
        scores = x @ x.mT / 8**0.5
        return (scores + penalty).softmax(dim=-1) @ x
""",
        (":, :, None", ":, None, :"),
        "SD303",
    ),
    "places that are looked up in another image": (
        '-i "b=2 c=3 h=8 w=6"',
        """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.flow = nn.Conv2d(3, 2, 1)

    def forward(self, x):
        b, c, h, w = x.shape
        near = x.permute(0, 2, 3, 1).reshape(b * h * w, c, 1, 1).expand(-1, -1, 4, 4)
        grid = self.flow(x).permute({}).reshape(b * h * w, 1, 1, 2)
        return F.grid_sample(near, grid, align_corners=True)
""",
        ("0, 3, 2, 1", "0, 2, 3, 1"),
        "SD201",
    ),
    "variables merged into the batch, taken for the sequence": (
        '-i "b=2 t=10 v=3"',
        """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed, self.head = nn.Linear(1, 8), nn.Linear(8, 1)
        self.encode = nn.TransformerEncoderLayer(8, 2, 16, batch_first={})

    def forward(self, x):
        b, t, v = x.shape
        x = self.embed(x.transpose(1, 2).reshape(b * v, t, 1))
        return self.head(self.encode(x)).view(b, v, t)
""",
        ("False", "True"),
        "SD203",
    ),
    "fields joined along the batch": (
        '-i "x=b=5 d=8" -i "y=b=5 d=8"',
        """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.other = nn.Linear(8, 6), nn.Linear(8, 6)

    def forward(self, x, y):
        fields = torch.cat([self.one(x), self.other(y), self.one(y)], dim={}).view(len(x), 3, 6)
        return fields @ fields.mT
""",
        ("0", "1"),
        "SD201",
    ),
    "attention among columns, called c, that adds up over the queries": (
        '-i "b=2 c=9 d=8"',
        """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.q, self.k = nn.Linear(8, 8), nn.Linear(8, 8)

    def forward(self, x):
        weights = torch.einsum("bid,bjd->bij", self.q(x), self.k(x)).softmax(dim={})
        return torch.einsum("bij,bjd->bid", weights, x)
""",
        ("-2", "-1"),
        "SD205",
    ),
    "halves of two distributions": (
        '-i "x=b=4 t=5 d=8" -i "y=b=4 t=5 d=8"',
        """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.other = nn.Linear(8, 6), nn.Linear(8, 6)

    def forward(self, x, y):
        first, second = self.one(torch.cat([x, y])).softmax(dim={}).chunk(2)
        return -(-second * F.log_softmax(self.other(x), dim=-1)).sum(dim=-1)
""",
        ("1", "-1"),
        "SD205",
    ),
}


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_is_found_on_its_line_and_what_was_meant_is_not(name: str, tmp_path: Path) -> None:
    options, code, (wrong, right), rule = SLIPS[name]
    assert trace_source(code.format(right), options, tmp_path).findings == ()
    [finding] = trace_source(code.format(wrong), options, tmp_path).findings
    spans = [finding.span, *(label.span for label in finding.labels)]
    assert finding.code == rule
    assert line_of(code, "{}") in {span.line for span in spans if span}
