"""Matrix products: what `mat1` and `mat2` are, and what the two numbers in the middle mean.

>>> from shapedoc.messages import explain_text
>>> [cause] = explain_text('''Traceback (most recent call last):
...   File "attention.py", line 74, in forward
...     o = self.o_proj(o)
... RuntimeError: mat1 and mat2 shapes cannot be multiplied (512x64 and 256x256)''').causes
>>> cause.code, cause.message
('SD101', 'the input has 64 features, the weight takes 256')
>>> cause.fixes[0]
"merge the heads first: x = rearrange(x, '... h d -> ... (h d)')"

The same fault reads `size mismatch, m1: [512 x 64], m2: [256 x 256]` before torch 1.7 and
`a and b must have same reduction dim` under fake tensors.
"""

from __future__ import annotations

from shapedoc.messages._fault import Fault, Reading, Seen
from shapedoc.messages.meaning.features import PRODUCT
from shapedoc.messages.meaning.numbers import divisors


def batches(seen: Seen) -> Reading | None:
    """In a batched product the batch differs, or the inner size; batch dims and heads are one number here."""
    b, k, b2, k2 = map(seen.number, ("b", "k", "b2", "k2"))
    flattened = f"{b} may be batch x heads, flattened" if len(divisors(b)) > 2 else ""
    if b != b2:
        return Reading(f"the batches differ: {b} against {b2}", notes=(flattened,))
    attention = "scaled_dot_product_attention" in seen.code + seen.text
    says = (
        f"query and key differ in head_dim: {k} against {k2}"
        if attention
        else f"the inner sizes differ: {k} against {k2}"
    )
    return Reading(says, notes=(flattened,))


