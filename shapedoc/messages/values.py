r"""Tests that compare numbers: shapes agree, values do not, and a layout or a scale is meant.

>>> from shapedoc.messages import explain_text
>>> [cause] = explain_text('''  File "test_attention.py", line 14, in test_fused_and_unfused_paths_agree
...     torch.testing.assert_close(fused(x), unfused(x))
... AssertionError: Tensor-likes are not close!
...
... Mismatched elements: 8190 / 8192 (100.0%)
... Greatest absolute difference: 0.1503 at index (0, 3, 7, 2) (up to 1e-05 allowed)''').causes
>>> print(cause)
SD302 two paths give different values: they differ by up to 0.1503
>>> cause.fixes[0]
'scale by head_dim ** -0.5 on both paths, as scaled_dot_product_attention does'

A comparison whose names speak of neither is left alone.
"""

from __future__ import annotations

import re

from shapedoc.messages._fault import Fault, Reading, Seen

PATHS = r"(?i)fused|sdpa|flash|eager|reference|naive|unfold|path|two_modes|chunk|recurrent|backend"
LEAKS = r"(?i)leak|frame|perturb|mix|cross|sample|batch|layout|permut|reshape"


def names(seen: Seen) -> str:
    """What the traceback calls things."""
    return " ".join(
        [seen.code, *(f"{frame.function} {frame.code}" for frame in seen.frames if not frame.library)]
    )


def of_layout_or_paths(seen: Seen) -> bool:
    """Numbers may differ for many reasons; only these two are matters of axes and scales."""
    return bool(re.search(PATHS, names(seen)) or re.search(LEAKS, names(seen)))


def which(seen: Seen) -> Reading:
    """Two paths that should agree, or values that crossed over."""
    largest = seen.fields.get("difference", "")
    by = f": they differ by up to {largest}" if largest else ""
    if re.search(PATHS, names(seen)):
        return Reading(
            f"two paths give different values{by}",
            fixes=(
                "scale by head_dim ** -0.5 on both paths, as scaled_dot_product_attention does",
                "transpose in the same order on both paths: [batch, heads, sequence, head_dim]",
            ),
            notes=("a scale of num_heads ** -0.5 is right by chance where heads == head_dim",),
        )
    return Reading(
        f"values cross over where they should not{by}",
        fixes=(
            (
                "permute before the reshape: x.permute(0, 2, 1, 3, 4).reshape(b * t, c, h * w), and the "
                "reverse on the way back"
            ),
            "look for a reshape that merges axes which are not neighbours, and for batch_first",
        ),
        notes=("every shape is right; where t == 1 or t divides c the fault does not show",),
        code="SD201",
    )


FAULTS = (
    Fault(
        "SD302",
        "two computations that should agree do not",
        ("Tensor-likes are not close", "Not equal to tolerance"),
        decode=(which,),
        only=of_layout_or_paths,
        around=(
            "Greatest absolute difference: {difference:word} at index {index:shape}",
            "Mismatched elements: {bad} / {all}",
            "Max absolute difference among violations: {difference:word}",
            "Max absolute difference: {difference:word}",
        ),
        notes=("{bad} of {all} elements differ",),
        untold="which step makes the values part",
    ),
)
