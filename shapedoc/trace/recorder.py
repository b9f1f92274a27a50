"""What ran: every call as the user wrote it, every module it ran in, every tensor it met.

Recording happens at each traced call and is kept small: tensors are remembered as `Var`s, and
layouts, spans and the fx.Graph are worked out from the finished `Trace`.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from shapedoc.core.axes import Layout
from shapedoc.core.progress import Phase, Progress, Watch
from shapedoc.trace.places import MADE, Place, caller

TAG = "_shapedoc_var"
_RUNS = itertools.count()


class Var:
    """One value of a tensor in one `run`: in-place calls make a new one. Leaves have a `name` and no `op`."""

    __slots__ = ("dtype", "index", "layout", "name", "op", "run", "shape", "stride", "origin")

    def __init__(
        self, tensor: torch.Tensor, run: int, op: Op | None = None, index: int = 0, name: str = ""
    ) -> None:
        self.shape = tuple(tensor.shape) if not tensor.is_nested else tuple(map(_known, tensor.shape))
        self.stride = tensor.stride() if tensor.layout is torch.strided else ()
        self.dtype = tensor.dtype
        self.run = run
        self.op = op
        self.index = index
        self.name = name
        self.layout: Layout | None = None
        self.origin: Module | None = None

    def __deepcopy__(self, memo: Any) -> Var:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return (_forgotten, ())

    def __repr__(self) -> str:
        return f"Var({self.name or self.op and self.op.name}, {list(self.shape)})"


def _known(size: Any) -> int:
    """A size of a nested tensor; -1 where its parts differ."""
    return size if type(size) is int else -1


def _forgotten() -> None:
    """What is left of a Var once its tensor has been pickled."""


class Module:
    """One call of an nn.Module. `first` and `last` bound the ops that ran inside it."""

    __slots__ = (
        "args",
        "error",
        "first",
        "kwargs",
        "last",
        "made",
        "module",
        "outputs",
        "parent",
        "path",
        "place",
    )

    def __init__(self, module: nn.Module, path: str, parent: Module | None, first: int) -> None:
        self.module = module
        self.path = path
        self.parent = parent
        self.first = first
        self.last = first
        self.args: tuple[Any, ...] = ()
        self.kwargs: dict[str, Any] = {}
        self.outputs: tuple[Var, ...] = ()
        self.made: Place | None = module.__dict__.get(MADE)
        self.place: Place | None = None
        self.error = False

    @property
    def inputs(self) -> tuple[Var, ...]:
        """Tensors among the arguments, in their order."""
        return tuple(variables(self.args, self.kwargs))

    def chain(self) -> Iterator[Module]:
        """This call and the calls around it, innermost first."""
        here: Module | None = self
        while here is not None:
            yield here
            here = here.parent


@dataclass(frozen=True, slots=True)
class Torn:
    """Dimensions `old` whose elements a call regrouped into `new` across axes."""

    old: Layout
    new: Layout


class Op:
    """One call of a function: `args` and `kwargs` hold Vars where the tensors were.

    `torn` are the stretches of dimensions that it regrouped across axes, filled in with the layouts.
    """

    __slots__ = (
        "_inputs",
        "args",
        "error",
        "func",
        "index",
        "kwargs",
        "module",
        "name",
        "outputs",
        "place",
        "torn",
    )

    def __init__(
        self, index: int, func: Callable[..., Any], name: str, place: Place | None, module: Module | None
    ) -> None:
        self.index = index
        self.func = func
        self.name = name
        self.place = place
        self.module = module
        self.args: tuple[Any, ...] = ()
        self.kwargs: dict[str, Any] = {}
        self.outputs: Any = ()
        self.error: BaseException | None = None
        self.torn: tuple[Torn, ...] = ()
        self._inputs: list[Var] | None = None

    def inputs(self) -> list[Var]:
        """Vars among the arguments, in their order; asked for often once a run is over, so kept."""
        if self._inputs is None:
            self._inputs = variables(*self.args, *self.kwargs.values())
        return self._inputs

    def argument(self, at: int, name: str, default: Any = None) -> Any:
        """What a parameter is given, by its keyword or by its place."""
        return self.kwargs.get(name, self.args[at] if at < len(self.args) else default)


def variables(*values: Any) -> list[Var]:
    """All Vars inside nested arguments or results."""
    found: list[Var] = []
    for value in values:
        if isinstance(value, Var):
            found.append(value)
        elif isinstance(value, (tuple, list)):
            found += variables(*value)
        elif isinstance(value, dict):
            found += variables(*value.values())
    return found


class Trace:
    """A finished or stopped run: ops and module calls in their order, and the leaves they used."""

    def __init__(self) -> None:
        self.ops: list[Op] = []
        self.modules: list[Module] = []
        self.leaves: list[Var] = []
        self.failed: Op | None = None
        self.broken: Module | None = None  # the innermost module that raised


def unwatched(progress: Progress) -> None:
    """Nobody waits."""


class Recorder:
    """Writes a `Trace` while the engine and the module hooks report what happens."""

    def __init__(self, watch: Watch | None = None) -> None:
        self.trace = Trace()
        self.run = next(_RUNS)
        self.watch: Watch = watch or unwatched
        self.module: Module | None = None
        self.names: dict[int, str] = {}
        self.paths: dict[int, str] = {}

    def know(self, model: nn.Module) -> None:
        """Learn the paths of all modules, parameters and buffers of a built model."""
        self.paths = {id(module): path for path, module in model.named_modules(remove_duplicate=False)}
        self.names = {id(tensor): path for path, tensor in model.named_buffers()}
        self.names |= {id(tensor): path for path, tensor in model.named_parameters()}

    def leaf(self, tensor: torch.Tensor, name: str = "") -> Var:
        """The Var of a tensor that no recorded call made."""
        var = Var(tensor, self.run, name=name or self.names.get(id(tensor), ""))
        var.origin = self.module
        tensor.__dict__[TAG] = var
        self.trace.leaves.append(var)
        return var

    def var(self, tensor: torch.Tensor) -> Var:
        """The Var of any tensor; one that a model kept since a run before is a leaf of this one."""
        known: Var | None = tensor.__dict__.get(TAG)
        return known if known is not None and known.run == self.run else self.leaf(tensor)

    def vars(self, value: Any) -> Any:
        """The same nested value with Vars for tensors."""
        if isinstance(value, torch.Tensor):
            return self.var(value)
        if isinstance(value, (tuple, list)):
            items = [self.vars(item) for item in value]
            return items if isinstance(value, list) else tuple(items)
        if isinstance(value, dict):  # of any kind: transformers returns dicts of its own
            return {key: self.vars(item) for key, item in value.items()}
        return value

    def begin(
        self,
        func: Callable[..., Any],
        name: str,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        place: Place | None,
    ) -> Op:
        """Write down a call that is about to run."""
        op = Op(len(self.trace.ops), func, name, place, self.module)
        op.args = tuple([self.vars(arg) for arg in args])
        if kwargs:
            op.kwargs = {key: self.vars(arg) for key, arg in kwargs.items()}
        self.trace.ops.append(op)
        if self.watch is not unwatched:
            self._tell(op)
        return op

    def _tell(self, op: Op) -> None:
        """Leave the step about to run where a supervisor finds it if the process dies in it."""
        path, line = op.place.line() if op.place else ("", 0)
        self.watch(Progress(Phase.RUN, op.index, op.name, op.module.path if op.module else "", path, line))

    def end(self, op: Op, result: Any) -> None:
        """Write down what a call gave."""
        if isinstance(result, torch.Tensor):
            op.outputs = result.__dict__[TAG] = Var(result, self.run, op)
        elif isinstance(result, (tuple, list)):
            op.outputs = tuple([self._output(op, index, item) for index, item in enumerate(result)])

    def _output(self, op: Op, index: int, item: Any) -> Any:
        if isinstance(item, torch.Tensor):
            item.__dict__[TAG] = var = Var(item, self.run, op, index)
            return var
        if isinstance(item, (tuple, list)):
            return tuple([self._output(op, index, inner) for inner in item])
        return None

    def fail(self, op: Op, error: BaseException) -> None:
        """Write down that a call raised."""
        op.error = error
        self.trace.failed = op

    def enter(self, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Module:
        """Write down that a module is being called."""
        path = self.paths.get(id(module))
        if path is None:
            path = f"{self.module.path}.{type(module).__name__}" if self.module else type(module).__name__
        call = Module(module, path, self.module, len(self.trace.ops))
        call.args, call.kwargs = self.vars(args), self.vars(kwargs)
        call.place = caller(2)
        self.trace.modules.append(call)
        self.module = call
        return call

    def leave(self, call: Module, result: Any) -> None:
        """Write down what a module returned."""
        call.outputs = tuple(variables(self.vars(result)))
        call.last = len(self.trace.ops)
        self.module = call.parent

    def abandon(self, call: Module) -> None:
        """Write down that a module raised."""
        call.error = True
        self.trace.broken = self.trace.broken or call
        call.last = len(self.trace.ops)
        self.module = call.parent
