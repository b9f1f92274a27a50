r"""cat, stack and batches put together: sizes that differ where they must agree.

>>> from shapedoc.messages import explain_text
>>> [cause] = explain_text('''  File "unet.py", line 52, in forward
...     x = torch.cat([x, skip], dim=1)
... RuntimeError: Sizes of tensors must match except in dimension 1. Expected size 5 but got size 6 \
... for tensor number 1 in the list.''').causes
>>> cause.code, cause.fixes[0]
('SD107', 'resize to the skip connection: torch.nn.functional.interpolate(x, size=skip.shape[2:])')
"""

from __future__ import annotations

from shapedoc.messages._fault import Fault, Reading, Seen

SAMPLES = ("default_collate", "collate", "fetch", "collate_fn", "collate_tensor_fn")


def odd_side(seen: Seen) -> Reading | None:
    """Feature maps one off: an odd side was halved and doubled on one way only."""
    x, y = seen.number("x"), seen.number("y")
    if abs(x - y) != 1 or not min(x, y):
        return None
    side = "" if max(x, y) < 3 else f", {max(x, y) if max(x, y) % 2 else min(x, y)} is odd"
    return Reading(
        notes=(f"one off{side}: a feature map met its down- and upsampled twin",),
        fixes=(
            "resize to the skip connection: torch.nn.functional.interpolate(x, size=skip.shape[2:])",
            "pad the input so that every stride divides its sides",
        ),
    )


def of_samples(seen: Seen) -> Reading | None:
    """The tensors are samples that a DataLoader puts into one batch."""
    if not any(frame.function in SAMPLES for frame in seen.frames):
        return None
    s, t = seen.shape("s"), seen.shape("t")
    says = (
        f"samples of one batch differ: {list(s)} and {list(t)}"
        if s and t
        else "samples of one batch differ in shape"
    )
    return Reading(
        says,
        fixes=(
            "bring all samples to one size in the dataset: transforms.Resize((h, w)), Image.convert('RGB')",
            "pad in a collate_fn: torch.nn.utils.rnn.pad_sequence(samples, batch_first=True)",
        ),
    )


def differing(seen: Seen) -> Reading | None:
    """The dims in which two shapes of equal rank differ."""
    s, t = seen.shape("s"), seen.shape("t")
    if not s or len(s) != len(t):
        return None
    parts = [f"dim {i}: {a} and {b}" for i, (a, b) in enumerate(zip(s, t, strict=True)) if a != b]
    return Reading(notes=("they differ in " + ", ".join(parts),)) if parts else None


