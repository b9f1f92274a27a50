"""Which expression in the user's source is which operand of a call.

>>> import tempfile, pathlib
>>> path = pathlib.Path(tempfile.mkdtemp()) / "net.py"
>>> _ = path.write_text("y = self.fc(x[0])")
>>> from shapedoc.core.source import span_from_positions
>>> span = span_from_positions(str(path), 1, 1, 4, 17)
>>> {name: text for name, (text, _) in operands_at(span, "linear", ("input", "weight")).items()}
{'input': 'x[0]', 'weight': 'self.fc.weight'}
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Sequence

from shapedoc.core.calls import bare_name
from shapedoc.core.report import Span
from shapedoc.core.source import ast_node_at, read_source, span_of

Operands = dict[str, tuple[str, Span]]


def operands_at(span: Span, op: str, parameters: Sequence[str], owned: Collection[str] = ()) -> Operands:
    """Parameter names with their expressions and spans, as far as the source at `span` tells.

    `op` is the bare name of what was called; where the source calls something else, such as a
    module, its arguments come first and what it owns, such as a weight, is named after it. Parameters in
    `owned` are known to be such, wherever they stand.
    """
    node = ast_node_at(span)
    if isinstance(node, ast.BinOp):
        return _named(parameters, [node.left, node.right], span)
    if isinstance(node, ast.AugAssign):
        return _named(parameters, [node.target, node.value], span)
    if isinstance(node, ast.Subscript):
        return _named(parameters, [node.value, node.slice], span)
    if isinstance(node, ast.Call):
        return _of_call(node, op, parameters, owned, span)
    return {}


def _of_call(
    node: ast.Call, op: str, parameters: Sequence[str], owned: Collection[str], span: Span
) -> Operands:
    keywords = {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg in parameters}
    positional: list[ast.expr] = list(node.args)
    if any(isinstance(arg, ast.Starred) for arg in positional):
        return {}
    callee = node.func
    direct = bare_name(node).strip("_") == op.strip("_")
    if not direct:
        parameters = sorted(parameters, key=lambda name: name in owned)
    if direct and isinstance(callee, ast.Attribute) and not is_imported(callee.value, span.path):
        positional.insert(0, callee.value)
    found = _named(parameters, positional, span)
    found |= {
        name: (ast.unparse(value), span_of(value, span.path)) for name, value in keywords.items() if name
    }
    if not direct:
        owner = ast.unparse(callee)
        for name in parameters[len(positional) :]:
            found.setdefault(name, (f"{owner}.{name}", span_of(callee, span.path)))
    return found


def is_imported(value: ast.expr, path: str) -> bool:
    """Whether `value.f(...)` calls a function of a module: torch.cat, F.linear, natten.functional.na2d."""
    while isinstance(value, ast.Attribute):
        value = value.value
    return isinstance(value, ast.Name) and value.id in imported_names(path)


def imported_names(path: str) -> set[str]:
    """Every name that a file imports anything under."""
    statements = (
        node for node in ast.walk(read_source(path).tree) if isinstance(node, ast.Import | ast.ImportFrom)
    )
    aliases = [alias for statement in statements for alias in statement.names]
    return {alias.asname or alias.name.partition(".")[0] for alias in aliases}


def _named(parameters: Sequence[str], values: Sequence[ast.expr], span: Span) -> Operands:
    found: Operands = {}
    for name, value in zip(parameters, values, strict=False):
        found[name] = ast.unparse(value), span_of(value, span.path)
        if isinstance(value, ast.List | ast.Tuple):
            items = [f"{name}[{index}]" for index in range(len(value.elts))]
            found |= _named(items, value.elts, span)
    return found


def expression_of(operands: Operands, name: str) -> str:
    """The user's expression for an operand, or for an item of one such as `tensors[1]`.

    >>> expression_of({"tensors": ("parts", Span("net.py", 1))}, "tensors[1]")
    'parts[1]'
    """
    if name in operands:
        return operands[name][0]
    owner, bracket, item = name.partition("[")
    return f"{operands[owner][0]}[{item}" if bracket and owner in operands else name