FAULTS = (
    Fault(
        "SD101",
        "the input has {k} features, the weight takes {k2}",
        (
            "mat1 and mat2 shapes cannot be multiplied ({m}x{k} and {k2}x{n})",
            "size mismatch, m1: [{m} x {k}], m2: [{k2} x {n}]",
            "a and b must have same reduction dim, but got [{m}, {k}] X [{k2}, {n}]",
            "mat1 和 mat2 形状 无法 相乘 ({m}x{k} 和 {k2}x{n})",
            "mat1 和 mat2 的 形状 不能 相乘 ({m}x{k} 和 {k2}x{n})",
        ),
        compare="k2 k",
        notes=(
            "mat1 ({m}x{k}) is the input with its leading dims flattened to {m} rows",
            "mat2 ({k2}x{n}) is the transposed weight: a Linear with in_features={k2}, out_features={n}",
        ),
        fixes=("make the layer take what arrives: nn.Linear({k}, {n})", "give the layer {k2} features"),
        decode=PRODUCT,
        untold="which leading dims were flattened into {m}",
    ),
    Fault(
        "SD101",
        "the inner sizes of a matrix product differ",
        (
            "mat1 and mat2 shapes cannot be multiplied",
            "mat1 dim 1 must match mat2 dim 0",
            "batch1 dim 2 must match batch2 dim 1",
            "size mismatch, m1 and m2",
        ),
        fixes=("compare in_features of the layer with the last dim of its input",),
        untold="both sizes",
    ),
    Fault(
        "SD101",
        "the matrix has {k} columns, the vector {k2} entries",
        (
            "size mismatch, got input ({m}), mat ({m2}x{k}), vec ({k2})",
            "size mismatch, got {m}, {m2}x{k},{k2}",
        ),
        compare="k k2",
        fixes=("make the vector as long as the matrix is wide: {k}",),
    ),
    Fault(
        "SD101",
        "the matrix has {k} columns, the vector {k2} entries",
        ("size mismatch, got input ({m}x{k}), vec ({k2})",),
        compare="k k2",
        fixes=("make the vector as long as the matrix is wide: {k}",),
    ),
    Fault(
        "SD101",
        "a batched product expects {k} rows in the second operand, it has {k2}",
        (
            "Expected size for first two dimensions of batch2 tensor to be: [{b}, {k}] but got: [{b2}, {k2}]",
            (
                "batch1 and batch2 must have same number of batches and inner size, got [{b}, {k}] and "
                "[{b2}, {k2}]"
            ),
        ),
        compare="k k2",
        decode=(batches,),
        fixes=(
            "transpose the second operand: b.transpose(-2, -1)",
            "give both operands the same head_dim and the same batch",
        ),
        untold="which dims were flattened into the batch of {b}",
    ),
    Fault(
        "SD101",
        "{op} expects {k} at dimension {d} of {name}, it has {k2}",
        (
            (
                "Expected tensor to have size {k} at dimension {d}, but got size {k2} for argument #{i} "
                "'{name:word}' (while checking arguments for {op:word})"
            ),
        ),
        compare="k k2",
        fixes=("transpose the second operand: b.transpose(-2, -1)",),
    ),
    Fault(
        "SD101",
        "the inner sizes of a batched product differ",
        ("Expected batch2_sizes[0] == bs && batch2_sizes[1] == contraction_size to be true",),
        fixes=("transpose the second operand: b.transpose(-2, -1)",),
        untold="both sizes",
    ),
    Fault(
        "SD101",
        "the vectors have {a} and {b} elements",
        (
            (
                "inconsistent tensor size, expected tensor [{a}] and src [{b}] to have the same number of "
                "elements, but got {:shape} and {:shape} elements respectively"
            ),
            (
                "inconsistent tensor size, expected tensor [{a}] and src [{b}] to have thesame number of "
                "elements, but got {:shape} and {:shape} elements respectively"
            ),
        ),
        compare="a b",
        fixes=("cut or pad one vector to the length of the other",),
    ),
    Fault(
        "SD101",
        "einsum: subscript {s} is {x} in operand {i} and {y} before it",
        (
            (
                "einsum(): subscript {s:word} has size {x} for operand {i} which does not broadcast with "
                "previously seen size {y}"
            ),
        ),
        compare="y x",
        notes=("einops renames axes before it calls einsum: the letter may not be the one in your source",),
        fixes=(
            "give both operands the same size along {s}",
            "use another letter if the two axes are not the same",
        ),
    ),
    Fault(
        "SD111",
        "einsum: operand {i} has {d} dims, the equation gives it {n} letters",
        (
            (
                "einsum(): the number of subscripts in the equation ({n}) does not match the number of "
                "dimensions ({d}) for operand {i} and no ellipsis was given"
            ),
        ),
        fixes=(
            "give the operand one letter for each of its {d} dims",
            "put '...' before the letters to let batch dims pass",
        ),
    ),
    Fault(
        "SD101",
        "einsum: operands {s} and {t} disagree on a letter that both have",
        (
            (
                "einsum(): operands do not broadcast with remapped shapes [original->remapped]: "
                "{s:shape}->{:shape} {t:shape}->{:shape}"
            ),
        ),
        fixes=("give both operands the same size along the shared letter",),
    ),
    Fault(
        "SD101",
        "bilinear: input{i} has {a} features, the weight takes {b}",
        ("bilinear(): input{i} size does not match weight size: got {a} but expected {b}",),
        compare="b a",
        fixes=("nn.Bilinear with in{i}_features={a}", "give input{i} {b} features"),
    ),
    Fault(
        "SD101",
        "the rows have {a} and {b} columns",
        ("X1 and X2 must have the same number of columns. X1: {a} X2: {b}",),
        compare="a b",
        fixes=("give both sets of points the same number of features",),
    ),
    Fault(
        "SD111",
        "a product got tensors of {a} and {b} dims",
        (
            "matrices expected, got {a}D, {b}D tensors",
            "1D tensors expected, but got {a}D and {b}D tensors",
            "both arguments to matmul need to be at least 1D, but they are {a}D and {b}D",
            "1D tensors expected, got {a}D, {b}D tensors",
        ),
        fixes=(
            "use torch.matmul or @, which take batch dims",
            "add or drop a dim: unsqueeze, squeeze, flatten(0, 1)",
        ),
    ),
    Fault(
        "SD111",
        "a product wants another number of dims",
        (
            "self must be a matrix",
            "mat2 must be a matrix",
            "batch1 must be a 3D tensor",
            "batch2 must be a 3D tensor",
        ),
        fixes=("use torch.matmul or @, which take batch dims",),
        untold="the shapes",
    ),
    Fault(
        "SD101",
        "linalg wants square matrices, these are {a} by {b}",
        ("A must be batches of square matrices, but they are {a} by {b} matrices",),
        fixes=("use torch.linalg.pinv or lstsq for matrices that are not square",),
    ),
    Fault(
        "SD102",
        "a cross product wants length 3 along dimension {d}, got {a} and {b}",
        ("linalg.cross: inputs dimension {d} must have length 3. Got {a} and {b}",),
        fixes=("name the dim of length 3: dim=…",),
    ),
)
