"""A tensor-shape debugger for PyTorch: names the first place where shapes disagree, and its cause.

`shapedoc.trace(model, *inputs, **options)` runs a model on shapes alone and returns a `Report`. Nothing
here imports torch before that call:

>>> import shapedoc
>>> shapedoc.Report(shapedoc.Target("Net")).exit_status
0
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shapedoc.core.report import Finding, Fix, Label, Report, Span, Step, Stop, Target
    from shapedoc.session import trace
else:
    import shapedoc.trace  # noqa: F401  the package is the function: see there

__version__ = "0.1.0"
__all__ = ["Finding", "Fix", "Label", "Report", "Span", "Step", "Stop", "Target", "__version__", "trace"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'shapedoc' has no attribute {name!r}")
    from shapedoc.core import report

    return getattr(report, name)
