"""Data on meta, indices for real.

Tensors that carry the model's data (floating inputs, parameters, large factories) live on the
meta device: they have shapes and no values. Tensors made from no tensor at all, such as `arange`
or a mask, are small and stay real, so that control flow, relative-position tables and index checks
work. A call on real tensors is computed; a call with any data in it becomes data.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

from shapedoc.trace.engine import Args, Function, Judge, Kwargs, NeedsValue
from shapedoc.trace.evident import EVIDENT
from shapedoc.trace.remembered import Results, scan, tensors_in
from shapedoc.trace.substitutes import SUBSTITUTES
from shapedoc.trace.unneeded import spared

SMALL = 2**22  # elements of a real result; above it values are given up
SMALL_RANDOM = 2**12  # of a tensor whose values mean nothing: parameters before their init

RANDOM = frozenset(("empty", "rand", "randn", "empty_strided", "empty_permuted"))
FACTORIES = frozenset(
    """zeros ones full eye arange range linspace logspace randint randperm tril_indices triu_indices
    hann_window hamming_window bartlett_window blackman_window kaiser_window fft_fftfreq fft_rfftfreq
    cartesian_prod""".split()
)
LIKE = frozenset("zeros_like ones_like full_like new_zeros new_ones new_full new_tensor".split())
VIEWS = frozenset(
    """view reshape transpose permute unsqueeze squeeze expand expand_as view_as reshape_as t swapaxes
    swapdims T mT H mH data detach flatten unflatten split chunk unbind select narrow movedim""".split()
)
BY_VALUE = frozenset(
    """__getitem__ __setitem__ index_put index_put_ repeat_interleave masked_select tensor_split split
    split_with_sizes reshape view expand masked_scatter masked_scatter_ bincount one_hot""".split()
)
WRITES = frozenset(("__setitem__", "index_put_", "masked_scatter_"))
METADATA = frozenset(
    """unsqueeze_ squeeze_ t_ transpose_ swapaxes_ swapdims_ resize_ resize_as_ set_ as_strided_
    swap_tensors __set__ requires_grad_ backward""".split()
)
VALUES = frozenset(
    """item tolist __bool__ __int__ __float__ __index__ __complex__ numpy __array__ nonzero argwhere
    is_nonzero __contains__ equal allclose masked_select unique unique_consecutive _unique2 unique_dim
    bincount nonzero_static multinomial_value""".split()
)
LOOKUPS = frozenset(("embedding", "index_select", "gather", "__getitem__"))
SCALARS = frozenset("item __bool__ __int__ __float__ __index__ __complex__ is_nonzero".split())
_DATA = "_shapedoc_data"


class Shapes:
    """The world in which nothing but shapes is computed.

    `checked` is asked before a call first runs, `indexed` before every look-up by values that are known;
    `results` are what calls gave in runs before, under the same contracts.
    """

    name = "shape"

    def __init__(self, checked: Judge, indexed: Judge, results: Results) -> None:
        self.checked = checked
        self.indexed = indexed
        self.mixed = Mixed()
        self.results = results
        self.wanted: str = ""

    def run(self, func: Function, name: str, args: Args, kwargs: Kwargs) -> Any:
        """The result of a call, computed as far as its values are known."""
        tensors: list[torch.Tensor] = []
        given = (scan(args, tensors), scan(kwargs, tensors) if kwargs else None)
        if not tensors:
            return self._make(func, name, args, kwargs)
        if any(tensor.is_nested for tensor in tensors):
            raise self._wants(name)
        if not any(map(is_data, tensors)):
            return self._compute(func, name, args, kwargs, tensors)
        if name in VALUES:
            return self._value(func, name, args, kwargs)
        if name in LIKE:
            return self._fill(func, args, kwargs)
        if name in VIEWS and len(tensors) == 1 and tensors[0].is_meta:
            return func(*args, **kwargs)
        if name in LOOKUPS:
            self.indexed(name, args, kwargs)
        if name in METADATA or (name in BY_VALUE and not all(tensor.is_meta for tensor in tensors)):
            return self._first(func, name, args, kwargs)
        graph = torch.is_grad_enabled() and any(tensor.requires_grad for tensor in tensors)
        return self._remembered((func, graph, *given), func, name, args, kwargs, tensors)

    def _remembered(
        self, key: Any, func: Function, name: str, args: Args, kwargs: Kwargs, tensors: list[torch.Tensor]
    ) -> Any:
        result = self.results.get(key, tensors)
        if result is Results.missing:
            result = self._first(func, name, args, kwargs)
            self.results.put(key, result, tensors)
        return result

    def _first(self, func: Function, name: str, args: Args, kwargs: Kwargs) -> Any:
        """Run a call that was not met before."""
        self.checked(name, args, kwargs)
        with spared():
            evident = EVIDENT[name](args, kwargs) if name in EVIDENT else None
        if evident is not None:
            return evident
        try:
            with self.mixed, spared():
                return self._written(func, name, args, kwargs)
        except (NotImplementedError, RuntimeError) as error:
            if isinstance(error, NotImplementedError) or "meta" in str(error):
                raise self._wants(name, error) from error
            raise

    def _written(self, func: Function, name: str, args: Args, kwargs: Kwargs) -> Any:
        """Run a call with its tensors on meta; a real tensor that it writes to loses its values."""
        if name in BY_VALUE:
            result = func(*args, **kwargs)
            for tensor in tensors_in((result, args[0] if name in WRITES else None)):
                forget(tensor)
            return result
        if name in SUBSTITUTES:
            return SUBSTITUTES[name](func, to_meta(args), to_meta(kwargs))
        moved = to_meta(args)
        result = func(*moved, **to_meta(kwargs))
        if args and result is moved[0] and result is not args[0]:
            forget(args[0])
            return args[0]
        return result

    def _value(self, func: Function, name: str, args: Args, kwargs: Kwargs) -> Any:
        """A question for values: a fault where its shape forbids it, else unanswerable here."""
        self.checked(name, args, kwargs)
        if name in SCALARS and args[0].numel() != 1:
            return func(*args, **kwargs)
        raise self._wants(name)

    def _wants(self, name: str, error: Exception | None = None) -> NeedsValue:
        self.wanted = name
        return NeedsValue(f"{name}() needs the values of a tensor" + (f" ({error})" if error else ""))

    def _fill(self, func: Function, args: Args, kwargs: Kwargs) -> Any:
        """A constant of a data tensor's shape: real where it may serve as a mask or an index."""
        if func.__name__ == "new_tensor":
            return torch.tensor(*args[1:], **{"dtype": args[0].dtype, **kwargs})
        sketch = func(*args, **kwargs)
        if sketch.is_floating_point() or sketch.numel() > SMALL:
            return sketch
        like = torch.empty((), dtype=sketch.dtype)
        return func(
            like.expand(sketch.shape) if func.__name__.endswith("_like") else like, *args[1:], **kwargs
        )

    def _make(self, func: Function, name: str, args: Args, kwargs: Kwargs) -> Any:
        """A factory: real when small."""
        kwargs.pop("pin_memory", None)
        if name not in FACTORIES and name not in RANDOM:
            return func(*args, **kwargs)
        without = {**kwargs, "generator": None} if "generator" in kwargs else kwargs
        with spared():
            sketch = func(*args, **without, device="meta")
        limit = SMALL_RANDOM if name in RANDOM else SMALL
        return func(*args, **kwargs) if sketch.numel() <= limit else sketch

    def _compute(
        self, func: Function, name: str, args: Args, kwargs: Kwargs, tensors: list[torch.Tensor]
    ) -> Any:
        """A call on real tensors only; given up to meta where its result would be large."""
        self.checked(name, args, kwargs)
        product = 1
        for tensor in tensors:
            product *= max(tensor.numel(), 1)
        if product > SMALL and _numel(func, args, kwargs) > SMALL:
            return func(*to_meta(args), **to_meta(kwargs))
        return func(*args, **kwargs)


