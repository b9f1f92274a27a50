"""Shapes of the tensors in safetensors files, from their headers alone.

As https://github.com/huggingface/safetensors has it: eight bytes with the length of a JSON object, then that.

>>> import tempfile
>>> header = json.dumps({"fc.weight": {"dtype": "F32", "shape": [4, 3], "data_offsets": [0, 48]}}).encode()
>>> path = Path(tempfile.mkdtemp()) / "model.safetensors"
>>> _ = path.write_bytes(len(header).to_bytes(8, "little") + header)
>>> safetensors_shapes(path)
{'fc.weight': (4, 3)}
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from shapedoc.core.errors import UserError

Shapes = dict[str, tuple[int, ...]]

LONGEST = 100_000_000  # bytes of a header, as the library has it
INDEX = ".safetensors.index.json"


def safetensors_shapes(path: Path) -> Shapes:
    """The shapes in a file, or in all files that an index names."""
    if not path.name.endswith(INDEX):
        return _header(path)
    found: Shapes = {}
    for name in _named_files(path):
        found |= _header(path.parent / name)
    return found


def _named_files(path: Path) -> list[str]:
    """The files of an index; it may name its neighbours and nothing else."""
    listed = _parsed(path, path.read_bytes()).get("weight_map")
    names = sorted(set(map(str, listed.values()))) if isinstance(listed, dict) else []
    if not names or any(Path(name).name != name for name in names):
        raise UserError(f"{path} names no files beside it")
    return names


def _header(path: Path) -> Shapes:
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if not 2 <= length <= LONGEST:
            raise UserError(f"{path} is no safetensors file")
        header = _parsed(path, file.read(length))
    entries = {name: entry for name, entry in header.items() if name != "__metadata__"}
    return {name: _shape(path, entry) for name, entry in entries.items()}


def _parsed(path: Path, text: bytes) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise UserError(f"{path} is no safetensors file")
    return value


def _shape(path: Path, entry: Any) -> tuple[int, ...]:
    shape = entry.get("shape") if isinstance(entry, dict) else None
    if not isinstance(shape, list) or not all(type(size) is int and size >= 0 for size in shape):
        raise UserError(f"{path} has a tensor without a shape")
    return tuple(shape)
