"""Each kind of mistake: the first fix that is shown is the edit that puts it right."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from shapedoc.client.process import Worker
from shapedoc.core.edits import rewritten
from shapedoc.core.report import Finding, Safety
from shapedoc.core.request import Request

HEAD = """
import torch
import torch.nn.functional as F
from einops import rearrange, repeat
from einops.layers.torch import Rearrange
from torch import nn


"""

MISTAKES = {
    "in_features": (
        "2,10,16",
        """
        class Net(nn.Module):
            def __init__(self, dim=16, hidden=48):
                super().__init__()
                self.up = nn.Linear(dim, hidden)
                self.down = nn.Linear(dim, dim)

            def forward(self, x):
                return self.down(self.up(x))
        """,
        ("self.down = nn.Linear(dim, dim)", "self.down = nn.Linear(hidden, dim)"),
    ),
    "heads of a pattern": (
        "2,10,64",
        """
        class Net(nn.Module):
            def __init__(self, dim=64, heads=8):
                super().__init__()
                self.heads = heads
                self.kv = nn.Linear(dim, 2 * dim)

            def forward(self, x):
                k, v = self.kv(x).chunk(2, dim=-1)
                q = rearrange(x, "b n (h d) -> b h n d", h=self.heads)
                k = rearrange(k, "b n (h d) -> b h n d", h=self.heads // 2)
                v = rearrange(v, "b n (h d) -> b h n d", h=self.heads)
                return (q @ k.transpose(-1, -2)).softmax(dim=-1) @ v
        """,
        ("h=self.heads // 2", "h=self.heads"),
    ),
    "the scale of a branch that is not taken": (
        "b=2 n=10 d=64",
        """
        class Net(nn.Module):
            def __init__(self, dim=64, num_heads=8, fused=True):
                super().__init__()
                self.num_heads = num_heads
                self.dim_head = dim // num_heads
                self.scale = num_heads ** -0.5
                self.fused = fused
                self.qkv = nn.Linear(dim, 3 * dim)

            def forward(self, x):
                b, n, d = x.shape
                q, k, v = self.qkv(x).view(b, n, 3, self.num_heads, self.dim_head).permute(2, 0, 3, 1, 4)
                if self.fused:
                    x = F.scaled_dot_product_attention(q, k, v)
                else:
                    x = (q @ k.transpose(-2, -1) * self.scale).softmax(-1) @ v
                return x.transpose(1, 2).reshape(b, n, d)
        """,
        ("self.scale = num_heads ** -0.5", "self.scale = self.dim_head ** -0.5"),
    ),
    "order in a pattern": (
        "b=2 n=10 d=64",
        """
        class Net(nn.Module):
            def forward(self, x):
                q, v = (rearrange(t, "b n (h d) -> b h n d", h=8) for t in (x, x))
                k = rearrange(x, "b n (h d) -> b n h d", h=8)
                return rearrange(F.scaled_dot_product_attention(q, k, v), "b h n d -> b n (h d)")
        """,
        ('"b n (h d) -> b n h d"', '"b n (h d) -> b h n d"'),
    ),
    "permute before a reshape": (
        "b=2 n=10 d=64",
        """
        class Net(nn.Module):
            def forward(self, x):
                b, n, d = x.shape
                q = x.view(b, n, 8, d // 8).transpose(1, 2)
                return q.reshape(b, n, d)
        """,
        ("q.reshape(", "q.transpose(1, 2).reshape("),
    ),
    "view that no longer fits": (
        "b=2 n=10 d=64",
        """
        class Net(nn.Module):
            def forward(self, x):
                b, n, d = x.shape
                q = x.view(b, n, 8, d // 8).transpose(1, 2).contiguous()
                return q.view(b, n, d)
        """,
        ("q.view(b, n, d)", "q.transpose(1, 2).reshape(b, n, d)"),
    ),
    "softmax axis": (
        "b=2 n=10 d=64",
        """
        class Net(nn.Module):
            def forward(self, x):
                scores = x @ x.transpose(1, 2)
                return scores.softmax(dim=1) @ x
        """,
        ("dim=1)", "dim=-1)"),
    ),
    "batch_first": (
        "b=2 t=10 d=64",
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.lstm = nn.LSTM(64, 32)

            def forward(self, x):
                return self.lstm(x)[0]
        """,
        ("nn.LSTM(64, 32)", "nn.LSTM(64, 32, batch_first=True)"),
    ),
    "heads not merged": (
        "2,10,64",
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.proj = nn.Linear(64, 64)

            def forward(self, x):
                x = x.unflatten(-1, (8, 8))
                return self.proj(x)
        """,
        ("self.proj(x)", 'self.proj(rearrange(x, "... h d -> ... (h d)"))'),
    ),
    "result thrown away": (
        "b=2 n=10 d=64",
        """
        class Net(nn.Module):
            def forward(self, x):
                x.transpose(1, 2)
                return x.softmax(dim=-1)
        """,
        ("        x.transpose(1, 2)", "        x = x.transpose(1, 2)"),
    ),
    "table looked up at the length": (
        "b=2 n=10 d=64",
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.pe = nn.Parameter(torch.zeros(1, 100, 64))

            def forward(self, x):
                return x + self.pe[:, x.shape[1], :]
        """,
        ("x.shape[1], :", ":x.shape[1], :"),
    ),
    "repeat order": (
        "b=2 n=10 d=64",
        """
        class Net(nn.Module):
            def forward(self, x):
                b, n, d = x.shape
                images = x.unsqueeze(1).expand(b, 3, n, d).reshape(b * 3, n, d)
                texts = x.mean(dim=1).repeat(3, 1)
                return images + texts[:, None]
        """,
        ("x.mean(dim=1).repeat(3, 1)", "x.mean(dim=1).repeat_interleave(3, dim=0)"),
    ),
    "odd sizes meet": (
        "2,8,25,25",
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.down = nn.Conv2d(8, 8, 3, stride=2, padding=1)
                self.up = nn.ConvTranspose2d(8, 8, 2, stride=2)

            def forward(self, x):
                return torch.cat([self.up(self.down(x)), x], dim=1)
        """,
        (
            "torch.cat([self.up(self.down(x)), x]",
            "torch.cat([torch.nn.functional.interpolate(self.up(self.down(x)), size=x.shape[2:], "
            'mode="bilinear"), x]',
        ),
    ),
    "the other operand likewise": (
        "2,10,64",
        """
        class Net(nn.Module):
            def forward(self, x):
                q = x.unflatten(-1, (8, 8)).transpose(1, 2)
                k, v = q[:, :2], q[:, :2]
                k = k.repeat_interleave(4, dim=1)
                return F.scaled_dot_product_attention(q, k, v)
        """,
        (
            "k = k.repeat_interleave(4, dim=1)",
            "k = k.repeat_interleave(4, dim=1)\n        v = v.repeat_interleave(4, dim=1)",
        ),
    ),
    "both directions of a recurrent layer": (
        "2,16,64",
        """
        class Net(nn.Module):
            def __init__(self, dim=64, hidden=128, tags=9):
                super().__init__()
                self.lstm = nn.LSTM(dim, hidden, batch_first=True, bidirectional=True)
                self.out = nn.Linear(hidden, tags)

            def forward(self, x):
                return self.out(self.lstm(x)[0])
        """,
        ("nn.Linear(hidden, tags)", "nn.Linear(2 * hidden, tags)"),
    ),
    "channels that were joined": (
        "2,16,8,8",
        """
        class Net(nn.Module):
            def __init__(self, deep=16, skip=24):
                super().__init__()
                self.side = nn.Conv2d(deep, skip, 1)
                self.up = nn.Conv2d(deep, skip, 3, padding=1)

            def forward(self, x):
                return self.up(torch.cat([x, self.side(x)], dim=1))
        """,
        ("nn.Conv2d(deep, skip, 3, padding=1)", "nn.Conv2d(deep + skip, skip, 3, padding=1)"),
    ),
    "a name that stands for the size in a later block only": (
        "2,16,8,8",
        """
        class Block(nn.Module):
            def __init__(self, dim_in, dim_out):
                super().__init__()
                self.conv = nn.Conv2d(dim_in, dim_out, 3, padding=1)
                self.norm = nn.BatchNorm2d(dim_in)

            def forward(self, x):
                return self.norm(self.conv(x))

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.blocks = nn.Sequential(Block(16, 16), Block(16, 40))

            def forward(self, x):
                return self.blocks(x)
        """,
        ("nn.BatchNorm2d(dim_in)", "nn.BatchNorm2d(dim_out)"),
    ),
    "the last sample in the place of the last state": (
        "x=b=4 t=10 d=32",
        """
        class Net(nn.Module):
            def __init__(self, dim=32, hidden=64, classes=5):
                super().__init__()
                self.gru = nn.GRU(dim, hidden, batch_first=True)
                self.head = nn.Linear(hidden, classes)

            def forward(self, x):
                out, _ = self.gru(x)
                return self.head(out[-1])
        """,
        ("out[-1]", "out[:, -1]"),
    ),
    "dimensions of size 1 that are missing at the end": (
        "2,16,8,8",
        """
        class Net(nn.Module):
            def __init__(self, dim=16):
                super().__init__()
                self.gate = nn.Linear(dim, dim)

            def forward(self, x):
                gate = self.gate(x.mean(dim=(2, 3)))
                return x * gate
        """,
        ("return x * gate", "return x * gate[:, :, None, None]"),
    ),
    "names exchanged in a pattern": (
        "2,10,64",
        """
        class Net(nn.Module):
            def __init__(self, dim=64, heads=8):
                super().__init__()
                self.heads = heads
                self.out = nn.Linear(dim, dim)

            def forward(self, x):
                q = rearrange(x, "b n (h d) -> b h n d", h=self.heads)
                out = F.scaled_dot_product_attention(q, q, q)
                return self.out(rearrange(out, "b h d n -> b n (h d)"))
        """,
        ("b h d n -> b n (h d)", "b h n d -> b n (h d)"),
    ),
    "a name that the pattern of a layer lacks": (
        "2,3,64,64",
        """
        class Net(nn.Module):
            def __init__(self, dim=32, patch=16):
                super().__init__()
                self.to_patches = nn.Sequential(
                    Rearrange("b c (h p1) (w p2) -> h w (p1 p2 c)", p1=patch, p2=patch),
                    nn.Linear(3 * patch * patch, dim),
                )

            def forward(self, img):
                return self.to_patches(img)
        """,
        ("-> h w (p1 p2 c)", "-> b h w (p1 p2 c)"),
    ),
    "a name that is repeated over and not written": (
        "2,10,64",
        """
        class Net(nn.Module):
            def __init__(self, dim=64):
                super().__init__()
                self.memory = nn.Parameter(torch.zeros(4, dim))

            def forward(self, x):
                memory = repeat(self.memory, "m d -> m d", b=x.shape[0])
                return torch.cat((memory, x), dim=1)
        """,
        ('"m d -> m d"', '"m d -> b m d"'),
    ),
    "halves of the samples in the place of halves of the features": (
        "b=2 n=10 d=64",
        """
        class Net(nn.Module):
            def __init__(self, dim=64):
                super().__init__()
                self.up = nn.Linear(dim, dim * 2)
                self.out = nn.Linear(dim, dim)

            def forward(self, x):
                value, gate = self.up(x).chunk(2, dim=0)
                return x + self.out(value * gate.sigmoid())
        """,
        ("chunk(2, dim=0)", "chunk(2, dim=-1)"),
    ),
    "a torn merge of heads in every block, as many tokens as head_dim": (
        "2,16,64",
        """
        class Block(nn.Module):
            def __init__(self, dim=64, heads=4):
                super().__init__()
                self.heads = heads
                self.out = nn.Linear(dim, dim)

            def forward(self, x):
                q = rearrange(x, "b n (h d) -> b h n d", h=self.heads)
                out = F.scaled_dot_product_attention(q, q, q)
                return x + self.out(out.reshape(x.shape[0], x.shape[1], -1))

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.blocks = nn.ModuleList([Block() for _ in range(3)])

            def forward(self, x):
                for block in self.blocks:
                    x = block(x)
                return x
        """,
        ("out.reshape(x.shape[0]", "out.transpose(1, 2).reshape(x.shape[0]"),
    ),
    "a step that two of three went through": (
        "2,10,64",
        """
        class Net(nn.Module):
            def __init__(self, dim=64, heads=4):
                super().__init__()
                self.heads = heads
                self.qkv = nn.Linear(dim, 3 * dim)
                self.out = nn.Linear(dim, dim)

            def split(self, x):
                return rearrange(x, "b n (h d) -> b h n d", h=self.heads)

            def forward(self, x):
                q, k, v = self.qkv(x).chunk(3, dim=-1)
                scores = self.split(q) @ self.split(k).transpose(-1, -2)
                out = scores.softmax(dim=-1) @ v
                return self.out(rearrange(out, "b h n d -> b n (h d)"))
        """,
        ("@ v\n", "@ self.split(v)\n"),
    ),
    "a function that was written and not called": (
        "2,3,30,30",
        """
        def whole(images, side=8):
            height, width = (size // side * side for size in images.shape[2:])
            return images[..., :height, :width]

        class Net(nn.Module):
            def __init__(self, dim=64, side=8):
                super().__init__()
                self.to_patches = Rearrange("b c (h p) (w q) -> b (h w) (p q c)", p=side, q=side)
                self.embed = nn.Linear(3 * side * side, dim)

            def forward(self, images):
                return self.embed(self.to_patches(images))
        """,
        ("self.to_patches(images)", "self.to_patches(whole(images))"),
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_the_first_fix_is_what_was_meant(name: str, worker: Worker, tmp_path: Path) -> None:
    inputs, body, (wrong, right) = MISTAKES[name]
    source = HEAD + textwrap.dedent(body).lstrip()
    assert source.count(wrong) == 1
    path = tmp_path / "net.py"
    path.write_text(source)
    fixes = [fix for finding in findings(worker, path, inputs) for fix in finding.fixes]
    texts = [rewritten(path.read_bytes(), fix.edits).decode() for fix in fixes]
    assert texts[0] == source.replace(wrong, right)
    assert path.read_text() == source, "the file itself stays as it is"
    for number, text in enumerate(dict.fromkeys(texts)):
        mended = tmp_path / f"mended{number}.py"
        mended.write_text(text)
        assert findings(worker, mended, inputs) == ()


def findings(worker: Worker, path: Path, *inputs: str) -> tuple[Finding, ...]:
    return worker.run(Request(str(path), inputs=inputs)).findings


def test_a_crash_is_safe_to_mend_and_a_silent_fault_is_not(worker: Worker, tmp_path: Path) -> None:
    for name, safety in {"in_features": Safety.SAFE, "softmax axis": Safety.UNSAFE}.items():
        inputs, body, _ = MISTAKES[name]
        path = tmp_path / f"{safety.value}.py"
        path.write_text(HEAD + textwrap.dedent(body).lstrip())
        [finding] = findings(worker, path, inputs)
        assert {fix.safety for fix in finding.fixes} == {safety}
        assert all(fix.proof for fix in finding.fixes)


def test_of_two_faults_the_first_gets_a_step_to_the_second(worker: Worker, tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    path.write_text(HEAD + textwrap.dedent(TWO_FAULTS).lstrip())
    [finding] = findings(worker, path, "2,10,96")
    assert finding.search and finding.search.tried > 1
    step = finding.fixes[0]
    assert step.safety is Safety.MANUAL
    path.write_bytes(rewritten(path.read_bytes(), step.edits))
    [after] = findings(worker, path, "2,10,96")
    assert (after.code, after.fixes[0].safety) == ("SD101", Safety.SAFE)


def test_an_edit_with_the_same_fault_on_its_line_is_no_step(worker: Worker, tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    path.write_text(HEAD + textwrap.dedent(NO_WHOLE_PATCHES).lstrip())
    [finding] = findings(worker, path, "2,3,30,30")
    assert finding.search and finding.search.tried > 1
    assert [fix.edits for fix in finding.fixes] == [()], "advice"


NO_WHOLE_PATCHES = """
class Net(nn.Module):
    def forward(self, images):
        return rearrange(images, "b c (h p) (w q) -> b (h w) (p q c)", p=8, q=8)
"""

TWO_FAULTS = """
class Net(nn.Module):
    def __init__(self, dim=96, heads=6):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(dim, dim * 2)
        self.mlp = nn.Sequential(nn.Linear(dim, 4 * dim), nn.GELU(), nn.Linear(2 * dim, dim))

    def forward(self, x):
        b, n, d = x.shape
        q, k, v = (part.reshape(b, n, self.heads, -1).transpose(1, 2) for part in self.qkv(x).chunk(3, dim=-1))
        x = x + F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(b, n, d)
        return x + self.mlp(x)
"""
