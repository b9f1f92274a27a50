"""flash-linear-attention: heads, packed sequences, the move from heads first to heads last.

>>> from shapedoc.messages import explain_text
>>> [cause] = explain_text("AssertionError: key dim must be divisible by num_heads of 6").causes
>>> print(cause)
SD110 6 heads do not divide the key dim
"""

from __future__ import annotations

from shapedoc.messages._fault import Fault

PACK = (
    "with cu_seqlens the sequences stand behind one another in a batch of 1: x.reshape(1, -1, *x.shape[2:])"
)

FAULTS = (
    Fault(
        "SD110",
        "{h} heads do not divide the {name} dim",
        ("{name:word} dim must be divisible by num_heads of {h}",),
        fixes=("choose expand_k, expand_v or num_heads so that the dim divides",),
        untold="the dim",
    ),
    Fault(
        "SD102",
        "packed sequences come in a batch of 1",
        ("Packed inputs with cu_seqlens require batch size 1",),
        fixes=(PACK,),
        untold="the batch",
    ),
    Fault(
        "SD102",
        "packed sequences come in a batch of 1, this one is {b}",
        ("The batch size is expected to be 1 rather than {b} when using `cu_seqlens`",),
        fixes=(PACK,),
    ),
    Fault(
        "SD108",
        "{a} sequences are packed, {b} initial states are given",
        (
            (
                "The number of initial states is expected to be equal to the number of input sequences, "
                "i.e., {a} rather than {b}"
            ),
        ),
        compare="a b",
        fixes=("give one initial state for each packed sequence, not one for each row of the batch",),
    ),
    Fault(
        "SD111",
        "the attention mask is not [batch, sequence]",
        (
            "attention_mask must have shape [batch_size, sequence_length]",
            "Expected attention_mask as a 0-1 matrix with shape [batch_size, seq_len]",
            "Expected attention_mask with shape [batch_size, seq_len]",
        ),
        fixes=("pass the padding mask itself, 0 and 1, before it is expanded for the heads",),
        untold="its shape",
    ),
    Fault(
        "SD106",
        "{hv} value heads are no multiple of {h} heads",
        ("num_v_heads (HV={hv}) must be evenly divisible by num_heads (H={h}), but got HV % H = {r}",),
        compare="h hv",
        fixes=("choose num_v_heads as a multiple of num_heads",),
    ),
    Fault(
        "SD106",
        "query and key differ in heads",
        ("q and k must have the same number of heads",),
        fixes=("give query and key the same heads; only the values may have more",),
        untold="both head counts",
    ),
    Fault(
        "SD108",
        "query, key and gate differ in shape",
        ("q, k, g must have the same shape",),
        fixes=("make the gate [batch, sequence, heads, head_dim], as q and k are",),
        untold="the shapes",
    ),
    Fault(
        "SD111",
        "an operand is not [batch, sequence, heads, head_dim]",
        (
            "v must be of shape (batch size, seq len, num of head, head dim)",
            "beta must be of shape (batch size, num of head, seq len)",
            "beta must be of shape (batch size, seq len, num of head)",
        ),
        fixes=("heads stand behind the sequence from fla 0.2 on: [batch, sequence, heads, head_dim]",),
        untold="its shape",
    ),
    Fault(
        "SD202",
        "the sequence of {t} is shorter than the {h} heads: heads and sequence in each other's place?",
        ("Input tensor shape suggests potential format mismatch: seq_len ({t}) < num_heads ({h})",),
        notes=(
            (
                "fla took [batch, heads, sequence, head_dim] by default before 0.2 and takes [batch, "
                "sequence, heads, head_dim] since"
            ),
        ),
        fixes=("q = q.transpose(1, 2), and k, v likewise",),
    ),
    Fault(
        "SD202",
        "heads stand first, this fla takes them behind the sequence",
        ("head_first has been removed", "head_first is deprecated and will be removed"),
        notes=("[batch, sequence, heads, head_dim] since 0.2",),
        fixes=("q = q.transpose(1, 2), and k, v likewise; drop head_first",),
    ),
    Fault(
        "SD110",
        "the group size of NSA is no power of 2 from 16 on",
        (
            "Group size must be a power of 2 and greater than or equal to 16 in NSA",
            "must be a power of 2 and >= 16 in NSA",
        ),
        fixes=("choose num_heads / num_kv_heads as 16, 32, …",),
        untold="the group size",
    ),
)
