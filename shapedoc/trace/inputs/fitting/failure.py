"""A run that failed, and everything that its error, its frames and its contract say of the inputs.

>>> Failure(ValueError("not enough values to unpack (expected 4, got 3)")).complaints()[0].expected
4
"""

from __future__ import annotations

import linecache
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from types import FrameType

from torch import nn

from shapedoc.core.mismatch import Fault, Mismatch
from shapedoc.trace.inputs.fitting.complaints import Complaint, Kind, either
from shapedoc.trace.inputs.fitting.conditions import read_frame
from shapedoc.trace.inputs.fitting.texts import read_error
from shapedoc.trace.inputs.inference.layers import expects

KINDS = {
    Fault.SIZE: Kind.SIZE,
    Fault.BROADCAST: Kind.SIZE,
    Fault.COUNT: Kind.SIZE,
    Fault.RANK: Kind.RANK,
    Fault.MIN_RANK: Kind.RANK,
    Fault.DIVIDE: Kind.MULTIPLE,
    Fault.RANGE: Kind.RANGE,
}
OWN = ("weight", "bias", "running_mean", "running_var")  # operands that are the layer's, whatever the inputs
# Errors that inputs of another shape may cure. Their subclasses, as NotImplementedError, mean something else.
CURABLE = (RuntimeError, ValueError, AssertionError, IndexError)
ASKING = re.compile(
    r"have to|need|must|requir|specif|provid|missing|either|should|expect|None", re.IGNORECASE
)


@dataclass(frozen=True)
class Failure:
    """`steps` is how far the run came, in any unit; `mismatch` the broken contract, where one was checked."""

    error: BaseException
    steps: int = 0
    mismatch: Mismatch | None = None

    def complaints(self) -> tuple[Complaint, ...]:
        """What to change, the most certain first."""
        found = [
            *_of_mismatch(self.mismatch or getattr(self.error, "mismatch", None)),
            *read_error(self.error),
            *self._of_frames(),
        ]
        return tuple(dict.fromkeys(self._completed(complaint) for complaint in found))

    @property
    def curable(self) -> bool:
        """Whether other sizes may help although nothing says so."""
        return type(self.error) in CURABLE or bool(self.complaints())

    def layer(self) -> nn.Module | None:
        """The innermost module that was running."""
        modules = [frame.f_locals.get("self") for frame, _ in self.frames()]
        return next((module for module in reversed(modules) if isinstance(module, nn.Module)), None)

    def frames(self) -> Iterator[tuple[FrameType, int]]:
        """Frames of the failed run and their lines, outermost first."""
        traceback = self.error.__traceback__
        while traceback is not None:
            yield traceback.tb_frame, traceback.tb_lineno
            traceback = traceback.tb_next

    def asked_for(self, names: Collection[str]) -> list[str]:
        """Which of these parameters the error's text speaks of, or stand as None in the lines that failed."""
        text = str(self.error)
        if not ASKING.search(text):
            return []
        by_word = {name.lower(): name for name in names if len(name) > 2}  # errors speak of tensors a and b
        said = [by_word[word] for word in re.findall(r"\w+", text.lower()) if word in by_word]
        held = [name for name in self._none_values() if name in names] if "NoneType" in text else []
        return list(dict.fromkeys(said + held))

    def _none_values(self) -> Iterator[str]:
        """Names that stand in the failing lines and are None there, innermost frames first."""
        for frame, line in reversed(list(self.frames())):
            words = re.findall(r"\w+", linecache.getline(frame.f_code.co_filename, line, frame.f_globals))
            yield from (word for word in words if word in frame.f_locals and frame.f_locals[word] is None)

    def _of_frames(self) -> tuple[Complaint, ...]:
        last = list(self.frames())[-1:]
        guarded = isinstance(self.error, AssertionError | ValueError | RuntimeError)
        return tuple(complaint for frame, line in last if guarded for complaint in read_frame(frame, line))

    def _completed(self, complaint: Complaint) -> Complaint:
        """With what the failing layer adds: its own layout, the size of its table."""
        layer = self.layer()
        known = expects(layer) if layer is not None else None
        if known is None:
            return complaint
        if complaint.kind is Kind.RANK and complaint.hint is None and not known.leading:
            return Complaint(Kind.RANK, complaint.found, len(known.dims), (), known)
        if complaint.kind in (Kind.RANGE, Kind.DTYPE) and isinstance(layer, nn.Embedding):
            return replace(complaint, expected=layer.num_embeddings)
        return complaint


def _of_mismatch(mismatch: Mismatch | None) -> Iterator[Complaint]:
    kind = KINDS.get(mismatch.fault) if mismatch is not None else None
    if mismatch is None or kind is None or not mismatch.expected:
        return
    if kind is Kind.SIZE:
        sizes = tuple(either(mismatch.found or 0, mismatch.expected[0]))
        bound_by = mismatch.bound_by.operand if mismatch.bound_by else ""
        yield from sizes[1:] if mismatch.operand in OWN else sizes[:1] if bound_by in OWN else sizes
    else:
        expected = mismatch.expected[-1] + (kind is Kind.RANGE)
        yield Complaint(kind, mismatch.found or 0, expected)
