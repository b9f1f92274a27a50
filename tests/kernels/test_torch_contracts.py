"""torch's contracts and eager torch accept and refuse the same calls."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from hypothesis import HealthCheck, assume, given, note, settings
from hypothesis import strategies as st

from shapedoc.core.mismatch import Mismatch, explain
from shapedoc.kernels.contracts import by_name
from tests.kernels.calls import Case, calls, eager

DIM = st.integers(-4, 3)
ONE_OR_TWO = st.integers(1, 2)
BOOL = st.booleans()
PAD = st.integers(0, 2)


def pairs(strategy: Any) -> Any:
    """A number, or two."""
    return strategy | st.tuples(strategy, strategy)


def method(name: str) -> Any:
    """A method of a tensor as a function."""
    return lambda input, *args, **kwargs: getattr(input, name)(*args, **kwargs)


CONV1 = {"stride": ONE_OR_TWO, "padding": PAD, "dilation": ONE_OR_TWO, "groups": ONE_OR_TWO}
CONV2 = {
    "stride": pairs(ONE_OR_TWO),
    "padding": pairs(PAD),
    "dilation": pairs(ONE_OR_TWO),
    "groups": ONE_OR_TWO,
}
POOL = {"stride": ONE_OR_TWO, "padding": PAD, "kernel_size": st.integers(1, 4)}

CASES = [
    Case("linear", F.linear, "... i, o i, o!"),
    Case("linear", F.linear, "... i, o i"),
    Case("linear", F.linear, "... i, i"),
    Case("matmul", torch.matmul, "k, k"),
    Case("matmul", torch.matmul, "k, *... k m"),
    Case("matmul", torch.matmul, "*... n k, k"),
    Case("matmul", torch.matmul, "*... n k, *... k m"),
    Case("mm", torch.mm, "n k, k m"),
    Case("bmm", torch.bmm, "b n k, b k m"),
    Case("mv", torch.mv, "n k, k"),
    Case("dot", torch.dot, "k, k"),
    Case("outer", torch.outer, "n, m"),
    Case("addmm", torch.addmm, "1|n 1|m, n k, k m"),
    Case("addmm", torch.addmm, "m, n k, k m"),
    Case("baddbmm", torch.baddbmm, "1|b n 1|m, b n k, b k m"),
    Case("addmv", torch.addmv, "n, n k, k"),
    Case("bilinear", F.bilinear, "... i, ... j, o i j, o!"),
    Case("cdist", torch.cdist, "*... p m, *... r m"),
    Case("linalg_cross", torch.linalg.cross, "*... 3, *... 3", {"dim": st.sampled_from([-1, 0])}),
    Case("linalg_inv", torch.linalg.inv_ex, "... n n"),
    Case("linalg_det", torch.linalg.det, "... n n"),
    Case("add", torch.add, "*..., *..."),
    Case("pow", torch.pow, "*..., *..."),
    Case("eq", torch.eq, "*..., *..."),
    Case("add_", method("add_"), "..., *..."),
    Case("copy_", method("copy_"), "..., *..."),
    Case("addcmul", torch.addcmul, "*..., *..., *..."),
    Case("lerp", torch.lerp, "*..., *..., *..."),
    Case("where", torch.where, "*...:bool, *..., *..."),
    Case("masked_fill", torch.masked_fill, "*..., *...:bool", {"value": 0.0}),
    Case("masked_fill_", method("masked_fill_"), "..., *...:bool", {"value": 0.0}),
    Case("masked_select", torch.masked_select, "*..., *...:bool"),
    Case("expand_as", method("expand_as"), "*..., ..."),
    Case("view_as", method("view_as"), "..., ..."),
    Case("softmax", torch.softmax, "...", {"dim": DIM}),
    Case("sum", torch.sum, "... a", {"dim": DIM | st.lists(DIM, min_size=1, max_size=3).map(tuple)}),
    Case("cumsum", torch.cumsum, "...", {"dim": DIM}),
    Case("argmax", torch.argmax, "...", {"dim": DIM}),
    Case("squeeze", torch.squeeze, "... 1", {"dim": DIM | st.lists(DIM, min_size=1, max_size=2).map(tuple)}),
    Case("unsqueeze", torch.unsqueeze, "...", {"dim": DIM}),
    Case("unbind", torch.unbind, "a ...", {"dim": DIM}),
    Case("chunk", torch.chunk, "a ...", {"chunks": 2, "dim": DIM}),
    Case("transpose", torch.transpose, "... a", {"dim0": DIM, "dim1": DIM}),
    Case("flatten", torch.flatten, "... a", {"start_dim": DIM, "end_dim": DIM}),
    Case("normalize", F.normalize, "... a", {"dim": DIM}),
    Case("norm", torch.norm, "... a", {"p": 2.0, "dim": DIM}),
    Case("t", torch.t, "..."),
    Case("tril", torch.tril, "... n m"),
    Case(
        "narrow",
        torch.narrow,
        "... a",
        {"dim": DIM, "start": st.integers(-4, 4), "length": st.integers(0, 4)},
    ),
    Case("select", torch.select, "... a", {"dim": DIM, "index": st.integers(-4, 4)}),
    Case("topk", torch.topk, "... a", {"k": st.integers(0, 4), "dim": DIM}),
    Case("cosine_similarity", F.cosine_similarity, "*... d, *... d", {"dim": -1}),
    Case("cat", torch.cat, "a b c, a b c, a b c", {"dim": DIM}, listed=True),
    Case("cat", torch.cat, "a, b", {"dim": DIM}, listed=True),
    Case("stack", torch.stack, "..., ..., ...", {"dim": DIM}, listed=True),
    Case("embedding", F.embedding, "...:long, v d"),
    Case("conv1d", F.conv1d, "b i l, o i k, o", CONV1),
    Case("conv1d", F.conv1d, "i l, o i k", CONV1),
    Case("conv2d", F.conv2d, "b i h w, o i k l, o", CONV2),
    Case("conv2d", F.conv2d, "4 4 h w, 2 2 k l", CONV2),
    Case("conv2d", F.conv2d, "i h w, o i k l", CONV2),
    Case("conv3d", F.conv3d, "b i d h w, o i k l m", CONV1),
    Case(
        "conv_transpose1d",
        F.conv_transpose1d,
        "b i l, i o k, o",
        {"stride": ONE_OR_TWO, "groups": ONE_OR_TWO},
    ),
    Case("conv_transpose2d", F.conv_transpose2d, "b i h w, i o k l, o", {"stride": pairs(ONE_OR_TWO)}),
    Case("conv_transpose2d", F.conv_transpose2d, "2 4 h w, 4 o k l", {"groups": ONE_OR_TWO}),
    Case("conv_transpose3d", F.conv_transpose3d, "b i d h w, i o k l m"),
    Case("batch_norm", F.batch_norm, "b c ..., c!, c!", {"training": BOOL}),
    Case("batch_norm", F.batch_norm, "b c ..., c!, c!, c!, c!", {"training": BOOL}),
    Case("instance_norm", F.instance_norm, "b c ... l, c!, c!", {"use_input_stats": BOOL}),
    Case("group_norm", F.group_norm, "b c ...", {"num_groups": st.integers(1, 4)}),
    Case("group_norm", F.group_norm, "b c ..., c", {"num_groups": st.integers(1, 4)}, names="input weight"),
    Case(
        "layer_norm",
        F.layer_norm,
        "... a b",
        {"normalized_shape": st.lists(st.integers(1, 4), min_size=1, max_size=2)},
    ),
    Case(
        "rms_norm",
        F.rms_norm,
        "... a b",
        {"normalized_shape": st.lists(st.integers(1, 4), min_size=1, max_size=2)},
    ),
    Case("max_pool1d", F.max_pool1d, "b c l", POOL),
    Case("max_pool2d", F.max_pool2d, "b c h w", POOL | {"ceil_mode": BOOL}),
    Case("max_pool3d", F.max_pool3d, "b c d h w", POOL),
    Case("avg_pool1d", F.avg_pool1d, "b c l", POOL),
    Case("avg_pool2d", F.avg_pool2d, "c h w", POOL | {"ceil_mode": BOOL}),
    Case("avg_pool3d", F.avg_pool3d, "b c d h w", POOL),
    Case("adaptive_avg_pool2d", F.adaptive_avg_pool2d, "b c h w", {"output_size": ONE_OR_TWO}),
    Case("adaptive_avg_pool1d", F.adaptive_avg_pool1d, "b c h", {"output_size": ONE_OR_TWO}),
    Case("pixel_shuffle", F.pixel_shuffle, "... c h w", {"upscale_factor": ONE_OR_TWO}),
    Case("pixel_unshuffle", F.pixel_unshuffle, "... c h w", {"downscale_factor": ONE_OR_TWO}),
    Case(
        "interpolate",
        F.interpolate,
        "b c h w",
        {
            "scale_factor": 2,
            "mode": st.sampled_from(["nearest", "linear", "bilinear", "trilinear", "bicubic", "area"]),
        },
    ),
    Case("interpolate", F.interpolate, "b c h w", {"size": st.lists(ONE_OR_TWO, min_size=1, max_size=3)}),
    Case("pad", F.pad, "b c h w", {"pad": st.lists(st.integers(-2, 3), min_size=1, max_size=9)}),
    Case(
        "pad",
        F.pad,
        "b c h w",
        {
            "pad": st.lists(PAD, min_size=2, max_size=6),
            "mode": st.sampled_from(["reflect", "replicate", "circular"]),
        },
    ),
    Case("fold", F.fold, "b c l", {"output_size": 3, "kernel_size": ONE_OR_TWO}),
    Case("fold", F.fold, "b 4 4", {"output_size": 3, "kernel_size": 2}),
    Case("functional.unfold", F.unfold, "b c h w", {"kernel_size": pairs(st.integers(1, 3)), "padding": PAD}),
    Case(
        "Tensor.unfold", method("unfold"), "... a b", {"dimension": DIM, "size": st.integers(0, 4), "step": 1}
    ),
    Case("grid_sample", F.grid_sample, "n c h w, n i j 2"),
    Case("grid_sample", F.grid_sample, "n c d h w, n i j k 3"),
    Case("prelu", F.prelu, "b c ..., 1|c"),
    Case("glu", F.glu, "... a", {"dim": DIM}),
    Case("gather", torch.gather, "a b, a b:long", {"dim": DIM}, names="input index"),
    Case("scatter", torch.scatter, "a b, a b:long, a b", {"dim": DIM}, names="input index src"),
    Case("index_select", torch.index_select, "a b, c:long", {"dim": DIM}, names="input index"),
    Case("cross_entropy", F.cross_entropy, "n c ..., n ...:long"),
    Case("cross_entropy", F.cross_entropy, "n c ..., n c ..."),
    Case("cross_entropy", F.cross_entropy, "n c ..., n ...:long, c!"),
    Case("nll_loss", F.nll_loss, "n c ..., n ...:long"),
    Case("binary_cross_entropy", F.binary_cross_entropy, "..., ..., *..."),
    Case("binary_cross_entropy_with_logits", F.binary_cross_entropy_with_logits, "..., ..., *..."),
    Case("mse_loss", F.mse_loss, "*..., *..."),
    Case("smooth_l1_loss", F.smooth_l1_loss, "*..., *..."),
    Case("kl_div", F.kl_div, "*..., *..."),
    Case("cosine_embedding_loss", F.cosine_embedding_loss, "n d, n d, n"),
]
KEYWORDS = {"chunks": "sections"}  # what our entries call otherwise, where several operations share one


@pytest.mark.parametrize("case", CASES, ids=str)
@settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_contract_accepts_what_eager_torch_accepts(case: Case, data: Any) -> None:
    args, kwargs = data.draw(calls(case))
    _agree(case.name, case.function, args, kwargs)


def _agree(name: str, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    contract = by_name("torch", name)
    assert contract is not None, name
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        given_by_torch = eager(function, args, kwargs)
    kwargs = {KEYWORDS.get(key, key): value for key, value in kwargs.items()}
    outcome = contract.check(args, kwargs)
    assume("type" not in str(given_by_torch))  # a dtype that does not fit is no matter of shapes
    assert outcome is not None
    note(f"torch: {given_by_torch if isinstance(given_by_torch, Exception) else 'accepts'}")
    note(f"contract: {explain(outcome) if isinstance(outcome, Mismatch) else 'accepts'}")
    assert isinstance(outcome, Mismatch) == isinstance(given_by_torch, Exception)
    if isinstance(given_by_torch, torch.Tensor):
        _promised(contract.result(args, kwargs), given_by_torch)


def _promised(results: Any, tensor: torch.Tensor) -> None:
    """Sizes that the signature promises are those that torch gives; None is one it does not know."""
    if results is not None:
        [shape] = results
        known = [
            size if size is not None else given_by_torch
            for size, given_by_torch in zip(shape, tensor.shape, strict=True)
        ]
        assert known == list(tensor.shape)
