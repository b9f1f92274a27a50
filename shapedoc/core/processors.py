"""How much of the machine is there for us."""

from __future__ import annotations

import os


def processors() -> int:
    """How many runs this process may have beside each other without one waiting for another.

    >>> processors() >= 1
    True
    """
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
