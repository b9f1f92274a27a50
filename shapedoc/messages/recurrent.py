"""LSTM, GRU and RNN: features, hidden states, packed sequences.

>>> from shapedoc.messages import explain_text
>>> [cause] = explain_text("RuntimeError: Expected hidden[0] size (1, 2, 5), got [1, 3, 5]").causes
>>> cause.code, cause.notes[0]
('SD108', 'dim 1 differs, 2 and 3: the batch, which is dim 1 of the input without batch_first=True')
"""

from __future__ import annotations

from shapedoc.messages._fault import Fault, Reading, Seen

LAYOUT = "without batch_first=True the input is [sequence, batch, features]"
ROLES = (
    "layers x directions",
    "the batch, which is dim 1 of the input without batch_first=True",
    "hidden_size",
)


def state(seen: Seen) -> Reading | None:
    """Which dim of the hidden state differs, and what it stands for."""
    wanted, found = seen.shape("s"), seen.shape("t")
    if len(wanted) != len(found) or len(wanted) > len(ROLES):
        return None
    pairs = zip(wanted, found, ROLES, strict=False)
    return Reading(
        notes=tuple(f"dim {i} differs, {a} and {b}: {role}" for i, (a, b, role) in enumerate(pairs) if a != b)
    )


FAULTS = (
    Fault(
        "SD101",
        "the input has {b} features, the layer takes {a}",
        (
            "input.size(-1) must be equal to input_size. Expected {a}, got {b}",
            "input has inconsistent input_size: got {b}, expected {a}",
            "input has inconsistent input_size: got {b} expected {a}",
        ),
        compare="a b",
        notes=(LAYOUT,),
        fixes=(
            "make the layer take what arrives: input_size={b}",
            "bring the input to {a} features",
            "swap sequence and features if they stand in each other's place: x.transpose(1, 2)",
        ),
    ),
    Fault(
        "SD111",
        "{name} takes 2 or 3 dims, it got {n}",
        (
            "{name:word}: Expected input to be 2D or 3D, got {n}D instead",
            "{name:word}: Expected input to be 2-D or 3-D but received {n}-D tensor",
            "{name:word}: Expected input to be 2D or 3D but received {n}D",
        ),
        notes=(LAYOUT,),
        fixes=("merge the leading dims into the batch: x.flatten(0, 1)",),
    ),
    Fault(
        "SD111",
        "the layer takes {a} dims, it got {b}",
        ("input must have {a} dimensions, got {b}",),
        notes=(LAYOUT,),
        fixes=("add the batch dim, or merge what is too much",),
    ),
    Fault(
        "SD108",
        "the hidden state is {t}, it should be {s}",
        (
            "Expected hidden[0] size {s:shape}, got {t:shape}",
            "Expected hidden[1] size {s:shape}, got {t:shape}",
            "Expected hidden size {s:shape}, got {t:shape}",
        ),
        decode=(state,),
        fixes=(
            "make the state from this batch: torch.zeros(num_layers, x.shape[batch_dim], hidden_size)",
            "do not carry a state over to a smaller last batch: DataLoader(…, drop_last=True)",
        ),
    ),
    Fault(
        "SD111",
        "input and hidden state differ in their number of dims",
        (
            "For batched 3-D input, hx and cx should also be 3-D but got ({a}-D, {b}-D) tensors",
            "For unbatched 2-D input, hx and cx should also be 2-D but got ({a}-D, {b}-D) tensors",
            "For batched 3-D input, hx should also be 3-D but got {a}-D tensor",
            "For unbatched 2-D input, hx should also be 2-D but got {a}-D tensor",
        ),
        fixes=("give both a batch dim, or neither",),
    ),
    Fault(
        "SD108",
        "input and hidden state differ in batch: {a} and {b}",
        ("Input batch size {a} doesn't match hidden{:text} batch size {b}",),
        compare="a b",
        fixes=("make the state from this batch",),
    ),
    Fault(
        "SD108",
        "the state has {b} features, the cell takes {a}",
        ("hidden{:text} has inconsistent hidden_size: got {b}, expected {a}",),
        compare="a b",
        fixes=("hidden_size={b}, or a state of {a}",),
    ),
    Fault(
        "SD108",
        "{a} lengths are given for a batch of {b}",
        ("Expected `len(lengths)` to be equal to batch_size, but got {a} (batch_size={b})",),
        compare="b a",
        fixes=("pass batch_first=True to pack_padded_sequence if the input is [batch, sequence, features]",),
    ),
)
