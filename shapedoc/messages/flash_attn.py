"""flash-attention, Mamba and causal-conv1d: compiled kernels that name a layout and print no shape.

>>> from shapedoc.messages import explain_text
>>> text = "RuntimeError: k must have shape (batch_size, seqlen_k, num_heads_k, head_size)"
>>> [cause] = explain_text(text).causes
>>> cause.message
'k is not [batch_size, seqlen_k, num_heads_k, head_size]'
>>> cause.fixes[0]
'compare k with q along these dims; a permute too few puts the heads in the place of the sequence'
"""

from __future__ import annotations

from shapedoc.messages._fault import Fault, Reading, Seen

PACKED = {
    "cu_seqlens": (
        "one number more than there are sequences, from 0: torch.nn.functional.pad(lengths.cumsum(0), (1, 0))"
    ),
    "block_table": "one row for each sequence",
}


def layout(seen: Seen) -> Reading:
    """What the names in the text say of the operand."""
    name, dims = str(seen.fields.get("name", "")), str(seen.fields.get("dims", ""))
    hint = next((text for prefix, text in PACKED.items() if name.startswith(prefix)), "")
    fixes = (
        (hint,)
        if hint
        else (
            (
                f"compare {name} with q along these dims; a permute too few puts the heads in the place of "
                f"the sequence"
            ),
        )
    )
    channels = "dim, seqlen" in dims
    notes = (
        ("channels stand before the sequence here: x.transpose(1, 2) from [batch, sequence, dim]",)
        if channels
        else ()
    )
    return Reading(f"{name} is not [{dims}]", notes=notes, fixes=notes[:0] if channels else fixes)


FAULTS = (
    Fault(
        "SD108",
        "{name} is not [{dims}]",
        ("{name:word} must have shape ({dims:text})\n", "{name:word} must have shape ({dims:text})"),
        decode=(layout,),
        untold="the shape that it has",
    ),
    Fault(
        "SD108",
        "head_dim is larger than {n}, the most this kernel takes",
        (
            "FlashAttention forward only supports head dimension at most {n}",
            "FlashAttention backward only supports head dimension at most {n}",
            "The attention head dimension cannot be larger than {n}",
            "only supports state dimension <= {n}",
        ),
        fixes=("use more, smaller heads", "use scaled_dot_product_attention, which takes any head_dim"),
        untold="the head_dim",
    ),
    Fault(
        "SD108",
        "head_dim is no multiple of {n}",
        (
            "query, key, value, and out_ must have a head_size that is a multiple of {n}",
            "head_size should be a multiple of {n}",
        ),
        fixes=("pad head_dim to a multiple of {n}, or choose heads so that it is one",),
        untold="the head_dim",
    ),
    Fault(
        "SD108",
        "an empty batch reaches the attention",
        ("batch size must be positive",),
        fixes=("skip empty batches: a mask or a filter that keeps nothing, a rank without samples",),
        untold="which dim is 0",
    ),
    Fault(
        "SD108",
        "the last dim is not contiguous: a transpose ends the layout",
        ("Input tensor must have contiguous last dimension",),
        fixes=("check the order of the axes, [batch, sequence, heads, head_dim]; then .contiguous()",),
        untold="the layout",
    ),
    Fault(
        "SD108",
        "{name} is {s}, it should be {t}",
        (
            "{name:word} shape {s:shape} != expected {t:shape}",
            "{name:word}.shape {s:shape} != expected {t:shape}",
        ),
        fixes=("bring {name} to {t}",),
    ),
    Fault(
        "SD108",
        "the cache is paged in blocks that {n} does not divide",
        ("Paged KV cache block size must be divisible by {n}",),
        fixes=("choose a block size that is a multiple of {n}",),
        untold="the block size",
    ),
    Fault(
        "SD108",
        "the kernel is wider or narrower than causal_conv1d takes: {a} to {b}",
        ("causal_conv1d only supports width between {a} and {b}",),
        fixes=("the weight is [dim, width], without the dim of 1 that a Conv1d has: weight.squeeze(1)",),
        untold="the width",
    ),
    Fault(
        "SD110",
        "{n} does not divide the channels",
        (
            "causal_conv1d only supports channel dimension divisible by {n} for now",
            "requires strides (x.stride({:}) and x.stride({:})) to be multiples of {n}",
        ),
        fixes=("choose a width that is a multiple of {n}", ".contiguous() on a slice of a larger projection"),
        untold="how many there are",
    ),
)
