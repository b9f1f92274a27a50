"""SD401 backward-contract: a gradient does not have the shape, the number or the kind that is asked for.

`backward` of a tensor takes a gradient of that tensor's shape; a custom `autograd.Function` returns one
gradient for each input of its forward, None for an input that is None or no tensor.

What to do: return the gradients in the order of the inputs, and None where there is nothing to return.

Bad, for `-i 3`:

    class Net(nn.Module):
        def forward(self, x):
            y = x * 2
            y.backward(torch.ones(4))
            return y

Good, for `-i 3`:

    class Net(nn.Module):
        def forward(self, x):
            y = x * 2
            return y * torch.ones(3)

With `--backward` each custom function that the model calls is tried alone, and with None for inputs that
its forward expects to be None at times:

Bad, for `-i 3,4 --backward`:

    class Scale(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, gate):
            ctx.save_for_backward(x)
            return x if gate is None else x * gate

        @staticmethod
        def backward(ctx, grad):
            [x] = ctx.saved_tensors
            return grad, grad * x

    class Net(nn.Module):
        def forward(self, x):
            return Scale.apply(x, None)

Good, for `-i 3,4 --backward`:

    class Scale(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, gate):
            ctx.save_for_backward(x, gate)
            return x if gate is None else x * gate

        @staticmethod
        def backward(ctx, grad):
            x, gate = ctx.saved_tensors
            return grad if gate is None else grad * gate, None if gate is None else grad * x

    class Net(nn.Module):
        def forward(self, x):
            return Scale.apply(x, None)
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from shapedoc.checks import Evidence
from shapedoc.checks._crash import crash
from shapedoc.core.functions import function_at, return_at
from shapedoc.core.report import Finding, Span
from shapedoc.core.source import span_of
from shapedoc.trace.backward import Breach

CODE = "SD401"
NAME = "backward-contract"


def check(evidence: Evidence) -> Iterator[Finding]:
    """The backward pass that stopped the run, and what `--backward` has found of custom functions."""
    yield from crash(evidence, CODE)
    for breach in evidence.run.breaches:
        yield Finding(CODE, f"{breach.kind.__name__}.backward: {breach.words}", _span(breach))


def _span(breach: Breach) -> Span | None:
    """Where it failed; else the gradient in the return statement, or the statement."""
    if breach.place is not None:
        return breach.place.span()
    if breach.code is None or not breach.line:
        return None
    path = breach.code.co_filename
    function = function_at(path, breach.line)
    node = return_at(function, breach.line) if function else None
    return span_of(_gradient(node, breach) or node, path) if node else Span(path, breach.line)


def _gradient(node: ast.Return, breach: Breach) -> ast.expr | None:
    """The expression of one input's gradient, where all of them are listed."""
    listed = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value] if node.value else []
    written = not any(isinstance(gradient, ast.Starred) for gradient in listed)
    known = breach.input in breach.names and written and breach.names.index(breach.input) < len(listed)
    return listed[breach.names.index(breach.input)] if known else None
