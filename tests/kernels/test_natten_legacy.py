"""The contracts of NATTEN 0.17 and its own CPU kernels accept and refuse the same calls.

`make natten-legacy` builds that release and runs this; without it nothing here runs. See tests/kernels/README.md.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, event, given, settings

from shapedoc.core.mismatch import Mismatch
from tests.kernels.legacy import cured
from tests.kernels.windows import Call, promised, query_key_calls, weight_value_calls
from tests.kernels.windows import given as by_natten

VERSION = "0.17.5"


def import_functional() -> Any:
    """`natten.functional` of this version, or no tests."""
    try:
        with cured():
            import natten.functional
    except ImportError:
        pytest.skip("needs NATTEN", allow_module_level=True)
    if natten.__version__ != VERSION:
        pytest.skip(f"needs NATTEN {VERSION}", allow_module_level=True)
    return natten.functional


functional = import_functional()


@pytest.mark.parametrize("calls", [query_key_calls, weight_value_calls], ids=["qk", "av"])
@pytest.mark.parametrize("ndim", [1, 2, 3])
def test_unfused_operations_agree(calls: Callable[[int], Any], ndim: int) -> None:
    @settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
    @given(calls(ndim))
    def judge(call: Call) -> None:
        ours, theirs = promised(call, VERSION), by_natten(getattr(functional, call.op), call)
        event("refused" if isinstance(ours, Mismatch) else "accepted")
        assert isinstance(ours, Mismatch) == isinstance(theirs, Exception), theirs
        assert isinstance(ours, Mismatch) or ours == theirs

    judge()


def test_heads_that_differ_are_printed_as_if_they_were_equal() -> None:
    """What our note decodes: the size of the value, twice."""
    attn, value = torch.zeros(1, 4, 8, 8, 25), torch.zeros(1, 2, 8, 8, 16)
    with pytest.raises(RuntimeError, match="Tensor shape mismatch at dimension 1: 2 != 2"):
        functional.na2d_av(attn, value, 5)
