"""Random choices that come out the same each time: a model that picks layers by chance runs the same ones.

>>> with the_same_chance():
...     first = random.random(), float(torch.rand(()))
>>> with the_same_chance():
...     (random.random(), float(torch.rand(()))) == first
True
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import torch

SEED = 0


@contextmanager
def the_same_chance() -> Iterator[None]:
    """Python's, torch's and NumPy's generators start from a seed, and go on where they were afterwards."""
    numpy = getattr(sys.modules.get("numpy"), "random", None)
    before = random.getstate(), torch.get_rng_state(), numpy and numpy.get_state()
    random.seed(SEED)
    torch.default_generator.manual_seed(SEED)
    if numpy:
        numpy.seed(SEED)
    try:
        yield
    finally:
        random.setstate(before[0])
        torch.set_rng_state(before[1])
        if numpy:
            numpy.set_state(before[2])
