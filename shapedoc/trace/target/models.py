"""The models that a module holds, and which of them is meant where none is named.

A model that another one builds or inherits is a part; the one that no other uses is the top:

>>> uses = used_names("class Block(Module): ...\\nclass Net(Module):\\n    def make(self): return Block()")
>>> sorted(uses["Net"])
['Block', 'Module']
"""

from __future__ import annotations

import ast
import difflib
import inspect
from types import ModuleType
from typing import Any

from torch import nn

from shapedoc.core.targets import TargetError, TargetSpec


def models_in(module: ModuleType) -> dict[str, Any]:
    """Name to nn.Module class or instance, for those that the module itself makes."""
    return {name: value for name, value in vars(module).items() if _is_own_model(value, module)}


def _is_own_model(value: Any, module: ModuleType) -> bool:
    if isinstance(value, type):
        return issubclass(value, nn.Module) and value.__module__ == module.__name__
    return isinstance(value, nn.Module)


def used_names(source: str) -> dict[str, set[str]]:
    """For each class of a file, the names that its bases and its body mention."""
    classes = [node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)]
    return {
        node.name: {name.id for name in ast.walk(node) if isinstance(name, ast.Name)} - {node.name}
        for node in classes
    }


def choose_model(spec: TargetSpec, module: ModuleType) -> tuple[str, str]:
    """The name to run where the target gives none, and a note when that was a choice."""
    models = models_in(module)
    if not models:
        raise TargetError(
            f"{spec.place} holds no nn.Module; name a function that returns one: {spec.place}:name"
        )
    instances = [name for name, value in models.items() if isinstance(value, nn.Module)]
    tops = instances if len(instances) == 1 else _tops(models, module)
    if len(tops) != 1:
        raise TargetError(
            f"{spec.place} holds several models: {_listed(models)}; write {spec.place}:{tops[-1]}"
        )
    chosen = tops[0]
    others = [name for name in models if name != chosen]
    return chosen, f"chose {chosen}; {spec.place} also holds {_listed(others)}" if others else ""


def lookup(spec: TargetSpec, module: ModuleType, name: str) -> Any:
    """What a dotted name of the target stands for."""
    value: Any = module
    for part in name.split("."):
        try:
            value = getattr(value, part)
        except AttributeError:
            raise TargetError(_unknown(spec, module, value, part)) from None
    return value


def _tops(models: dict[str, Any], module: ModuleType) -> list[str]:
    uses = used_names(inspect.getsource(module))
    used = set().union(*(names for name, names in uses.items() if name in models))
    return [name for name in models if name not in used] or list(models)


def _unknown(spec: TargetSpec, module: ModuleType, owner: Any, part: str) -> str:
    place = spec.place if owner is module else getattr(owner, "__name__", str(owner))
    near = difflib.get_close_matches(part, dir(owner), n=1)
    models = [name for name in models_in(module) if name not in near] if owner is module else []
    hints = [f"did you mean {near[0]}?"] if near else []
    hints += [f"its models: {_listed(models)}"] if models else []
    return "; ".join([f"{place} has no {part!r}", *hints])


def _listed(names: Any) -> str:
    shown = list(names)[:8]
    return ", ".join(shown) + (", …" if len(names) > len(shown) else "")
