"""Losses: batches, classes and maps of prediction and target.

>>> from shapedoc.messages import explain_text
>>> [cause] = explain_text(
...     "UserWarning: Using a target size (torch.Size([64])) that is different to the input size "
...     "(torch.Size([64, 1])). This will likely lead to incorrect results due to broadcasting.").causes
>>> cause.code, cause.message
('SD204', 'a prediction of [64, 1] and a target of [64] multiply out to [64, 64]')
>>> cause.fixes[0]
'drop the dim of size 1: loss(prediction.squeeze(1), target)'
"""

from __future__ import annotations

from itertools import zip_longest

from shapedoc.messages._fault import Fault, Reading, Role, Seen


def multiplied_out(seen: Seen) -> Reading | None:
    """The shape that two tensors broadcast to, where that is larger than both."""
    s, t = seen.shape("s"), seen.shape("t")
    pairs = list(zip_longest(reversed(s), reversed(t), fillvalue=1))
    if any(a != b and 1 not in (a, b) for a, b in pairs):
        return None
    wide = [max(a, b) for a, b in reversed(pairs)]
    return Reading(
        f"a prediction of {list(t)} and a target of {list(s)} multiply out to {wide}", fixes=squeezed(s, t)
    )


def squeezed(s: tuple[int, ...], t: tuple[int, ...]) -> tuple[str, ...]:
    """The fix where one shape is the other with a 1 behind."""
    if t == (*s, 1):
        return (
            f"drop the dim of size 1: loss(prediction.squeeze({len(s)}), target)",
            "give the target one: target.unsqueeze(-1)",
        )
    if s == (*t, 1):
        return (f"drop the dim of size 1: loss(prediction, target.squeeze({len(t)}))",)
    return ()


def same_count(seen: Seen) -> Reading | None:
    """Target and prediction that differ by a 1 only."""
    return Reading(fixes=squeezed(seen.shape("s"), seen.shape("t")))


def shifted(seen: Seen) -> Reading | None:
    """Batches that differ by a factor are tokens that were flattened on one side only."""
    a, b = seen.number("a"), seen.number("b")
    if not a or not b or a == b:
        return None
    big, small = max(a, b), min(a, b)
    if big % small == 0:
        return Reading(
            notes=(
                (
                    f"{big} = {big // small} x {small}: one side was flattened, or reshaped to another "
                    f"number of columns"
                ),
            ),
            fixes=("flatten both the same way: logits.reshape(-1, num_classes), target.reshape(-1)",),
        )
    return Reading(fixes=("shift both: logits[:, :-1].reshape(-1, vocabulary), target[:, 1:].reshape(-1)",))


CLASSES = "classes stand in dim 1 of the prediction, behind the batch: [batch, classes, …] against [batch, …]"

FAULTS = (
    Fault(
        "SD102",
        "the prediction has a batch of {a}, the target {b}",
        (
            "Expected input batch_size ({a}) to match target batch_size ({b})",
            "Assertion `THIndexTensor_(size)(target, 0) == batch_size' failed",
        ),
        compare="b a",
        decode=(shifted,),
        fixes=(
            "keep the batch dim when flattening: x.flatten(1), not x.view(-1, features)",
            "take both from one batch of the loader",
        ),
    ),
    Fault(
        "SD102",
        "the prediction is {s}, the target {t}",
        (
            "size mismatch (got input: {s:shape} , target: {t:shape}",
            "input and target batch or spatial sizes don't match: target {t:shape}, input {s:shape}",
            "input and target shapes do not match: input {s:shape}, target {t:shape}",
            "The `preds` and `target` should have the same shape, got {s:shape} and {t:shape}",
            "Predictions and targets are expected to have the same shape, but got {s:shape} and {t:shape}",
            (
                "Predictions and targets are expected to have the same shape, pred has shape of {s:shape} "
                "and target has shape of {t:shape}"
            ),
            "The shapes of input and target must match, got {s:shape} and {t:shape}",
        ),
        notes=(CLASSES,),
        fixes=(
            "resize the prediction to the target: torch.nn.functional.interpolate(x, size=target.shape[2:])",
            "resize the target with mode='nearest'",
        ),
    ),
    Fault(
        "SD102",
        "the target should be {s}, it is {t}",
        ("Expected target size {s:shape}, got {t:shape}",),
        notes=(CLASSES,),
        fixes=(
            "put the classes into dim 1: logits.transpose(1, 2), for maps logits.permute(0, 3, 1, 2)",
            "flatten both: logits.reshape(-1, classes), target.reshape(-1)",
        ),
    ),
    Fault(
        "SD111",
        "the target has a class dim, cross entropy wants class numbers",
        (
            "multi-target not supported",
            "1D target tensor expected, multi-target not supported",
            "0D or 1D target tensor expected, multi-target not supported",
        ),
        fixes=(
            "drop the dim of size 1: target.squeeze(1)",
            "turn one-hot rows into numbers: target.argmax(1)",
        ),
        untold="the target's shape",
    ),
    Fault(
        "SD111",
        "the target map has another rank than [batch, height, width]",
        (
            "only batches of spatial targets supported (3D tensors) but got targets of size: : {t:shape}",
            "only batches of spatial targets supported (3D tensors) but got targets of dimension: {n}",
            "only batches of spatial targets supported (non-empty 3D tensors) but got targets of size",
        ),
        notes=("it is {t}", "it has {n} dims"),
        fixes=(
            "drop the channel of the target: target.squeeze(1), or target[:, 0]",
            "turn one-hot maps into numbers: target.argmax(1)",
        ),
    ),
    Fault(
        "SD102",
        "the target is {s}, the prediction {t}",
        (
            "Using a target size ({s:shape}) that is different to the input size ({t:shape}) is deprecated",
            "Target size ({s:shape}) must be the same as input size ({t:shape})",
        ),
        decode=(same_count,),
        fixes=("bring both to one shape: target.view_as(prediction) if the order is the same",),
    ),
    Fault(
        "SD102",
        "the target has {a} elements, the prediction {b}",
        (
            (
                "Target and input must have the same number of elements. target nelement ({a}) != input "
                "nelement ({b})"
            ),
        ),
        compare="a b",
        fixes=("one number for each class and sample: one-hot the target, or use cross_entropy",),
    ),
    Fault(
        "SD204",
        "a prediction of {t} is compared with a target of {s}",
        (
            (
                "Using a target size ({s:shape}) that is different to the input size ({t:shape}). This will "
                "likely lead to incorrect results due to broadcasting"
            ),
        ),
        decode=(multiplied_out,),
        notes=("every prediction is compared with every target: the run goes on and learns the mean",),
        fixes=("bring both to one shape: target.view_as(prediction)",),
        role=Role.ANNOUNCED,
    ),
)
