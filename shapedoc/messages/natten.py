"""NATTEN 0.20 and later: heads, token layouts, kernels against maps, [batch, *tokens, heads, head_dim].

>>> from shapedoc.messages import explain_text
>>> text = "ValueError: Expected embedding dimension 128, got 16 (x.shape=torch.Size([1, 128, 16, 16]))."
>>> [cause] = explain_text(text).causes
>>> cause.code, cause.fixes[0]
('SD105', 'x = x.permute(0, 2, 3, 1)')
"""

from __future__ import annotations

from shapedoc.messages._fault import Fault, Reading, Seen

SMALLER = (
    "use a smaller kernel or dilation, or larger maps",
    "pad the map to kernel x dilation and crop afterwards",
)


def odd_one(seen: Seen) -> Reading | None:
    """Which of query, key and value has other tokens."""
    q, k, v = seen.shape("s"), seen.shape("t"), seen.shape("u")
    odd = next((name for name, shape in (("key", k), ("value", v)) if shape != q), "")
    return Reading(notes=(f"it is the {odd} that differs from the query",)) if odd else None


def channels_first(seen: Seen) -> Reading | None:
    """The features the module was made for stand in dim 1."""
    shape, wanted = seen.shape("s"), seen.number("e")
    if len(shape) < 3 or shape[1] != wanted:
        return None
    back = ", ".join(["0", *map(str, range(2, len(shape))), "1"])
    return Reading(
        notes=(f"dim 1 is {wanted}: the input is channels first, the module takes channels last",),
        fixes=(f"x = x.permute({back})",),
    )


