"""What a failed run asks of its inputs, read from the error's text.

>>> error = RuntimeError("mat1 and mat2 shapes cannot be multiplied (2x100352 and 784x10)")
>>> [(complaint.found, complaint.expected) for complaint in read_error(error)]
[(100352, 784)]

The texts are those of torch 1.13 to 2.13 and einops 0.6 to 0.8, on CPU and on meta.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator

from shapedoc.trace.inputs.fitting.complaints import Complaint, Kind, either
from shapedoc.trace.inputs.inference.layers import pattern_hint


def read_error(error: BaseException) -> tuple[Complaint, ...]:
    """The complaints in an error's own words, none where the words are not known."""
    text = str(error)
    for pattern, reading in TEXTS:
        match = pattern.search(text)
        if match is not None:
            return tuple(reading(match))
    return ()


Reading = Callable[["re.Match[str]"], Iterator[Complaint]]


def _sized(match: re.Match[str]) -> Iterator[Complaint]:
    yield Complaint(Kind.SIZE, int(match["found"]), int(match["expected"]))


def _sides(match: re.Match[str]) -> Iterator[Complaint]:
    yield from either(int(match["a"]), int(match["b"]))


def _multiple(match: re.Match[str]) -> Iterator[Complaint]:
    yield Complaint(Kind.MULTIPLE, int(match.groupdict().get("found") or 0), int(match["of"]))


def _rank(match: re.Match[str]) -> Iterator[Complaint]:
    yield Complaint(Kind.RANK, int(match.groupdict().get("found") or 0), int(match["expected"]))


def _ranks(match: re.Match[str]) -> Iterator[Complaint]:
    fewer, more = sorted((int(match["a"]), int(match["b"])))
    yield Complaint(Kind.RANK, fewer, more)
    yield Complaint(Kind.RANK, more, fewer)


def _pattern_rank(match: re.Match[str]) -> Iterator[Complaint]:
    hint = pattern_hint(match["pattern"], {})
    yield Complaint(Kind.RANK, int(match["found"]), int(match["expected"]), (), hint)


def _one_more(match: re.Match[str]) -> Iterator[Complaint]:
    """An index beyond the last dimension: there must be that one, too."""
    found = int(match["last"]) + 1
    yield Complaint(Kind.RANK, found, max(int(match["index"] or found), found) + 1)


def _indexed(match: re.Match[str]) -> Iterator[Complaint]:
    yield Complaint(Kind.RANK, int(match["rank"]), int(match["rank"]) + 1)


def _reshaped(match: re.Match[str]) -> Iterator[Complaint]:
    """`[-1, 400]` for 89888 elements: 400 for each row of the batch; `[2, -1, 400]`: a multiple of 800."""
    sizes = [int(size) for size in re.findall(r"-?\d+", match["shape"])]
    wanted = math.prod(size for size in sizes if size > 0)
    kind = Kind.MULTIPLE if -1 in sizes[1:] else Kind.SIZE
    yield Complaint(kind, int(match["found"]), wanted, ("b",) if sizes[:1] == [-1] else ())


def _shapes(match: re.Match[str]) -> Iterator[Complaint]:
    """Two shapes, aligned at their last dimension: any pair of sizes may be the one at fault."""
    ours, theirs = ([int(size) for size in re.findall(r"\d+", match[side])] for side in ("a", "b"))
    for a, b in zip(reversed(ours), reversed(theirs), strict=False):
        if a != b and 1 not in (a, b):
            yield from either(a, b)


def _small(match: re.Match[str]) -> Iterator[Complaint]:
    yield Complaint(Kind.SMALL)


def _range(match: re.Match[str]) -> Iterator[Complaint]:
    yield Complaint(Kind.RANGE, expected=int(match["high"] or 1))


def _dtype(name: str) -> Reading:
    return lambda match: iter((Complaint(Kind.DTYPE, names=(name,)),))


