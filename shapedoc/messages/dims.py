"""permute, split, slices and dims: counts and places of dims that do not exist.

>>> from shapedoc.messages import explain_text
>>> text = "IndexError: Dimension out of range (expected to be in range of [-2, 1], but got 3)"
>>> print(*explain_text(text).causes)
SD111 dim 3 does not exist: the tensor has dims -2 to 1
"""

from __future__ import annotations

from shapedoc.messages._fault import Fault, Reading, Seen
from shapedoc.messages.meaning.numbers import joined


def summed(seen: Seen) -> Reading:
    """What the pieces of a split add up to."""
    pieces = seen.shape("t")
    return Reading(notes=(f"{joined(pieces, ' + ', sum(pieces))}, not {seen.number('n')}",))


FAULTS = (
    Fault(
        "SD111",
        "permute got {b} dims for a tensor of {a}",
        (
            (
                "number of dimensions in the tensor input does not match the length of the desired ordering "
                "of dimensions i.e. input.dim() = {a} is not equal to len(dims) = {b}"
            ),
            "Attempting to permute a tensor of rank {a}, but received a permutation of length {b}",
            "number of dims don't match in permute",
        ),
        notes=("'sparse_coo' in the text means nothing: torch says it for dense tensors too",),
        fixes=("name all {a} dims in permute", "add the batch dim the code counts on: x.unsqueeze(0)"),
    ),
    Fault(
        "SD111",
        "a dim is named twice",
        (
            "permute(): duplicate dims are not allowed",
            "Received an invalid permutation, {s:shape}",
            "repeated dim in permute",
            "dim {d} appears multiple times in the list of dims",
        ),
        fixes=("name each dim once",),
    ),
    Fault(
        "SD111",
        "dim {d} does not exist: the tensor has dims {lo} to {hi}",
        (
            "Dimension out of range (expected to be in range of [{lo}, {hi}], but got {d})",
            "dimension out of range (expected to be in range of [{lo}, {hi}], but got {d})",
            "Dim out of range, expected to be in range of [{lo}, {hi}] but got {d}",
        ),
        fixes=("count from the end: dim=-1", "add the dim the code counts on: x.unsqueeze(0)"),
    ),
    Fault(
        "SD111",
        "dim {d} is asked of a tensor without dims",
        ("dimension specified as {d} but tensor has no dimensions",),
        fixes=("keep the dim: x.sum(dim, keepdim=True)", "x.unsqueeze(0)"),
    ),
    Fault(
        "SD111",
        "repeat got fewer counts than the tensor has dims",
        ("Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor",),
        fixes=("give one count for each dim, 1 to keep it",),
        untold="the tensor's shape",
    ),
    Fault(
        "SD103",
        "the pieces {t} do not sum to {n}, the size of dim {d}",
        (
            (
                "split_with_sizes expects split_sizes to sum exactly to {n} (input tensor's size at "
                "dimension {d}), but got split_sizes={t:shape}"
            ),
        ),
        decode=(summed,),
        fixes=(
            "compute the last piece: {n} minus the others",
            "make the layer before put out the sum of the pieces",
        ),
    ),
    Fault(
        "SD103",
        "the pieces sum to {k}, the dim has {n}",
        ("Split sizes add up to {k} but got the tensor's size of {n}",),
        compare="n k",
        fixes=(
            "compute the last piece: {n} minus the others",
            "make the layer before put out the sum of the pieces",
        ),
    ),
    Fault(
        "SD109",
        "a slice from {a} of length {b} leaves the {n} entries there are",
        ("start ({a}) + length ({b}) exceeds dimension size ({n})",),
        compare="n b",
        fixes=("shorten the slice to {n} - {a}",),
    ),
    Fault(
        "SD103",
        "dimension {d} has {n} entries, a window of {k} is asked",
        (
            "maximum size for tensor at dimension {d} is {n} but size is {k}",
            "Maximum size for tensor at dimension {d} is {n} but size is {k}",
        ),
        compare="n k",
        fixes=("pad the tensor to at least {k}, or use a smaller window",),
    ),
    Fault(
        "SD111",
        ".t() and .T want a matrix, the tensor has {n} dims",
        ("t() expects a tensor with <= 2 dimensions, but self is {n}D",),
        fixes=("name the dims: x.transpose(-2, -1)",),
    ),
    Fault(
        "SD110",
        "dimension {d} of size {n} cannot be halved",
        ("Halving dimension must be even, but dimension {d} is size {n}",),
        fixes=("make the layer before put out twice what glu shall return",),
    ),
)
