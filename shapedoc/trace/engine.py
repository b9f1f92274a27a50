"""The function mode that sees every call of torch, has it computed, and has it recorded.

What computing means is the world's business: `shapes.Shapes` works on shapes alone, `real.Real`
on numbers. The engine only decides what a call *is*: a property, a device move that leads
nowhere, a question that leaves no trace, or a step.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import torch
from torch.overrides import TorchFunctionMode

from shapedoc.trace.places import caller
from shapedoc.trace.recorder import Recorder

Function = Callable[..., Any]
Args = tuple[Any, ...]
Kwargs = dict[str, Any]
Judge = Callable[[str, Args, Kwargs], None]  # raises where a call is not allowed


class NeedsValue(RuntimeError):
    """A value was asked for that shapes alone do not give."""


class World(Protocol):
    """How calls are computed."""

    name: str

    def run(self, func: Function, name: str, args: Args, kwargs: Kwargs) -> Any:
        """The result of a call that involves tensors or makes one."""


QUESTIONS = frozenset(
    """size dim numel nelement ndimension stride storage_offset is_contiguous is_floating_point
    is_complex is_signed is_inference element_size data_ptr get_device type_as_str __len__ __hash__
    __repr__ __format__ __reduce_ex__ __deepcopy__ requires_grad_ retain_grad register_hook
    is_same_size is_set_to has_names _set_grad_enabled set_grad_enabled is_tensor is_storage
    result_type promote_types can_cast finfo iinfo is_grad_enabled get_default_dtype set_default_dtype
    is_autocast_enabled get_autocast_dtype is_shared _is_view is_pinned __dlpack_device__
    _has_compatible_shallow_copy_type broadcast_shapes backward register_post_accumulate_grad_hook
    untyped_storage manual_seed seed initial_seed get_rng_state set_rng_state is_nonzero_known
    _is_zerotensor is_neg is_conj""".split()
)
# Calls of one name that do different things.
NAMESAKES = {torch.Tensor.unfold: "Tensor.unfold", torch.nn.functional.unfold: "functional.unfold"}
TENSOR_PROPERTIES = frozenset(("T", "mT", "H", "mH", "real", "imag", "data"))
DEVICE_PROPERTIES = {"device": torch.device("cpu"), "is_meta": False, "is_cpu": True}
MOVES = frozenset(("cuda", "cpu", "xpu", "pin_memory", "npu", "mtia", "share_memory_"))


class Engine(TorchFunctionMode):
    """Computes in `world`, writes to `recorder`.

    While a model is `building`, only what its modules do is recorded, and what fails.
    """

    def __init__(self, world: World, recorder: Recorder) -> None:
        super().__init__()
        self.world = world
        self.recorder = recorder
        self.building = False
        self.quiet = 0

    def __torch_function__(
        self, func: Function, types: Any, args: Args = (), kwargs: Kwargs | None = None
    ) -> Any:
        name = getattr(func, "__name__", "")
        if name == "__get__":
            return self._property(func, args)
        kwargs = kwargs or {}
        if name in QUESTIONS:
            return func(*args, **kwargs)
        if name == "__set__":
            return func(*_in_one_place(args))
        if name in MOVES and args:
            return args[0]
        if "device" in kwargs:
            kwargs = {key: value for key, value in kwargs.items() if key != "device"}
        if name == "to":
            args, kwargs = _without_device(args, kwargs)
            if len(args) == 1 and not kwargs.keys() & {"dtype", "copy", "memory_format"}:
                return args[0]
        return self._step(func, NAMESAKES.get(func) or name.partition(".")[0], args, kwargs)

    def _property(self, func: Function, args: Args) -> Any:
        name = func.__self__.__name__  # type: ignore[attr-defined]
        if name in DEVICE_PROPERTIES:
            return DEVICE_PROPERTIES[name]
        if name in TENSOR_PROPERTIES and type(args[0]) is torch.Tensor:
            return self._step(func, name, args, {})
        return func(*args)

    def _step(self, func: Function, name: str, args: Args, kwargs: Kwargs) -> Any:
        if self.quiet or torch._C._functorch.peek_interpreter_stack() is not None:
            return self.world.run(func, name, args, kwargs)
        if self.building and self.recorder.module is None:
            return self._unrecorded(func, name, args, kwargs)
        op = self.recorder.begin(func, name, args, kwargs, caller(2))
        try:
            result = self.world.run(func, name, args, kwargs)
        except Exception as error:
            self.recorder.fail(op, error)
            raise
        self.recorder.end(op, result)
        return result

    def _unrecorded(self, func: Function, name: str, args: Args, kwargs: Kwargs) -> Any:
        try:
            return self.world.run(func, name, args, kwargs)
        except Exception as error:
            self.recorder.fail(self.recorder.begin(func, name, args, kwargs, caller(3)), error)
            raise

    def grouped(self, func: Function, name: str, args: Args, kwargs: Kwargs, run: Function) -> Any:
        """Run `run(*args, **kwargs)`, whose own calls stay unseen, as one step named `name`."""
        if self.quiet:
            return run(*args, **kwargs)
        op = self.recorder.begin(func, name, args, kwargs, caller(2))
        self.quiet += 1
        try:
            result = run(*args, **kwargs)
        except Exception as error:
            self.recorder.fail(op, error)
            raise
        finally:
            self.quiet -= 1
        self.recorder.end(op, result)
        return result


def _in_one_place(args: Args) -> Args:
    """`tensor.data = value` with the value where the tensor is, which may be without values."""
    tensor, value = args
    moves = isinstance(value, torch.Tensor) and tensor.is_meta
    return (tensor, value.to("meta") if moves else value)


def _without_device(args: Args, kwargs: Kwargs) -> tuple[Args, Kwargs]:
    """Arguments of `Tensor.to` that say something of the dtype only."""
    rest = tuple(
        _dtype_of(arg) for arg in args[1:] if not isinstance(arg, (str, torch.device, int)) or arg is True
    )
    kept = {
        key: _dtype_of(value)
        for key, value in kwargs.items()
        if key not in ("device", "non_blocking", "other")
    }
    if "other" in kwargs:
        kept["dtype"] = kwargs["other"].dtype
    dtypes = tuple(arg for arg in rest if isinstance(arg, torch.dtype))
    return (args[0], *dtypes), kept


def _dtype_of(value: Any) -> Any:
    return value.dtype if isinstance(value, torch.Tensor) else value
