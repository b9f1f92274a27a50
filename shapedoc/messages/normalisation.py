"""BatchNorm, LayerNorm, GroupNorm and PReLU: channels and ranks.

>>> from shapedoc.messages import explain_text
>>> [cause] = explain_text("RuntimeError: Given normalized_shape=[768], expected input with shape [*, 768], "
...                        "but got input of size[2, 768, 196]").causes
>>> cause.code, cause.notes
('SD105', ('the 768 features stand in dim 1 of the input, the norm takes them last',))
"""

from __future__ import annotations

from shapedoc.messages._fault import Fault, Reading, Seen
from shapedoc.messages.meaning.numbers import division

MORE_SAMPLES = (
    "drop a last batch of one: DataLoader(…, drop_last=True)",
    "model.eval() when not training",
    "GroupNorm or LayerNorm works on one sample",
)


def features_elsewhere(seen: Seen) -> Reading | None:
    """The normalised size stands in another dim."""
    wanted, shape = seen.shape("s"), seen.shape("t")
    if len(wanted) != 1 or wanted[0] not in shape[:-1]:
        return None
    place = shape.index(wanted[0])
    return Reading(
        notes=(f"the {wanted[0]} features stand in dim {place} of the input, the norm takes them last",),
        fixes=(f"move them last and back: norm(x.movedim({place}, -1)).movedim(-1, {place})",),
    )


def last_dim(seen: Seen) -> Reading | None:
    """One normalised size against the last dim of the input."""
    wanted, shape = seen.shape("s"), seen.shape("t")
    if len(wanted) != 1 or not shape:
        return None
    return Reading(f"the norm takes {wanted[0]} features, the input {list(shape)} has {shape[-1]}")


def left_over(seen: Seen) -> Reading | None:
    """The channels that fill no group."""
    channels, groups = seen.shape("s")[1:2], seen.number("g")
    return Reading(notes=tuple(division(n, groups) for n in channels if groups))


def built_for_others(seen: Seen) -> Reading | None:
    """A GroupNorm that was built divides its own channels: another number arrives."""
    arriving = seen.shape("s")[1:2]
    if not arriving or not any("normalization.py" in frame.path for frame in seen.frames):
        return None
    return Reading(
        notes=(
            f"nn.GroupNorm refuses such a number when it is built: it was made for others than {arriving[0]}",
        ),
    )


FAULTS = (
    Fault(
        "SD105",
        "the norm holds {b} channels, the input has {a}",
        (
            "running_mean should contain {a} elements not {b}",
            "running_var should contain {a} elements not {b}",
            "weight should contain {a} elements not {b}",
            (
                "Expected weight to be of same shape as normalized_shape, but got weight of shape [{b}] and "
                "normalized_shape = [{a}]"
            ),
            (
                "Expected weight to be a vector of size equal to the number of channels in input, but got "
                "weight of shape [{b}] and input of shape [{:}, {a}{:text}]"
            ),
        ),
        compare="b a",
        fixes=("let the layer before put out {b} channels, or make the norm for {a}: one of them is wrong",),
    ),
    Fault(
        "SD111",
        "the norm takes {a} dims, it got {b}",
        ("expected {a}D input (got {b}D input)",),
        fixes=(
            "use the norm for this rank: BatchNorm1d for 2 and 3 dims, 2d for 4, 3d for 5",
            "add the batch dim: x.unsqueeze(0)",
        ),
    ),
    Fault(
        "SD111",
        "the norm takes {a} or {c} dims, it got {b}",
        ("expected {a}D or {c}D input (got {b}D input)",),
        fixes=("use the norm for this rank: BatchNorm1d for 2 and 3 dims, 2d for 4, 3d for 5",),
    ),
    Fault(
        "SD108",
        "one value for each channel is not enough to train a norm: {s}",
        (
            "Expected more than 1 value per channel when training, got input size {s:shape}",
            "Expected more than 1 spatial element when training, got input size {s:shape}",
        ),
        fixes=MORE_SAMPLES,
    ),
    Fault(
        "SD105",
        "the norm takes {s} as last dims, the input is {t}",
        (
            (
                "Given normalized_shape={s:shape}, expected input with shape [*, {:text}], but got input of "
                "size{t:shape}"
            ),
            (
                "Given normalized_shape={s:shape}, expected input with shape [*{:text}], but got input of "
                "size{t:shape}"
            ),
            (
                "Given normalized_shape={s:shape}, expected input with shape {:shape}, but got input of size "
                "{t:shape}"
            ),
        ),
        decode=(features_elsewhere, last_dim),
        fixes=("let the layer before put out what the norm takes, or make the norm for what arrives",),
    ),
    Fault(
        "SD110",
        "{g} groups do not divide the channels of {s}",
        (
            (
                "Expected number of channels in input to be divisible by num_groups, but got input of shape "
                "{s:shape} and num_groups={g}"
            ),
        ),
        decode=(left_over, built_for_others),
        fixes=(
            "let the layer before put out the channels that the norm was made for",
            "choose a num_groups that divides the channels",
        ),
    ),
    Fault(
        "SD110",
        "{a} channels do not divide into {b} groups",
        (
            "num_channels ({a}) must be divisible by num_groups ({b})",
            "num_channels must be divisible by num_groups",
        ),
        compare="b a",
        fixes=("choose a num_groups that divides the channels",),
    ),
    Fault(
        "SD105",
        "PReLU holds {a} slopes, the input has {b} channels",
        (
            (
                "Mismatch of parameter numbers and input channel size. Found parameter numbers = {a} and "
                "channel size = {b}"
            ),
        ),
        compare="a b",
        fixes=("nn.PReLU({b}), or nn.PReLU() for one slope",),
    ),
)
