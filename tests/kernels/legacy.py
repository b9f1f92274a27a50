"""NATTEN 0.17 made importable beside a torch of today on a CPU."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import torch


@contextmanager
def cured() -> Iterator[None]:
    """Has what NATTEN 0.17 asks of torch while it is imported: a private type, and a capability of a GPU."""
    with (
        mock.patch.object(torch.cuda, "_device_t", Any, create=True),
        mock.patch.object(torch.cuda, "get_device_capability", lambda device=None: (0, 0)),
    ):
        yield
