"""Triton that compiles and launches nothing: decorated kernels can be launched, and that is all that is seen.

>>> triton = module("triton")
>>> @triton.autotune(configs=[triton.Config({"BLOCK": 64})], key=["n"])
... @triton.jit
... def add(x, y, n, BLOCK: module("triton.language").constexpr): ...
>>> add[(triton.cdiv(100, 64),)](1, 2, n=3)
>>> add.__name__, add.arg_names
('add', ['x', 'y', 'n', 'BLOCK'])

What is written on the host side runs as it is, and allocates the results. Whatever is asked of the language
is there and does nothing, since no kernel is ever run.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from shapedoc.trace.remembered import tensors_in
from shapedoc.trace.shapes import forget
from shapedoc.trace.standins.functions import active_engine

VERSION = "3.4.0"
NO_DRIVER = "0 active drivers ([]). There should only be one."  # what Triton says without a GPU


class Inert:
    """A name of the language, of which nothing is ever computed."""

    def __init__(self, name: str) -> None:
        self.__name__ = name

    def __getattr__(self, name: str) -> Inert:
        if name.startswith("__"):
            raise AttributeError(name)
        return _HOST.get(name) or Inert(f"{self.__name__}.{name}")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """A decorator gives back what it is given."""
        return args[0] if len(args) == 1 and inspect.isfunction(args[0]) else self

    def __getitem__(self, item: Any) -> Inert:
        return self

    def __mro_entries__(self, bases: Any) -> tuple[type, ...]:
        return ()


class JITFunction:
    """A kernel, of which only launches are seen."""

    is_launch = True
    __name__: str

    def __init__(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        functools.update_wrapper(self, fn)
        self.fn = fn
        self.arg_names = getattr(fn, "arg_names", None) or list(inspect.signature(fn).parameters)

    def __getitem__(self, grid: Any) -> Callable[..., Any]:
        return functools.partial(self.run, grid=grid)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError("Cannot call @triton.jit'd outside of the scope of a kernel")

    def run(self, *args: Any, grid: Any = None, warmup: bool = False, **kwargs: Any) -> None:
        """A launch: one step with its arguments. Whatever it may have written to has values nobody knows."""
        engine = active_engine()
        if engine is not None:
            engine.grouped(self, f"triton.{self.__name__}", args, kwargs, _launch)


class Autotuner(JITFunction):
    """A kernel in several configurations, none of which is tried."""

    def __init__(
        self,
        fn: Any,
        arg_names: Any = None,
        configs: Sequence[Any] = (),
        key: Any = (),
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(fn)
        self.configs, self.keys = list(configs), key
        self.cache: dict[Any, Any] = {}
        self.reset_to_zero = self.restore_value = ()
        self.user_defined_pre_hook = self.user_defined_post_hook = self.early_config_prune = None


class Heuristics(JITFunction):
    """A kernel with values that follow from its arguments."""


class Config:
    """One configuration of a kernel."""

    def __init__(
        self, kwargs: dict[str, Any], num_warps: int = 4, num_stages: int = 2, **options: Any
    ) -> None:
        self.kwargs, self.num_warps, self.num_stages = kwargs, num_warps, num_stages
        self.__dict__.update(options)


class constexpr:
    """A constant, which is its value."""

    def __new__(cls, value: Any = None) -> Any:
        return value


def jit(fn: Any = None, **options: Any) -> Any:
    """`@triton.jit`, with or without options."""
    return JITFunction(fn) if fn is not None else JITFunction


def autotune(configs: Sequence[Config] = (), key: Sequence[str] = (), **options: Any) -> Any:
    """`@triton.autotune`."""
    return lambda fn: Autotuner(fn, None, configs, key)


def heuristics(values: dict[str, Any]) -> Any:
    """`@triton.heuristics`."""
    return Heuristics


def cdiv(x: int, y: int) -> int:
    """The quotient, rounded up."""
    return -(-x // y)


def next_power_of_2(n: int) -> int:
    """The least power of two that is not below n."""
    return 1 << max(n - 1, 0).bit_length()


def _launch(*args: Any, **kwargs: Any) -> None:
    for tensor in tensors_in((args, kwargs)):
        if tensor.is_floating_point():
            forget(tensor)


_HOST: dict[str, Any] = {
    name.__name__: name
    for name in (jit, autotune, heuristics, cdiv, next_power_of_2, Config, JITFunction, Autotuner, Heuristics)
}
_NAMES: dict[str, dict[str, Any]] = {
    "triton": {**_HOST, "__version__": VERSION},
    "triton.language": {"constexpr": constexpr},
    "triton.runtime": _HOST,
    "triton.runtime.jit": _HOST,
    "triton.runtime.autotuner": _HOST,
    "triton.runtime.driver": {},
}


class Module(ModuleType):
    """A module of Triton: what the host side needs, and everything else as a name alone."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        full = f"{self.__name__}.{name}"
        if full == "triton.runtime.driver.active":
            raise RuntimeError(NO_DRIVER)
        value = module(full) if full in _NAMES else _HOST.get(name) or Inert(full)
        setattr(self, name, value)
        return value


@functools.cache
def module(name: str) -> Module:
    """The module of a full name."""
    made = Module(name)
    made.__path__ = []
    made.__dict__.update(_NAMES.get(name, {}))
    return made


class TritonLoader(Loader):
    """Loads any module of Triton."""

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return module(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """There is nothing left to do."""
