r"""xformers: memory_efficient_attention and its layouts.

>>> from shapedoc.messages import explain_text
>>> [cause] = explain_text('''ValueError: Incompatible shapes for attention inputs:
...   query.shape: torch.Size([8, 1500, 10, 64])
...   key.shape  : torch.Size([2, 1500, 10, 64])
...   value.shape: torch.Size([2, 1500, 10, 64])
... HINT: We don't support broadcasting, please use `expand` yourself before calling''').causes
>>> cause.code, cause.message
('SD102', 'query has a batch of 8, key of 2')
"""

from __future__ import annotations

from shapedoc.messages._fault import Fault, Reading, Seen

SHAPES = ("query.shape: {q:shape}", "key.shape : {k:shape}", "value.shape: {v:shape}")
AXES = ("a batch", "a sequence", "heads", "a head_dim")
OPERANDS = ("query is {q}", "key is {k}", "value is {v}")


def operands(seen: Seen) -> Reading | None:
    """The first axis in which query and key, or key and value, disagree. Sequences of query and key may."""
    q, k, v = seen.shape("q"), seen.shape("k"), seen.shape("v")
    for names, a, b, free in ((("query", "key"), q, k, {1}), (("key", "value"), k, v, {len(k) - 1})):
        differing = [i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y and i not in free]
        if differing and len(a) == len(b) == 4:
            i = differing[0]
            code = "SD106" if AXES[i] == "heads" else "SD102" if i == 0 else "SD108"
            return Reading(f"{names[0]} has {_of(i, a)}, {names[1]} {_of(i, b, short=True)}", code=code)
    if len({len(q), len(k), len(v)}) > 1:
        return Reading("query, key and value differ in their number of dims", code="SD111")
    return None


def _of(axis: int, shape: tuple[int, ...], short: bool = False) -> str:
    name = AXES[axis]
    if name == "heads":
        return f"{shape[axis]} heads" if not short else str(shape[axis])
    return f"{name} of {shape[axis]}" if not short else f"of {shape[axis]}"


FAULTS = (
    Fault(
        "SD111",
        "query, key and value have no layout that xformers knows",
        ("Query/Key/Value should all have BMGHK, BMHK or BMK shape",),
        decode=(operands,),
        around=SHAPES,
        notes=OPERANDS,
        fixes=("bring all three to [batch, sequence, heads, head_dim]",),
    ),
    Fault(
        "SD102",
        "query, key and value do not fit each other",
        ("Incompatible shapes for attention inputs",),
        decode=(operands,),
        around=SHAPES,
        notes=(*OPERANDS, "xformers takes [batch, sequence, heads, head_dim] and broadcasts nothing"),
        fixes=(
            "expand what is to be broadcast: k = k.expand(q.shape[0], -1, -1, -1)",
            "repeat the kv heads to the heads of the query",
        ),
    ),
    Fault(
        "SD108",
        "the attention bias is {s}, it should be {t}",
        ("Invalid shape for attention bias: {s:shape} (expected {t:shape})",),
        around=SHAPES,
        notes=OPERANDS,
        fixes=("expand the bias: bias.expand(batch, heads, queries, keys)",),
    ),
    Fault(
        "SD108",
        "a block-diagonal bias goes with a batch of 1",
        ("Expected batch_size=1 when using block-diagonal bias",),
        around=SHAPES,
        notes=OPERANDS,
        fixes=("put the sequences behind one another: x.reshape(1, batch * sequence, heads, head_dim)",),
    ),
    Fault(
        "SD111",
        "this kind of bias goes with [batch, sequence, heads, head_dim] only",
        ("Please provide inputs in BMHK format rather than BMK when using bias type",),
        around=SHAPES,
        notes=OPERANDS,
        fixes=("name the heads: x.unsqueeze(2) where there is one",),
    ),
    Fault(
        "SD108",
        "xformers has no kernel for these tensors",
        ("No operator found for `{name:word}` with inputs", "No operator found for this attention"),
        around=(
            "query : shape={q:shape}",
            "key : shape={k:shape}",
            "value : shape={v:shape}",
            "attn_bias.stride(-2) % {n} != 0",
            "is not supported because:\n{why:text}\n",
        ),
        notes=(
            *OPERANDS,
            "the shapes passed xformers' own checks: what each kernel refuses stands under its name",
            "one refuses: {why}",
            "the rows of the bias must be a multiple of {n} long",
        ),
        fixes=(
            "allocate the bias with its last dim padded to a multiple of 8 and slice it",
            "head_dim must be a multiple of 8; device and dtype must be ones the kernels take",
        ),
        untold="which of the refusals is the one to cure",
    ),
)
