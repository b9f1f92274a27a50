"""One line of a public package is broken; the report must name the line that was changed.

`python -m tests.bench.causes [--json FILE]` copies what a package installs, breaks one line of the copy, traces a model
of it and prints whether the finding's first line names the code and the place, and whether a label
stands on the broken line. It takes about a minute; transformers and diffusers must be installed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from importlib import util
from pathlib import Path

from shapedoc.core.report import Report
from shapedoc.core.serial import from_json


@dataclass(frozen=True)
class Bug:
    """A line of a package's file, what it is changed to, and a model that meets it."""

    name: str
    file: str
    old: str
    new: str
    model: str
    inputs: tuple[str, ...] = ()


BUGS = (
    Bug(
        "in_features",
        "x_transformers/x_transformers.py",
        "if on_attn else LinearNoBias(out_dim, dim_out)",
        "if on_attn else LinearNoBias(out_dim // 2, dim_out)",
        "from x_transformers import Encoder\n"
        "def model():\n    return Encoder(dim=64, depth=2, heads=4, attn_dim_head=16)\n",
        ("x=b=2 t=10 d=64",),
    ),
    Bug(
        "dropped transpose",
        "transformers/models/llama/modeling_llama.py",
        "torch.matmul(query, key_states.transpose(2, 3))",
        "torch.matmul(query, key_states)",
        "from transformers import LlamaConfig, LlamaModel\n"
        "def model():\n    return LlamaModel(LlamaConfig(hidden_size=64, intermediate_size=96, num_hidden_layers=2,"
        " num_attention_heads=4, vocab_size=99, attn_implementation='eager'))\n",
        ("input_ids=b=2 t=10:int64[0,99)",),
    ),
    Bug(
        "head count in a rearrange",
        "x_transformers/x_transformers.py",
        "merge_heads = Rearrange('b h n d -> b n (h d)')",
        "merge_heads = Rearrange('b (h g) n d -> b (g n) (h d)', g = 2)",
        "from x_transformers import Encoder\n"
        "def model():\n    return Encoder(dim=64, depth=2, heads=4, attn_dim_head=16)\n",
        ("x=b=2 t=10 d=64",),
    ),
    Bug(
        "odd skip size",
        "diffusers/models/downsampling.py",
        "hidden_states = self.conv(hidden_states)",
        "hidden_states = self.conv(hidden_states)[..., 1:]",
        "from diffusers import UNet2DModel\n"
        "def model():\n    return UNet2DModel(sample_size=32, block_out_channels=(32, 64), layers_per_block=1,"
        " norm_num_groups=8, attention_head_dim=8, down_block_types=('DownBlock2D', 'DownBlock2D'),"
        " up_block_types=('UpBlock2D', 'UpBlock2D'))\n",
        ("sample=b=2 c=3 h=32 w=32", "timestep=b=2:int64[0,1000)"),
    ),
    Bug(
        "kv repeat",
        "transformers/models/llama/modeling_llama.py",
        "self.num_key_value_groups = config.num_attention_heads // config.num_key_value_heads",
        "self.num_key_value_groups = config.num_attention_heads // config.num_key_value_heads // 2",
        "from transformers import LlamaConfig, LlamaModel\n"
        "def model():\n    return LlamaModel(LlamaConfig(hidden_size=64, intermediate_size=96, num_hidden_layers=2,"
        " num_attention_heads=8, num_key_value_heads=2, vocab_size=99, attn_implementation='eager'))\n",
        ("input_ids=b=2 t=10:int64[0,99)",),
    ),
)


def broken(bug: Bug, folder: Path) -> int:
    """A copy of the package, by links but for the broken file; the number of the broken line."""
    package = bug.file.partition("/")[0]
    spec = util.find_spec(package)
    assert spec is not None and spec.submodule_search_locations
    installed = Path(spec.submodule_search_locations[0])
    subprocess.run(["cp", "-rs", str(installed), str(folder / package)], check=True)
    path = folder / bug.file
    source = path.read_text()
    assert bug.old in source, f"{bug.file} has changed: {bug.old!r} is not in it"
    path.unlink()
    path.write_text(source.replace(bug.old, bug.new, 1))
    return source[: source.index(bug.old)].count("\n") + 1


def traced(bug: Bug, folder: Path) -> Report:
    """The report of the command line on a model of the broken copy."""
    (folder / "user.py").write_text(bug.model)
    options = [part for spec in bug.inputs for part in ("-i", spec)]
    command = [
        sys.executable,
        "-m",
        "shapedoc",
        "trace",
        f"{folder}/user.py:model",
        "--format",
        "json",
        *options,
    ]
    root = str(Path(__file__).parents[2])
    environment = os.environ | {"PYTHONPATH": os.pathsep.join((str(folder), root))}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 1:
        raise SystemExit(f"{bug.name}: no finding\n{done.stdout[-2000:]}{done.stderr[-2000:]}")

    return from_json(Report, json.loads(done.stdout))


@dataclass(frozen=True)
class Row:
    """Whether a label stands on the broken line."""

    bug: str
    place: str
    code: str
    named: bool
    message: str


def judged(bug: Bug) -> Row:
    with tempfile.TemporaryDirectory() as name:
        line = broken(bug, Path(name))
        finding = traced(bug, Path(name)).findings[0]
    spans = [finding.span, *(label.span for label in finding.labels)]
    named = any(span and span.path.endswith(bug.file) and span.line == line for span in spans)
    return Row(bug.name, f"{bug.file}:{line}", finding.code, named, finding.message)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.causes")
    parser.add_argument("--json", type=Path, help="write the rows here, too")
    options = parser.parse_args()
    rows = []
    for bug in BUGS:
        rows.append(row := judged(bug))
        verdict = "named" if row.named else "MISSED"
        print(f"{row.bug:28} {row.code}  {verdict:7} {row.place}  {row.message}", flush=True)
    if options.json:
        options.json.write_text(json.dumps([asdict(row) for row in rows], indent=1))
    return sum(not row.named for row in rows)


if __name__ == "__main__":
    sys.exit(main())
