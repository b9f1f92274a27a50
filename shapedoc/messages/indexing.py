"""Indices, masks and tables: too many, too large, of another shape.

>>> from shapedoc.messages import explain_text
>>> [cause] = explain_text("IndexError: The shape of the mask [3] at index 0 does not match the shape of the "
...                        "indexed tensor [4, 4] at index 0").causes
>>> cause.code, cause.message
('SD102', 'the mask [3] is 3 long where the tensor [4, 4] is 4, at its dim 0')
"""

from __future__ import annotations

import re

from shapedoc.messages._fault import Fault, Reading, Seen
from shapedoc.messages.meaning.numbers import relation

TENSOR_SOURCE = r"\.shape\b|\.size\(|chunk\(|unbind\(|torch|rearrange|self\.\w{1,60}\(|\bx\b|tensor|hidden"
PIECES = r"\*[^\n]{0,200}\.(?:chunk|split|unbind|tensor_split)\("


def masked(seen: Seen) -> Reading | None:
    """Which sizes of mask and tensor are compared."""
    s, t, i, j = seen.shape("s"), seen.shape("t"), seen.number("i"), seen.number("j")
    if i >= len(s) or j >= len(t):
        return None
    says = f"the mask {list(s)} is {s[i]} long where the tensor {list(t)} is {t[j]}, at its dim {j}"
    return Reading(says, notes=(relation(t[j], s[i]),))


def embedded(seen: Seen) -> Reading | None:
    """Which table is too small, as far as the names in the traceback tell."""
    names = " ".join((seen.code, *(frame.code for frame in seen.frames))).lower()
    if "pos" in names:
        return Reading(
            "a position is larger than the position table",
            fixes=("cut the sequence to the model's maximum: tokenizer(…, truncation=True, max_length=…)",),
        )
    if "type" in names:
        return Reading(
            "a token type is larger than its table",
            fixes=("set type_vocab_size, or pass token types of 0 and 1 only",),
        )
    return None


def of_a_tensor(seen: Seen) -> bool:
    """Anything can be unpacked: the line, where it is known, must speak of a shape or of a tensor."""
    return not seen.code or bool(re.search(TENSOR_SOURCE, seen.code))


def of_pieces(seen: Seen) -> bool:
    """A missing argument is a fault of shapes where the arguments are the pieces of a tensor."""
    return bool(re.search(PIECES, seen.code))


