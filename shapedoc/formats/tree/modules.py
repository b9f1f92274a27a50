"""The module tree: which calls and steps are worth a line, and what stands on it."""

from __future__ import annotations

import os
import re
from collections.abc import Hashable, Iterator
from dataclasses import dataclass

from rich.tree import Tree

from shapedoc.core.report import Report, Span, Step, Value
from shapedoc.core.text import one_line
from shapedoc.formats import Page
from shapedoc.formats.tree.folding import Fold, elide, fold
from shapedoc.formats.tree.heading import heading
from shapedoc.formats.tree.outline import Branch, outline, own_steps
from shapedoc.formats.tree.rows import Row, lay_out
from shapedoc.formats.tree.values import Names

DEPTH = 1  # levels below the root that are shown of what is clean
MOST = 16  # lines of one module, unless a depth is asked for
BEFORE, AFTER = 7, 3  # lines kept around a finding

Item = Branch | Step


def module_tree(report: Report, page: Page) -> Tree:
    """The heading of a report, and below it its modules."""
    writer = _Writer(report, Names.of(report), page)
    tree = Tree(heading(report, page), guide_style="dim")
    lay_out(tree, [writer.branch(root, "", 0) for root in outline(report)], page.width)
    return tree


@dataclass(frozen=True)
class _Writer:
    report: Report
    names: Names
    page: Page

    def branch(self, branch: Branch, label: str, level: int) -> Row:
        """A module call, with what is shown inside it."""
        call = branch.call
        return Row(
            label=f"{label}  {one_line(call.kind)}".strip(),
            inputs=self.names.shapes(call.inputs),
            outputs=self._result(call.outputs),
            hot=branch.hot,
            inner=tuple(self._inner(branch, level)),
        )

    def _inner(self, branch: Branch, level: int) -> Iterator[Row]:
        if not branch.hot and level >= (DEPTH if self.page.depth is None else self.page.depth):
            return
        folds = fold(self._items(branch, level), _key)
        near = {index for index, found in enumerate(folds) if self._is_near(found.first)}
        if len(folds) <= MOST or self.page.depth is not None:
            near = set(range(len(folds)))
        for found in elide(folds, near or {0, len(folds) - 1}, BEFORE, AFTER):
            yield Row(f"… {found} more") if isinstance(found, int) else self._row(found, branch, level + 1)

    def _items(self, branch: Branch, level: int) -> list[Item]:
        """Inner calls, with the steps between them where the finding is near or there is nothing else."""
        if not branch.nearest() and (branch.inner or level):
            return list(branch.inner)
        items: list[Item] = [*branch.inner, *own_steps(branch, self.report.steps)]
        return sorted(items, key=lambda item: item.call.first if isinstance(item, Branch) else item.index)

    def _row(self, found: Fold[Item], outer: Branch, level: int) -> Row:
        if isinstance(found.first, Branch) and isinstance(found.last, Branch):
            prefix = f"{outer.call.path}." if outer.call.path else ""
            paths = [item.call.path.removeprefix(prefix) for item in (found.first, found.last)]
            return self.branch(found.first, one_line(range_label(*paths)), level)
        assert isinstance(found.first, Step)
        return self._step(found.first, f" ×{found.times}" if found.times > 1 else "")

    def _step(self, step: Step, times: str) -> Row:
        """A step as the user wrote it: what comes out, or what went in where it is the fault."""
        hot = self._is_hot(step)
        return Row(
            label=("✗ " if hot else "") + one_line(f"{step.op} {step.detail}").rstrip() + times,
            inputs=self.names.shapes(step.inputs, step.module) if hot else "",
            outputs=self._result(step.outputs),
            place=_short(step.span) if step.span else "",
            hot=hot,
        )

    def _result(self, values: tuple[Value, ...]) -> str:
        return f"→ {self.names.shapes(values)}" if values else ""

    def _is_hot(self, step: Step) -> bool:
        return any(finding.step == step.index for finding in self.report.findings) or (
            self.report.stopped is not None and self.report.stopped.step == step.index
        )

    def _is_near(self, item: Item) -> bool:
        """Whether an item is part of the story: on the way to a finding, or on a line that one speaks of."""
        if isinstance(item, Branch):
            return item.hot
        labels = [label.span for finding in self.report.findings for label in finding.labels]
        told = item.span is not None and any(
            (s.path, s.line) == (item.span.path, item.span.line) for s in labels
        )
        return told or self._is_hot(item)


def _short(span: Span) -> str:
    """The place without its folders, for which a line of the tree has no room."""
    return one_line(f"{os.path.basename(span.path)}:{span.line}")


def _key(item: Item) -> Hashable:
    """Equal for items that a reader would call the same."""
    if isinstance(item, Step):
        return item.op, item.detail, item.span, _sizes(item.inputs), _sizes(item.outputs)
    if item.hot:
        return id(item)
    call = item.call
    return call.kind, re.sub(r"\d+", "#", call.path), _sizes(call.inputs), _sizes(call.outputs)


def _sizes(values: tuple[Value, ...]) -> Hashable:
    """Without names: the first block may still know some that the later ones do not."""
    return tuple(tuple(dim.size for dim in value.dims) for value in values)


def range_label(first: str, last: str) -> str:
    """The path of a run of blocks.

    >>> range_label("blocks.0.attn", "blocks.11.attn")
    'blocks.0–11.attn'
    """
    pairs = zip(first.split("."), last.split("."), strict=True)
    return ".".join(one if one == other else f"{one}–{other}" for one, other in pairs)
