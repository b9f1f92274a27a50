"""Convolutions: channels, ranks, kernels that do not fit, groups.

>>> from shapedoc.messages import explain_text
>>> [cause] = explain_text(
...     "RuntimeError: Given groups=1, weight of size [64, 3, 7, 7], expected input[8, 224, 224, 3] "
...     "to have 3 channels, but got 224 channels instead").causes
>>> cause.code, cause.notes[0]
('SD105', 'the last dim of the input is 3: it is channels last, the convolution takes channels first')
"""

from __future__ import annotations

from shapedoc.messages._fault import Fault, Reading, Seen
from shapedoc.messages.meaning.numbers import division


def channels_last(seen: Seen) -> Reading | None:
    """The channels the layer asks for stand in another dim of the input."""
    shape, wanted = seen.shape("s"), seen.number("c")
    if len(shape) >= 3 and shape[-1] == wanted:
        order = {3: "0, 2, 1", 4: "0, 3, 1, 2", 5: "0, 4, 1, 2, 3"}.get(len(shape), "…")
        return Reading(
            notes=(
                (
                    f"the last dim of the input is {wanted}: it is channels last, the convolution takes "
                    f"channels first"
                ),
            ),
            fixes=(f"x = x.permute({order})",),
        )
    if wanted in shape[:1]:
        return Reading(
            notes=(
                (
                    f"the first dim of the input is {wanted}: the batch dim is missing, or batch and "
                    f"channels are swapped"
                ),
            ),
            fixes=("add the batch dim: x.unsqueeze(0)",),
        )
    return None


def colours(seen: Seen) -> Reading | None:
    """1, 3 or 4 channels are colours."""
    wanted, found = seen.number("c"), seen.number("d")
    names = {1: "grey", 3: "RGB", 4: "RGBA"}
    if wanted == found or not {wanted, found} <= set(names):
        return None
    return Reading(
        notes=(f"{names[found]} images reach a layer for {names[wanted]}",),
        fixes=(
            f"convert the images: Image.open(path).convert('{ {1: 'L', 3: 'RGB', 4: 'RGBA'}[wanted] }')",
            f"make the first layer take them: Conv2d({found}, …)",
        ),
    )


def missing_batch(seen: Seen) -> Reading | None:
    """How many dims are missing or too many."""
    shape, batched = seen.shape("s"), seen.number("b")
    if not shape:
        return None
    if len(shape) < batched - 1:
        return Reading(fixes=("add the channel dim, then the batch dim: x[None, None]",))
    return Reading(
        fixes=("merge what is too much into the batch: x.flatten(0, 1)", "drop a dim of size 1: x.squeeze(1)")
    )


def left_over(seen: Seen) -> Reading | None:
    """The output channels that fill no group."""
    channels, groups = seen.shape("w")[:1], seen.number("g")
    return Reading(notes=tuple(division(n, groups) for n in channels if groups))


