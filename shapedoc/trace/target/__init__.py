"""The model that a target names: parsed, imported, built.

>>> from torch import nn
>>> loaded = load(parse_target("torch.nn:Linear(3, 4)"))
>>> loaded.build()
Linear(in_features=3, out_features=4, bias=True)
>>> isinstance(loaded.build(), nn.Module), loaded.name
(True, 'Linear')
"""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING

from shapedoc.core.targets import Call, Reference, TargetError, TargetSpec, parse_target

if TYPE_CHECKING:
    from torch import nn

__all__ = ["Call", "Loaded", "Reference", "TargetError", "TargetSpec", "load", "parse_target"]


@dataclass(frozen=True)
class Loaded:
    """A target whose module has been imported. `note` says so when the model was chosen for the user."""

    spec: TargetSpec
    module: ModuleType
    call: Reference | Call
    note: str = ""

    @property
    def name(self) -> str:
        return self.call.name

    @property
    def path(self) -> str:
        return getattr(self.module, "__file__", None) or ""

    def build(self) -> nn.Module:
        """A fresh model, unless the target names an instance; what the constructor raises passes through."""
        from shapedoc.trace.target.building import build_model

        return build_model(self.spec, self.module, self.call)


def load(spec: TargetSpec) -> Loaded:
    """Import the target's module and settle which model is meant; raises TargetError."""
    from shapedoc.trace.target.loading import import_target
    from shapedoc.trace.target.models import choose_model, lookup

    module = import_target(spec)
    if spec.call is not None:
        lookup(spec, module, spec.call.name)
        return Loaded(spec, module, spec.call)
    name, note = choose_model(spec, module)
    return Loaded(spec, module, Reference(name), note)