FAULTS = (
    Fault(
        "SD108",
        "kernel {k} x dilation {d} does not fit the tokens {s}",
        (
            (
                "The product of kernel size and dilation cannot be larger than input size along any "
                "dimension, got input_size={s:shape} (input_tensor.shape={t:shape}), kernel_size={k:shape}, "
                "dilation={d:shape}"
            ),
        ),
        notes=(
            (
                "the tensor is {t}: read as [batch, *tokens, heads, head_dim]; heads first would put the "
                "heads among the tokens"
            ),
        ),
        fixes=SMALLER,
    ),
    Fault(
        "SD106",
        "query and key differ in head_dim: {a} and {b}",
        ("Q and K head dims must match, got query.shape[-1]={a}, key.shape[-1]={b}",),
        compare="a b",
        fixes=("project query and key to one head_dim",),
    ),
    Fault(
        "SD108",
        "query has tokens {s}, key {t}, value {u}",
        (
            (
                "Neighborhood Attention operations require Q, K, and V to match in their token layouts, got "
                "query.shape[1:na_dim+1]={s:shape}, key.shape[1:na_dim+1]={t:shape}, "
                "value.shape[1:na_dim+1]={u:shape}"
            ),
        ),
        decode=(odd_one,),
        fixes=("bring all three to one map size; neighborhood attention is self attention",),
    ),
    Fault(
        "SD108",
        "query is {s}, key {t}, value {u}",
        (
            (
                "expect Q, K, and V to have the same shape (except value head dim), got "
                "query.shape={s:shape}, key.shape={t:shape}, value.shape={u:shape}"
            ),
            (
                "expect Q, K, and V to have the same shape, got query.shape={s:shape}, key.shape={t:shape}, "
                "value.shape={u:shape}"
            ),
        ),
        fixes=("bring all three to one shape",),
    ),
    Fault(
        "SD102",
        "query, key and value differ in batch: {a}, {b}, {c}",
        (
            (
                "Q, K, and V must match in batch size, got query.shape[0]={a}, key.shape[0]={b}, "
                "value.shape[0]={c}"
            ),
        ),
        fixes=("expand what has a batch of 1",),
    ),
    Fault(
        "SD106",
        "query has {a} heads, key {b}, value {c}: this NATTEN cannot group queries",
        (
            (
                "number of heads in Q, K, and V must match, got query.shape[-2]={a}, key.shape[-2]={b}, "
                "value.shape[-2]={c}"
            ),
            (
                "NATTEN operations do not support GQA/MQA, {:text} got query.shape[-2]={a}, "
                "key.shape[-2]={b}, value.shape[-2]={c}"
            ),
        ),
        compare="b a",
        fixes=(
            "repeat the kv heads: key.repeat_interleave(heads // kv_heads, dim=-2), and value likewise",
            "NATTEN 0.21.5 and later can group queries",
        ),
    ),
    Fault(
        "SD106",
        "key has {a} heads, value {b}",
        (
            (
                "Key and value must always have the same number of heads, got key.shape[-2]={a}, "
                "value.shape[-2]={b}"
            ),
            "Key and value must always have the same number of heads, got {a} and {b}",
        ),
        compare="a b",
        fixes=("give key and value the same heads",),
    ),
    Fault(
        "SD111",
        "query has {a} dims, key {b}, value {c}",
        (
            (
                "Query, key, and value must have the same rank, got query.dim()={a}, key.dim()={b}, "
                "value.dim()={c}"
            ),
        ),
        fixes=("bring all three to [batch, *tokens, heads, head_dim]",),
    ),
    Fault(
        "SD111",
        "the tensors have {n} dims: NATTEN takes 4, 5 or 6, for 1, 2 or 3 token dims",
        (
            (
                "Expected 4-D, 5-D, or 6-D tensors as inputs (corresponding to NA1D, NA2D, and NA3D), got "
                "query.dim()={n}"
            ),
        ),
        fixes=("bring them to [batch, *tokens, heads, head_dim]",),
    ),
    Fault(
        "SD108",
        "kernel_size={k} is not one NATTEN takes: integers from 2 on",
        (
            (
                "Invalid value for `kernel_size`; expected an integer or iterable of integers, all >= 2, got "
                "type(kernel_size)={:text}, kernel_size={k:text}."
            ),
            (
                "Invalid value for `kernel_size`; expected an integer or iterable of integers, all >= 2, got "
                "type(kernel_size)={:text}, kernel_size={k:word}"
            ),
        ),
        fixes=("use a kernel of 3 or more, odd before 0.20",),
    ),
    Fault(
        "SD108",
        "stride {s} is larger than kernel {k}",
        (
            (
                "Stride cannot be larger than kernel size along any dimension, got kernel_size={k:shape}, "
                "stride={s:shape}"
            ),
        ),
        fixes=("choose a stride of at most the kernel",),
    ),
    Fault(
        "SD105",
        "the module was made for {e} features, it got {g}: {s}",
        ("Expected embedding dimension {e}, got {g} (x.shape={s:shape})",),
        compare="e g",
        decode=(channels_first,),
        fixes=("make the module for what arrives: embed_dim={g}",),
    ),
    Fault(
        "SD111",
        "NeighborhoodAttention{n}D takes {r} dims, it got {d}",
        (
            "NeighborhoodAttention{n}D expected a tensor with rank {r} ({:text}), got x.dim()={d}",
            "NeighborhoodAttention{n}D expected a rank-{r} input tensor; got x.dim()={d}",
            "{n}-D NA expects operands to be {r} rank tensors, got {d}",
        ),
        notes=("[batch, *tokens, features] for the module, features last",),
        fixes=("unflatten the tokens to a map: rearrange(x, 'b (h w) c -> b h w c', h=…)",),
    ),
    Fault(
        "SD108",
        "NATTEN found no backend for these tensors",
        ("NATTEN could not find a suitable backend for this use case",),
        notes=(
            (
                "behind it stands a head_dim, a device or a dtype that no backend takes; on the CPU only "
                "head_dims that are powers of two from 8 on run"
            ),
        ),
        fixes=(
            "NATTEN_LOG_LEVEL=DEBUG prints what each backend refuses",
            "choose a head_dim that is a power of two",
        ),
        untold="which of the three it is",
    ),
)
