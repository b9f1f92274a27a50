"""What the user says of the inputs.

>>> Asked(specs=("x=2,3",), at={"t": 16}).dtype
''
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Asked:
    """`specs` are the texts after `-i`, `document` inputs as YAML, `at` further sizes of named axes."""

    specs: tuple[str, ...] = ()
    at: Mapping[str, int] = field(default_factory=dict)
    dtype: str = ""
    target: str = ""
    document: str = ""
    config: Path | None = None
