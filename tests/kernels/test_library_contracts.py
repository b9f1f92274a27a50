"""What the contracts of libraries accept and refuse, call by call."""

from __future__ import annotations

from typing import Any

import pytest

from shapedoc.core.mismatch import Bindings, Mismatch, TensorShape
from shapedoc.core.results import result_shapes
from shapedoc.kernels.contracts import Contract, choose, libraries, load
from shapedoc.kernels.facts import facts_of

LIBRARIES = sorted({*libraries()} - {"torch"})


def S(*sizes: int) -> TensorShape:
    return TensorShape(sizes)


def outcome(name: str, version: str, args: dict[str, Any]) -> Any:
    """The shapes of the results, or the code and the axis of what is wrong."""
    known = [
        one for one in load(name.partition(".")[0]) if name in (one.op, *one.also) and one.covers(version)
    ]
    contract = choose(known, (), args)
    found = contract.check((), args)
    assert contract.signature is not None
    if isinstance(found, Bindings):
        return result_shapes(contract.signature, found)[0]  # type: ignore[index]
    assert isinstance(found, Mismatch)
    return found.code, found.axis or found.operand


Q = {"q": S(2, 16, 8, 32), "k": S(2, 20, 2, 32), "v": S(2, 20, 2, 32)}
PACKED = {"q": S(40, 8, 32), "k": S(50, 2, 32), "v": S(50, 2, 32), "cu_seqlens_q": S(4), "cu_seqlens_k": S(4),
          "max_seqlen_q": 20, "max_seqlen_k": 20}  # fmt: skip
CACHE = {"q": S(2, 1, 8, 32), "k_cache": S(2, 128, 2, 32), "v_cache": S(2, 128, 2, 32)}
X = {"query": S(2, 16, 8, 32), "key": S(2, 20, 8, 32), "value": S(2, 20, 8, 24)}
SCAN = {"u": S(2, 96, 16), "delta": S(2, 96, 16), "A": S(96, 8), "B": S(2, 8, 16), "C": S(2, 8, 16)}
CHUNKS = {
    "x": S(2, 64, 8, 16),
    "dt": S(2, 64, 8),
    "A": S(8),
    "B": S(2, 64, 2, 32),
    "C": S(2, 64, 2, 32),
    "chunk_size": 16,
}
TOKENS = {"q": S(2, 64, 4, 16), "k": S(2, 64, 4, 16), "v": S(2, 64, 4, 32)}
HEADS = {"q": S(2, 4, 64, 16), "k": S(2, 4, 64, 16), "v": S(2, 4, 64, 32)}
DEFORM = {
    "input": S(2, 16, 9, 9),
    "offset": S(2, 18, 5, 5),
    "weight": S(32, 16, 3, 3),
    "stride": 2,
    "padding": 1,
}

