r"""Sizes that cannot be broadcast: elementwise operations, expand, in-place writes.

>>> from shapedoc.messages import explain_text
>>> [cause] = explain_text('''  File "vit.py", line 88, in forward
...     x = x + self.pos_embed
... RuntimeError: The size of tensor a (197) must match the size of tensor b (196) \
... at non-singleton dimension 1''').causes
>>> print(cause)
SD102 dimension 1 is 197 in the first tensor and 196 in the second
>>> cause.notes[0]
'197 = 196 + 1, and 196 = 14 x 14: one more than a square of patches is usually a class token'
"""

from __future__ import annotations

from shapedoc.messages._fault import Fault, Reading, Seen, first
from shapedoc.messages.reading.wording import Fields

ATTENTION = ("scaled_dot_product_attention", "sdpa_attention", "sdpa")
IMAGE_CHANNELS = {1: "grey", 3: "RGB", 4: "RGBA"}


def heads_of_attention(seen: Seen) -> Reading | None:
    """In scaled_dot_product_attention dimension 1 holds the heads; more behind it is a mask."""
    a, b, d = map(seen.number, ("x", "y", "d"))
    functions = " ".join(frame.function + frame.code for frame in seen.frames) + seen.code
    if not any(name in functions for name in ATTENTION):
        return None
    if d == 1:
        return Reading(
            f"query has {a} heads, key or value has {b}",
            fixes=(
                (
                    "repeat the kv heads: key.repeat_interleave(num_heads // num_kv_heads, dim=1), and value "
                    "likewise"
                ),
                "pass enable_gqa=True when the kv heads divide the query heads",
            ),
            code="SD106",
        )
    return Reading(
        f"the attention mask has {b} where the scores have {a}, along dimension {d}",
        code="SD106",
        notes=("the mask must broadcast to [batch, heads, queries, keys]",),
        fixes=(
            "build the mask from the lengths of this query and this key",
            "unsqueeze the mask: mask[:, None, None, :]",
        ),
    )


def dispatched_heads(seen: Seen) -> Reading | None:
    """xformers' old components take (batch x heads, sequence, head_dim): their mask is as long as dim 1."""
    if not any("xformers" in frame.path and "components" in frame.path for frame in seen.frames):
        return None
    a, b = seen.number("x"), seen.number("y")
    return Reading(
        (
            f"the mask was built for a sequence of {b}, the scores have {a}: {b} is the number of heads "
            f"taken for the sequence"
        ),
        notes=(
            "xformers.components attention takes [batch * heads, sequence, head_dim]; "
            "given [batch, heads, sequence, head_dim] it reads the heads as the sequence",
            "with batch and heads of 1 the mask broadcasts away and full attention comes out silently",
        ),
        fixes=(
            (
                "wrap it: MultiHeadDispatch(dim_model=…, num_heads=…, attention=LocalAttention(…)), fed "
                "(batch, sequence, dim_model)"
            ),
            "fold the heads into the batch first: rearrange(q, 'b h s d -> (b h) s d'), for k and v too",
        ),
    )


def image_channels(seen: Seen) -> Reading | None:
    """1, 3 and 4 against each other are colour channels."""
    a, b = seen.number("x"), seen.number("y")
    if a == b or not {a, b} <= set(IMAGE_CHANNELS) or seen.number("d") not in (0, 1):
        return None
    return Reading(
        notes=(f"{a} and {b} look like colour channels: {IMAGE_CHANNELS[a]} against {IMAGE_CHANNELS[b]}",),
        fixes=("convert when reading: Image.open(path).convert('RGB')",),
    )


def one_off(seen: Seen) -> Reading | None:
    """An odd side halved and doubled, or a token too many."""
    a, b = seen.number("x"), seen.number("y")
    if abs(a - b) != 1 or seen.number("d") < 2:
        return None
    return Reading(
        notes=("one off in a map side: an odd side was halved and doubled again",),
        fixes=(
            "resize to the skip connection: torch.nn.functional.interpolate(x, size=skip.shape[2:])",
            "pad the input to a multiple of the total stride",
        ),
    )


EXPLANATION = first(dispatched_heads, heads_of_attention, image_channels, one_off)


def broadcast_against(seen: Seen) -> Reading | None:
    """The same explanations, where the text gives the shapes in place of the two sizes."""
    target, size, place = seen.shape("t"), seen.number("x"), seen.number("d")
    if not -len(target) <= place < 0:
        return None
    fields: Fields = {"x": target[place], "y": size, "d": len(target) + place}
    return EXPLANATION(Seen(fields, seen.text, seen.code, seen.frames))


