"""A recorded run as a `torch.fx.Graph`, with fx's own meta keys.

The graph is built when it is asked for: creating a node costs about ten microseconds, a fifth of
what a remembered call costs in all.

>>> from torch import nn
>>> from shapedoc.trace.attempts import record
>>> trace = record(nn.Linear(4, 2), torch.ones(3, 4))
>>> [node.op for node in graph_of(trace).nodes]
['placeholder', 'get_attr', 'get_attr', 'call_function', 'output']
"""

from __future__ import annotations

from typing import Any

import torch
from torch import fx
from torch.fx.passes.shape_prop import TensorMetadata

from shapedoc.trace.places import Place
from shapedoc.trace.recorder import Module, Op, Trace, Var, variables


def graph_of(trace: Trace) -> fx.Graph:
    """Nodes for the inputs and the state of a model, for every call, and for what it returned."""
    return _Builder(trace).build()


class _Builder:
    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.graph = fx.Graph()
        self.nodes: dict[Var, fx.Node] = {}

    def build(self) -> fx.Graph:
        root = self.trace.modules[0] if self.trace.modules else None
        for var in root.inputs if root else ():
            self._leaf(var)
        for op in self.trace.ops:
            self._call(op)
        if root and not root.error:
            self.graph.output(tuple(self._node(var) for var in root.outputs))
        self.graph.lint()
        return self.graph

    def _leaf(self, var: Var) -> fx.Node:
        known = var.name and var.origin is not None
        name = var.name.replace(".", "_") or "x"
        with self.graph.inserting_before(_first_call(self.graph)):
            node = self.graph.create_node("get_attr", var.name) if known else self.graph.placeholder(name)
        return self._remember(var, node)

    def _node(self, var: Var) -> fx.Node:
        return self.nodes.get(var) or self._leaf(var)

    def _call(self, op: Op) -> None:
        if not op.outputs and not op.error:
            return
        args, kwargs = self._arguments(op.args), self._arguments(op.kwargs)
        node = self.graph.call_function(op.func, args, kwargs)
        node.meta |= {"step": op.index, "nn_module_stack": module_stack(op.module)}
        node.meta["stack_trace"] = stack_trace(op.place)
        self._outputs(op, node)

    def _outputs(self, op: Op, node: fx.Node) -> None:
        if isinstance(op.outputs, Var):
            self._remember(op.outputs, node)
            return
        node.meta["tensor_meta"] = tuple(tensor_meta(var) for var in variables(op.outputs))
        for var in variables(op.outputs):
            item = self.graph.call_function(_getitem, (node, var.index))
            item.meta |= {key: node.meta[key] for key in ("step", "nn_module_stack", "stack_trace")}
            self._remember(var, item)

    def _remember(self, var: Var, node: fx.Node) -> fx.Node:
        node.meta["tensor_meta"] = tensor_meta(var)
        self.nodes[var] = node
        return node

    def _arguments(self, value: Any) -> Any:
        if isinstance(value, Var):
            return self._node(value)
        if isinstance(value, (tuple, list)):
            return type(value)([self._arguments(item) for item in value])
        if isinstance(value, dict):
            return {key: self._arguments(item) for key, item in value.items()}
        if isinstance(value, slice):
            return slice(*(self._arguments(part) for part in (value.start, value.stop, value.step)))
        return (
            value
            if isinstance(value, (*fx.node.base_types, type(None))) or value is Ellipsis
            else repr(value)
        )


def _getitem(value: Any, index: int) -> Any:
    return value[index]


def _first_call(graph: fx.Graph) -> fx.Node:
    return next((node for node in graph.nodes if node.op == "call_function"), graph._root)


def tensor_meta(var: Var) -> TensorMetadata:
    """What fx's ShapeProp writes of a tensor."""
    return TensorMetadata(torch.Size(var.shape), var.dtype, False, var.stride, None, False, {})


def module_stack(module: Module | None) -> dict[str, tuple[str, type]]:
    """Modules around a call, outermost first."""
    around = list(module.chain())[::-1] if module else []
    return {call.path: (call.path, type(call.module)) for call in around}


def stack_trace(place: Place | None) -> str:
    """The user's line, as Python prints one."""
    if place is None:
        return ""
    span = place.span()
    return f'  File "{span.path}", line {span.line}, in {place.code.co_name}\n'
