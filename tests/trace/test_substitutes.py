"""What stands in for a meta kernel gives what the CPU gives."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

import shapedoc
from shapedoc.trace.substitutes import SUBSTITUTES

TURNED, CUT, PLAIN = "turned", "cut", "plain"


def heads(order: str, batch: int = 2, count: int = 4, tokens: int = 5, size: int = 8) -> torch.Tensor:
    """Queries as models make them: viewed and transposed, cut from one projection, or contiguous."""
    if order == CUT:
        return torch.randn(batch, tokens, 3, count, size).permute(2, 0, 3, 1, 4)[0]
    if order == TURNED:
        return torch.randn(batch, tokens, count, size).transpose(1, 2)
    return torch.randn(batch, count, tokens, size)


CALLS = {
    "alone": (heads(TURNED), {}),
    "causal": (heads(TURNED), {"is_causal": True}),
    "with dropout": (heads(TURNED), {"dropout_p": 0.5}),
    "of other values": (heads(TURNED, size=6), {}),
    "with a mask": (heads(TURNED), {"attn_mask": torch.zeros(5, 5)}),
    "with a mask for each head": (heads(TURNED), {"attn_mask": torch.ones(2, 4, 5, 5, dtype=torch.bool)}),
    "with a mask of three dimensions": (heads(TURNED), {"attn_mask": torch.zeros(4, 5, 5)}),
}


class Attention(nn.Module):
    def __init__(self, options):
        super().__init__()
        self.options = options

    def forward(self, query, key, value):
        return F.scaled_dot_product_attention(query, key, value, **self.options)


def test_attention_is_asked_by_the_names_of_its_operands() -> None:
    class Named(nn.Module):
        def forward(self, x):
            out = F.scaled_dot_product_attention(query=x, key=x, value=x)
            return out.transpose(1, 2).view(2, 5, -1)

    assert not shapedoc.trace(Named(), heads(TURNED), probe=False).stopped


@pytest.mark.parametrize("order", [TURNED, CUT, PLAIN])
@pytest.mark.parametrize("call", CALLS)
def test_attention_keeps_the_order_in_memory_that_the_cpu_keeps(call: str, order: str) -> None:
    value, options = CALLS[call]
    tensors = (heads(order), heads(TURNED), value)
    expected = Attention(options)(*tensors)
    merged = expected.transpose(1, 2)
    views = merged.is_contiguous()

    class Merged(Attention):
        def forward(self, *tensors):
            return super().forward(*tensors).transpose(1, 2).view(merged.shape[0], merged.shape[1], -1)

    report = shapedoc.trace(Merged(options), *tensors, probe=False)
    assert bool(report.stopped) is not views


def recurrent(layer: nn.RNNBase, steps: int) -> tuple[str, tuple[object, ...]]:
    """The call that a layer makes of torch, for two samples."""
    x = torch.randn(2, steps, 3) if layer.batch_first else torch.randn(steps, 2, 3)
    state = torch.zeros(2 * layer.num_layers, 2, 5)
    states = (state, state) if layer.mode == "LSTM" else state
    fixed = (layer.bias, layer.num_layers, layer.dropout, layer.training, True, layer.batch_first)
    return layer.mode.lower(), (x, states, layer._flat_weights, *fixed)


@pytest.mark.parametrize("steps", [1, 6])
@pytest.mark.parametrize("batch_first", [False, True])
@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU, nn.RNN])
def test_one_step_of_a_recurrent_layer_tells_of_all(kind: type, batch_first: bool, steps: int) -> None:
    name, args = recurrent(kind(3, 5, 2, batch_first=batch_first, bidirectional=True), steps)
    asked = []

    def call(x, *rest):
        asked.append(x.shape[int(batch_first)])
        return getattr(torch, name)(x, *rest)

    ours, theirs = SUBSTITUTES[name](call, args, {}), getattr(torch, name)(*args)
    assert [(one.shape, one.stride()) for one in ours] == [(one.shape, one.stride()) for one in theirs]
    assert asked == [1]


def test_packed_sequences_are_left_to_torch() -> None:
    class Packed(nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm = nn.LSTM(3, 5)

        def forward(self, x):
            packed = nn.utils.rnn.pack_padded_sequence(x, torch.tensor([4, 2]))
            return self.lstm(packed)[0].data

    report = shapedoc.trace(Packed(), torch.randn(4, 2, 3), probe=False)
    assert [dim.size for dim in report.calls[0].outputs[0].dims] == [6, 5]
