"""What the user says of the inputs.

>>> Asked(specs=("x=2,3",), at={"t": 16}).dtype
''
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

CONFIG = "shapedoc.yaml"


@dataclass(frozen=True)
class Asked:
    """`specs` are the texts after `-i`, `at` further sizes of named axes, `config` a shapedoc.yaml."""

    specs: tuple[str, ...] = ()
    at: Mapping[str, int] = field(default_factory=dict)
    dtype: str = ""
    target: str = ""
    config: Path | None = None


def nearest_config(folder: Path) -> Path | None:
    """The shapedoc.yaml of a folder or of the nearest one above it."""
    return next((path for parent in (folder, *folder.parents) if (path := parent / CONFIG).is_file()), None)
