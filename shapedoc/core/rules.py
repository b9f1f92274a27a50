"""The rules there are, read from the source of `shapedoc/checks/` so that nothing of torch is imported.

A rule is one file there: its docstring is its documentation, and it says `CODE = "SD101"` and
`NAME = "linear-features"` in so many words.

>>> rule_name("SD999")
''
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

CHECKS = Path(__file__).parents[1] / "checks"


@dataclass(frozen=True, slots=True)
class Rule:
    """What the file of a rule says about itself; the documentation begins with `SD101 linear-features: `."""

    code: str
    name: str
    documentation: str

    @property
    def summary(self) -> str:
        """The first paragraph as one line, without code and name."""
        paragraph = " ".join(self.documentation.split("\n\n")[0].split())
        return paragraph.removeprefix(f"{self.code} {self.name}: ")


@cache
def rules(mentioning: str = "") -> tuple[Rule, ...]:
    """All rules in the order of their codes, or those whose file holds a text."""
    texts = (path.read_text(encoding="utf-8") for path in CHECKS.rglob("*.py"))
    found = (_rule(ast.parse(text)) for text in texts if mentioning in text)
    return tuple(sorted((rule for rule in found if rule), key=lambda rule: rule.code))


def find_rule(code: str) -> Rule | None:
    """The rule of a code; only the files that mention it are parsed."""
    return next((rule for rule in rules(f'"{code}"') if rule.code == code), None)


def rule_name(code: str) -> str:
    """The name of a rule, empty for a code that no rule has."""
    rule = find_rule(code)
    return rule.name if rule else ""


def _rule(module: ast.Module) -> Rule | None:
    constants = dict(_constants(module))
    if not {"CODE", "NAME"} <= constants.keys():
        return None
    return Rule(constants["CODE"], constants["NAME"], ast.get_docstring(module) or "")


def _constants(module: ast.Module) -> Iterator[tuple[str, str]]:
    """Module-level `NAME = "text"`."""
    for node in module.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(text))):
                yield name, text
