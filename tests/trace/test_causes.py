"""One line of a public model is broken; the finding must name it, not only the line that crashed."""

from __future__ import annotations

from importlib import util
from pathlib import Path

import pytest

from shapedoc.core.request import Request
from shapedoc.session import run

VIT = "image_size=32, patch_size=8, num_classes=10, dim=64, depth=2, heads=4, mlp_dim=96"
BUGS = {
    "wrong in_features": (
        "vit.py", f"ViT({VIT})", "nn.Linear(hidden_dim, dim)", "nn.Linear(hidden_dim // 2, dim)", "SD101",
    ),
    "dropped transpose": (
        "simple_vit.py", "SimpleViT({VIT})", "k.transpose(-1, -2)", "k", "SD101",
    ),
    "wrong head count in a rearrange": (
        "deepvit.py", "DeepViT({VIT})", "lambda t: rearrange(t, 'b n (h d) -> b h n d', h = h)",
        "lambda t: rearrange(t, 'b n (h d) -> b h n d', h = h // 2)", "SD101",
    ),
    "wrong channels": (
        "cct.py", "CCT(img_size=32, embedding_dim=64, num_layers=2, num_heads=4, mlp_ratio=2, num_classes=10, n_conv_layers=2)",
        "nn.Conv2d(chan_in, chan_out,", "nn.Conv2d(chan_out, chan_out,", "SD105",
    ),
}  # fmt: skip


def broken_copy(file: str, old: str, new: str, folder: Path, label: str) -> tuple[Path, int]:
    """A copy of one of vit-pytorch's files with one text replaced, and the line it stands on."""
    spec = util.find_spec("vit_pytorch")
    if spec is None or not spec.submodule_search_locations:
        pytest.skip("vit-pytorch is not installed")
    source = (Path(spec.submodule_search_locations[0]) / file).read_text()
    assert old in source, f"{file} has changed: {old!r} is not in it"
    path = folder / f"{label.replace(' ', '_')}.py"
    path.write_text(source.replace(old, new, 1))
    return path, source[: source.index(old)].count("\n") + 1


@pytest.mark.parametrize("bug", BUGS)
def test_a_label_stands_on_the_broken_line(bug: str, tmp_path: Path) -> None:
    file, target, old, new, code = BUGS[bug]
    path, line = broken_copy(file, old, new, tmp_path, bug)
    report = run(
        Request(f"{path}:{target.format(VIT=VIT)}", inputs=("2,3,32,32",), fixes=False), lambda progress: None
    )
    [finding] = report.findings
    assert finding.code == code
    assert finding.span is not None
    assert line in {finding.span.line, *(label.span.line for label in finding.labels)}, finding
