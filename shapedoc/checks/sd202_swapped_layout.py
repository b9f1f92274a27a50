"""SD202 swapped-layout: attention is fed heads where tokens belong, and tokens where heads belong.

`scaled_dot_product_attention` takes heads first, [batch, heads, tokens, head_dim]; flash-attention,
xformers and NATTEN since 0.20 take tokens first. Given the other layout the kernel runs without a word:
heads attend to heads, each position on its own. A pattern that calls one dimension by the name that another
has, and orders the result by it, does the same to rows and columns, or to samples and positions.

What to do: `transpose(1, 2)` before and after the call.

What is meant and stays silent: attention over channels, where positions are the features; weights that are
not used; other names for rows and columns that leave them in their order.

Bad, for `-i "b=2 t=10 d=32"`:

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.qkv = nn.Linear(32, 96)

        def forward(self, x):
            q, k, v = self.qkv(x).view(*x.shape[:2], 3, 4, 8).unbind(2)
            return F.scaled_dot_product_attention(q, k, v).flatten(2)

Good, for `-i "b=2 t=10 d=32"`:

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.qkv = nn.Linear(32, 96)

        def forward(self, x):
            q, k, v = self.qkv(x).view(*x.shape[:2], 3, 4, 8).permute(2, 0, 3, 1, 4)
            return F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2)

Bad, for `-i "b=2 t=10 d=32"`, since the product leaves tokens apart:

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.qkv = nn.Linear(32, 96)

        def forward(self, x):
            q, k, v = self.qkv(x).view(*x.shape[:2], 3, 4, 8).unbind(2)
            return ((q @ k.mT).softmax(dim=-1) @ v).flatten(2)

Good, for `-i "b=2 t=10 d=32"`:

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.qkv = nn.Linear(32, 96)

        def forward(self, x):
            q, k, v = self.qkv(x).view(*x.shape[:2], 3, 4, 8).permute(2, 0, 3, 1, 4)
            return ((q @ k.mT).softmax(dim=-1) @ v).transpose(1, 2).flatten(2)

Bad, for `-i "b=2 c=3 h=8 w=8"`:

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed = nn.Linear(48, 16)

        def forward(self, x):
            return self.embed(rearrange(x, "b c (w p) (h q) -> b h w (p q c)", p=4, q=4))

Good, for `-i "b=2 c=3 h=8 w=8"`:

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed = nn.Linear(48, 16)

        def forward(self, x):
            return self.embed(rearrange(x, "b c (h p) (w q) -> b h w (p q c)", p=4, q=4))

Good, for `-i "b=2 c=3 h=8 w=8"`:

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed = nn.Linear(48, 16)

        def forward(self, x):
            return self.embed(rearrange(x, "b c (w p) (h q) -> b w h (p q c)", p=4, q=4))

Bad, for `-i "b=2 c=3 h=8 w=8"`, since columns were put first:

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed = nn.Linear(48, 16)
            self.mix = nn.Conv2d(16, 16, 3, padding=1)

        def forward(self, x):
            rows = x.shape[2] // 4
            x = self.embed(rearrange(x, "b c (h p) (w q) -> b (w h) (p q c)", p=4, q=4))
            return self.mix(rearrange(x, "b (h w) d -> b d h w", h=rows))

Good, for `-i "b=2 c=3 h=8 w=8"`:

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed = nn.Linear(48, 16)
            self.mix = nn.Conv2d(16, 16, 3, padding=1)

        def forward(self, x):
            rows = x.shape[2] // 4
            x = self.embed(rearrange(x, "b c (h p) (w q) -> b (h w) (p q c)", p=4, q=4))
            return self.mix(rearrange(x, "b (h w) d -> b d h w", h=rows))

Good, for `-i "b=2 d=16 h=8 w=8"`, where a layer for rows is given columns:

    class Rows(nn.GRU):
        def forward(self, x):
            rows = rearrange(x, "b d h w -> (b h) w d")
            return rearrange(super().forward(rows)[0], "(b h) w d -> b d h w", b=len(x))

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.rows = Rows(16, 16, batch_first=True)

        def forward(self, x):
            return self.rows(x) + self.rows(x.mT).mT

Bad, for `-i "b=2 c=3 t=8 h=4 w=4"`, since frames are called positions:

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed = nn.Linear(3, 16)
            self.attend = nn.MultiheadAttention(16, 2, batch_first=True)

        def forward(self, x):
            x = self.embed(rearrange(x, "b c t h w -> b t (h w) c"))
            x = rearrange(x, "b t n d -> b t n d") + 1
            x = rearrange(x, "b n t d -> (b t) n d")
            return self.attend(x, x, x)[0]

Good, for `-i "b=2 c=3 t=8 h=4 w=4"`:

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed = nn.Linear(3, 16)
            self.attend = nn.MultiheadAttention(16, 2, batch_first=True)

        def forward(self, x):
            x = self.embed(rearrange(x, "b c t h w -> b t (h w) c"))
            x = rearrange(x, "b t n d -> b t n d") + 1
            x = rearrange(x, "b t n d -> (b t) n d")
            return self.attend(x, x, x)[0]
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from shapedoc.checks import Evidence
from shapedoc.checks._calls import KERNEL
from shapedoc.checks._meetings import pairs_of
from shapedoc.checks._misnamed import misnamed
from shapedoc.checks._products import contracted
from shapedoc.checks._readers import is_thrown_away, readers_in
from shapedoc.checks._silent import dim_at, finding_at, is_batch, kind_of, named
from shapedoc.checks._turned import places_in, turned
from shapedoc.core.axes import Dim, Kind, Piece
from shapedoc.core.entries import LENGTH
from shapedoc.core.mismatch import Bindings
from shapedoc.core.report import Finding
from shapedoc.trace.faults import contract_of_call
from shapedoc.trace.layouts import is_kernel
from shapedoc.trace.layouts.kernels import operands_of
from shapedoc.trace.layouts.patterns import PATTERNED
from shapedoc.trace.recorder import Op, Trace, Var

CODE = "SD202"
NAME = "swapped-layout"

Roles = tuple[str, ...]  # what a kernel takes each dimension of an operand for: the names its contract has
Operand = tuple[Var, Roles, dict[str, str]]  # what the roles count is the last
FUSED = ("heads", "tokens", "head_dim")  # the last three of scaled_dot_product_attention
KINDS = {"heads": "head", "tokens": "token", "head_dim": "feature"}


def check(evidence: Evidence) -> Iterator[Finding]:
    """Every attention call whose token dimension holds heads, and every pattern that calls one the other."""
    trace = evidence.run.trace
    came_in = places_in(trace)
    for op in evidence.calls.of(*PATTERNED):
        for message, notes, dims in (*misnamed(op), *turned(op, came_in)):
            yield finding_at(trace, op, CODE, message, notes, *dims)
    for op in evidence.calls.of("scaled_dot_product_attention", KERNEL):
        yield from _fed(trace, op, _operands(op) if op.outputs else ())
    for softmax, product in evidence.scores:
        yield from _written_out(trace, softmax, product)


def _written_out(trace: Trace, softmax: Op, product: Op) -> Iterator[Finding]:
    """An attention of products, if its weights are used."""
    operands = list(_of_product(product))
    if not operands or not all(_swapped(*operand) for operand in operands):
        return
    if not is_thrown_away(softmax.outputs, trace, readers_in(trace)):
        yield from _fed(trace, product, operands)


def _fed(trace: Trace, op: Op, operands: Iterable[Operand]) -> Iterator[Finding]:
    """The first of the operands that has heads where tokens are taken."""
    for var, roles, kinds in operands:
        swapped = _swapped(var, roles, kinds)
        if swapped:
            message = f"tokens stand where heads belong and heads where tokens belong: {list(var.shape)}"
            numbers = ", ".join(map(str, range(min(var.shape[swapped[0]], LENGTH))))
            notes = (
                f"taken are [{' '.join(roles).strip()}]: heads attend to heads, each position alone",
                f"weighed against one another are heads {numbers} of one position",
            )
            yield finding_at(trace, op, CODE, message, notes, *((var, index) for index in swapped))
            return


def _operands(op: Op) -> Iterator[Operand]:
    """Operands of an attention kernel, with what it takes their dimensions for."""
    if named(op, "scaled_dot_product_attention"):
        query = op.inputs()[0]
        rank = len(query.shape)
        yield query, (*("",) * (rank - len(FUSED)), *FUSED[-rank:]), KINDS
    elif is_kernel(op) and (contract := contract_of_call(op)):
        bindings = contract.check(op.args, op.kwargs)
        labels = bindings.labels if isinstance(bindings, Bindings) else {}
        for name, var in operands_of(contract, op):
            if name in labels:
                yield var, labels[name], dict(contract.kinds)


def _of_product(op: Op) -> Iterator[Operand]:
    """Queries that meet keys: what stays apart in both are heads, but for the samples in front.

    Keys that all heads share hold none: heads that attend to them are so many queries.
    """
    operands = contracted(op) if len(contracted(op)) == 2 else []
    for (var, summed), places in zip(operands, zip(*pairs_of(op), strict=True), strict=False):
        apart = {at for _, at in places}
        roles = (
            "head_dim" if at in summed else "heads" if at in apart else "tokens"
            for at in range(len(var.shape))
        )
        yield var, ("", *list(roles)[1:]), KINDS


def _swapped(var: Var, roles: Roles, counts: dict[str, str]) -> tuple[int, ...]:
    """The dimension that holds heads and the one that holds tokens, where the kernel takes them otherwise."""
    kinds = [counts.get(role, "") for role in roles]
    features = [dim_at(var, at) for at in _of(Kind.FEATURE, kinds)]
    heads = [
        at for at, kind in enumerate(kinds) if kind == Kind.TOKEN and _are_parts(dim_at(var, at), features)
    ]
    tokens = [at for at, kind in enumerate(kinds) if kind == Kind.HEAD and _counts_positions(var, at)]
    return (heads[0], tokens[0]) if heads and tokens else ()


def _of(wanted: Kind, kinds: list[str]) -> list[int]:
    return [at for at, kind in enumerate(kinds) if kind == wanted]


def _counts_positions(var: Var, at: int) -> bool:
    dim = dim_at(var, at)
    return kind_of(dim) is Kind.TOKEN or (is_batch(dim) and len(var.shape) == 3)


def _are_parts(outer: Dim, features: list[Dim]) -> bool:
    """Whether a dimension was cut from one axis with the features, as heads and head_dim are."""
    pairs = [(outer[0], inner[0]) for inner in features if len(outer) == len(inner) == 1]
    return any(one.axis is other.axis and _are_side_by_side(one, other) for one, other in pairs)


def _are_side_by_side(one: Piece, other: Piece) -> bool:
    return one.step == other.step * other.size or other.step == one.step * one.size