CASES: list[tuple[str, str, dict[str, Any], Any]] = [
    ("flash_attn.flash_attn_func", "2.8.3", Q, (2, 16, 8, 32)),
    ("flash_attn.flash_attn_interface.flash_attn_func", "2.8.3", Q, (2, 16, 8, 32)),
    ("flash_attn.flash_attn_func", "2.8.3", Q | {"k": S(2, 20, 3, 32), "v": S(2, 20, 3, 32)}, ("SD106", "heads")),
    ("flash_attn.flash_attn_func", "2.8.3", Q | {"v": S(2, 20, 4, 32)}, ("SD106", "kv_heads")),
    ("flash_attn.flash_attn_func", "2.8.3", Q | {"v": S(2, 20, 2, 16)}, ("SD108", "head_dim")),
    ("flash_attn.flash_attn_func", "2.8.3", {name: S(*shape[:3], 264) for name, shape in Q.items()}, ("SD108", "head_dim")),
    ("flash_attn.flash_attn_func", "2.8.3", Q | {"q": S(32, 8, 32)}, ("SD111", "q")),
    ("flash_attn.flash_attn_func", "2.8.3", Q | {"alibi_slopes": S(8)}, (2, 16, 8, 32)),
    ("flash_attn.flash_attn_func", "2.8.3", Q | {"alibi_slopes": S(2, 4)}, ("SD106", "heads")),
    ("flash_attn.flash_attn_qkvpacked_func", "2.8.3", {"qkv": S(2, 16, 3, 8, 32)}, (2, 16, 8, 32)),
    ("flash_attn.flash_attn_qkvpacked_func", "2.8.3", {"qkv": S(2, 3, 16, 8, 32)}, ("SD108", "qkv")),
    ("flash_attn.flash_attn_kvpacked_func", "2.8.3", {"q": Q["q"], "kv": S(2, 20, 2, 2, 32)}, (2, 16, 8, 32)),
    ("flash_attn.flash_attn_kvpacked_func", "2.8.3", {"q": Q["q"], "kv": S(2, 2, 20, 2, 32)}, ("SD108", "kv")),
    ("flash_attn.flash_attn_varlen_func", "2.8.3", PACKED, (40, 8, 32)),
    ("flash_attn.flash_attn_varlen_func", "2.8.3", PACKED | {"cu_seqlens_k": S(5)}, ("SD108", "ends")),
    ("flash_attn.flash_attn_varlen_func", "2.8.3", PACKED | {"k": S(60, 2, 256, 32)}, ("SD111", "k")),
    (
        "flash_attn.flash_attn_varlen_func", "2.8.3",
        PACKED | {"k": S(9, 256, 2, 32), "v": S(9, 256, 2, 32), "block_table": S(3, 3)}, (40, 8, 32),
    ),
    ("flash_attn.flash_attn_with_kvcache", "2.8.3", CACHE, (2, 1, 8, 32)),
    ("flash_attn.flash_attn_with_kvcache", "2.8.3", CACHE | {"k": S(2, 1, 2, 16), "v": S(2, 1, 2, 32)}, ("SD108", "head_dim")),
    ("flash_attn.flash_attn_with_kvcache", "2.8.3", CACHE | {"q": S(3, 1, 8, 32)}, ("SD108", "b")),
    ("xformers.ops.memory_efficient_attention", "0.0.30", X, (2, 16, 8, 24)),
    ("xformers.ops.memory_efficient_attention", "0.0.30", X | {"key": S(2, 20, 2, 32)}, ("SD106", "heads")),
    ("xformers.ops.memory_efficient_attention", "0.0.30", X | {"attn_bias": S(2, 8, 16, 20)}, (2, 16, 8, 24)),
    ("xformers.ops.memory_efficient_attention", "0.0.30", X | {"attn_bias": S(1, 8, 16, 20)}, ("SD108", "b")),
    ("xformers.ops.memory_efficient_attention", "0.0.30", X | {"attn_bias": object()}, (2, 16, 8, 24)),
    ("xformers.ops.memory_efficient_attention", "0.0.30", {name: S(*shape[:2], 32) for name, shape in X.items()}, (2, 16, 32)),
    ("causal_conv1d.causal_conv1d_fn", "1.6.0", {"x": S(2, 96, 16), "weight": S(96, 4), "bias": S(96)}, (2, 96, 16)),
    ("causal_conv1d.causal_conv1d_fn", "1.6.0", {"x": S(2, 16, 96), "weight": S(96, 4)}, ("SD108", "channels")),
    ("causal_conv1d.causal_conv1d_fn", "1.6.0", {"x": S(2, 96, 16), "weight": S(96, 1, 4)}, ("SD111", "weight")),
    ("causal_conv1d.causal_conv1d_fn", "1.6.0", {"x": S(2, 96, 16), "weight": S(96, 5)}, ("SD108", "taps")),
    ("causal_conv1d.causal_conv1d_update", "1.6.0", {"x": S(2, 96), "conv_state": S(2, 96, 3), "weight": S(96, 4)}, (2, 96)),
    ("causal_conv1d.causal_conv1d_update", "1.6.0", {"x": S(2, 96), "conv_state": S(2, 96, 2), "weight": S(96, 4)}, ("SD108", "kept")),
    ("mamba_ssm.selective_scan_fn", "2.3.0", SCAN, (2, 96, 16)),
    ("mamba_ssm.selective_scan_fn", "2.3.0", SCAN | {"B": S(2, 3, 8, 16), "C": S(2, 3, 8, 16)}, (2, 96, 16)),
    ("mamba_ssm.selective_scan_fn", "2.3.0", SCAN | {"u": S(2, 16, 96)}, ("SD108", "channels")),
    ("mamba_ssm.selective_scan_fn", "2.3.0", SCAN | {"C": S(2, 4, 16)}, ("SD108", "state")),
    ("mamba_ssm.selective_scan_fn", "2.3.0", SCAN | {"z": S(2, 96, 8)}, ("SD108", "tokens")),
    ("mamba_ssm.ops.triton.ssd_combined.mamba_chunk_scan_combined", "2.3.0", CHUNKS, (2, 64, 8, 16)),
    ("mamba_ssm.ops.triton.ssd_combined.mamba_chunk_scan_combined", "2.3.0", CHUNKS | {"A": S(4)}, ("SD106", "heads")),
    (
        "mamba_ssm.ops.triton.ssd_combined.mamba_chunk_scan_combined", "2.3.0",
        CHUNKS | {"B": S(2, 64, 3, 32), "C": S(2, 64, 3, 32)}, ("SD106", "heads"),
    ),
    ("fla.ops.linear_attn.chunk_linear_attn", "0.6.0", TOKENS, (2, 64, 4, 32)),
    ("fla.ops.linear_attn.chunk_linear_attn", "0.6.0", TOKENS | {"v": HEADS["v"]}, ("SD108", "tokens")),
    ("fla.ops.linear_attn.chunk_linear_attn", "0.1.2", HEADS, (2, 4, 64, 32)),
    ("fla.ops.linear_attn.chunk_linear_attn", "0.1.2", TOKENS | {"head_first": False}, (2, 64, 4, 32)),
    ("fla.ops.linear_attn.chunk_linear_attn", "0.1.2", HEADS | {"v": TOKENS["v"]}, ("SD106", "heads")),
    ("fla.ops.simple_gla.chunk_simple_gla", "0.6.0", TOKENS | {"g": S(2, 64, 4)}, (2, 64, 4, 32)),
    ("fla.ops.simple_gla.chunk_simple_gla", "0.6.0", TOKENS | {"g": S(2, 4, 64)}, ("SD108", "tokens")),
    ("fla.ops.gla.chunk_gla", "0.6.0", TOKENS | {"g": S(2, 64, 4, 16), "cu_seqlens": S(3)}, ("SD108", "")),
    ("fla.ops.gated_delta_rule.chunk_gated_delta_rule", "0.6.0", TOKENS | {"v": S(2, 64, 8, 32), "g": S(2, 64, 8), "beta": S(2, 64, 8)}, (2, 64, 8, 32)),
    ("fla.ops.gated_delta_rule.chunk_gated_delta_rule", "0.6.0", TOKENS | {"v": S(2, 64, 6, 32), "g": S(2, 64, 6), "beta": S(2, 64, 6)}, ("SD106", "value_heads")),
    ("torchvision.ops.deform_conv2d", "0.28.0", DEFORM, (2, 32, 5, 5)),
    ("torchvision.ops.deform_conv2d", "0.28.0", DEFORM | {"offset": S(2, 9, 5, 5)}, ("SD108", "shifts")),
    ("torchvision.ops.deform_conv2d", "0.28.0", DEFORM | {"offset": S(2, 18, 9, 9)}, ("SD108", "out_height")),
    ("torchvision.ops.deform_conv2d", "0.28.0", DEFORM | {"mask": S(2, 18, 5, 5)}, ("SD108", "shifts")),
    ("torchvision.ops.deform_conv2d", "0.28.0", DEFORM | {"input": S(2, 15, 9, 9)}, ("SD105", "channels")),
    ("torchvision.ops.roi_align", "0.28.0", {"input": S(2, 16, 9, 9), "boxes": S(7, 5), "output_size": (3, 4)}, (7, 16, 3, 4)),
    ("torchvision.ops.roi_align", "0.28.0", {"input": S(2, 16, 9, 9), "boxes": [S(7, 4), S(2, 4)], "output_size": 3}, (9, 16, 3, 3)),
    ("torchvision.ops.nms", "0.28.0", {"boxes": S(7, 4), "scores": S(6), "iou_threshold": 0.5}, ("SD108", "regions")),
]  # fmt: skip


@pytest.mark.parametrize(("name", "version", "args", "expected"), CASES)
def test_a_call(name: str, version: str, args: dict[str, Any], expected: Any) -> None:
    found = outcome(name, version, args)
    assert found == expected or (expected[1:] == ("",) and found[0] == expected[0])


@pytest.mark.parametrize("library", LIBRARIES)
def test_every_contract_says_where_it_comes_from(library: str) -> None:
    contracts = load(library)
    assert contracts
    assert all(contract.signature and contract.source for contract in contracts)
    assert {contract.op.partition(".")[0] for contract in contracts} == {library}


@pytest.mark.parametrize("library", LIBRARIES)
def test_every_contract_is_for_a_known_release(library: str) -> None:
    releases = facts_of(library).releases
    assert releases

    def serves(contract: Contract) -> bool:
        return any(contract.covers(release) for release in releases)

    assert [contract.op for contract in load(library) if not serves(contract)] == []
