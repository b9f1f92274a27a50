"""`shapedoc fix-suggest`: how soon it answers for what is known, and for what is not; what `init` finds.

    python -m tests.bench.suggest [--times 5] [--json FILE] [--no-init]

Every row is measured in this run, beside what it is compared with: the import of typer, rich and yaml; the
import of torch and the seconds that each model takes by itself. A row that misses its bound makes the exit
status 1.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "shapedoc"]
MODELS = 20
CORES = 2
LAYERS = """\
from torch import nn
from torch.nn import functional as F


class Attention(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.heads = heads
        self.qkv, self.proj = nn.Linear(dim, 3 * dim), nn.Linear(dim, dim)

    def forward(self, x):
        b, n, d = x.shape
        q, k, v = self.qkv(x).reshape(b, n, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        return self.proj(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(b, n, d))


class Block(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.first, self.second = nn.LayerNorm(dim), nn.LayerNorm(dim)
        self.attention = Attention(dim, heads)
        self.mlp = nn.Sequential(nn.Linear(dim, 4 * dim), nn.GELU(), nn.Linear(4 * dim, dim))

    def forward(self, x):
        x = x + self.attention(self.first(x))
        return x + self.mlp(self.second(x))
"""
MODEL = """\
from torch import nn

from layers import Block


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Conv2d(3, {dim}, kernel_size=8, stride=8)
        self.blocks = nn.Sequential(*(Block({dim}, {heads}) for _ in range({depth})))
        self.head = nn.Linear({dim}, 10)

    def forward(self, x):
        return self.head(self.blocks(self.embed(x).flatten(2).transpose(1, 2)).mean(dim=1))
"""


@dataclass(frozen=True)
class Row:
    """One measurement: `value` must not exceed `bound`, or must reach it where it is a count."""

    what: str
    value: float
    bound: float
    unit: str
    beside: str = ""

    @property
    def holds(self) -> bool:
        return self.value >= self.bound if self.unit == "models" else self.value <= self.bound


def seconds(command: list[str], folder: Path, cache: Path) -> tuple[float, str]:
    """How long a command took, and what it wrote; byte code is kept, as for an installed package."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "SHAPEDOC_CACHE_DIR": str(cache),
        "PYTHONPYCACHEPREFIX": str(folder.parent / "bytecode"),
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    begun = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    taken = time.perf_counter() - begun
    assert done.returncode == 0, done.stdout + done.stderr
    return taken, done.stdout


def small_models(folder: Path, count: int = MODELS) -> Path:
    """A project of models that share their layers."""
    folder.mkdir()
    (folder / "layers.py").write_text(LAYERS)
    entries = []
    for number in range(count):
        model = MODEL.format(dim=32 * (1 + number % 4), heads=2 + 2 * (number % 2), depth=1 + number % 3)
        (folder / f"net{number}.py").write_text(model)
        entries.append(f'  - {{target: "net{number}.py:Net", inputs: {{x: "b=2 c=3 h=64 w=64"}}}}\n')
    (folder / "shapedoc.yaml").write_text(f"models:\n{''.join(entries)}")
    return folder


def speed(work: Path, times: int) -> Iterator[Row]:
    """Unchanged models, and a first run; the shortest of several, which others have disturbed least."""
    folder, cache = small_models(work / "project"), work / "cache"
    suggest = [*COMMAND, "fix-suggest"]
    _, told = seconds([*suggest, "--format", "jsonl", "--jobs", "1"], folder, cache)
    alone = sum(json.loads(line)["seconds"] for line in told.splitlines())
    imports, known, torch, first = [], [], [], []
    for number in range(times):
        for _ in range(4):
            imports.append(seconds([sys.executable, "-c", "import typer, rich, yaml"], folder, cache)[0])
            known.append(seconds(suggest, folder, cache)[0])
        torch.append(seconds([sys.executable, "-c", "import torch"], folder, cache)[0])
        fresh = [*suggest, "--jobs", str(CORES)]
        first.append(seconds(fresh, folder, work / f"cache{number}")[0])
        _, told = seconds([*suggest, "--format", "jsonl", "--jobs", "1"], folder, work / f"alone{number}")
        alone = min(alone, sum(json.loads(line)["seconds"] for line in told.splitlines()))
    yield Row(
        f"{MODELS} unchanged models",
        min(known) / min(imports),
        2.5,
        "x import typer, rich, yaml",
        f"{min(imports) * 1000:.0f} ms, ours {min(known) * 1000:.0f} ms",
    )
    yield Row(
        f"{MODELS} small models for the first time, {CORES} at once",
        min(first) / (min(torch) + alone),
        1.5,
        "x import torch + each by itself",
        f"{min(torch):.2f} s + {alone:.2f} s, ours {min(first):.2f} s",
    )


def init(work: Path) -> Iterator[Row]:
    """What `init` writes for vit-pytorch's sources, and whether that is green."""
    package = importlib.util.find_spec("vit_pytorch")
    assert package is not None and package.origin is not None, "vit-pytorch is not installed"
    folder = work / "vit-pytorch"
    shutil.copytree(Path(package.origin).parent, folder / "vit_pytorch")
    taken, _ = seconds([*COMMAND, "init"], folder, work / "cache")
    _, told = seconds([*COMMAND, "fix-suggest", "--format", "jsonl"], folder, work / "cache")
    green = [report for report in map(json.loads, told.splitlines()) if not report["findings"]]
    yield Row("init on vit-pytorch, green", len(green), 20, "models", f"{taken:.0f} s")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--no-init", dest="init", action="store_false")
    options = parser.parse_args()
    table = Table("", "measured", "bound", "unit", "beside")
    with tempfile.TemporaryDirectory() as name:
        rows = list(speed(Path(name), options.times))
        rows += init(Path(name)) if options.init else []
    for row in rows:
        style = "" if row.holds else "red"
        table.add_row(row.what, f"{row.value:.2f}", f"{row.bound:g}", row.unit, row.beside, style=style)
    Console().print(table)
    if options.json:
        options.json.write_text(json.dumps([asdict(row) for row in rows], indent=2))
    return int(not all(row.holds for row in rows))


if __name__ == "__main__":
    sys.exit(main())
