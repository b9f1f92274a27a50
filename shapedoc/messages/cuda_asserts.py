"""Assertions inside CUDA kernels: an index out of range, told late and by a call that is not to blame.

>>> from shapedoc.messages import explain_text
>>> [cause] = explain_text("Indexing.cu:1292: indexSelectLargeIndex: block: [1,0,0], thread: [0,0,0] "
...                        "Assertion `srcIndex < srcSelectDimSize` failed.").causes
>>> cause.code, cause.fixes[0]
('SD109', 'run the same batch on the CPU: it names the index and the line')
"""

from __future__ import annotations

from shapedoc.messages._fault import Fault, Role

ON_CPU = (
    "run the same batch on the CPU: it names the index and the line",
    "run with CUDA_LAUNCH_BLOCKING=1 to be shown the right frame",
)
LATE = "a GPU reports this late: the frame in the traceback is not to blame and is left out here"

FAULTS = (
    Fault(
        "SD109",
        "an index is out of range in a CUDA kernel",
        (
            "Assertion `srcIndex < srcSelectDimSize` failed",
            'index out of bounds"` failed',
            'Assertion `ind >= 0 && ind < ind_dim_size && "{:text}"` failed',
            "Assertion `idx >= 0 && idx < self_dim_size{:text}` failed",
            "srcIndex < srcSelectDimSize",
        ),
        notes=(LATE,),
        role=Role.LATE,
        fixes=(*ON_CPU, "compare ids.max() with num_embeddings, positions with the position table"),
        untold="the index and the size of the table",
    ),
    Fault(
        "SD109",
        "a target class is out of range in a CUDA kernel",
        (
            "Assertion `t >= 0 && t < n_classes` failed",
            "Assertion `cur_target >= 0 && cur_target < n_classes` failed",
            "Assertion `target_val >= zero && target_val <= one` failed",
            "t >= 0 && t < n_classes",
            "cur_target >= 0 && cur_target < n_classes",
        ),
        notes=(LATE,),
        role=Role.LATE,
        fixes=(*ON_CPU, "compare target.max() with the number of classes, and let the labels count from 0"),
        untold="the class and how many there are",
    ),
    Fault(
        "",
        "an assertion of values, not of sizes, failed in a CUDA kernel",
        (
            "Assertion `input_val >= zero && input_val <= one` failed",
            "probability tensor contains either `inf`, `nan`",
        ),
        role=Role.INNOCENT,
    ),
    Fault(
        "SD109",
        "a CUDA kernel asserted; most often an index is out of range",
        (
            "CUDA error: device-side assert triggered",
            "cuda runtime error (59) : device-side assert triggered",
        ),
        notes=(LATE,),
        role=Role.LATE,
        fixes=(*ON_CPU, "compare ids.max() with num_embeddings, target.max() with the number of classes"),
        untold="which index it is and how large its table",
    ),
)
