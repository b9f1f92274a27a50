"""What is changed in torch and einops while a model is built and run, and put back afterwards.

Module calls and constructions tell the recorder where they happen, parameters move to the world
of the engine as they are registered, and einops' functions become one step each, with their
pattern. einops is changed in the code of its functions, so that a model sees it however it
imported them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from types import FunctionType
from typing import Any
from unittest import mock

import torch
from torch import nn

from shapedoc.trace.engine import Engine
from shapedoc.trace.places import MADE, constructor_of
from shapedoc.trace.recorder import Recorder
from shapedoc.trace.shapes import is_data, meta_like

EINOPS = ("rearrange", "reduce", "repeat", "einsum", "pack", "unpack")
_META = "_shapedoc_meta"


@contextmanager
def building(engine: Engine) -> Iterator[None]:
    """While a model is constructed: remember the constructing lines, keep parameters weightless."""
    initialise, register = nn.Module.__init__, nn.Module.register_parameter

    def remembered(module: nn.Module, *args: Any, **kwargs: Any) -> None:
        place = constructor_of(module)
        initialise(module, *args, **kwargs)
        module.__dict__[MADE] = place

    def weightless(module: nn.Module, name: str, param: nn.Parameter | None) -> None:
        with torch._C.DisableTorchFunction():  # else the engine would answer that nothing is on meta
            param = _parameter_on_meta(param)
        register(module, name, param)

    with ExitStack() as stack:
        stack.enter_context(mock.patch.object(nn.Module, "__init__", remembered))
        if engine.world.name == "shape":
            stack.enter_context(mock.patch.object(nn.Module, "register_parameter", weightless))
            stack.enter_context(_without_initial_values())
        stack.enter_context(running(engine))
        yield


@contextmanager
def running(engine: Engine) -> Iterator[None]:
    """While a model runs: module calls are recorded, einops calls are one step, compilers do nothing."""
    with ExitStack() as stack:
        stack.enter_context(mock.patch.object(nn.Module, "__call__", _recorded_call(engine)))
        stack.enter_context(mock.patch.object(torch, "compile", _uncompiled))
        stack.enter_context(_einops_steps(engine))
        if engine.world.name == "shape":
            stack.enter_context(_one_thread())
        stack.enter_context(engine)
        yield


@contextmanager
def _one_thread() -> Iterator[None]:
    """What is computed at all is small: to wait for other threads takes longer, most on a busy machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def _without_initial_values() -> Iterator[None]:
    """torch.nn.init leaves tensors without values alone; truncated normals would ask for them."""
    with ExitStack() as stack:
        for name in dir(nn.init):
            if name.startswith("_no_grad_"):
                stack.enter_context(mock.patch.object(nn.init, name, _unless_on_meta(getattr(nn.init, name))))
        yield


def _unless_on_meta(fill: Callable[..., Any]) -> Callable[..., Any]:
    def filled(tensor: torch.Tensor, *args: Any, **kwargs: Any) -> torch.Tensor:
        with torch._C.DisableTorchFunction():
            if is_data(tensor):
                return tensor
        result: torch.Tensor = fill(tensor, *args, **kwargs)
        return result

    return filled


def _parameter_on_meta(param: nn.Parameter | None) -> nn.Parameter | None:
    """The same parameter without values; scalars keep theirs, which control flow may read."""
    if param is None or type(param) is not nn.Parameter or param.is_meta or param.numel() == 1:
        return param
    known: nn.Parameter | None = param.__dict__.get(_META)
    if known is None:
        known = param.__dict__[_META] = nn.Parameter(meta_like(param.detach()), param.requires_grad)
        known.__dict__.update((key, value) for key, value in param.__dict__.items() if key != _META)
    return known


def _recorded_call(engine: Engine) -> Callable[..., Any]:
    original, recorder = nn.Module.__call__, engine.recorder

    def call(module: nn.Module, *args: Any, **kwargs: Any) -> Any:
        if engine.quiet:
            return original(module, *args, **kwargs)
        if type(module).__module__ == "einops.layers.torch" and hasattr(module, "pattern"):
            layer = partial(_einops_layer, engine, original)
            return _in_module(recorder, layer, module, args, kwargs)
        return _in_module(recorder, original, module, args, kwargs)

    return call


def _einops_layer(
    engine: Engine, original: Callable[..., Any], module: Any, *args: Any, **kwargs: Any
) -> Any:
    """A layer such as `Rearrange` as the step of the function it stands for."""
    name = f"einops.{type(module).__name__.lower()}"
    given = (*args, *kwargs.values(), module.pattern)
    return engine.grouped(
        type(module), name, given, module.axes_lengths, lambda *_, **__: original(module, *args, **kwargs)
    )


def _in_module(
    recorder: Recorder, original: Callable[..., Any], module: nn.Module, args: Any, kwargs: Any
) -> Any:
    entered = recorder.enter(module, args, kwargs)
    try:
        result = original(module, *args, **kwargs)
    except BaseException:
        recorder.abandon(entered)
        raise
    recorder.leave(entered, result)
    return result


def _uncompiled(model: Any = None, **options: Any) -> Any:
    """`torch.compile`, used as a function or a decorator, that compiles nothing."""
    return model if model is not None else lambda function: function


@contextmanager
def _einops_steps(engine: Engine) -> Iterator[None]:
    """Every einops function one step. einops' own calls of one another stay inside it."""
    import einops.einops as library
    import einops.packing as packing

    with ExitStack() as stack:
        for name in EINOPS:
            module = packing if hasattr(packing, name) and name in ("pack", "unpack") else library
            stack.enter_context(_rerouted(getattr(module, name), engine))
        yield


@contextmanager
def _rerouted(function: FunctionType, engine: Engine) -> Iterator[None]:
    code, name = function.__code__, function.__name__
    original = FunctionType(code, function.__globals__, name, function.__defaults__, function.__closure__)
    original.__kwdefaults__ = function.__kwdefaults__
    hook = f"_shapedoc_{name}"

    def step(*args: Any, **kwargs: Any) -> Any:
        return engine.grouped(function, f"einops.{name}", args, kwargs, original)

    function.__globals__[hook] = step
    function.__code__ = _call_of_hook.__code__.replace(co_names=(hook,), co_name=name)
    try:
        yield
    finally:
        function.__code__ = code
        del function.__globals__[hook]


def _call_of_hook(*args: Any, **kwargs: Any) -> Any:
    return hook(*args, **kwargs)  # type: ignore[name-defined] # noqa: F821 - the name is replaced in `_rerouted`
