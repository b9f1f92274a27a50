r"""einops: a pattern and a tensor that disagree.

>>> from shapedoc.messages import explain_text
>>> [cause] = explain_text('''einops.EinopsError:  Error while processing \
... rearrange-reduction pattern "b (h d) n -> b h d n".
...  Input tensor shape: torch.Size([2, 30, 4]). Additional info: {'h': 8}.
...  Shape mismatch, can't divide axis of length 30 in chunks of 8''').causes
>>> cause.message
"axis (h d) of 'b (h d) n -> b h d n' is 30, which 8 does not divide"
>>> cause.notes
('the tensor is [2, 30, 4], given are h=8', '30 = 3 x 8 + 6')

The layers of `einops.layers.torch` print the last line only.
"""

from __future__ import annotations

import re
from math import prod

from shapedoc.messages._fault import Fault, Reading, Seen
from shapedoc.messages.meaning.numbers import divisors, joined

NEAR = (
    'Error while processing {op:word}-reduction pattern "{pattern:text}"',
    "Input tensor shape: {shape:shape}. Additional info: {given:text}.\n",
    "Input tensor shape: {shape:shape}",
)


def given(seen: Seen) -> dict[str, int]:
    """The sizes that the call named.

    >>> given(Seen({"given": "{'h': 8, 'd': 4}"}))
    {'h': 8, 'd': 4}
    """
    return {
        name: int(size)
        for name, size in re.findall(r"'(\w{1,30})': (\d{1,12})", str(seen.fields.get("given", "")))
    }


def context(seen: Seen) -> Reading | None:
    """Pattern, tensor and named sizes, as far as they are printed."""
    pattern, shape, sizes = seen.fields.get("pattern"), seen.shape("shape"), given(seen)
    listed = ", ".join(f"{name}={size}" for name, size in sizes.items())
    notes = []
    if shape:
        notes.append(f"the tensor is {list(shape)}" + (f", given are {listed}" if listed else ""))
    elif pattern:
        notes.append(f"the pattern is '{pattern}'")
    return Reading(notes=tuple(notes))


def group_of(seen: Seen, length: int) -> str:
    """The part of the pattern that stands at the axis of that length.

    >>> group_of(Seen({"pattern": "b (h d) n -> b h d n", "shape": (2, 30, 4)}), 30)
    '(h d)'
    """
    left = str(seen.fields.get("pattern", "")).split("->")[0]
    parts = re.findall(r"\([^()]*\)|[\w…]+|\.\.\.", left)
    shape = seen.shape("shape")
    if len(parts) != len(shape) or length not in shape:
        return ""
    return str(parts[shape.index(length)])


def indivisible(seen: Seen) -> Reading:
    """The axis, the size it was to be cut by, and sizes that would do."""
    n, k = seen.number("n"), seen.number("k")
    group, pattern = group_of(seen, n), seen.fields.get("pattern")
    where = f"axis {group} of '{pattern}'" if group else "an axis"
    near = sorted(divisors(n), key=lambda d: abs(d - k))[:2]
    return Reading(
        f"{where} is {n}, which {k} does not divide",
        fixes=(
            f"cut it by a divisor of {n}, such as {' or '.join(map(str, sorted(near)))}",
            f"bring the axis to a multiple of {k} before: pad, resize, or change the layer that makes it",
        ),
    )


def unequal(seen: Seen) -> Reading:
    """The axis and the product it should have."""
    a, b = seen.number("a"), seen.number("b")
    group, sizes = group_of(seen, a), given(seen)
    where = f"axis {group} of '{seen.fields.get('pattern')}'" if group else "an axis"
    parts = [str(sizes[name]) for name in group.strip("()").split() if name in sizes]
    product = f" ({' x '.join(parts)})" if len(parts) > 1 and prod(map(int, parts)) == b else ""
    return Reading(
        f"{where} is {a}, the sizes given make {b}{product}",
        fixes=("give one size less and let einops infer it",),
    )


