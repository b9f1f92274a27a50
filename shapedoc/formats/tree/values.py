"""Shapes as the tree writes them: a size that the inputs name is said there once, and by its name after.

>>> from shapedoc.core.report import Size, Value
>>> names = Names({"b": 2, "c": 64})
>>> tokens = Value("", "float32", (Size(2, "b"), Size(64), Size(8, "heads")))
>>> names.shapes([tokens]), names.shapes([tokens, tokens])
('[b 64 heads=8]', '[b 64 heads=8] ×2')
>>> names.shapes([tokens, Value("fc.weight", "float32", (Size(10), Size(64)))], "fc")
'[b 64 heads=8]  weight[10 64]'
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shapedoc.core.report import Report, Size, Value
from shapedoc.core.text import one_line
from shapedoc.formats.tree.folding import Fold, fold

MOST = 4  # values beyond these are counted, not shown


@dataclass(frozen=True)
class Names:
    """Names of axes that the heading has given a size."""

    sizes: dict[str, int]

    @classmethod
    def of(cls, report: Report) -> Names:
        """The names in the inputs of a report."""
        dims = [dim for given in report.inputs for dim in given.value.dims if dim.name]
        return cls({dim.name: dim.size for dim in dims})

    def shapes(self, values: Sequence[Value], module: str = "") -> str:
        """One value as `[b 64]`, several with the names that they have inside a module."""
        if len(values) == 1:
            return self._dims(values[0])
        folds = fold([value.name.removeprefix(f"{module}.") + self._dims(value) for value in values], str)
        more = [f"+{len(folds) - MOST} more"] if len(folds) > MOST else []
        return "  ".join([*map(_times, folds[:MOST]), *more])

    def _dims(self, value: Value) -> str:
        return one_line(f"[{' '.join(self._size(dim) for dim in value.dims)}]")

    def _size(self, dim: Size) -> str:
        known = dim.name and self.sizes.get(dim.name) == dim.size
        return dim.name if known else str(dim)


def _times(run: Fold[str]) -> str:
    return one_line(run.first) + (f" ×{run.times}" if run.times > 1 else "")
