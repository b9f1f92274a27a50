"""Functions in scope on a line that take one value and give one, as the file has them.

>>> import tempfile, pathlib
>>> path = pathlib.Path(tempfile.mkdtemp()) / "net.py"
>>> _ = path.write_text('''
... def whole(images):
...     return images[..., :240, :240]
...
... class Net(Module):
...     def padded(self, x, by=7):
...         return F.pad(x, (0, -x.shape[1] % by))
...
...     def forward(self, x):
...         return self.padded(x)
... ''')
>>> from shapedoc.core.report import Span
>>> [(helper.name, helper.use.value) for helper in helpers_at(Span(str(path), 10))]
[('self.padded', 'beside'), ('whole', 'nowhere')]
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from shapedoc.core.report import Span
from shapedoc.core.source import nodes_at, read_source

STATIC = "staticmethod"
ANSWERS = ("all", "any", "bool", "callable", "float", "hasattr", "int", "isinstance", "len", "repr", "str")


class Use(str, Enum):
    """Where in its file something speaks of a function: in the function around the line, or in others."""

    NOWHERE = "nowhere"
    BESIDE = "beside"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True)
class Helper:
    """A function by the name it has on a line."""

    name: str
    use: Use
    lines: range


def helpers_at(span: Span) -> Iterator[Helper]:
    """Methods of the class around a span, then functions of the module."""
    around, tree = nodes_at(span), read_source(span.path).tree
    callers = [node for node in around if isinstance(node, ast.FunctionDef)]
    beside, anywhere = (set().union(*map(_spoken_of, trees)) for trees in (callers, [tree]))
    for prefix, bound, functions in (*_methods(around), ("", 0, _functions(tree.body))):
        for function in functions:
            own = 0 if _decorators(function) == [STATIC] else bound
            if _takes_one(function, own) and _gives(function) and not _leads_back(function, callers):
                uses = {Use.BESIDE: beside, Use.ELSEWHERE: anywhere}
                use = next((use for use, names in uses.items() if function.name in names), Use.NOWHERE)
                lines = range(function.lineno, (function.end_lineno or function.lineno) + 1)
                yield Helper(prefix + function.name, use, lines)


def _methods(around: tuple[ast.AST, ...]) -> Iterator[tuple[str, int, list[ast.FunctionDef]]]:
    """The innermost class with a method around, as that method calls the others."""
    for outer, inner in reversed(list(itertools.pairwise(around))):
        if isinstance(outer, ast.ClassDef) and isinstance(inner, ast.FunctionDef):
            if inner.args.args and not _decorators(inner):
                yield f"{inner.args.args[0].arg}.", 1, _functions(outer.body)
            return


def _functions(body: Iterable[ast.stmt]) -> list[ast.FunctionDef]:
    """Those that take what they say; a decorator may change that."""
    functions = [node for node in body if isinstance(node, ast.FunctionDef)]
    return [node for node in functions if _decorators(node) in ([], [STATIC]) and node.name[:2] != "__"]


def _decorators(function: ast.FunctionDef) -> list[str]:
    return [ast.unparse(node) for node in function.decorator_list]


def _takes_one(function: ast.FunctionDef, bound: int) -> bool:
    """Whether one value can be handed over by position, and no other need be."""
    args = function.args
    count = len(args.posonlyargs) + len(args.args) - bound
    return 0 <= count - len(args.defaults) <= 1 <= count and None not in args.kw_defaults


def _gives(function: ast.FunctionDef) -> bool:
    """Whether it returns something, and no mere answer such as `len(x) == 0`."""
    values = [node.value for node in ast.walk(function) if isinstance(node, ast.Return) and node.value]
    return bool(values) and not any(map(_is_answer, values))


def _is_answer(value: ast.expr) -> bool:
    match value:
        case ast.Compare() | ast.BoolOp() | ast.Constant() | ast.UnaryOp(op=ast.Not()):
            return True
        case ast.Call(func=ast.Name(id=name)):
            return name in ANSWERS
    return False


def _leads_back(function: ast.FunctionDef, callers: list[ast.FunctionDef]) -> bool:
    """Whether it calls, or is, what it would be called from: `self(x)` calls `forward`."""
    names = {caller.name for caller in callers}
    owners = {caller.args.args[0].arg for caller in callers if caller.args.args}
    return function in callers or not _spoken_of(function).isdisjoint(names | (owners & _called(function)))


def _called(node: ast.AST) -> set[str]:
    """Names that are called themselves."""
    calls = (inner.func for inner in ast.walk(node) if isinstance(inner, ast.Call))
    return {func.id for func in calls if isinstance(func, ast.Name)}


def _spoken_of(tree: ast.AST) -> set[str]:
    """Every name and attribute that is read."""
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Name | ast.Attribute)]
    read = (node for node in nodes if isinstance(node.ctx, ast.Load))
    return {node.id if isinstance(node, ast.Name) else node.attr for node in read}
