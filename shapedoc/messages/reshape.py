"""view and reshape: element counts that do not fill a shape, tensors taken for one number.

>>> from shapedoc.messages import explain_text
>>> text = "RuntimeError: shape '[4, 178, -1, 128]' is invalid for input of size 45568"
>>> [cause] = explain_text(text).causes
>>> cause.code, cause.message
('SD103', '45568 elements do not fill [4, 178, -1, 128]')
>>> cause.notes[0]
'4 x 178 x 128 = 91136, and 45568 : 91136 = 1 : 2'
"""

from __future__ import annotations

from fractions import Fraction

from shapedoc.messages._fault import Fault, Reading, Seen
from shapedoc.messages.meaning.numbers import division, elements, joined

LARGEST_PART = 64  # of a ratio that still tells something


def counted(seen: Seen) -> Reading | None:
    """What the asked shape holds against what there is; a fraction of a head speaks of split heads."""
    shape, size = seen.shape("t"), seen.number("n")
    known = elements(shape)
    if not known or not size or known == size:
        return None
    factors = [factor for factor in shape if factor != -1]
    product = f"{joined(factors, ' x ', known)}, and " if len(factors) > 1 else ""
    ratio = Fraction(size, known)
    told = division(size, known)
    if 1 < ratio.denominator <= LARGEST_PART and ratio.numerator <= LARGEST_PART:
        told = f"{size} : {known} = {ratio.numerator} : {ratio.denominator}"
    return Reading(notes=(f"{product}{told}", *_split_heads(shape, ratio)), fixes=_batch(shape, ratio))


def _split_heads(shape: tuple[int, ...], ratio: Fraction) -> tuple[str, ...]:
    if len(shape) != 4 or shape[2] != -1 or ratio.numerator != 1:
        return ()
    return (
        f"1 of {ratio.denominator} parts of a head of {shape[3]} is left: more tensor-parallel ranks than kv "
        "heads, or a projection made for fewer heads",
    )


def _batch(shape: tuple[int, ...], ratio: Fraction) -> tuple[str, ...]:
    if len(shape) == 4 and shape[2] == -1 and ratio.numerator == 1:
        return ("replicate the kv heads, or use at most as many tensor-parallel ranks as kv heads",)
    if len(shape) == 2 and shape[0] == -1:
        return ("flatten without a fixed size: x.flatten(1), and size the next Linear for it",)
    return ("keep the batch dim and let the rest follow: x.reshape(x.shape[0], -1)",)


def of_attention(seen: Seen) -> Reading | None:
    """nn.MultiheadAttention folds heads into the batch of the query: key and value must have that batch."""
    shape = seen.shape("t")
    names = " ".join(f"{frame.function} {frame.code}" for frame in seen.frames)
    if len(shape) != 3 or "multi_head_attention_forward" not in names:
        return None
    return Reading(
        f"key or value does not have the batch of the query: {seen.number('n')} elements do not fill "
        f"{list(shape)}",
        notes=("[sequence, batch x heads, head_dim]; the batch is dim 1 unless batch_first=True",),
        fixes=("give query, key and value one batch", "pass batch_first=True if the batch is dim 0"),
        code="SD106",
    )


FAULTS = (
    Fault(
        "SD103",
        "{n} elements do not fill {t}",
        (
            "shape '{t:shape}' is invalid for input of size {n}",
            "size '{t:shape}' is invalid for input with {n} elements",
            "size '{t:shape}' is invalid for input of with {n} elements",
            "cannot reshape array of size {n} into shape {t:shape}",
            "cannot reshape tensor of {:} elements into shape {t:shape}",
            "Shape '{t:shape}' is invalid for input of size {n}",
        ),
        decode=(of_attention, counted),
        fixes=("compute the sizes from x.shape instead of writing them down",),
        untold="the shape of the input",
    ),
    Fault(
        "SD103",
        "a tensor of shape {s} cannot be viewed as {t}",
        (
            (
                "Cannot view a tensor with shape {s:shape} and strides {st:shape} as a tensor with shape "
                "{t:shape}"
            ),
        ),
        notes=(
            "the element counts agree: a permute or transpose stands between, and .view cannot follow it",
        ),
        fixes=(
            (
                "check the order of the axes first: .reshape(…) runs, and merges neighbours that may not "
                "belong together"
            ),
            "permute back, or .contiguous() if the order is the one you want",
        ),
    ),
    Fault(
        "SD103",
        "a tensor of shape {s} cannot be reshaped to {t}",
        ("Could not reshape a tensor with shape {s:shape} as a tensor with shape {t:shape}",),
        fixes=("compute the sizes from x.shape instead of writing them down",),
    ),
    Fault(
        "SD103",
        "{n} elements do not fill a shape of {k}",
        ("Attempting to reshape a tensor with {n} elements to a shape with {k} elements",),
        compare="k n",
        fixes=("compute the sizes from x.shape instead of writing them down",),
    ),
    Fault(
        "SD103",
        ".view cannot follow the permute or transpose before it",
        (
            "view size is not compatible with input tensor's size and stride",
            "view(): argument is not compatible with input tensor's stride",
        ),
        notes=(
            (
                "torch's advice to use .reshape is what hides layout bugs: it copies in the order the axes "
                "now have"
            ),
        ),
        fixes=(
            "check the order of the axes first, then .reshape(…)",
            "permute so that the axes to be merged are neighbours in the right order",
        ),
        untold="the shape and the order of the axes",
    ),
    Fault(
        "SD103",
        "two sizes are -1, only one can be inferred",
        ("only one dimension can be inferred",),
        fixes=("write all sizes but one",),
    ),
    Fault(
        "SD103",
        "the size of -1 is ambiguous: the tensor is empty",
        (
            (
                "cannot reshape tensor of 0 elements into shape {t:shape} because the unspecified dimension "
                "size -1 can be any value"
            ),
        ),
        notes=("a ZeRO-3 or FSDP parameter looks empty outside its gather",),
        fixes=("find out why the tensor is empty: an empty batch, a mask that keeps nothing",),
    ),
    Fault(
        "SD103",
        "{t} does not multiply to {n}, the size of dim {d}",
        (
            (
                "unflatten: Provided sizes {t:shape} don't multiply up to the size of dim {d} ({n}) in the "
                "input tensor"
            ),
            (
                "unflatten: Provided sizes {t:shape} don't multiply up to the size of dim {d:word} ({n}) in "
                "Tensor{s:shape}"
            ),
        ),
        decode=(counted,),
        fixes=("leave one size to be inferred: -1",),
    ),
    Fault(
        "SD103",
        "a tensor of {n} elements cannot become one number",
        (
            "a Tensor with {n} elements cannot be converted to Scalar",
            "only tensors with 1 element can be converted to Python scalars",
        ),
        fixes=("reduce it first: x.mean().item()", "take it as a list: x.tolist()"),
    ),
    Fault(
        "SD103",
        "a tensor of several elements cannot become one number",
        (
            "only one element tensors can be converted to Python scalars",
            "can only convert an array of size 1 to a Python scalar",
            "only size-1 arrays can be converted to Python scalars",
        ),
        fixes=("reduce it first: x.mean().item()", "take it as a list: x.tolist()"),
        untold="how many elements it has",
    ),
    Fault(
        "SD103",
        "a tensor of several elements stands where one truth value is needed",
        (
            "Boolean value of Tensor with more than one value is ambiguous",
            "The truth value of an array with more than one element is ambiguous",
        ),
        fixes=("say which is meant: (x > 0).all() or .any()",),
        untold="how many elements it has",
    ),
)
