"""Edits of the user's source that a fault suggests, read from the line it shows on. None is proven.

Each editor takes a cause and its line and gives changes, or nothing where the source does not tell.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from shapedoc.core.report import Edit, Fix
from shapedoc.messages.meaning.causes import Cause
from shapedoc.messages.meaning.disagreement import compared, disagreeing
from shapedoc.messages.meaning.expressions import (
    calls,
    constructor,
    functional,
    is_repeatable,
    layers,
    literals,
    made,
)
from shapedoc.messages.meaning.layouts import FUNCTIONS, head_count_scales, head_dim_name, torn_reshapes
from shapedoc.messages.meaning.source import Site

PERMUTES = {3: "0, 2, 1", 4: "0, 3, 1, 2", 5: "0, 4, 1, 2, 3"}


@dataclass(frozen=True, slots=True)
class Change:
    """One expression and what to write in its place."""

    title: str
    node: ast.expr
    text: str


Editor = Callable[[Cause, Site], Iterator[Change]]


def edits(cause: Cause, site: Site, path: str) -> tuple[Fix, ...]:
    """All that the source suggests, likeliest first."""
    changes = [change for editor in EDITORS for change in editor(cause, site)]
    fixes = [
        Fix(f"{change.title}: {change.text}", (Edit(site.span(change.node, path), change.text),))
        for change in changes
    ]
    return tuple({fix.edits: fix for fix in reversed(fixes)}.values())[::-1]


def advice(cause: Cause, site: Site) -> tuple[str, ...]:
    """What the texts suggest, without what is said better of two layers of the source."""
    told = cause.fault.advice(cause.fields) if any(odd_layer(cause, site)) else ()
    return tuple(text for text in cause.fixes if text not in told)


def merge_heads(cause: Cause, site: Site) -> Iterator[Change]:
    """The argument of a layer that takes all heads at once, with its heads merged."""
    if any("not merged" in note for note in cause.notes):
        for argument in _single(site):
            yield Change("merge the heads", argument, f"{ast.unparse(argument)}.flatten(-2)")


def channels_first(cause: Cause, site: Site) -> Iterator[Change]:
    """The argument of a convolution, brought to channels first."""
    shape = cause.fields.get("s")
    order = PERMUTES.get(len(shape)) if isinstance(shape, tuple) else None
    if order and any("channels last" in note for note in cause.notes):
        for argument in _single(site):
            yield Change("bring the channels first", argument, f"{ast.unparse(argument)}.permute({order})")


def whole_heads(cause: Cause, site: Site) -> Iterator[Change]:
    """An operand whose heads were halved where it was made: `g=self.num_heads // 2`."""
    function = site.enclosing(FUNCTIONS)
    for call in _calls(site) if cause.code == "SD106" else ():
        names = (node.id for arg in call.args for node in ast.walk(arg) if isinstance(node, ast.Name))
        for name in dict.fromkeys(names):
            for share in _shares_of_heads(made(function, name, call.lineno)):
                yield Change(f"give {name} all heads", share, ast.unparse(share.left))


def _shares_of_heads(value: ast.expr | None) -> Iterator[ast.BinOp]:
    """Quotients of a number of heads that a call is given by keyword."""
    for keyword in value.keywords if isinstance(value, ast.Call) else ():
        match keyword.value:
            case ast.BinOp(left=whole, op=ast.FloorDiv()) as quotient if "head" in ast.unparse(whole):
                yield quotient


def resize_skip(cause: Cause, site: Site) -> Iterator[Change]:
    """Two maps joined of which one is off by one: the one that may not be evaluated twice is resized."""
    off = cause.code == "SD107" and any("one off" in note for note in cause.notes)
    for call in _calls(site) if off else ():
        joined = call.args[0] if call.args else None
        if isinstance(joined, (ast.List, ast.Tuple)) and len(joined.elts) == 2:
            x, skip = joined.elts
            resized, other = (x, skip) if is_repeatable(skip) else (skip, x)
            size = f"size={ast.unparse(other)}.shape[2:]"
            text = f"{functional(site.tree)}.interpolate({ast.unparse(resized)}, {size})"
            if is_repeatable(other):
                yield Change("resize to what it is joined with", resized, text)


def flatten_rest(cause: Cause, site: Site) -> Iterator[Change]:
    """`x.view(-1, 400)`: the batch stays, whatever the size."""
    for call in _calls(site) if cause.code == "SD103" else ():
        function = call.func
        batch_inferred = len(call.args) == 2 and ast.unparse(call.args[0]) == "-1"
        if batch_inferred and isinstance(function, ast.Attribute) and function.attr in ("view", "reshape"):
            yield Change("keep the batch", call, f"{ast.unparse(function.value)}.flatten(1)")


def layer_size(cause: Cause, site: Site) -> Iterator[Change]:
    """The number that a layer was constructed with, where it is written as a number."""
    expected, found = compared(cause)
    for call in _calls(site) if expected and found and not disagreeing(cause, site) else ():
        layer = constructor(site.enclosing(ast.ClassDef), call)
        for part in layers(layer) if layer else ():
            for literal in [n for argument in part.args[:2] for n in literals(argument, expected)][:1]:
                yield Change("if what arrives is right, make the layer for it", literal, str(found))


def odd_layer(cause: Cause, site: Site) -> Iterator[Change]:
    """Of two layers that disagree the one that a third contradicts, or both where none does."""
    meeting = disagreeing(cause, site)
    if meeting is None:
        return
    first, second, after = meeting.first, meeting.second, meeting.after
    also = f" and {after.name}" if after and meeting.odd else ""
    takes, take = (f"{also} takes", f"{also} take") if also else ("", " takes")
    resized = Change(
        f"make {second.name} for what {first.name} gives{takes}", second.takes, ast.unparse(first.gives)
    )
    giving = Change(f"let {first.name} give what {second.name}{take}", first.gives, ast.unparse(second.takes))
    # One that gives what it takes cannot give something else, and groups may not divide another number.
    possible = {
        second.name: [resized] if cause.code != "SD110" else [],
        first.name: [giving] if not first.keeps else [],
    }
    for name, changes in possible.items():
        yield from changes if meeting.odd in ("", name) else ()


def right_scale(cause: Cause, site: Site) -> Iterator[Change]:
    """`num_heads ** -0.5` where two paths part."""
    name = head_dim_name(site.tree)
    for power in head_count_scales(site.tree) if cause.code == "SD302" and name else ():
        yield Change("scale by the size of a head", power.left, name)


def right_order(cause: Cause, site: Site) -> Iterator[Change]:
    """Reshapes that name the axes in another order than they have."""
    for call, order in torn_reshapes(site.tree) if cause.code in ("SD201", "SD302") else ():
        tensor = call.func.value if isinstance(call.func, ast.Attribute) else call
        text = f"{ast.unparse(tensor)}.permute({', '.join(map(str, order))})"
        yield Change("bring the axes into the order that is merged", tensor, text)


EDITORS: tuple[Editor, ...] = (
    merge_heads,
    whole_heads,
    channels_first,
    resize_skip,
    flatten_rest,
    odd_layer,
    layer_size,
    right_scale,
    right_order,
)


def _calls(site: Site) -> list[ast.Call]:
    return calls(site.enclosing(ast.stmt))


def _single(site: Site) -> Iterator[ast.expr]:
    """The arguments of calls of a layer with one plain argument."""
    for call in _calls(site):
        plain = len(call.args) == 1 and isinstance(call.args[0], (ast.Name, ast.Attribute))
        if plain and isinstance(call.func, ast.Attribute):
            yield call.args[0]