FAULTS = (
    Fault(
        "SD105",
        "the input has {d} channels, the convolution takes {c}",
        (
            (
                "Given groups={g}, weight of size {w:shape}, expected input{s:shape} to have {c} channels, "
                "but got {d} channels instead"
            ),
            (
                "Given transposed={t}, weight of size {w:shape}, expected input{s:shape} to have {c} "
                "channels, but got {d} channels instead"
            ),
            (
                "Given groups={g}, weight{w:shape}, so expected input{s:shape} to have {c} channels, but got "
                "{d} channels instead"
            ),
            (
                "Given transposed={t}, weight{w:shape}, so expected input{s:shape} to have {c} channels, but "
                "got {d} channels instead"
            ),
            "expected input{s:shape} to have {c} channels, but got {d} channels instead",
            "Need input of dimension 4 and input.size[1] == {c} but got input to be of shape: {s:shape}",
            "Need input.size[1] == {c} but got {d} instead",
        ),
        compare="c d",
        decode=(channels_last, colours),
        notes=("the weight is {w}: out_channels, in_channels / groups, kernel", "the input is {s}"),
        fixes=(
            "make the layer take what arrives: in_channels={d}",
            "bring the input to {c} channels before it",
        ),
    ),
    Fault(
        "SD105",
        "input and weight of a convolution disagree on channels",
        ("Invalid channel dimensions",),
        fixes=(
            "compare in_channels with dim 1 of the input",
            "in_channels and out_channels must both be multiples of groups",
        ),
        untold="all the numbers: the meta device drops them",
    ),
    Fault(
        "SD111",
        "conv{n}d got {s}, it takes {b} dims, or {a} without a batch",
        (
            "Expected {a}D (unbatched) or {b}D (batched) input to conv{n}d, but got input of size: {s:shape}",
            (
                "Expected {a}D (unbatched) or {b}D (batched) input to conv_transpose{n}d, but got input of "
                "size: {s:shape}"
            ),
        ),
        decode=(missing_batch,),
        fixes=("add the batch dim: x.unsqueeze(0)",),
    ),
    Fault(
        "SD111",
        "the convolution takes {b} dims, it got {a}: {s}",
        (
            (
                "Expected {b}-dimensional input for {:}-dimensional weight {w:shape}, but got "
                "{a}-dimensional input of size {s:shape} instead"
            ),
        ),
        fixes=("add the batch dim: x.unsqueeze(0)", "merge what is too much into the batch: x.flatten(0, 1)"),
    ),
    Fault(
        "SD111",
        "the convolution takes {b} dims, it got {s}",
        (
            (
                "Expected {b}-dimensional input for {:}-dimensional weight {w:shape}, but got input of size "
                "{s:shape} instead"
            ),
        ),
        fixes=("add the batch dim: x.unsqueeze(0)",),
    ),
    Fault(
        "SD111",
        "a tensor of {a} dims is expected, it has {b}",
        (
            "Expected {a}-dimensional tensor, but got {b}-dimensional tensor for argument #{:} '{name:word}'",
            "expected {a}D tensor, but got {b}D tensor",
        ),
        fixes=("add or drop a dim: unsqueeze, squeeze, flatten(0, 1)",),
    ),
    Fault(
        "SD108",
        "the kernel {k} is larger than the padded input {a}",
        (
            (
                "Calculated padded input size per channel: ({a:shape}). Kernel size: ({k:shape}). Kernel "
                "size can't be greater than actual input size"
            ),
            (
                "Calculated padded input size per channel: ({a:shape}). Kernel size: ({k:shape}). Kernel "
                "size can't greater than actual input size"
            ),
        ),
        notes=(
            "earlier layers have shrunk the maps too far, or the dims are in another order than (N, C, H, W)",
        ),
        fixes=("feed larger images", "use less stride or pooling before, a smaller kernel, or padding"),
    ),
    Fault(
        "SD105",
        "the bias {b} does not fit the {c} output channels of the weight {w}",
        (
            (
                "Given weight of size {w:shape}, expected bias to be 1-dimensional with {c} elements, but "
                "got bias of size {b:shape} instead"
            ),
            (
                "Given transposed={t}, weight of size {w:shape}, expected bias to be 1-dimensional with {c} "
                "elements, but got bias of size {b:shape} instead"
            ),
        ),
        fixes=("make the bias {c} long, or bias=False",),
    ),
    Fault(
        "SD110",
        "{g} groups do not divide the weight {w}",
        (
            (
                "Given groups={g}, expected weight to be divisible by {:} at dimension 0, but got weight of "
                "size [{w:shape}] instead"
            ),
            (
                "Given groups={g}, expected weight to be divisible by {:} at dimension 0, but got weight of "
                "size {w:shape} instead"
            ),
            (
                "Given groups={g}, expected weight to be at least {:} at dimension 0, but got weight of size "
                "{w:shape} instead"
            ),
        ),
        decode=(left_over,),
        fixes=("choose groups that divide in_channels and out_channels",),
    ),
    Fault(
        "SD110",
        "{name} does not divide by groups",
        ("{name:word} must be divisible by groups",),
        fixes=("choose groups that divide in_channels and out_channels",),
        untold="both numbers",
    ),
    Fault(
        "SD108",
        "deform_conv2d: {name} has {a} where {b} is expected",
        ("{name:word}.shape[1] is not valid: got: {a} expected: {b}",),
        compare="b a",
        fixes=("the offset needs 2 x groups x kernel height x kernel width channels, the mask half of that",),
    ),
    Fault(
        "SD108",
        "deform_conv2d: the offset has {a} channels, no multiple of {b}",
        ("Got offset.shape[1]={a}, while 2 * weight.size[2] * weight.size[3]={b}",),
        compare="b a",
        fixes=("the offset needs 2 x kernel height x kernel width channels for each group",),
    ),
    Fault(
        "SD108",
        "{name} has output sides {s}, the convolution computes {t}",
        ("{name:word} output dims: ({s:shape}) - computed output dims: ({t:shape})",),
        fixes=("give the layer that makes the {name} the same stride and padding",),
    ),
)
