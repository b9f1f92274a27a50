"""What the command costs: on a small model and on 70 billion parameters, and what following axes adds to a pass.

`python -m tests.bench.cost [--json FILE]` prints each figure beside `python -c "import torch"` measured in the same
run, the best of several, since machines are noisy. The models are written out here and need torch alone, but for the
last figure, which is of the zoo.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

MODELS = '''
import torch
from torch import nn
from torch.nn import functional as F


class Block(nn.Module):
    """Grouped queries, rotary positions, a gated MLP, as in Llama."""

    def __init__(self, dim, heads, kv_heads, hidden):
        super().__init__()
        self.heads, self.kv_heads, self.head_dim = heads, kv_heads, dim // heads
        self.norm, self.mlp_norm = nn.RMSNorm(dim), nn.RMSNorm(dim)
        self.q = nn.Linear(dim, dim, bias=False)
        self.k = nn.Linear(dim, kv_heads * self.head_dim, bias=False)
        self.v = nn.Linear(dim, kv_heads * self.head_dim, bias=False)
        self.o = nn.Linear(dim, dim, bias=False)
        self.gate, self.up = nn.Linear(dim, hidden, bias=False), nn.Linear(dim, hidden, bias=False)
        self.down = nn.Linear(hidden, dim, bias=False)

    def rotate(self, x, cos, sin):
        left, right = x.chunk(2, dim=-1)
        return x * cos + torch.cat((-right, left), dim=-1) * sin

    def forward(self, x, cos, sin):
        b, t, d = x.shape
        y = self.norm(x)
        q = self.rotate(self.q(y).view(b, t, self.heads, self.head_dim).transpose(1, 2), cos, sin)
        k = self.rotate(self.k(y).view(b, t, self.kv_heads, self.head_dim).transpose(1, 2), cos, sin)
        v = self.v(y).view(b, t, self.kv_heads, self.head_dim).transpose(1, 2)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)
        x = x + self.o(y.transpose(1, 2).reshape(b, t, d))
        y = self.mlp_norm(x)
        return x + self.down(F.silu(self.gate(y)) * self.up(y))


class Decoder(nn.Module):
    def __init__(self, layers=80, dim=8192, heads=64, kv_heads=8, hidden=28672, vocabulary=128256):
        super().__init__()
        self.embed = nn.Embedding(vocabulary, dim)
        self.blocks = nn.ModuleList(Block(dim, heads, kv_heads, hidden) for _ in range(layers))
        self.head = nn.Linear(dim, vocabulary, bias=False)
        self.head_dim = dim // heads

    def forward(self, input_ids):
        x = self.embed(input_ids)
        angles = torch.arange(x.shape[1], device=x.device)[:, None] * torch.ones(self.head_dim, device=x.device)
        for block in self.blocks:
            x = block(x, angles.cos(), angles.sin())
        return self.head(x)


def small():
    return Decoder(2, 64, 4, 2, 96, 1000)


class Chain(nn.Module):
    def __init__(self, steps):
        super().__init__()
        self.steps = steps

    def forward(self, x):
        for _ in range(self.steps // 4):
            x = (x.unflatten(-1, (3, -1)).flatten(-2) + 1).relu()
        return x
'''


@dataclass(frozen=True)
class Row:
    """One measurement, and what it is held against."""

    what: str
    value: float
    unit: str
    beside: str = ""


def seconds(command: list[str]) -> float:
    """How long a command takes, whatever it says."""
    started = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return time.perf_counter() - started


def traced(target: str, *options: str) -> list[str]:
    return [sys.executable, "-m", "shapedoc", "trace", target, *options]


def best(command: list[str], tries: int = 5) -> float:
    return min(seconds(command) for _ in range(tries))


def peak_mebibytes(command: list[str]) -> float:
    """The largest resident size of any process the command starts."""
    code = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    done = subprocess.run([sys.executable, "-c", code, *command], capture_output=True, text=True, check=True)
    return int(done.stdout) / (1024 * 1024 if sys.platform == "darwin" else 1024)


def following(models: int = 30) -> list[float]:
    """What the axes and the checks add to a traced pass, as a share of it, over models of the zoo."""
    from .models import entries
    from .tracing import measured_entry

    known = entries()
    rows = [measured_entry(entry, probe=False) for entry in known[:: max(1, len(known) // models)]]
    return sorted(row.followed.seconds / row.traced.seconds for row in rows if row.traced.seconds)


def rows() -> Iterator[Row]:
    """The command on a small and a large model, and what is added to a pass."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "models.py"
        path.write_text(MODELS)
        bare = best([sys.executable, "-c", "import torch"])
        ids = ("-i", "input_ids=b=2 t=128:int64[0,1000)")
        small, large = best(traced(f"{path}:small", *ids)), best(traced(f"{path}:Decoder", *ids), 3)
        yield Row("import torch", bare, "s")
        yield Row("trace, 2 layers", small, "s", f"{small / bare:.2f} x import torch")
        yield Row("trace, 80 layers, 70 billion", large, "s", f"{large / bare:.2f} x import torch")
        yield Row("its largest process", peak_mebibytes(traced(f"{path}:Decoder", *ids)), "MiB")
    shares = following()
    most = shares[len(shares) * 9 // 10]
    beside = f"nine of ten below {most:.2f}, worst {shares[-1]:.2f}, of {len(shares)}"
    yield Row("axes and checks to the pass, median", statistics.median(shares), "", beside)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.cost")
    parser.add_argument("--json", type=Path, help="write the rows here, too")
    options = parser.parse_args()
    found = []
    for row in rows():
        print(f"{row.what:36}{row.value:8.2f} {row.unit:4}{row.beside}")
        found.append(row)
    if options.json:
        options.json.write_text(json.dumps([asdict(row) for row in found], indent=1))


if __name__ == "__main__":
    main()
