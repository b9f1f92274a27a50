"""One frame of a traceback, in every notation that people paste.

>>> read('  File "/home/me/net.py", line 41, in forward')
Frame(path='/home/me/net.py', line=41, function='forward', code='')
>>> read("File ~/net.py:41, in Net.forward(self, x)").line
41
>>> read("│ /home/me/net.py:41 in forward    │").function
'forward'
>>> read("<ipython-input-2-cb950edc700d> in forward(self, x)").path
'<ipython-input-2-cb950edc700d>'
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from itertools import takewhile

NAME = r"[\w.<>\[\]]{1,120}"
FUNCTION = rf"(?P<function>{NAME})"
LINE = r"(?P<line>\d{1,9})"
EDGE = r"^\W{0,12}"
LINK = r"(?:\(https?://[^)\s]{1,200}\))?"
NOTATIONS = (
    rf'File "(?P<path>[^"\n]{{1,600}})", line {LINE}(?:, in {FUNCTION})?',  # Python; then IPython 8 and 7
    rf"{EDGE}File (?P<path>[^\s\"'][^\n:]{{0,400}}?(?::\\[^\n:]{{1,400}})?):{LINE},? in {FUNCTION}",
    rf"(?P<path>(?:Cell In|Input In|In) ?\[\d{{1,6}}\]),? (?:line {LINE}|in )(?:, in )?{FUNCTION}?",
    rf"{EDGE}\[?(?P<path>(?:~|/|[A-Za-z]:[\\/]|<ipython)[^\s\]]{{0,400}})\]?{LINK} in {FUNCTION}\(",
    rf"{EDGE}(?P<path>(?:[A-Za-z]:)?[^\s:│]{{1,400}}\.(?:py|pyx|ipynb)):{LINE} in {FUNCTION}?",  # rich
    rf"{EDGE}(?P<path>[^\s:│]{{1,400}}\.py):{LINE}:(?: in {FUNCTION})?\s*$",  # pytest
    rf"^│ in {FUNCTION}:{LINE}",  # rich in a notebook
)
HINTS = (":", " line ", " in ")
ARROW = re.compile(r"^\W{0,8}(?:❱|-{1,8}>)\s{0,8}(?P<line>\d{1,9})(?: ?[│|])?\s(?P<code>.{1,400})")
MARKS = re.compile(r"^[\s~^│|]*(?:<-+ HERE)?$|\.{3} <-+ HERE$")
RULE = re.compile(r"^[_ ]{10,}$")  # pytest puts the source above a frame, and a rule below it
REPEATED = re.compile(r"\[Previous line repeated \d+ more times?\]")

TORCH = "nn|utils|functional|autograd|distributed|fx|jit|optim|cuda|amp|ao|onnx"
LIBRARY = re.compile(
    r"(?:site|dist)-packages|[/\\]lib(?:64)?[/\\]python\d|^<(?!ipython)|<frozen|code/__torch__"
    rf"|(?:^|[/\\])torch[/\\](?:_\w{{1,40}}|{TORCH})(?:[/\\]|\.py$)"
    r"|[/\\]torchinductor_|[/\\](?:importlib|runpy\.py|threading\.py|multiprocessing|concurrent)(?:[/\\]|$)"
    r"|anaconda\d?[/\\](?:envs[/\\][^/\\]+[/\\])?[Ll]ib"
    r"|[/\\]bin[/\\](?:torchrun|accelerate|deepspeed|pytest)$"
)
PLUMBING = re.compile(
    r"[/\\](?:torch|einops|torchvision|numpy|accelerate|lightning|pytorch_lightning)[/\\]"
    r"|[/\\](?:contextlib|functools)\.py$|^<(?!ipython|stdin)"
)
# Functions that only check, divide or collate: whoever called them is meant.
HELPERS = frozenset(
    "divide ensure_divisibility check_shape assert_shape default_collate collate collate_tensor_fn wrapper "
    "wrapped inner decorate_context checkpoint _fn new_forward _call_impl _wrapped_call_impl".split()
)


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a call stood, and its source text as far as the log shows it."""

    path: str
    line: int
    function: str = ""
    code: str = ""

    @property
    def library(self) -> bool:
        """Somebody else's code: installed, generated or the interpreter's own."""
        return bool(LIBRARY.search(self.path))


@cache
def _notation() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(text) for text in NOTATIONS)


def read(text: str) -> Frame | None:
    """The frame that a line of a log names, if it names one."""
    if len(text) > 1500 or not any(hint in text for hint in HINTS):
        return None
    for pattern in _notation():
        if found := pattern.search(text):
            values = found.groupdict()
            return Frame(values.get("path") or "", int(values.get("line") or 0), values.get("function") or "")
    return None


def with_code(frame: Frame, below: list[str]) -> Frame:
    """The frame with the source text from the lines under it, which may also hold its line number.

    >>> with_code(Frame("net.py", 0, "forward"), ["      4", "----> 5  return self.fc(x)"])
    Frame(path='net.py', line=5, function='forward', code='return self.fc(x)')
    """
    for text in below:
        if arrow := ARROW.match(text):
            return replace(frame, line=frame.line or int(arrow["line"]), code=arrow["code"].strip(" │|"))
    below = list(takewhile(lambda text: not RULE.match(text), below))
    here = next((i for i, text in enumerate(below) if "<-- HERE" in text or "<--- HERE" in text), 0)
    # TorchScript shows the whole function and points at one line.
    below = below[max(0, here - 1) : here] or below
    lines = [
        text.strip(" │|>\t") for text in below[:6] if not MARKS.match(text) and not REPEATED.search(text)
    ]
    return replace(frame, code=" ".join(line for line in lines if line)[:400])


def users(frames: tuple[Frame, ...]) -> Frame | None:
    """The innermost frame that is the user's own and no mere helper, else the nearest to it.

    >>> library = Frame("/venv/lib/python3.11/site-packages/torch/nn/modules/linear.py", 125, "forward")
    >>> users((Frame("train.py", 9, "main"), Frame("net.py", 41, "forward"), library)).path
    'net.py'
    """
    own = [frame for frame in frames if frame.path and not frame.library]
    named = [frame for frame in own if frame.function not in HELPERS]
    above = [frame for frame in frames if frame.path and not PLUMBING.search(frame.path)]
    return next((group[-1] for group in (named, own, above) if group), None)
