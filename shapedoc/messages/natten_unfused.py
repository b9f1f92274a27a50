r"""NATTEN 0.14 to 0.17: the unfused operators, [batch, heads, *tokens, head_dim].

>>> from shapedoc.messages import explain_text
>>> [cause] = explain_text('''  File "mixer.py", line 41, in forward
...     x1 = na2d_av(attn1, value[0], kernel_size=self.k1)
... RuntimeError: Tensor shape mismatch at dimension 1: 2 != 2
... Exception raised from CheckAttnShape at /natten-build/csrc/include/natten/pytorch/helpers.h:190''').causes
>>> cause.code, cause.message
('SD106', 'value has 2 heads, the attention weights have another number')
>>> cause.fixes[0]
'make the value with all heads: g=self.num_heads, not self.num_heads//2, in its rearrange'

The 2 stands twice because NATTEN 0.15 to 0.17 prints one operand twice.
"""

from __future__ import annotations

from shapedoc.messages._fault import Fault, Reading, Seen

AXES = ("a batch of {}", "{} heads", "{} token rows", "{} token columns")  # heads first
ELSEWHERE = "the fused operators, and all from 0.20 on, take [batch, *tokens, heads, head_dim]"
SMALLER = (
    "use a smaller kernel or dilation, or larger maps",
    "pad the map to kernel x dilation and crop afterwards",
)


def operand_twice(seen: Seen) -> Reading:
    """Only the check of the attention weights prints equal numbers: it prints the other operand twice."""
    dim, a, b = map(seen.number, ("i", "a", "b"))
    axis = AXES[dim] if 0 <= dim < len(AXES) else f"{{}} in dim {dim}"
    code = "SD106" if dim == 1 else "SD108"
    if a != b:
        return Reading(f"one operand has {axis.format(a)}, the other {b}", code=code)
    operand = "query" if "qk" in seen.code else "value"
    twice = f"NATTEN prints one operand twice: {a} is the {operand}'s, that of the weights is not in the text"
    says = f"{operand} has {axis.format(a)}, the attention weights have another number"
    return Reading(says, (twice,), heads_of_both(operand, a) if dim == 1 else (), code)


def heads_of_both(operand: str, heads: int) -> tuple[str, ...]:
    """Either side can be brought to the other; what made the smaller one is to blame more often."""
    return (
        f"make the {operand} with all heads: g=self.num_heads, not self.num_heads//2, in its rearrange",
        f"look where the heads of the {operand} are made: a split into groups halves them",
        f"or bring the weights to {heads} heads: a bias added to them must then have {heads} as well",
    )


def too_small(seen: Seen) -> Reading | None:
    """A map too small for the kernel may be the head count, read in its place."""
    n, k, d = seen.number("n"), seen.number("k"), seen.number("d") or 1
    if not n:
        return None
    return Reading(
        f"a map side of {n} is smaller than kernel {k} x dilation {d} = {k * d}",
        notes=(f"{n} may be the number of heads: heads stand first here; {ELSEWHERE}",),
    )


FAULTS = (
    Fault(
        "SD106",
        "sizes differ in dimension {i}: {a} and {b}",
        ("Tensor shape mismatch at dimension {i}: {a} != {b}",),
        decode=(operand_twice,),
        notes=("dimensions count in [batch, heads, *tokens, head_dim]",),
        untold="the size of the attention weights",
    ),
    Fault(
        "SD108",
        "kernel x dilation does not fit the tokens",
        (
            (
                "Input axes must be greater than or equal to the product of kernel size and dilation. Got "
                "kernel size {k}, dilation {d}, but dimension size was {n}"
            ),
            (
                "Input axes must be less than or equal to the product of kernel size and dilation. Got "
                "kernel size {k}, dilation {d}, but dimension size was {n}"
            ),
            "Input resolution must be greater than or equal to kernel size x dilation",
            "Input sequence length must be greater than or equal to kernel size x dilation",
            "Input axes must be less than or equal to the product of kernel size and dilation",
        ),
        decode=(too_small,),
        fixes=(*SMALLER, "if the side is the head count, move the heads to the place this version wants"),
        untold="which dim it is",
    ),
    Fault(
        "SD108",
        "kernel size {k} is even or too small: odd numbers from 3 on",
        (
            "Kernel size must be an odd number greater than 1, got {k}",
            "This operation only supports odd-sized kernel sizes, got {k}",
        ),
        fixes=("use an odd kernel, or the fused operators of 0.20 and later",),
    ),
    Fault(
        "SD108",
        "the weights hold {b} values for each token, the kernel makes {a}",
        (
            "Expected attention dim was {a}, got {b}",
            "Expected {a} attention weights per token, got attn_tensor.shape[-1]={b}",
        ),
        compare="a b",
        notes=("a kernel of K x K makes K * K weights for each token",),
        fixes=("give both calls, weights and values, the same kernel_size",),
    ),
    Fault(
        "SD111",
        "NATTEN wants tensors of {n} dims",
        ("Expected {n}-D tensors.",),
        fixes=("bring them to [batch, heads, *tokens, head_dim]; " + ELSEWHERE,),
        untold="how many they have",
    ),
    Fault(
        "SD106",
        "the bias has another number of heads than the query",
        ("Expected bias.shape[0] == heads",),
        fixes=("make the table with num_heads rows: [heads, 2K-1, 2K-1]",),
        untold="both head counts",
    ),
    Fault(
        "SD108",
        "the bias is {b} in dim {i}, the kernel wants {a}",
        ("Invalid bias shape at dim {i}; expected {a}, got {b}",),
        compare="a b",
        notes=("2 x kernel - 1 in each token dim, without a batch dim",),
        fixes=("make the table [heads, 2K-1, 2K-1] for this kernel",),
    ),
    Fault(
        "SD108",
        "this kernel takes an even head_dim in half precision",
        ("Dims per head must be an even number in FP16",),
        fixes=("choose an even head_dim",),
        untold="the head_dim",
    ),
    Fault(
        "SD108",
        "{name} takes heads of {n} only",
        ("{name:word} only supports {n}-dim attention heads",),
        fixes=("choose num_heads = features // {n}",),
    ),
    Fault(
        "SD108",
        "the {name} has head_dim {d}, no multiple of {n}",
        ("{name:word} dimension must be a multiple of {n} for {:text} operands, got {d}",),
        compare="n d",
        fixes=("choose a head_dim that is a multiple of {n}",),
    ),
)
