"""Calls that eager torch refuses: the contract of the op, or of the layer, refuses them with both sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.overrides import TorchFunctionMode

from shapedoc.core.mismatch import Mismatch, explain
from shapedoc.kernels.contracts import Contract, by_name

R = torch.randn
Refused = list[Mismatch]


def ones(*shape: int, dtype: torch.dtype = torch.bool) -> torch.Tensor:
    return torch.ones(shape, dtype=dtype)


def long(*shape: int) -> torch.Tensor:
    return torch.zeros(shape, dtype=torch.long)


def mha(*shapes: tuple[int, ...], **masks: torch.Tensor) -> Any:
    return nn.MultiheadAttention(8, 2)(*[R(shape) for shape in shapes], **masks)


CALLS: list[tuple[str, str, Callable[[], Any]]] = [
    ("mm", "SD101", lambda: R(2, 3) @ R(4, 5)),
    ("linear", "SD101", lambda: F.linear(R(2, 3), R(5, 4), R(5))),
    ("matvec", "SD101", lambda: R(2, 3) @ R(4)),
    ("bmm", "SD101", lambda: torch.bmm(R(2, 3, 4), R(2, 5, 6))),
    ("bmm_batch", "SD101", lambda: torch.bmm(R(2, 3, 4), R(3, 4, 6))),
    ("matmul_bcast", "SD102", lambda: R(2, 3, 4, 5) @ R(3, 3, 5, 6)),
    ("matmul_inner4d", "SD101", lambda: R(2, 3, 4, 5) @ R(2, 3, 6, 7)),
    ("dot", "SD101", lambda: torch.dot(R(3), R(4))),
    ("add", "SD102", lambda: R(2, 3) + R(2, 4)),
    ("inplace_add", "SD102", lambda: R(2, 1).add_(R(2, 4))),
    ("view_numel", "SD103", lambda: R(2, 3).view(4, 2)),
    ("reshape_numel", "SD103", lambda: R(2, 3).reshape(4, -1)),
    ("reshape_numel2", "SD103", lambda: R(2, 3).reshape(5, 2)),
    ("view_two_infer", "SD103", lambda: R(2, 3).view(-1, -1)),
    ("expand", "SD102", lambda: R(2, 3).expand(4, 3)),
    ("expand_rank", "SD111", lambda: R(2, 3).expand(6)),
    ("cat", "SD107", lambda: torch.cat([R(2, 3), R(2, 4)], 0)),
    ("cat_rank", "SD111", lambda: torch.cat([R(2, 3), R(2, 4, 1)], 0)),
    ("stack", "SD107", lambda: torch.stack([R(2, 3), R(2, 4)])),
    ("conv2d_ch", "SD105", lambda: F.conv2d(R(1, 3, 8, 8), R(4, 5, 3, 3))),
    ("conv2d_rank", "SD111", lambda: F.conv2d(R(8, 8), R(4, 3, 3, 3))),
    ("conv2d_small", "SD108", lambda: F.conv2d(R(1, 3, 2, 2), R(4, 3, 5, 5))),
    ("conv2d_bias", "SD105", lambda: F.conv2d(R(1, 3, 8, 8), R(4, 3, 3, 3), R(5))),
    ("conv1d_rank", "SD111", lambda: F.conv1d(R(1, 3, 8, 8), R(4, 3, 3))),
    ("convT", "SD105", lambda: F.conv_transpose2d(R(1, 3, 8, 8), R(4, 3, 3, 3))),
    ("conv_groups", "SD110", lambda: F.conv2d(R(1, 3, 8, 8), R(4, 3, 3, 3), groups=3)),
    ("bn_ch", "SD105", lambda: F.batch_norm(R(2, 3, 4, 4), torch.zeros(4), torch.ones(4))),
    ("bn_dim", "SD111", lambda: nn.BatchNorm2d(3)(R(2, 3, 4))),
    ("bn_one", "SD108", lambda: nn.BatchNorm1d(3)(R(1, 3))),
    ("ln", "SD105", lambda: F.layer_norm(R(2, 3, 4), (5,))),
    ("rms", "SD105", lambda: F.rms_norm(R(2, 3, 4), (5,))),
    ("gn", "SD110", lambda: F.group_norm(R(2, 6, 4), 4)),
    ("instn", "SD108", lambda: F.instance_norm(R(2, 3, 1))),
    ("perm_rank", "SD111", lambda: R(2, 3, 4).permute(0, 1)),
    ("perm_dup", "SD111", lambda: R(2, 3, 4).permute(0, 1, 1)),
    ("dim_oor", "SD111", lambda: R(2, 3).softmax(3)),
    ("transpose_oor", "SD111", lambda: R(2, 3).transpose(1, 2)),
    ("einsum_size", "SD101", lambda: torch.einsum("bij,bjk->bik", R(2, 3, 4), R(2, 5, 6))),
    ("einsum_rank", "SD111", lambda: torch.einsum("bij,bjk->bik", R(2, 3), R(2, 5, 6))),
    (
        "sdpa_hd",
        "SD101",
        lambda: F.scaled_dot_product_attention(R(1, 2, 4, 8), R(1, 2, 4, 16), R(1, 2, 4, 16)),
    ),
    (
        "sdpa_heads",
        "SD106",
        lambda: F.scaled_dot_product_attention(R(1, 8, 4, 8), R(1, 2, 4, 8), R(1, 2, 4, 8)),
    ),
    (
        "sdpa_gqa",
        "SD106",
        lambda: F.scaled_dot_product_attention(R(1, 8, 4, 8), R(1, 3, 4, 8), R(1, 3, 4, 8), enable_gqa=True),
    ),
    ("sdpa_mask", "SD106", lambda: F.scaled_dot_product_attention(*[R(1, 2, 4, 8)] * 3, attn_mask=R(5, 5))),
    ("sdpa_rank", "SD111", lambda: F.scaled_dot_product_attention(R(8), R(8), R(8))),
    ("split", "SD103", lambda: R(10, 2).split([3, 4])),
    ("unflatten", "SD103", lambda: R(2, 10).unflatten(1, (3, 4))),
    ("index_bcast", "SD102", lambda: R(4, 4)[torch.tensor([0, 1]), torch.tensor([0, 1, 2])]),
    ("mask_index", "SD102", lambda: R(4, 4)[ones(3)]),
    ("index_many", "SD111", lambda: R(4, 4)[0, 0, 0]),
    ("setitem", "SD102", lambda: R(4, 4).__setitem__((slice(0, 2),), R(3, 4))),
    ("gather", "SD109", lambda: R(4, 4).gather(1, long(5, 2))),
    ("scatter", "SD111", lambda: R(4, 4).scatter(1, long(2, 2, 2), R(2, 2, 2))),
    ("squeeze_mul", "SD102", lambda: R(2, 3, 4).masked_fill(ones(2, 4), 0)),
    ("where", "SD102", lambda: torch.where(ones(3), R(2, 4), R(2, 4))),
    ("ce_batch", "SD102", lambda: F.cross_entropy(R(4, 3), long(5))),
    ("ce_spatial", "SD102", lambda: F.cross_entropy(R(4, 3, 8, 8), long(4, 8, 7))),
    ("ce_3d", "SD102", lambda: F.cross_entropy(R(4, 7, 10), long(4, 7))),
    ("bce", "SD102", lambda: F.binary_cross_entropy(torch.rand(4, 1), torch.rand(4))),
    ("bcel", "SD102", lambda: F.binary_cross_entropy_with_logits(R(4, 1), R(4))),
    ("mse", "SD102", lambda: F.mse_loss(R(4, 3), R(4, 2))),
    ("kl", "SD102", lambda: F.kl_div(R(4, 3), R(4, 2))),
    ("cos", "SD102", lambda: F.cosine_embedding_loss(R(4, 3), R(4, 2), torch.ones(4))),
    ("maxpool_small", "SD108", lambda: F.max_pool2d(R(1, 3, 2, 2), 5)),
    ("maxpool_rank", "SD111", lambda: F.max_pool2d(R(3, 3), 2)),
    ("avgpool_small", "SD108", lambda: F.avg_pool2d(R(1, 3, 2, 2), 5)),
    ("pixshuf", "SD110", lambda: F.pixel_shuffle(R(1, 5, 4, 4), 2)),
    ("interp", "SD111", lambda: F.interpolate(R(1, 3, 4), scale_factor=2, mode="bilinear")),
    ("interp_sz", "SD111", lambda: F.interpolate(R(1, 3, 4, 4), size=(8, 8, 8))),
    ("pad_ref", "SD108", lambda: F.pad(R(1, 3, 4, 4), (5, 5, 0, 0), mode="reflect")),
    ("pad_odd", "SD110", lambda: F.pad(R(1, 3, 4, 4), (1,))),
    ("fold", "SD110", lambda: F.fold(R(1, 10, 4), (4, 4), (2, 2))),
    ("lstm_in", "SD101", lambda: nn.LSTM(4, 5)(R(3, 2, 7))),
    ("lstm_rank", "SD111", lambda: nn.LSTM(4, 5)(R(3, 2, 7, 4))),
    ("lstm_h", "SD108", lambda: nn.LSTM(4, 5)(R(3, 2, 4), (R(1, 3, 5), R(1, 3, 5)))),
    ("gru_h", "SD108", lambda: nn.GRU(4, 5)(R(3, 2, 4), R(2, 2, 5))),
    ("mha_embed", "SD110", lambda: nn.MultiheadAttention(8, 3)),
    ("mha_q", "SD101", lambda: mha((4, 2, 6), (4, 2, 6), (4, 2, 6))),
    ("mha_kv", "SD106", lambda: mha((4, 2, 8), (5, 3, 8), (5, 3, 8))),
    ("mha_mask", "SD106", lambda: mha((4, 2, 8), (4, 2, 8), (4, 2, 8), attn_mask=R(3, 3))),
    ("mha_kpm", "SD106", lambda: mha((4, 2, 8), (4, 2, 8), (4, 2, 8), key_padding_mask=ones(3, 4))),
    ("mha_dim", "SD111", lambda: mha((4, 2, 2, 8), (4, 2, 2, 8), (4, 2, 2, 8))),
    ("tel", "SD101", lambda: nn.TransformerEncoderLayer(8, 2)(R(4, 2, 7))),
    ("tdl", "SD106", lambda: nn.TransformerDecoderLayer(8, 2)(R(4, 2, 8), R(4, 3, 8))),
    ("unfold", "SD103", lambda: R(1, 3, 4).unfold(2, 7, 1)),
    ("cdist", "SD101", lambda: torch.cdist(R(2, 3), R(2, 4))),
    ("cross", "SD102", lambda: torch.linalg.cross(R(2, 4), R(2, 4))),
    ("baddbmm", "SD101", lambda: torch.baddbmm(R(2, 3, 3), R(2, 3, 4), R(2, 5, 3))),
    ("addmm_bias", "SD101", lambda: torch.addmm(R(7), R(2, 3), R(3, 4))),
    ("mv", "SD101", lambda: torch.mv(R(2, 3), R(4))),
    ("item", "SD103", lambda: float(R(2))),
    ("narrow", "SD109", lambda: R(4, 2).narrow(0, 3, 2)),
    ("repeat", "SD111", lambda: R(2, 3, 4).repeat(2, 2)),
    ("flatten", "SD111", lambda: R(2, 3).flatten(2)),
    ("param_copy", "SD102", lambda: nn.Linear(3, 4).weight.data.copy_(R(5, 3))),
    ("bilinear", "SD101", lambda: nn.Bilinear(3, 4, 5)(R(2, 3), R(2, 5))),
    ("prelu", "SD105", lambda: nn.PReLU(5)(R(2, 3, 4))),
    ("glu", "SD110", lambda: F.glu(R(2, 3))),
    ("grid", "SD102", lambda: F.grid_sample(R(1, 3, 4, 4), R(2, 4, 4, 2))),
    ("backward_shape", "SD108", lambda: R(3, requires_grad=True).mul(2).backward(R(4))),
    ("numpy_T", "SD101", lambda: torch.linalg.inv(R(2, 3))),
]

NO_CONTRACT: list[tuple[str, str, Callable[[], Any]]] = [
    ("view_stride", "strides, not shapes", lambda: R(2, 3, 4).transpose(1, 2).view(2, 12)),
    (
        "chunk_unpack",
        "raised by Python: a parameter of the caller is missing",
        lambda: (lambda a, b, c: 0)(*R(2, 4).chunk(2, 1)),
    ),
    ("emb_oor", "the value of an index", lambda: nn.Embedding(4, 3)(torch.tensor([5]))),
    ("emb_float", "a dtype", lambda: F.embedding(R(2, 2), R(4, 3))),
    (
        "unpack3",
        "raised by Python: a shape is unpacked into three",
        lambda: [b for b, c, h in [tuple(R(2, 3).shape)]],
    ),
    (
        "load_sd",
        "a checkpoint against a model, no call",
        lambda: nn.Linear(3, 4).load_state_dict(nn.Linear(5, 4).state_dict()),
    ),
    ("load_sd_keys", "names of parameters", lambda: nn.Linear(3, 4).load_state_dict({"w": R(4, 3)})),
    ("tensor_ragged", "nested lists, no tensors yet", lambda: torch.tensor([[1, 2], [3]])),
]


class Judge(TorchFunctionMode):
    """Holds every call against its contract before torch sees it."""

    def __init__(self) -> None:
        super().__init__()
        self.refused: Refused = []

    def judge(self, contract: Contract | None, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        outcome = contract.check(args, kwargs) if contract else None
        if isinstance(outcome, Mismatch):
            self.refused.append(outcome)

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        owner = "Tensor." if func is torch.Tensor.unfold else ""
        self.judge(by_name("torch", f"{owner}{func.__name__}"), args, kwargs or {})
        return func(*args, **(kwargs or {}))


@contextmanager
def judged() -> Iterator[Refused]:
    """All that contracts refuse of what is called within."""
    judge = Judge()
    construct = nn.MultiheadAttention.__init__

    def constructed(module: nn.Module, *args: Any, **kwargs: Any) -> None:
        judge.judge(by_name("torch", "MultiheadAttention.__init__"), (module, *args), kwargs)
        construct(module, *args, **kwargs)

    def called(module: nn.Module, args: Any, kwargs: Any) -> None:
        judge.judge(by_name("torch", type(module).__name__), (module, *args), kwargs)

    handle = torch.nn.modules.module.register_module_forward_pre_hook(
        lambda module, args: called(module, args, {})
    )
    nn.MultiheadAttention.__init__ = constructed  # type: ignore[method-assign]
    try:
        with judge:
            yield judge.refused
    finally:
        handle.remove()
        nn.MultiheadAttention.__init__ = construct  # type: ignore[method-assign]


def refusals(call: Callable[[], Any]) -> Refused:
    with (
        judged() as refused,
        pytest.raises((RuntimeError, ValueError, IndexError, AssertionError, TypeError)),
    ):
        call()
    return refused


@pytest.mark.parametrize(("name", "code", "call"), CALLS, ids=[name for name, _, _ in CALLS])
@pytest.mark.filterwarnings("ignore")
def test_the_contract_refuses_it_with_both_sizes(name: str, code: str, call: Callable[[], Any]) -> None:
    first = refusals(call)[0]
    assert first.code == code
    assert first.found is not None and first.expected
    assert str(first.found) in explain(first)


@pytest.mark.parametrize(("name", "reason", "call"), NO_CONTRACT, ids=[name for name, _, _ in NO_CONTRACT])
def test_what_is_no_matter_of_shapes_is_left_alone(name: str, reason: str, call: Callable[[], Any]) -> None:
    assert refusals(call) == []