FAULTS = (
    Fault(
        "SD107",
        "tensor {i} has {y} where the first has {x}, outside dimension {d}, along which they are joined",
        (
            (
                "Sizes of tensors must match except in dimension {d}. Expected size {x} but got size {y} for "
                "tensor number {i} in the list"
            ),
            (
                "Sizes of tensors must match except in dimension {d}. Expected {x} in dimension {e} but got "
                "{y} for tensor number {i} in the list"
            ),
            (
                "Sizes of tensors must match except in dimension {d}. Got {x} and {y} in dimension {e} (The "
                "offending index is {i})"
            ),
            (
                "torch.cat(): Sizes of tensors must match except in dimension {d}. Expected size {x} but got "
                "size {y} for tensor number {i} in the list"
            ),
        ),
        compare="x y",
        decode=(of_samples, odd_side),
        fixes=("join along the dimension that differs", "bring tensor {i} to {x} before joining"),
        untold="both shapes",
    ),
    Fault(
        "SD107",
        "the tensors have {x} and {y} in dimension {e}, outside dimension {d}, along which they are joined",
        ("Sizes of tensors must match except in dimension {d}. Got {x} and {y} in dimension {e}",),
        compare="x y",
        decode=(of_samples, odd_side),
        fixes=("join along the dimension that differs", "bring both to one size before joining"),
        untold="both shapes",
    ),
    Fault(
        "SD111",
        "tensors of {a} and {b} dims are joined",
        (
            "Tensors must have same number of dimensions: got {a} and {b}",
            (
                "Number of dimensions of tensors must match. Expected {a}-D tensors, but got {b}-D for "
                "tensor number {i} in the list"
            ),
            (
                "all the input arrays must have same number of dimensions, but the array at index {:} has "
                "{a} dimension(s) and the array at index {:} has {b} dimension(s)"
            ),
        ),
        fixes=("add the missing dim: x.unsqueeze(…)",),
        untold="both shapes",
    ),
    Fault(
        "SD107",
        "tensors of shape {s} and {t} are stacked",
        (
            (
                "stack expects each tensor to be equal size, but got {s:shape} at entry 0 and {t:shape} at "
                "entry {i}"
            ),
        ),
        decode=(of_samples, differing),
        fixes=("bring all to one shape before stacking", "use torch.cat if one dimension may differ"),
    ),
    Fault(
        "SD107",
        "the first of the stacked tensors has shape {s}, another differs",
        ("stack expects each tensor to be equal size, but got {s:shape} at entry 0",),
        decode=(of_samples,),
        fixes=("bring all to one shape before stacking", "use torch.cat if one dimension may differ"),
        untold="the shape of the other tensor",
    ),
    Fault(
        "SD107",
        "replica {i} returned {s}, the first returned {t}: DataParallel cannot gather them",
        (
            "Input tensor at index {i} has invalid shape {s:shape}, but expected {t:shape}",
            "Gather got an input of invalid size: got {s:shape}, but expected {t:shape}",
        ),
        decode=(differing,),
        fixes=(
            "let each output keep the batch in dim 0; what has none must be returned another way",
            "drop a last batch that the replicas do not share evenly: DataLoader(…, drop_last=True)",
            "use DistributedDataParallel, which gathers nothing",
        ),
    ),
    Fault(
        "SD107",
        "along dimension {d}, array {i} has {x} and array {j} has {y}",
        (
            (
                "all the input array dimensions except for the concatenation axis must match exactly, but "
                "along dimension {d}, the array at index {i} has size {x} and the array at index {j} has "
                "size {y}"
            ),
        ),
        compare="x y",
        decode=(odd_side,),
        fixes=("concatenate along the axis that differs",),
    ),
    Fault(
        "SD107",
        "samples of one batch differ in shape",
        (
            "each element in list of batch should be of equal size",
            "Trying to resize storage that is not resizable",
            "all input arrays must have the same shape",
            "all input tensors must be of the same shape",
        ),
        fixes=(
            "bring all samples to one size in the dataset",
            "pad in a collate_fn: torch.nn.utils.rnn.pad_sequence(samples, batch_first=True)",
        ),
        untold="the shapes",
    ),
    Fault(
        "SD107",
        "a list at dim {d} has {b} entries where its neighbours have {a}",
        ("expected sequence of length {a} at dim {d} (got {b})",),
        compare="a b",
        fixes=(
            "pad the rows to one length; a tokenizer does with padding=True, truncation=True",
            "keep ragged rows as a list of tensors",
        ),
    ),
    Fault(
        "SD107",
        "the rows of a nested list differ in length, after {d} dims",
        (
            (
                "The requested array has an inhomogeneous shape after {d} dimensions. The detected shape was "
                "{s:shape} + inhomogeneous part"
            ),
        ),
        fixes=("pad the rows to one length", "pass dtype=object to keep them ragged"),
    ),
    Fault(
        "SD107",
        "rows of differing length cannot become one tensor",
        ("Unable to create tensor, you should probably activate truncation and/or padding",),
        fixes=(
            "tokenizer(…, padding=True, truncation=True)",
            "DataCollatorWithPadding; labels need padding as well (DataCollatorForSeq2Seq)",
        ),
        untold="the lengths",
    ),
)