# What each reading understands, the more particular first. A rank that is expected is the batched one.
SAID: tuple[tuple[Reading, tuple[str, ...]], ...] = (
    (_sized, (
        r"mat1 and mat2 shapes cannot be multiplied \(\d+x(?P<found>\d+) and (?P<expected>\d+)x",
        r"size mismatch, got input \(\d+\), mat \(\d+x(?P<found>\d+)\), vec \((?P<expected>\d+)\)",
        r"must have same reduction dim, but got \[\d+, (?P<found>\d+)\] X \[(?P<expected>\d+), ",
        r"to have (?P<expected>\d+) channels, but got (?P<found>\d+) channels",
        r"shape \[(?:\*, )?(?P<expected>\d+)\], but got input of size ?[\w.(]*\[[\d, ]*?(?P<found>\d+)\]",
        r"running_mean should contain (?P<found>\d+) elements not (?P<expected>\d+)",
        r"weight of shape \[(?P<expected>\d+)\] and input of shape \[\d+, (?P<found>\d+)",
        r"must be equal to input_size\. Expected (?P<expected>\d+), got (?P<found>\d+)",
        r"embedding dimension of (?P<expected>\d+), but got (?P<found>\d+)",
    )),
    (_sides, (
        r"size of tensor a \((?P<a>\d+)\) must match the size of tensor b \((?P<b>\d+)\)",
        r"expanded size of the tensor \((?P<a>\d+)\) must match the existing size \((?P<b>\d+)\)",
        r"except in dimension \d+\. (?:Expected|Got) (?:size )?(?P<a>\d+) (?:but got size|and) (?P<b>\d+)",
        r"size (?P<a>\d+) for operand \d+ which does not broadcast with previously seen size (?P<b>\d+)",
        r"Shape mismatch, (?P<a>\d+) != (?P<b>\d+)",
    )),
    (_shapes, (
        r"batch2 tensor to be: \[(?P<a>[\d, ]+)\] but got: \[(?P<b>[\d, ]+)\]",
        r"had torch\.Size\(\[(?P<a>[\d, ]+)\]\); but expected [ \w]* broadcastable to \[(?P<b>[\d, ]+)\]",
        r"with shape (?:torch\.Size\()?\[(?P<a>[\d, ]+)\]\)? doesn't match [ \w]* shape [\[(](?P<b>[\d, ]+)",
    )),
    (_reshaped, (r"shape '\[(?P<shape>[^\]]*)\]' is invalid for input of size (?P<found>\d+)",)),
    (_multiple, (
        r"can't divide axis of length (?P<found>\d+) in chunks of (?P<of>\d+)",
        r"multiple of [^\n]{0,60}?\((?P<of>\d+)\), but got (?P<found>\d+)",
        r"(?:divisible by|multiple of)[^\d\n]{0,40}(?P<of>\d+)",
    )),
    (_pattern_rank, (
        r"pattern \"(?P<pattern>[^\"]*)\"[^\0]*expected (?P<expected>\d+) dims\. Received (?P<found>\d+)-dim",
    )),
    (_ranks, (
        r"must have same number of dimensions: got (?P<a>\d+) and (?P<b>\d+)",
        r"Expected (?P<a>\d+)-D tensors, but got (?P<b>\d+)-D for tensor number",
    )),
    (_rank, (
        r"to unpack \(expected (?P<expected>\d+), got (?P<found>\d+)\)",
        r"to unpack \(expected (?P<expected>\d+)",
        r"or (?P<expected>\d)D \(batched\) input to conv\w*, but got input of size: \[(?:\d+,? ?)*\]",
        r"(?:or )?(?P<expected>\d)D input \(got (?P<found>\d)D input\)",
        r"to be \dD or (?P<expected>\d)D, got (?P<found>\d)D",
        r"batched (?P<expected>\d)-?D tensor but received (?P<found>\d)-D",
        r"input\.dim\(\) = (?P<found>\d+) is not equal to len\(dims\) = (?P<expected>\d+)",
        r"must have (?P<expected>\d+) dimensions, got (?P<found>\d+)",
    )),
    (_one_more, (r"expected to be in range of \[-\d+, (?P<last>\d+)\](?:, but got (?P<index>\d+))?",)),
    (_indexed, (r"too many indices for tensor of dimension (?P<rank>\d+)",)),
    (_dtype("int64"), (
        r"'indices' to have one of the following scalar types|must be Long or Int|applicable to index tensor",
        r"tensors used as indices must be|expected scalar type Long but",
    )),
    (_dtype(""), (
        r"must be either a floating point",
        r"same dtype, but got|not implemented for '(?:Long|Bool)'|m1 and m2 to have the same dtype",
        r"Input type \([\w ]+\) and (?:bias|weight) type|expected scalar type \w+ but found Long",
    )),
    (_dtype("bool"), (r"boolean mask|expected (?:condition to be a )?bool",)),
    (_sized, (r"expect\w*\D{0,80}(?P<expected>\d+)\D{0,60}(?:got|found|received)\D{0,20}(?P<found>\d+)",)),
    (_small, (
        r"can't be greater than actual input size|larger than the padded input|is too small",
        r"more than 1 value per channel",
        r"Padding size should be|non-?empty|non-zero (?:size|number)|size 0|greater than 0|must be positive",
    )),
    (_range, (
        r"(?:out of (?:bounds|range) for dimension \d+ with size (?P<high>\d+))",
        r"(?P<high>)(?:out of range in self|values must be smaller)",
    )),
)  # fmt: skip
TEXTS = tuple((re.compile(pattern), reading) for reading, patterns in SAID for pattern in patterns)