def split_batch(seen: Seen) -> Reading | None:
    """One dim too many or too few is most often the batch."""
    n, m = seen.number("n"), seen.number("m")
    if m == n - 1:
        return Reading(
            fixes=("add the batch dim: x.unsqueeze(0)", "take the missing letter out of the pattern")
        )
    if m > n:
        return Reading(
            fixes=(
                "let leading dims pass: write '...' first in the pattern, on both sides",
                "merge what is too much: rearrange(x, 'b t ... -> (b t) ...')",
            )
        )
    return None


def pieces(seen: Seen) -> Reading:
    """What the requested shapes add up to."""
    shapes = re.findall(r"\[([\d, -]{1,200})\]", str(seen.fields.get("shapes", "")))
    sizes = [prod(map(int, re.findall(r"-?\d{1,12}", shape))) for shape in shapes]
    return Reading(notes=(f"{joined(sizes, ' + ', sum(sizes))}, not {seen.number('n')}",))


FAULTS = (
    Fault(
        "SD104",
        "an axis of {n} cannot be cut in chunks of {k}",
        (
            "Shape mismatch, can't divide axis of length {n} in chunks of {k}",
            "can't divide axis of length {n} in chunks of {k}",
        ),
        compare="k n",
        decode=(indivisible, context),
        around=NEAR,
    ),
    Fault(
        "SD104",
        "an axis is {a}, the sizes given make {b}",
        ("Shape mismatch, {a} != {b}",),
        compare="b a",
        decode=(unequal, context),
        around=NEAR,
    ),
    Fault(
        "SD104",
        "the pattern names {n} dims, the tensor has {m}",
        ("Wrong shape: expected {n} dims. Received {m}-dim tensor", "Expected {n} dimensions, got {m}"),
        decode=(split_batch, context),
        around=NEAR,
    ),
    Fault(
        "SD104",
        "the pattern names at least {n} dims, the tensor has {m}",
        (
            "Wrong shape: expected >={n} dims. Received {m}-dim tensor",
            "Expected at least {n} dimensions, got {m}",
        ),
        decode=(split_batch, context),
        around=NEAR,
        fixes=("add the dim the pattern counts on: x.unsqueeze(0)",),
    ),
    Fault(
        "SD104",
        "einops cannot infer the sizes of {axes}",
        ("Could not infer sizes for {axes:text}\n", "Could not infer sizes for {axes:rest}"),
        decode=(context,),
        around=NEAR,
        fixes=("name all sizes of a group but one: rearrange(x, …, h=num_heads)",),
    ),
    Fault(
        "SD104",
        "{axes} stand on one side of the pattern only",
        ("Identifiers only on one side of expression (should be on both): {axes:rest}",),
        decode=(context,),
        around=NEAR,
        fixes=("name every axis on both sides; reduce() drops axes, repeat() makes them",),
    ),
    Fault(
        "SD104",
        "a size is given for {axis}, which the pattern does not have",
        ("Axis {axis:word} is not used in transform",),
        decode=(context,),
        around=NEAR,
        fixes=("drop the argument, or name the axis in the pattern",),
    ),
    Fault(
        "SD104",
        "the pattern names {axis} twice",
        ('Indexing expression contains duplicate dimension "{axis:word}"',),
        decode=(context,),
        around=NEAR,
        fixes=("give each axis its own name",),
    ),
    Fault(
        "SD104",
        "repeat needs a size for {axes}",
        ("Specify sizes for new axes in repeat: {axes:rest}",),
        decode=(context,),
        around=NEAR,
        fixes=("name the size of each new axis: repeat(x, …, r=…)",),
    ),
    Fault(
        "SD104",
        "pack: tensor {i} is {s}, the pattern '{p}' wants at least {n} dims",
        (
            (
                "packed tensor #{i} (enumeration starts with 0) has shape {s:shape}, while pattern {p:text} "
                "assumes at least {n} axes"
            ),
        ),
        fixes=("give tensor {i} the dims that the pattern names",),
    ),
    Fault(
        "SD104",
        "unpack: an axis of {n} does not split into {shapes}",
        (
            (
                'Error during unpack(..., "{p:text}"): could not split axis of size {n} into requested '
                "{shapes:rest}"
            ),
        ),
        decode=(pieces,),
        fixes=("unpack with the shapes that pack returned",),
    ),
)
