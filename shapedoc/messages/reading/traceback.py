"""The traceback that belongs to a message: read upwards from it, through chained exceptions.

>>> lines = '''Traceback (most recent call last):
...   File "train.py", line 9, in <module>
...     net(x)
...   File "net.py", line 41, in forward
...     return self.fc(x)'''.splitlines()
>>> [(frame.path, frame.code) for frame in above(reversed(lines)).frames]
[('train.py', 'net(x)'), ('net.py', 'return self.fc(x)')]

Frames may have lost their indentation, either end may be cut off, and a notebook or a rich box
shows lines of context around each. What does not belong (another exception's last line, too many
lines without a frame) ends the traceback.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice

from shapedoc.messages.reading.frames import ARROW, Frame, read, with_code

HEAD = re.compile(r"(?:Traceback|Stack|Fatal error).{0,60}\(most recent call (?:last|first)\)")
RAISED = re.compile(
    r"^\W{0,4}(?:[\w.]{1,120}\.)?\w{0,80}(?:Error|Exception|Interrupt|Exit|Iteration|Warning)(?::|\s*$)"
)
CARRIED = re.compile(r"Caught \w{1,60} in |operation failed in the TorchScript interpreter")
USER_CODE = re.compile(r"from user code:")
PAUSED = re.compile(r"(?:Exception has occurred|发生异常|發生例外狀況|例外が発生しました): ?\w")
WARNED = re.compile(r"^\s{0,8}(?P<path>(?:[A-Za-z]:)?[^\s:]{1,400}):(?P<line>\d{1,9}): \w{0,60}Warning:")
CUT_PATH = re.compile(r"^[\w.\\/-]{0,120}:\d{1,9} in \S{1,120}$")

OUTER, INNER = 12, 48  # frames kept at either end
DEEPEST = 2000  # lines looked at above a message
PATIENCE = 40  # lines without a frame, as in a rich box with locals
FORWARD = 60  # lines looked at below it


@dataclass(frozen=True, slots=True)
class Stack:
    """Frames, outermost first. `outer` are those of the exception that carried this one further."""

    frames: tuple[Frame, ...] = ()
    outer: tuple[Frame, ...] = ()


def above(lines: Iterable[str]) -> Stack:
    """Reads the lines above a message, the nearest first."""
    source = islice(lines, DEEPEST)
    frames, headed = _climb(source)
    if not headed:
        return Stack(frames)
    between = [text for text in islice(source, 3) if text.strip()][:1]
    if any(CARRIED.search(text) for text in between):
        return Stack(frames, outer=_climb(source)[0])
    return Stack(frames)


def below(lines: Iterable[str]) -> tuple[Frame, ...]:
    """Frames that stand under a message: dynamo's user code, or an editor that paused at it."""
    source = islice(lines, FORWARD)
    for text in source:
        if USER_CODE.search(text):
            return _descend(source)
        if HEAD.search(text):
            break
    return ()


def trailing(lines: Iterable[str]) -> tuple[Frame, ...]:
    """Frames right under a message: an editor that paused, a program that words its own errors."""
    source = (text for text in islice(lines, FORWARD))
    first = next((text for text in source if text.strip()), "")
    return _outermost_first(_descend(chain([first], source))) if read(first) else ()


def warned(text: str) -> tuple[Frame, ...]:
    """Where a warning says that it was given.

    >>> warned("/home/me/train.py:33: UserWarning: Using a target size")[0].line
    33
    """
    found = WARNED.match(text)
    return (Frame(found["path"], int(found["line"])),) if found else ()


def _outermost_first(frames: tuple[Frame, ...]) -> tuple[Frame, ...]:
    """Editors list the innermost first; the module level tells."""
    return (
        frames[::-1]
        if len(frames) > 1 and frames[-1].function == "<module>" != frames[0].function
        else frames
    )


def _climb(source: Iterator[str]) -> tuple[tuple[Frame, ...], bool]:
    frames: list[Frame] = []
    pending: list[str] = []
    for text in source:
        if HEAD.search(text):
            return _outline(frames), True
        if frame := _read_joined(text, source):
            frames.append(with_code(frame, pending[::-1]))
            pending = []
        elif RAISED.match(text) and not ARROW.match(text) or len(pending) >= PATIENCE:
            break
        elif text.strip():
            pending.append(text)
    return _outermost_first(_outline(frames)), False


def _outline(upwards: list[Frame]) -> tuple[Frame, ...]:
    """Outermost first, without the middle of a very deep stack."""
    frames = tuple(reversed(upwards))
    return frames if len(frames) <= OUTER + INNER else (*frames[:OUTER], *frames[-INNER:])


def _read_joined(text: str, source: Iterator[str]) -> Frame | None:
    """A frame; where a box has broken its path over two lines, the rest is taken from the line above."""
    if CUT_PATH.match(text.strip()) and (start := next(source, "").strip()):
        whole = read(start + text.strip())
        if whole and start[:1] in "/~" and " " not in start:
            return whole
    return read(text)


def _descend(source: Iterator[str]) -> tuple[Frame, ...]:
    frames: list[Frame] = []
    pending: list[str] = []
    for text in source:
        if frame := read(text):
            frames[-1:] = [with_code(last, pending) for last in frames[-1:]]
            frames.append(frame)
            pending = []
        elif frames and (not text.strip() or HEAD.search(text) or RAISED.match(text)):
            break
        else:
            pending.append(text)
    return (*frames[:-1], *(with_code(last, pending) for last in frames[-1:]))
