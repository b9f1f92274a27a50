"""Which expressions of the failing line carry the numbers of the text, where the source tells.

Each labeller takes a cause and its line and gives pairs of an expression and the words to put under it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from shapedoc.messages.meaning.causes import Cause
from shapedoc.messages.meaning.disagreement import compared, disagreeing
from shapedoc.messages.meaning.expressions import calls, constructor
from shapedoc.messages.meaning.neighbours import layers_of
from shapedoc.messages.meaning.source import Site

Marked = tuple[ast.expr, str]


def layer(cause: Cause, site: Site) -> Iterator[Marked]:
    """`self.fc(x)`: what arrives in x, what the layer was made for and where."""
    expected, found = compared(cause)
    if meeting := disagreeing(cause, site):
        yield meeting.first.gives, f"{meeting.first.name} gives {found}"
        yield (
            meeting.second.takes,
            f"{meeting.second.name} takes {expected or ast.unparse(meeting.second.takes)}",
        )
        return
    statement = calls(site.enclosing(ast.stmt))
    owner = site.enclosing(ast.ClassDef)
    made = [(call, where) for call in statement if (where := constructor(owner, call))]
    if len(made) == 1 and len(made[0][0].args) == 1 and layers_of(made[0][0], owner) and expected and found:
        call, where = made[0]
        yield call.args[0], f"{found} here"
        yield call.func, f"made for {expected}"
        yield where, f"{ast.unparse(call.func)} is made here"


def operator(cause: Cause, site: Site) -> Iterator[Marked]:
    """`x + y`: torch calls them tensor a and tensor b."""
    statement = site.enclosing(ast.stmt)
    found = [node for node in ast.walk(statement) if isinstance(node, ast.BinOp)] if statement else []
    a, b = cause.fields.get("x"), cause.fields.get("y")
    if cause.code == "SD102" and len(found) == 1 and isinstance(a, int) and isinstance(b, int):
        yield found[0].left, f"{a} in dimension {cause.fields.get('d')}"
        yield found[0].right, str(b)


def listed(cause: Cause, site: Site) -> Iterator[Marked]:
    """`torch.cat([x, skip])`: the first tensor and the one whose number the text names."""
    number, first, other = (cause.fields.get(name) for name in ("i", "x", "y"))
    for call in calls(site.enclosing(ast.stmt)):
        items = call.args[0] if call.args else None
        if not isinstance(items, (ast.List, ast.Tuple)) or not isinstance(number, int):
            continue
        if cause.code == "SD107" and 0 < number < len(items.elts):
            yield items.elts[0], str(first)
            yield items.elts[number], str(other)


Labeller = Callable[[Cause, Site], Iterator[Marked]]
LABELLERS: tuple[Labeller, ...] = (layer, operator, listed)


def marked(cause: Cause, site: Site) -> list[Marked]:
    """The expressions and their numbers; nothing where the line does not tell which is which."""
    return [pair for labeller in LABELLERS for pair in labeller(cause, site)]
