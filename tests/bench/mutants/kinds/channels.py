"""A convolution or a norm over channels expects twice what it is given, or gives half.

>>> from . import Source
>>> [text for _, text in changes(Source("nn.Conv2d(dim, inner, 3)"))]
['(dim * 2)', '(inner // 2)']
"""

from __future__ import annotations

from collections.abc import Iterator

from . import Edit, Source

LAYERS = "Conv1d Conv2d Conv3d ConvTranspose1d ConvTranspose2d ConvTranspose3d".split()
NORMS = "BatchNorm1d BatchNorm2d BatchNorm3d InstanceNorm2d".split()


def changes(source: Source) -> Iterator[Edit]:
    """The channels of every such layer."""
    for call in source.calls(*LAYERS, *NORMS):
        for size, other in zip(call.args[:2], ("({} * 2)", "({} // 2)"), strict=False):
            if source.at(call.func).rpartition(".")[2] in LAYERS or other.endswith("* 2)"):
                yield size, other.format(source.at(size))