FAULTS = (
    Fault(
        "SD102",
        "dimension {d} is {x} in the first tensor and {y} in the second",
        (
            "The size of tensor a ({x}) must match the size of tensor b ({y}) at non-singleton dimension {d}",
            "The size of tensor a ({x}) must match the size of tensor b ({y}) at non-singletondimension {d}",
            "张量 a 的 大小 ({x}) 必须 与 张量 b 的 大小 ({y}) 在 非 单例 维度 {d}",
            "张量 a ({x}) 的 大小 必须 与 张量 b ({y}) 的 大小 在 非 单例 维度 {d}",
        ),
        compare="y x",
        decode=(EXPLANATION,),
        notes=(
            (
                "dimension {d} counts in the shape that both are broadcast to: the shorter shape is aligned "
                "at its end"
            ),
        ),
        fixes=(
            "give both {x} or both {y} along that dimension",
            "add a dim of size 1 where the other tensor has one more: unsqueeze",
        ),
        untold="both shapes and which tensor is a",
    ),
    Fault(
        "SD102",
        "dimension {d} is {x} in argument {i}, {s}, where {t} is expected",
        (
            (
                "Attempting to broadcast a dimension of length {x} at {d}! Mismatching argument at index {i} "
                "had {s:shape}; but expected shape should be broadcastable to {t:shape}"
            ),
        ),
        decode=(broadcast_against,),
        fixes=("make both sizes equal, or one of them 1",),
    ),
    Fault(
        "SD102",
        "shapes {s} and {t} do not broadcast",
        (
            "Shape mismatch: objects cannot be broadcast to a single shape: {s:shape} vs {t:shape}",
            (
                "shape mismatch: objects cannot be broadcast to a single shape. Mismatch is between arg {:} "
                "with shape {s:shape} and arg {:} with shape {t:shape}"
            ),
            "operands could not be broadcast together with shapes {s:shape} {t:shape}",
            (
                "operands could not be broadcast together with remapped shapes [original->remapped]: "
                "{s:shape} and requested shape {t:shape}"
            ),
            "could not broadcast input array from shape {s:shape} into shape {t:shape}",
            (
                "shape mismatch: value array of shape {s:shape} could not be broadcast to indexing result of "
                "shape {t:shape}"
            ),
            "Shapes {s:shape} and {t:shape} are not broadcastable",
        ),
        fixes=("make the sizes that differ equal, or one of them 1",),
    ),
    Fault(
        "SD102",
        "the result {t} does not fit into {s}, which is written in place",
        ("output with shape {s:shape} doesn't match the broadcast shape {t:shape}",),
        fixes=("write out of place: x = x + y", "reduce the right side to {s} first"),
    ),
    Fault(
        "SD102",
        "dimension {d} is {y} and cannot be expanded to {x}",
        (
            (
                "The expanded size of the tensor ({x}) must match the existing size ({y}) at non-singleton "
                "dimension {d}. Target sizes: {t:shape}. Tensor sizes: {s:shape}"
            ),
            (
                "The expanded size of the tensor ({x}) must match the existing size ({y}) at non-singleton "
                "dimension {d}"
            ),
        ),
        compare="y x",
        notes=(
            (
                "only a dimension of size 1 expands; a slice assignment, a bias and a copied parameter "
                "expand too"
            ),
        ),
        fixes=("repeat it instead: x.repeat(…)", "make the source {x} along that dimension"),
        untold="what was written into what",
    ),
    Fault(
        "SD102",
        "a dimension of {y} cannot be expanded to {x}",
        ("expand: attempting to expand a dimension of length {y} -> {x}",),
        compare="y x",
        notes=(
            (
                "only a dimension of size 1 expands; a slice assignment, a bias and a copied parameter "
                "expand too"
            ),
        ),
        fixes=("repeat it instead: x.repeat(…)", "make the source {x} along that dimension"),
        untold="both shapes",
    ),
    Fault(
        "SD111",
        "a tensor has more dims than the shape it is expanded to",
        ("expand: the requested shape has too few dimensions",),
        fixes=("give one size for each dim, -1 to keep one",),
        untold="both shapes",
    ),
    Fault(
        "SD111",
        "a tensor of {b} dims, {s}, cannot be expanded to {t}",
        (
            (
                "expand({:word}{{{s:shape}}}, size={t:shape}): the number of sizes provided ({a}) must be "
                "greater or equal to the number of dimensions in the tensor ({b})"
            ),
            (
                "the number of sizes provided ({a}) must be greater or equal to the number of dimensions in "
                "the tensor ({b})"
            ),
        ),
        fixes=("give one size for each of the {b} dims, -1 to keep one",),
    ),
    Fault(
        "SD102",
        "tensors of {a} and {b} elements cannot be combined",
        (
            (
                "inconsistent tensor size, expected r_ {s:shape}, t {t:shape} to have the same number of "
                "elements, but got {a} and {b} elements respectively"
            ),
        ),
        compare="a b",
        fixes=("bring both to one shape",),
    ),
)
