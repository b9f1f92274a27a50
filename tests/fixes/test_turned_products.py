"""An attention written out with heads where tokens belong is turned at both of its products."""

from __future__ import annotations

from pathlib import Path

import pytest

from shapedoc.client.process import Worker
from shapedoc.core.edits import rewritten
from shapedoc.core.request import Request

NET = """
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.qkv, self.out = nn.Linear(32, 96), nn.Linear(32, 32)

    def forward(self, x):
        b, t, _ = x.shape
        q, k, v = self.qkv(x).view(b, t, 3, 4, 8).unbind(2)
        {scores}
        {values}
        return self.out({result})
"""

WAYS = {
    "operators": (
        ("weights = (q @ k.mT * 8**-0.5).softmax(-1)", "q.transpose(1, 2) @ k.transpose(1, 2).mT"),
        ("y = weights @ v", "(weights @ v.transpose(1, 2)).transpose(1, 2)"),
        "y.reshape(b, t, -1)",
    ),
    "functions": (
        (
            "weights = torch.matmul(q, torch.transpose(k, -2, -1)).softmax(-1)",
            "torch.matmul(q.transpose(1, 2), torch.transpose(k.transpose(1, 2), -2, -1))",
        ),
        ("y = torch.matmul(weights, v)", "torch.matmul(weights, v.transpose(1, 2)).transpose(1, 2)"),
        "y.flatten(2)",
    ),
    "letters": (
        (
            "weights = torch.einsum('bhid,bhjd->bhij', q, k).softmax(-1)",
            "torch.einsum('bhid,bhjd->bhij', q.transpose(1, 2), k.transpose(1, 2))",
        ),
        (
            "y = torch.einsum('bhij,bhjd->bhid', weights, v)",
            "torch.einsum('bhij,bhjd->bhid', weights, v.transpose(1, 2)).transpose(1, 2)",
        ),
        "y.flatten(2)",
    ),
    "a view of the result": (
        ("weights = (q @ k.mT).softmax(-1)", "q.transpose(1, 2) @ k.transpose(1, 2).mT"),
        ("y = weights @ v", "(weights @ v.transpose(1, 2)).transpose(1, 2).contiguous()"),
        "y.view(b, t, -1)",
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_both_products_are_turned(way: str, worker: Worker, tmp_path: Path) -> None:
    (scores, turned), (values, turned_back), result = WAYS[way]
    path = tmp_path / "net.py"
    path.write_text(NET.format(scores=scores, values=values, result=result))
    [finding] = worker.run(Request(f"{path}:Net", inputs=("b=2 t=10 d=32",))).findings
    mended = rewritten(path.read_bytes(), finding.fixes[0].edits).decode()
    assert finding.code == "SD202"
    assert turned in mended and turned_back in mended
