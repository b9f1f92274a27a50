"""What `forward` does first with each of its parameters, read from its source.

Nothing is run: `self.conv(x)` leads to the layer that `model.conv` is, `b, c, h, w = x.shape` and
`rearrange(x, "b c h w -> …")` give the rank and the user's own names for the axes.

>>> read(nn.Sequential(nn.Dropout(), nn.LSTM(8, 16, batch_first=True)))["input"].dims[2]
Size(size=8, name='d')
"""

from __future__ import annotations

import ast
import re
from dataclasses import replace

from torch import nn

from shapedoc.core.report import Size
from shapedoc.trace.inputs.inference.hints import ANY, Hint, canonical, join
from shapedoc.trace.inputs.inference.layers import KEEPING, inputs_of, pattern_hint
from shapedoc.trace.inputs.inference.names import named
from shapedoc.trace.inputs.inference.paths import (
    arguments_of,
    dims_named,
    dotted,
    parameters_of,
    shape_of,
    source_of,
    submodule,
)
from shapedoc.trace.inputs.inference.views import View, undo

DEPTH = 8  # modules and helper methods that a parameter is followed through
EINOPS = ("rearrange", "reduce", "repeat")
ACROSS = ("transpose", "swapaxes", "mean", "sum", "amax", "max")
TOKEN_DIMS = {1, -2}
TOKENS = Hint((Size(0), Size(0)), leading=True)
HELPERS = re.compile("mask|norm|pad|preprocess|augment|cast")  # methods that leave the layout as it is


def read(model: nn.Module, depth: int = DEPTH) -> dict[str, Hint]:
    """Hints for the parameters of `model.forward`, as far as its source tells."""
    if isinstance(model, nn.Sequential | nn.ModuleList):
        return {"input": _through(model, depth)}
    known = inputs_of(model)
    function = source_of(type(model).forward) if known else None
    if function is not None:
        return dict(zip(parameters_of(function), known.values(), strict=False))
    return _read_method(model, "forward", depth)


def _read_method(model: nn.Module, method: str, depth: int) -> dict[str, Hint]:
    function = source_of(getattr(type(model), method, None))
    if function is None or depth == 0:
        return {}
    reader = _Reader(model, parameters_of(function), depth)
    for statement in function.body:
        reader.visit(statement)
    return reader.hints


def _through(layers: nn.Module, depth: int) -> Hint:
    """What a chain of layers takes: up to and with the first that changes its input."""
    hint, view = ANY, View("input")
    for name, layer in layers.named_children():
        hint = join(hint, undo(view, next(iter(read(layer, depth - 1).values()), ANY), name))
        if isinstance(layer, nn.Flatten):
            view = view.flattened()
        elif not isinstance(layer, KEEPING):
            break
    return hint