FAULTS = (
    Fault(
        "SD109",
        "an index is larger than its embedding table",
        (
            "index out of range in self",
            "index out of range: Tried to access index out of table",
            "indexSelectSmallIndex: index out of range",
        ),
        decode=(embedded,),
        fixes=(
            "compare ids.max() with num_embeddings: the table must hold max + 1 rows",
            "resize the table after adding tokens: model.resize_token_embeddings(len(tokenizer))",
            "look for padding or ignore ids such as -100 that reach the embedding",
        ),
        untold="the index and the size of the table",
    ),
    Fault(
        "SD109",
        "index {i} is out of a table of {n} rows",
        (
            "index out of range: Tried to access index {i} out of table with {n} rows",
            "index {i} is out of bounds for dimension {d} with size {n}",
            "index {i} is out of bounds for axis {d} with size {n}",
            "index {i} out of range for tensor of size {:shape} at dimension {d}",
        ),
        compare="n i",
        decode=(embedded,),
        fixes=(
            "make the table hold index {i}, or find where the index comes from",
            "indices count from 0: the last of {n} is {n} - 1",
        ),
    ),
    Fault(
        "SD109",
        "class {i} does not exist in the output",
        ("Target {i} is out of bounds",),
        fixes=("make the last layer put out at least {i} + 1 classes", "let the labels count from 0"),
        untold="how many classes the output has",
    ),
    Fault(
        "SD111",
        "more indices than the {n} dims of the tensor",
        (
            "too many indices for tensor of dimension {n}",
            "too many indices for array: array is {n}-dimensional, but {k} were indexed",
        ),
        fixes=(
            "add the dim the code counts on: x.unsqueeze(0)",
            "find where a dim was lost: squeeze, an integer index, a batch of one",
        ),
        untold="the tensor's shape",
    ),
    Fault(
        "SD111",
        "a tensor without dims is indexed",
        (
            "invalid index of a 0-dim tensor",
            "slice() cannot be applied to a 0-dim tensor",
            "iteration over a 0-d tensor",
            "len() of a 0-d tensor",
        ),
        fixes=("use .item() for its value", "keep the dim: keepdim=True, or reshape(1)"),
    ),
    Fault(
        "SD102",
        "the index tensors have shapes {s} and {t}, which do not broadcast",
        (
            "indexing tensors could not be broadcast together with shapes {s:shape}, {t:shape}",
            "indexing arrays could not be broadcast together with shapes {s:shape} {t:shape}",
        ),
        fixes=("index one dim after the other, or unsqueeze one index: i[:, None]",),
    ),
    Fault(
        "SD102",
        "values of shape {s} do not fit the indexed places, {t}",
        ("value tensor of shape {s:shape} cannot be broadcast to indexing result of shape {t:shape}",),
        fixes=("give one value for each place that the index selects",),
    ),
    Fault(
        "SD102",
        "the mask {s} does not fit the tensor {t}",
        (
            (
                "The shape of the mask {s:shape} at index {i} does not match the shape of the indexed tensor "
                "{t:shape} at index {j}"
            ),
            (
                "The shape of the mask {s:shape} at index {i} doesn't match the shape of the indexed tensor "
                "{t:shape} at index {j}"
            ),
        ),
        decode=(masked,),
        fixes=(
            "build the mask from the tensor it selects from",
            "unsqueeze or index the mask so that its dims stand where the tensor's do",
        ),
    ),
    Fault(
        "SD102",
        "a boolean index is {b} long where the array is {a}, along dimension {d}",
        (
            (
                "boolean index did not match indexed array along dimension {d}; dimension is {a} but "
                "corresponding boolean dimension is {b}"
            ),
            (
                "boolean index did not match indexed array along axis {d}; size of axis is {a} but size of "
                "corresponding boolean axis is {b}"
            ),
        ),
        compare="a b",
        fixes=("build the mask from the array it selects from",),
    ),
    Fault(
        "SD109",
        "the index {s} reaches beyond the tensor {t} in dimension {d}",
        (
            (
                "Size does not match at dimension {d} expected index {s:shape} to be no larger than self "
                "{t:shape} apart from dimension {e}"
            ),
        ),
        fixes=("make the index no longer than the tensor in every dim but {e}",),
    ),
    Fault(
        "SD109",
        "the index {s} reaches beyond the tensor {t} or the source {u}",
        (
            (
                "Expected index {s:shape} to be no larger than self {t:shape} apart from dimension {e} and "
                "to be no larger size than src {u:shape}"
            ),
            (
                "Expected index {s:shape} to be smaller than self {t:shape} apart from dimension {e} and to "
                "be smaller size than src {u:shape}"
            ),
        ),
        fixes=(
            (
                "make the index no longer than the tensor in every dim but {e}, and nowhere longer than the "
                "source"
            ),
        ),
    ),
    Fault(
        "SD111",
        "index and tensor have another number of dims",
        (
            "Index tensor must have the same number of dimensions as self tensor",
            "Index tensor must have the same number of dimensions as input tensor",
            "Index tensor must have same dimensions as",
        ),
        fixes=("give the index as many dims: index.unsqueeze(-1).expand_as(x)",),
        untold="both shapes",
    ),
    Fault(
        "SD109",
        "more are selected than there are",
        ("selected index k out of range", "cannot sample n_sample > prob_dist.size(-1)"),
        fixes=("ask for at most what the dim holds: min(k, x.shape[-1])",),
        untold="k and the size of the dim",
    ),
    Fault(
        "SD111",
        "{a} names for {b} values",
        ("not enough values to unpack (expected {a}, got {b})",),
        fixes=(
            (
                "if it is a shape: the tensor has {b} dims, {a} are unpacked; add the missing one: "
                "x.unsqueeze(0)"
            ),
        ),
        only=of_a_tensor,
        untold="whether a shape or something else is unpacked",
    ),
    Fault(
        "SD111",
        "a call unpacks fewer pieces of a tensor than it has parameters",
        (
            "missing {n} required positional argument{:word}: {names:rest}",
            "missing {n} required positional argument: {names:rest}",
        ),
        only=of_pieces,
        fixes=(
            "cut the tensor into as many pieces as the call takes: x.chunk(n, dim)",
            "look at the size of that dim: chunk gives fewer pieces when it runs out",
        ),
        untold="how many pieces came",
    ),
    Fault(
        "SD111",
        "more values than the {a} names they are unpacked to",
        ("too many values to unpack (expected {a}, got {b})", "too many values to unpack (expected {a})"),
        fixes=("if it is a shape: the tensor has more than {a} dims; name them all or flatten first",),
        only=of_a_tensor,
        untold="whether a shape or something else is unpacked",
    ),
)
