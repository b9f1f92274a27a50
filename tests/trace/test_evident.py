"""A result that arguments alone tell is the one torch's own kernel gives, and of other calls none is told."""

import pytest
import torch
from torch.nn import functional

from shapedoc.trace.evident import EVIDENT


def meta(*shape, dtype=torch.float32):
    return torch.empty(shape, dtype=dtype, device="meta")


IMAGE, TOKENS, HEADS, CHANNELS = meta(2, 4, 6, 5), meta(2, 6, 4), meta(2, 4, 5, 8), meta(4)
CHANNELS_LAST = IMAGE.to(memory_format=torch.channels_last)

TOLD = {
    "layer_norm": (functional.layer_norm, (TOKENS, (4,), CHANNELS, CHANNELS, 1e-6), {}),
    "layer_norm of turned channels": (functional.layer_norm, (IMAGE.permute(0, 2, 3, 1), (4,)), {}),
    "group_norm of channels last": (functional.group_norm, (CHANNELS_LAST, 2), {}),
    "rms_norm": (functional.rms_norm, (TOKENS.half(), (4,), CHANNELS.half()), {}),
    "group_norm": (functional.group_norm, (IMAGE, 2, CHANNELS, CHANNELS), {}),
    "batch_norm": (functional.batch_norm, (IMAGE, CHANNELS, CHANNELS, CHANNELS, CHANNELS), {}),
    "batch_norm of vectors": (functional.batch_norm, (meta(6, 4), CHANNELS, CHANNELS), {"training": True}),
    "linear": (functional.linear, (TOKENS, meta(7, 4), meta(7)), {}),
    "linear of a vector": (functional.linear, (CHANNELS, meta(7, 4)), {}),
    "add": (torch.add, (TOKENS, TOKENS), {"alpha": 2}),
    "mul": (torch.mul, (TOKENS.bfloat16(), 3.5), {}),
    "div": (torch.div, (TOKENS, 2), {"rounding_mode": "floor"}),
    "relu": (functional.relu, (IMAGE,), {}),
    "silu": (functional.silu, (IMAGE,), {"inplace": False}),
    "gelu": (functional.gelu, (IMAGE,), {"approximate": "tanh"}),
}
NOT_TOLD = {
    "layer_norm in two precisions": (TOKENS, (4,), meta(4, dtype=torch.float64)),
    "rms_norm of turned channels": (IMAGE.permute(0, 2, 3, 1), (4,)),
    "batch_norm of channels last": (CHANNELS_LAST, CHANNELS, CHANNELS),
    "batch_norm without statistics": (IMAGE, None, None),
    "linear of turned features": (TOKENS.transpose(1, 2), meta(7, 6)),
    "linear of one output": (TOKENS, CHANNELS),
    "add of a row": (TOKENS, CHANNELS),
    "add of numbers": (meta(3, dtype=torch.int64), 2.5),
    "mul by a complex number": (TOKENS, 1j),
    "mul of turned dimensions": (TOKENS.transpose(0, 1), 2),
    "silu in place": (IMAGE, True),
    "scaled_dot_product_attention with a mask": (HEADS, HEADS, HEADS, meta(5, 5)),
    "scaled_dot_product_attention of one key head": (HEADS, meta(2, 1, 7, 8), meta(2, 1, 7, 8)),
    "scaled_dot_product_attention without heads": (TOKENS, TOKENS, TOKENS),
}


def told(name, args, kwargs):
    return EVIDENT[name.split()[0]](args, kwargs)


@pytest.mark.parametrize("name", TOLD)
def test_what_is_told_is_what_the_kernel_gives(name):
    func, args, kwargs = TOLD[name]
    with torch.no_grad():
        ours, theirs = told(name, args, kwargs), func(*args, **kwargs)
    assert (ours.shape, ours.stride(), ours.dtype) == (theirs.shape, theirs.stride(), theirs.dtype)


@pytest.mark.parametrize("name", NOT_TOLD)
def test_of_other_calls_nothing_is_told(name):
    with torch.no_grad():
        assert told(name, NOT_TOLD[name], {}) is None


@pytest.mark.parametrize("name", TOLD)
def test_where_a_gradient_is_asked_for_nothing_is_told(name):
    assert told(name, *TOLD[name][1:]) is None


@pytest.mark.parametrize("name", EVIDENT)
def test_of_arguments_by_their_names_nothing_is_told(name):
    with torch.no_grad():
        assert told(name, (), {"input": TOKENS, "weight": meta(7, 4)}) is None


def test_what_is_written_into_another_tensor_is_not_told():
    with torch.no_grad():
        assert told("add", (TOKENS, TOKENS), {"out": meta(2, 6, 4)}) is None
