"""torch's own attention: heads that do not divide, masks, embedding sizes.

>>> from shapedoc.messages import explain_text
>>> text = "RuntimeError: The shape of the 2D attn_mask is torch.Size([3, 3]), but should be (4, 4)."
>>> print(*explain_text(text).causes)
SD106 the attention mask is [3, 3], queries and keys want [4, 4]

torch 2.13 cuts its text on grouped queries short, before the numbers:

>>> text = "RuntimeError: Number of heads in key and value must divide the number of heads in "
>>> print(*explain_text(text).causes)
SD106 the kv heads do not divide the query heads
"""

from __future__ import annotations

from shapedoc.messages._fault import Fault, Reading, Seen
from shapedoc.messages.meaning.numbers import HEAD_DIMS, division, divisors

BATCH_FIRST = "nn.MultiheadAttention takes [sequence, batch, features] unless batch_first=True"


def dividing_heads(seen: Seen) -> Reading | None:
    """Head counts that would divide the embedding, the nearest first."""
    embed, heads = seen.number("e"), seen.number("n")
    if not embed or not heads:
        return None
    near = sorted((n for n in divisors(embed) if embed // n >= 8), key=lambda n: abs(n - heads))[:3]
    return Reading(
        notes=(division(embed, heads),),
        fixes=(f"use {' or '.join(map(str, near))} heads for {embed} features",) if near else (),
    )


def split_features(seen: Seen) -> Reading | None:
    """A found embedding that is one head of the expected one."""
    expected, found = seen.number("a"), seen.number("b")
    if found not in HEAD_DIMS or expected % found or expected == found:
        return None
    return Reading(
        notes=(
            (
                f"{expected} = {expected // found} heads x {found}: heads split before a layer that splits "
                f"them itself?"
            ),
        )
    )


FAULTS = (
    Fault(
        "SD106",
        "the kv heads do not divide the query heads",
        (
            "Number of heads in key and value must divide the number of heads in",
            "Number of heads in key/value must divide number of heads in query",
            "num_head must be divisible by num_head_kv",
            "num_heads must be divisible by num_kv_heads",
            "num_attention_heads must be divisible by num_key_value_heads",
            "Number of query heads must be divisible by number of key/value heads",
        ),
        fixes=(
            "choose kv heads that divide the query heads",
            (
                "check that q, k and v are [batch, heads, sequence, head_dim] and not [batch, sequence, "
                "heads, head_dim]"
            ),
        ),
        untold="both head counts",
    ),
    Fault(
        "SD106",
        "{b} kv heads do not divide {a} query heads",
        (
            "Expect number of query heads to be a multiple of kv heads for GQA but got Hq={a} and Hkv={b}",
            "Key/value heads must evenly divide query heads, got heads_q={a}, heads_kv={b}",
            "Expect query and key/value to have the same num_heads but got Hq={a} and Hkv={b}",
            "num_heads={a} must be divisible by num_kv_heads={b}",
            (
                "`num_heads` must be divisible by `num_key_value_heads` (got `num_heads`: {a} and "
                "`num_key_value_heads`: {b})"
            ),
        ),
        compare="b a",
        fixes=("choose kv heads that divide {a}", "enable_gqa=True where the kernel can group queries"),
    ),
    Fault(
        "SD111",
        "query, key and value have {a}, {b} and {c} dims, attention takes at least 2",
        (
            (
                "Expected query, key, and value to all be at least 2 dimensional, but got query.dim: {a} "
                "key.dim: {b} and value.dim: {c} instead"
            ),
            (
                "Expected query, key, and value to all be 4 dimensional, but got query.dim: {a} key.dim: {b} "
                "and value.dim: {c} instead"
            ),
        ),
        fixes=("bring all three to [batch, heads, sequence, head_dim]",),
    ),
    Fault(
        "SD110",
        "{n} heads do not divide {e} features",
        (
            "embed_dim must be divisible by num_heads (got `embed_dim`: {e} and `num_heads`: {n})",
            "The hidden size ({e}) is not a multiple of the number of attention heads ({n})",
            "hidden_size must be divisible by num_heads (got `hidden_size`: {e} and `num_heads`: {n})",
            (
                "Number of attention heads must evenly divide embedding dimension, got embed_dim={e}, "
                "num_heads={n}"
            ),
            "embed_dim {e} not divisible by num_heads {n}",
            "The hidden size {e} is not a multiple of the number of attention heads {n}",
            "`hidden_size` must be divisible by `head_dim`, got {e} and {n}",
            "hidden_size {e} must be divisible by num_heads {n}",
            "dim {e} should be divided by num_heads {n}",
            "d_model ({e}) must be divisible by num_heads ({n})",
            "n_embd ({e}) must be divisible by n_head ({n})",
        ),
        decode=(dividing_heads,),
        fixes=("choose a head count that divides the features",),
    ),
    Fault(
        "SD110",
        "the heads do not divide the features",
        (
            "embed_dim must be divisible by num_heads",
            "dim should be divisible by num_heads",
            "hidden_size must be divisible by num_heads",
            "d_model must be divisible by num_heads",
            "the projected query embeddings need to be divisible by the number of heads",
            "Embedding dimension needs to be divisible by the number of heads",
        ),
        fixes=("choose a head count that divides the features",),
        untold="both numbers",
    ),
    Fault(
        "SD101",
        "the embedding is {b}, the attention was made for {a}",
        ("was expecting embedding dimension of {a}, but got {b}",),
        compare="a b",
        decode=(split_features,),
        notes=(BATCH_FIRST,),
        fixes=("make the layer for what arrives: embed_dim={b}", "project the input to {a} features first"),
    ),
    Fault(
        "SD106",
        "the attention mask is {s}, queries and keys want {t}",
        (
            "The shape of the 2D attn_mask is {s:shape}, but should be {t:shape}",
            "The shape of the 3D attn_mask is {s:shape}, but should be {t:shape}",
            "The size of the 2D attn_mask is not correct. Expected {t:shape}, got {s:shape}",
            "The size of the 3D attn_mask is not correct. Expected {t:shape}, got {s:shape}",
            "Expected attn_mask shape to be {t:shape} but got {s:shape}",
            "Attention mask should be of size {t:shape}, but is {s:shape}",
        ),
        notes=(BATCH_FIRST, "with a cache of past keys the mask covers past and new keys"),
        fixes=("build the mask from the query's and the key's length: [queries, keys]",),
    ),
    Fault(
        "SD106",
        "the attention mask does not fit queries and keys",
        ("The size of the 2D attn_mask is not correct", "The size of the 3D attn_mask is not correct"),
        notes=(BATCH_FIRST,),
        fixes=("a 2D mask is [queries, keys], a 3D mask [batch * heads, queries, keys]",),
        untold="the shapes",
    ),
    Fault(
        "SD106",
        "attention {name} should be {t}, but is {s}",
        (
            "Attention {name:word} should be of size {t:shape}, but is {s:shape}",
            "`attn_output` should be of size {t:shape}, but is {s:shape}",
        ),
        fixes=("check that query and key have the same heads and head_dim",),
    ),
    Fault(
        "SD106",
        "the key padding mask is for {b} where {a} is expected, in dim {d}",
        (
            "Expected key_padded_mask.shape[{d}] to be {a}, but got {b}",
            "Expected key_padding_mask.shape[{d}] to be {a}, but got {b}",
        ),
        compare="a b",
        notes=(BATCH_FIRST, "the mask is [batch, keys]"),
        fixes=(
            "pass batch_first=True if the input is [batch, sequence, features]",
            "build the mask from the key's lengths",
        ),
    ),
    Fault(
        "SD106",
        "key is {s}, value is {t}",
        (
            "key's sequence and batch dims {s:shape} do not match value's {t:shape}",
            "key shape {s:shape} does not match value shape {t:shape}",
        ),
        notes=(BATCH_FIRST,),
        fixes=("give key and value the same batch and sequence",),
    ),
    Fault(
        "SD111",
        "the query has {n} dims, attention takes 3, or 2 without a batch",
        ("query should be unbatched 2D or batched 3D tensor but received {n}-D query tensor",),
        fixes=(
            "flatten the map to a sequence: rearrange(x, 'b c h w -> b (h w) c')",
            "merge the leading dims: x.flatten(0, 1)",
        ),
    ),
    Fault(
        "SD111",
        "key and value, or the mask, have another number of dims than the query",
        (
            (
                "For batched (3-D) `query`, expected `key` and `value` to be 3-D but found {a}-D and {b}-D "
                "tensors respectively"
            ),
            (
                "For unbatched (2-D) `query`, expected `key` and `value` to be 2-D but found {a}-D and {b}-D "
                "tensors respectively"
            ),
            "expected `key_padding_mask` to be `None` or {b}-D but found {a}-D tensor instead",
            "attn_mask's dimension {a} is not supported",
        ),
        fixes=("give all of them a batch dim, or none",),
    ),
    Fault(
        "SD108",
        "source and target of a Transformer differ",
        (
            "the batch number of src and tgt must be equal",
            "the feature number of src and tgt must be equal to d_model",
        ),
        notes=("nn.Transformer takes [sequence, batch, features] unless batch_first=True",),
        fixes=(
            "pass batch_first=True if the input is [batch, sequence, features]",
            "project both to d_model",
        ),
        untold="the shapes",
    ),
)
