"""What two feature counts that disagree in a product may be: heads, flattened maps, a packed weight.

Each function takes a fault with fields m, k, k2, n, read from `(m x k and k2 x n)`.
"""

from __future__ import annotations

import re

from shapedoc.messages._fault import Reading, Seen, first
from shapedoc.messages.meaning.numbers import HEAD_DIMS, image_features

SMALLEST_PACKED = 4096
MODULE_CALL = r"\bself\.[\w.]{1,80}\("


def packed_weight(seen: Seen) -> Reading | None:
    """bitsandbytes keeps two 4-bit values in a byte and the weight as one long column."""
    k, k2, n = map(seen.number, ("k", "k2", "n"))
    packed = k2 * n
    if min(k2, n) != 1 or packed < SMALLEST_PACKED or not k or 2 * packed % k:
        return None
    return Reading(
        f"the weight is still packed: {packed} bytes hold {2 * packed} values of 4 bits, "
        f"{k} x {2 * packed // k}",
        fixes=(
            (
                "let the quantised layer do the product (bitsandbytes Linear4bit), not "
                "torch.nn.functional.linear on its packed weight"
            ),
            "dequantise the weight before adapters or merging touch it",
        ),
    )


def unmerged_heads(seen: Seen) -> Reading | None:
    """The layer takes all heads, one head arrives: `256 = 4 x 64`."""
    k, k2 = seen.number("k"), seen.number("k2")
    if k not in {8, 16, 24, 40, 48, 72, 112, 160, 192, *HEAD_DIMS} or k2 % k or not 1 < k2 // k <= 256:
        return None
    return Reading(
        notes=(f"{k2} = {k2 // k} x {k}: {k2 // k} heads of {k} that were not merged before the layer?",),
        fixes=("merge the heads first: x = rearrange(x, '... h d -> ... (h d)')",),
    )


def kv_heads(seen: Seen) -> Reading | None:
    """All heads arrive where the layer was made for the kv heads, or the reverse."""
    small, big = sorted((seen.number("k"), seen.number("k2")))
    dim = next((dim for dim in HEAD_DIMS[:4] if small % dim == 0 and small // dim > 1), 0)
    if not dim or small < 256 or big % small or big // small not in (2, 3, 4, 5, 6, 7, 8, 12, 16):
        return None
    return Reading(
        notes=(
            (
                f"with grouped queries: {big} = {big // dim} heads x {dim}, {small} = {small // dim} kv "
                f"heads x {dim}"
            ),
        )
    )


def unflattened(seen: Seen) -> Reading | None:
    """Feature maps that were not flattened: rows times columns is a number of whole samples."""
    m, k, k2 = map(seen.number, ("m", "k", "k2"))
    if not m or k > 64 or k >= k2 or m * k % k2 or k2 % k:
        return None
    return Reading(
        notes=(f"{m} x {k} = {m * k // k2} x {k2}: {m * k // k2} samples of {k2} features, not flattened?",),
        fixes=("flatten first: x = x.flatten(1)",),
    )


def larger_image(seen: Seen) -> Reading | None:
    """The layer was sized for feature maps of another side."""
    k, k2, n = map(seen.number, ("k", "k2", "n"))
    channels, there, here = image_features(k, k2) or (0, 0, 0)
    if there < 2:
        return None
    return Reading(
        notes=(
            (
                f"{k} = {channels} channels x {there} x {there}, the layer was sized for {channels} x {here} "
                f"x {here}: another image size?"
            ),
        ),
        fixes=(
            f"size the layer for what arrives: nn.Linear({k}, {n})",
            f"pool to the size it was made for: nn.AdaptiveAvgPool2d({here}) before the flatten",
            "resize the images to the size the model was made for",
        ),
    )


def other_dim(seen: Seen) -> Reading | None:
    """The features stand in another dim: channels first into a Linear, a matrix not transposed."""
    m, k, k2, n = map(seen.number, ("m", "k", "k2", "n"))
    if k == n and m and not re.search(MODULE_CALL, seen.code):
        return Reading(
            notes=(f"the second operand fits when transposed: {n} x {k2}",),
            fixes=("multiply with the transposed matrix: b.T, or b.transpose(-2, -1)",),
        )
    if k2 > 1 and m > k2 and m % k2 == 0:
        return Reading(
            notes=(f"{m} = {m // k2} x {k2}: the {k2} features may stand in another dim than the last",),
            fixes=("move the features last: x = x.transpose(1, 2), for images x.permute(0, 2, 3, 1)",),
        )
    return None


# Likeliest first: of guesses that exclude one another, one is told.
PRODUCT = (first(packed_weight, larger_image, unmerged_heads, unflattened, other_dim), kv_heads)
