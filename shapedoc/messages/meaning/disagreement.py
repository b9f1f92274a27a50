"""The sizes that a layer and what arrives at it disagree in, and where the source tells them from.

>>> from shapedoc.messages import explain_text
>>> [cause] = explain_text('''  File "net.py", line 9, in forward
...     x = self.norm(x)
...   File "/site-packages/torch/nn/modules/normalization.py", line 229, in forward
... RuntimeError: Given normalized_shape=[64], expected input with shape [*, 64], but got input of size[2, 60]
... ''').causes
>>> compared(cause)
(64, 60)
"""

from __future__ import annotations

import ast
import re

from shapedoc.messages._fault import Seen
from shapedoc.messages.meaning.causes import Cause
from shapedoc.messages.meaning.expressions import calls
from shapedoc.messages.meaning.layouts import FUNCTIONS
from shapedoc.messages.meaning.neighbours import Meeting, meeting
from shapedoc.messages.meaning.source import Site

FEATURES = ("SD101", "SD105")
INSIDE_LAYER = r"[/\\]torch[/\\]nn[/\\]modules[/\\]"


def compared(cause: Cause) -> tuple[int, int]:
    """The features that a layer takes and those that arrive; 0 is a size that the text does not tell."""
    seen = Seen(cause.fields)
    expected, shape = seen.shape("s"), seen.shape("t")
    if not _of_layer(cause):
        return 0, 0
    if cause.code == "SD110" and seen.number("g") and len(expected) > 1:
        return 0, expected[1]  # a GroupNorm that is built fits its groups, but the text leaves out its size
    if cause.code not in FEATURES:
        return 0, 0
    if len(expected) == 1 and shape:  # features that stand in another dim are no matter of sizes
        return (expected[0], shape[-1]) if expected[0] not in shape else (0, 0)
    values = [seen.number(name) for name in cause.fault.compare.split()]
    return (values[0], values[1]) if len(values) == 2 else (0, 0)


def _of_layer(cause: Cause) -> bool:
    """Whether what failed is a layer of torch that the line calls, and not an operation on the line."""
    frames = cause.first.stack.frames
    own = frames.index(cause.frame) if cause.frame in frames else len(frames)
    return any(re.search(INSIDE_LAYER, frame.path) for frame in frames[own:])


def disagreeing(cause: Cause, site: Site) -> Meeting | None:
    """The two layers that disagree, where the source shows both."""
    expected, found = compared(cause)
    if not found:
        return None
    owner, function = site.enclosing(ast.ClassDef), site.enclosing(FUNCTIONS)
    met = [meeting(call, function, owner, expected, found) for call in calls(site.enclosing(ast.stmt))]
    known = [each for each in met if each]
    return known[0] if len(known) == 1 else None
