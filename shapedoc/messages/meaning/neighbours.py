"""Layers that follow one another in the source, and which of two that disagree is the odd one.

>>> import ast
>>> net = ast.parse('''
... class Net:
...     def __init__(self):
...         self.proj = nn.Linear(64, 60)
...         self.norm = nn.LayerNorm(64)
...         self.head = nn.Linear(64, 10)
...     def forward(self, x):
...         x = self.norm(F.relu(self.proj(x)))
...         return self.head(x)''').body[0]
>>> call = net.body[1].body[0].value
>>> [(layer.name, ast.unparse(layer.takes)) for layer in around(call, net.body[1], net)]
[('self.proj', '64'), ('self.norm', '64'), ('self.head', '64')]
>>> meeting(call, net.body[1], net, expected=64, found=60).odd
'self.proj'
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from shapedoc.core.calls import bare_name
from shapedoc.messages.meaning.expressions import calls, constructor, made

Place = tuple[int, str]  # of an argument, and its name
IN, OUT = (0, "in_channels|in_features"), (1, "out_channels|out_features")

# Classes of torch.nn, and which arguments say what they take and give.
SIZED: dict[str, tuple[Place, Place]] = {
    r"Linear|Conv(?:Transpose)?[123]d": (IN, OUT),
    r"LayerNorm|RMSNorm": ((0, "normalized_shape"), (0, "normalized_shape")),
    r"(?:Sync)?BatchNorm(?:[123]d)?|InstanceNorm[123]d": ((0, "num_features"), (0, "num_features")),
    r"GroupNorm": ((1, "num_channels"), (1, "num_channels")),
}
# What lets features through, as a layer, a function or a method.
KEEPING = (
    r"(?:leaky)?relu6?|gelu|silu|mish|elu|tanh|sigmoid|contiguous"
    r"|dropout[123]?d?|identity|(?:max|avg)pool[123]d"
)
FARTHEST = 16  # expressions between two layers


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer as the source calls it, and where the features are written that it takes and gives."""

    name: str
    takes: ast.expr
    gives: ast.expr

    @property
    def keeps(self) -> bool:
        """Whether it gives what it takes, as a norm does."""
        return self.takes is self.gives


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two layers of which the second does not take what the first gives, and the layer after them."""

    first: Layer
    second: Layer
    after: Layer | None = None

    @property
    def odd(self) -> str:
        """The name of the one that a third layer disagrees with; empty where nothing tells."""
        if self.after is None or not self.second.keeps:
            return ""
        agree = {ast.unparse(self.second.takes): self.first, ast.unparse(self.first.gives): self.second}
        odd = agree.get(ast.unparse(self.after.takes))
        return odd.name if odd else ""


def meeting(
    call: ast.Call, function: ast.AST | None, owner: ast.AST | None, expected: int, found: int
) -> Meeting | None:
    """Where layers around a call disagree in these sizes, if that is one place; 0 is a size not known."""
    own = layers_of(call, owner)
    chain = around(call, function, owner)
    pairs = [
        Meeting(first, second, after)
        for first, second, after in zip(chain, chain[1:], [*chain[2:], None], strict=False)
        if second in own and _may_be(second.takes, expected) and _may_be(first.gives, found)
        if ast.unparse(second.takes) != ast.unparse(first.gives)
    ]
    return pairs[0] if len(pairs) == 1 else None


def around(call: ast.Call, function: ast.AST | None, owner: ast.AST | None) -> list[Layer]:
    """The layers of a call, behind those that its input comes from and before those that take its result."""
    before = _origin(call, function, owner)
    later = (other for other in calls(function) if _origin(other, function, owner) is call)
    after = min(later, key=lambda other: (other.lineno, other.col_offset), default=None)
    return [layer for each in (before, call, after) if each for layer in layers_of(each, owner)]


def _origin(call: ast.Call, function: ast.AST | None, owner: ast.AST | None) -> ast.Call | None:
    """The call of a layer that the input of another one comes from."""
    value: ast.expr | None = call.args[0] if len(call.args) == 1 and layers_of(call, owner) else None
    line = call.lineno
    for _ in range(FARTHEST):
        if isinstance(value, ast.Name):
            value = made(function, value.id, line)
            line = value.lineno if value else 0
        elif isinstance(value, ast.Call) and layers_of(value, owner):
            return value
        elif isinstance(value, ast.Call) and re.fullmatch(KEEPING, _kind(value, owner)):
            value = next(iter(value.args), None) or getattr(value.func, "value", None)
        else:
            return None
    return None


def _kind(call: ast.Call, owner: ast.AST | None) -> str:
    """The class or function that is called, in small letters."""
    return bare_name(constructor(owner, call) or call).replace("_", "").lower()


def layers_of(call: ast.Call, owner: ast.AST | None) -> list[Layer]:
    """The layer that a call runs, or those of a Sequential; none where one is of unknown sizes."""
    where = constructor(owner, call)
    if where is None:
        return []
    name = ast.unparse(call.func)
    if not ast.unparse(where.func).endswith("Sequential"):
        layer = _sized(name, where)
        return [layer] if layer else []
    parts = list(enumerate(where.args))
    sized = {index: _sized(f"{name}[{index}]", part) for index, part in parts}
    known = all(sized[index] or _lets_through(part) for index, part in parts)
    return [layer for layer in sized.values() if layer] if known else []


def _lets_through(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and bool(re.fullmatch(KEEPING, _kind(node, None)))


def _sized(name: str, where: ast.expr) -> Layer | None:
    if not isinstance(where, ast.Call):
        return None
    kind = ast.unparse(where.func).rpartition(".")[2]
    for pattern, places in SIZED.items():
        if re.fullmatch(pattern, kind):
            sizes = [_argument(where, place) for place in places]
            return Layer(name, sizes[0], sizes[1]) if sizes[0] and sizes[1] else None
    return None


def _argument(call: ast.Call, place: Place) -> ast.expr | None:
    index, names = place
    named = [keyword.value for keyword in call.keywords if keyword.arg and re.fullmatch(names, keyword.arg)]
    values = [*named, *call.args[index : index + 1]]
    if not values or any(isinstance(arg, ast.Starred) for arg in call.args):
        return None
    [value, *_] = values
    return value.elts[0] if isinstance(value, (ast.List, ast.Tuple)) and len(value.elts) == 1 else value


def _may_be(node: ast.expr, size: int) -> bool:
    """Whether an expression may have a value: a number is itself, anything else unknown."""
    return not size or not isinstance(node, ast.Constant) or node.value == size