class _Reader(ast.NodeVisitor):
    """Follows each parameter through one method until its name is bound to something else.

    `held` are the names that still stand for a parameter, `modules` those that stand for a module.
    """

    def __init__(self, model: nn.Module, parameters: list[str], depth: int) -> None:
        self.depth = depth
        self.hints = dict.fromkeys(parameters, ANY)
        self.held: dict[str, View] = {name: View(name) for name in parameters}
        self.modules: dict[str, nn.Module] = {"self": model}

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        for target in node.targets:
            self._bind(target, node.value)

    def visit_If(self, node: ast.If) -> None:
        """A name is the parameter still if it is so after either branch, as it was before."""
        self.visit(node.test)
        before = dict(self.held)
        after: set[str] = set()
        for branch in (node.body, node.orelse):
            self.held = dict(before)
            for statement in branch:
                self.visit(statement)
            after |= self.held.keys()
        self.held = {name: view for name, view in before.items() if name in after}

    def visit_For(self, node: ast.For) -> None:
        layers = submodule(node.iter, self.modules)
        first = next(layers.children(), None) if layers is not None else None
        if first is not None and isinstance(node.target, ast.Name):
            self.modules[node.target.id] = first
        self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        """An inner function's names are its own."""

    def visit_Lambda(self, node: ast.Lambda) -> None:
        """Nor a lambda's."""

    def visit_Call(self, node: ast.Call) -> None:
        self.generic_visit(node)
        self._learn_rank(node)
        held = [(key, view) for key, value in arguments_of(node) if (view := self._view(value)) is not None]
        hints = self._taken(node) if held else {}
        places = list(hints.values())
        for key, view in held:
            by_place = places[key] if isinstance(key, int) and key < len(places) else ANY
            self._learn(view, hints.get(str(key), by_place), dotted(node.func).removeprefix("self."))

    def _learn_rank(self, node: ast.Call) -> None:
        """`x.transpose(1, 2)` and `x.mean(1)` are of something with tokens before its features."""
        match node.func:
            case ast.Attribute(value=value, attr=op) if op in ACROSS and TOKEN_DIMS & dims_named(node):
                view = self._view(value)
                if view is not None:
                    self._learn(view, TOKENS)

    def _learn(self, view: View, hint: Hint, layer: str = "") -> None:
        if hint is not ANY:
            self.hints[view.parameter] = join(self.hints[view.parameter], undo(view, hint, layer))

    def _taken(self, node: ast.Call) -> dict[str, Hint]:
        """What the callee takes: a layer, a user's module, a method of the same module, or einops."""
        if isinstance(node.func, ast.Name) and node.func.id in EINOPS:
            return _pattern(node)
        module = submodule(node.func, self.modules)
        if module is not None:
            return read(module, self.depth - 1)
        match node.func:
            case ast.Attribute(value=ast.Name(id="self"), attr=method):
                return _read_method(self.modules["self"], method, self.depth - 1)
        return {}

    def _bind(self, target: ast.expr, value: ast.expr) -> None:
        match target, value:
            case ast.Tuple(elts=names), ast.Tuple(elts=values) if len(names) == len(values):
                for one, part in zip(names, values, strict=True):
                    self._bind(one, part)
            case ast.Tuple(elts=names), _:
                self._unpack(names, value)
            case _:
                view = self._view(value)
                self.held.pop(dotted(target), None)
                if view is not None:
                    self.held[dotted(target)] = view

    def _unpack(self, targets: list[ast.expr], value: ast.expr) -> None:
        """`b, c, h, w = x.shape` names the axes of x, `*_, d = x.shape` its last."""
        shape = shape_of(value)
        view = self._view(shape) if shape is not None else None
        names = [dotted(target) for target in targets]
        whole = self._view(value)
        for name in names:
            self.held.pop(name, None)
        if whole == View(dotted(value)) and named(dotted(value)) == ANY:
            self._hold_parts(dotted(value), names)
            return
        stars = [index for index, target in enumerate(targets) if isinstance(target, ast.Starred)]
        if view is not None and stars in ([], [0]):
            dims = tuple(_axis(index, name) for index, name in enumerate(names))[len(stars) :]
            self._learn(
                view, Hint(dims, bool(stars), origin=f"forward unpacks its shape as {', '.join(names)}")
            )

    def _hold_parts(self, parameter: str, names: list[str]) -> None:
        """`image, text = batch`: a parameter that is a tuple."""
        for index, name in enumerate(names):
            self.held[name] = View(f"{parameter}.{index}")
            self.hints[f"{parameter}.{index}"] = ANY

    def _view(self, node: ast.expr) -> View | None:
        """The parameter that an expression still is, and the views it has been through."""
        match node:
            case ast.Name(id=name):
                return self.held.get(name)
            case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=str(key))) if (
                name in self.hints
            ):
                self.hints.setdefault(f"{name}.{key}", ANY)
                return View(f"{name}.{key}")
            case ast.Subscript(value=value, slice=index):
                return _through_op(
                    self._view(value), "[]", index.elts if isinstance(index, ast.Tuple) else [index]
                )
            case ast.BinOp(left=left, right=ast.Constant() | ast.Attribute()):
                return self._view(left)
            case ast.Call(func=func, args=[first, *rest]) if isinstance(func, ast.Attribute):
                if self._keeps(func):
                    return self._view(first)
                if isinstance(submodule(func, self.modules), nn.Flatten):
                    view = self._view(first)
                    return view and view.flattened()
                if dotted(func.value) in ("F", "torch"):
                    return _through_op(self._view(first), func.attr, rest)
                return _through_op(self._view(func.value), func.attr, node.args)
            case ast.Call(func=ast.Attribute(value=value, attr=op)):
                return _through_op(self._view(value), op, [])
        return None

    def _keeps(self, function: ast.Attribute) -> bool:
        """Whether a call of a layer or of the user's own method gives its input back in the same layout."""
        module = submodule(function, self.modules)
        helper = module is None and dotted(function.value) == "self" and HELPERS.search(function.attr)
        return isinstance(module, KEEPING) or bool(helper)


def _pattern(node: ast.Call) -> dict[str, Hint]:
    """The left side of `rearrange(x, "…", p=2)`."""
    match node.args:
        case [_, ast.Constant(value=str(pattern)), *_]:
            given = {
                k.arg: k.value.value for k in node.keywords if k.arg and isinstance(k.value, ast.Constant)
            }
            hint = pattern_hint(
                pattern, {name: size for name, size in given.items() if isinstance(size, int)}
            )
            return {
                "tensor": replace(hint, origin=f"forward takes it as {pattern.partition('->')[0].strip()!r}")
            }
    return {}


def _axis(index: int, name: str) -> Size:
    """An axis by the customary short form of its name in the source: `num_channels` is `c`."""
    if index == 0 and name in ("N", "n"):  # numpy's letter for a batch
        return Size(0, "b")
    return Size(0, canonical(name) if name.isidentifier() and name.strip("_") else "")


def _through_op(view: View | None, op: str, arguments: list[ast.expr]) -> View | None:
    return view.through(op, arguments) if view is not None else None
