"""What to call a model with: given, written down, made by its own code, or inferred and then corrected.

>>> plan = plan_inputs(nn.Linear(8, 4))
>>> plan.make(ordinary).described[0].spec
'input=b=2 d=8'
>>> plan_inputs(nn.Linear(8, 4), asked=Asked(specs=("5,8",))).inferred
False

A plan that was inferred may not fit. `fitted` runs it, asks what the failure wants, and tries again:

>>> def run(plan):
...     inputs = plan.make(ordinary)
...     try:
...         model(*inputs.args, **inputs.kwargs)
...     except Exception as error:
...         return Failure(error)
>>> model = nn.Sequential(nn.Conv2d(3, 8, 5), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(8 * 14 * 14, 10))
>>> plan, failure = fitted(plan_inputs(model), model, run)
>>> failure, plan.axes()
(None, {'b': 2, 'c': 3, 'h': 32, 'w': 32})
"""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType

from torch import nn

from shapedoc.trace.inputs.asked import Asked
from shapedoc.trace.inputs.beside import dummy_inputs, example_input_array, functions
from shapedoc.trace.inputs.declared import configured, documented, given
from shapedoc.trace.inputs.fitting.complaints import Kind
from shapedoc.trace.inputs.fitting.failure import Failure
from shapedoc.trace.inputs.fitting.repair import fitted, repair
from shapedoc.trace.inputs.inference.infer import infer
from shapedoc.trace.inputs.making import InputError, Make, ordinary, torch_dtype
from shapedoc.trace.inputs.naming import with_names
from shapedoc.trace.inputs.plan import ModelInputs, Plan

__all__ = [
    "Asked",
    "Failure",
    "InputError",
    "Kind",
    "Make",
    "ModelInputs",
    "Plan",
    "fitted",
    "floating_dtype",
    "infer",
    "ordinary",
    "plan_inputs",
    "repair",
    "torch_dtype",
]

SOURCES = (given, documented, configured, functions, example_input_array, dummy_inputs)
NOTHING = Asked()


def plan_inputs(model: nn.Module, module: ModuleType | None = None, asked: Asked = NOTHING) -> Plan:
    """The inputs of the first source that has any; functions beside the model stand in `module`."""
    dtype = asked.dtype or floating_dtype(model)
    torch_dtype(dtype)
    for source in SOURCES:
        plan = source(model, module, asked)
        if plan is not None:
            return with_names(replace(plan, dtype=dtype), model).at(asked.at)
    return infer(model, asked.at, dtype).at(asked.at)


def floating_dtype(model: nn.Module) -> str:
    """The dtype of the model's own numbers, which its inputs follow.

    >>> floating_dtype(nn.Linear(2, 2).double())
    'float64'
    """
    first = next((p for p in model.parameters() if p.is_floating_point()), None)
    return str(first.dtype).removeprefix("torch.") if first is not None else "float32"
