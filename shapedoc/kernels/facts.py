"""What is known of a library as a whole: its releases, and what it answers without computing anything.

>>> natten = facts_of("natten")
>>> natten.distribution, natten.releases[-1]
('natten', '0.21.7')
>>> natten.answers("0.17.5")["natten.is_fused_na_enabled"]
False

They stand in the entry of the contract file that has a `library`:

    library        the name it is imported by
    distribution   the name it is installed by, where that is another one
    releases       versions, oldest first
    constants      values of names
    answers        by range of versions, what functions return that take no tensor
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Facts:
    """A library, and its releases from the oldest on."""

    library: str
    distribution: str = ""
    releases: tuple[str, ...] = ()
    constants: Mapping[str, Any] = field(default_factory=dict)
    answers_by_range: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def answers(self, version: str) -> dict[str, Any]:
        """What the functions of a version return, by their full names."""
        from packaging.specifiers import SpecifierSet

        return {
            name: value
            for versions, answers in self.answers_by_range.items()
            if SpecifierSet(versions).contains(version, prereleases=True)
            for name, value in answers.items()
        }


@cache
def facts_of(library: str) -> Facts:
    """The facts in the contract file of a library; hardly any where it has none."""
    from shapedoc.kernels.reading import read_entries

    path = _HERE / f"{library}.yaml"
    entries = read_entries(path.read_text(encoding="utf-8"), str(path)) if path.exists() else []
    found: dict[str, Any] = next((entry for entry in entries if "library" in entry), {})
    return Facts(
        library,
        found.get("distribution", library),
        tuple(str(found.get("releases", "")).split()),
        found.get("constants", {}),
        found.get("answers", {}),
    )
