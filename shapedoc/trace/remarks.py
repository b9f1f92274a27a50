"""What is worth saying of calls that are allowed, such as a key head that is broadcast to all query heads.

>>> import torch
>>> from shapedoc.trace.attempts import record
>>> class Net(torch.nn.Module):
...     def forward(self, q, k):
...         return torch.nn.functional.scaled_dot_product_attention(q, k, k)
>>> [said] = remarks_of(record(Net(), torch.ones(2, 8, 5, 4), torch.ones(2, 1, 5, 4)))
>>> said.partition(": ")[2]
'one key and value head is broadcast to all query heads'
"""

from __future__ import annotations

from collections.abc import Iterator

from shapedoc.trace.faults import contract_of_call
from shapedoc.trace.recorder import Op, Trace


def remarks_of(trace: Trace) -> tuple[str, ...]:
    """The remarks of all contracts on the calls of a run, each once for a line."""
    return tuple(dict.fromkeys(said for op in trace.ops for said in _remarks_on(op)))


def _remarks_on(op: Op) -> Iterator[str]:
    contract = contract_of_call(op)
    if contract is not None and contract.remarks and op.error is None:
        path, line = op.place.line() if op.place else ("", 0)
        yield from (f"{path}:{line}: {words}" for words in contract.remarks_on(op.args, op.kwargs))