class Mixed(TorchDispatchMode):
    """Brings the tensors of one aten call to one world while a call is run for the first time."""

    def __torch_dispatch__(self, func: Any, types: Any, args: Args = (), kwargs: Kwargs | None = None) -> Any:
        kwargs = kwargs or {}
        if func is torch.ops.aten.index.Tensor or func is torch.ops.aten.index_put_.default:
            args = (args[0], _masks_to_indices(args[1]), *args[2:])
        tensors = list(tensors_in((args, kwargs)))
        if any(tensor.is_meta for tensor in tensors) and not all(tensor.is_meta for tensor in tensors):
            result = func(*to_meta(args), **to_meta(kwargs))
            return args[0] if func._schema.is_mutable and _returns_first(func) else result
        return func(*args, **kwargs)


def _returns_first(func: Any) -> bool:
    return bool(func._schema.returns) and func._schema.returns[0].alias_info is not None


def _masks_to_indices(indices: Any) -> Any:
    """Real boolean masks as the index tensors they stand for, since meta cannot count them."""
    found: list[Any] = []
    for index in indices:
        masks = isinstance(index, torch.Tensor) and index.dtype in (torch.bool, torch.uint8)
        found.extend(index.nonzero().unbind(1) if masks and not index.is_meta else [index])
    return found


def is_data(tensor: torch.Tensor) -> bool:
    """Whether the values of a tensor are unknown."""
    return tensor.is_meta or _DATA in tensor.__dict__ or (type(tensor) is nn.Parameter and tensor.numel() > 1)


def forget(tensor: torch.Tensor) -> None:
    """From here on the values of a tensor are unknown."""
    setattr(tensor, _DATA, True)


def meta_like(tensor: torch.Tensor) -> torch.Tensor:
    """The same shape, stride and dtype without values."""
    if tensor.is_meta:
        return tensor
    return torch.empty_strided(tensor.shape, tensor.stride(), dtype=tensor.dtype, device="meta")


def to_meta(value: Any) -> Any:
    """Nested arguments with every tensor and every device on meta."""
    if isinstance(value, torch.Tensor):
        return meta_like(value)
    if isinstance(value, torch.device):
        return torch.device("meta")
    if type(value) in (tuple, list):
        return type(value)([to_meta(item) for item in value])
    if type(value) is dict:
        return {key: to_meta(item) for key, item in value.items()}
    return value


def _numel(func: Function, args: Args, kwargs: Kwargs) -> int:
    """Elements of a call's result, by its shapes."""
    try:
        result = func(*to_meta(args), **to_meta(kwargs))
    except Exception:
        return 0  # whatever is wrong with the call shows when it is made for real
    return sum(tensor.numel() for tensor in tensors_in(result))
