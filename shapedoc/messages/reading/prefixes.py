"""What launchers, loggers and terminals put before the words of a program.

>>> strip("[rank3]: Traceback (most recent call last):")
Line(rank='3', level='', text='Traceback (most recent call last):')
>>> strip("(Worker_TP3 pid=1270) ERROR 04-28 07:10:22 [v1/executor/multiproc_executor.py:857]   net(x)")
Line(rank='Worker_TP3 pid=1270', level='ERROR', text='  net(x)')
>>> strip("│   return self.fc(x)      │").text
'  return self.fc(x)'

Lines of one rank or process are one stream: a traceback is read within its stream.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

LEVELS = "DEBUG|INFO|NOTICE|WARNING|WARN|ERROR|CRITICAL|FATAL"
CLOCK = r"\d{2}:\d{2}:\d{2}(?:[.,]\d{1,9})?"
DATE = rf"(?:\d{{4}}[-/.])?\d{{2}}[-/.]\d{{2}}[T ]{CLOCK}(?:Z|\s?[+-]\d{{2}}:?\d{{2}})?"

# Each is one kind of prefix. A group named rank… tells streams apart, one named level… how serious it is.
PREFIXES = (
    r"\[(?:rank|default|Rank )?(?P<rank_torchrun>\d{1,5})\]: ?",  # torchrun, torch's own excepthook
    r"\[\d{1,3},(?P<rank_mpi>\d{1,5})\]<std(?:err|out)>: ?",  # mpirun --tag-output
    r"(?:rank|Rank|RANK)[ _]?(?P<rank_named>\d{1,5})\]?: ?",
    r"(?P<rank_srun>\d{1,5}): (?=\s*(?:Traceback|File \"|\[rank|\w{1,40}Error\b))",  # srun --label
    r"\((?P<rank_process>(?:[\w.:-]{1,60} )?pid=\d{1,9}(?:, ip=[\d.]{7,15})?)\) ?",  # vLLM, Ray
    r"(?P<rank_host>(?![\w.]{0,100}(?:Error|Exception|Warning):)[\w.-]{1,60}): "  # pdsh, DeepSpeed
    r"(?=\[rank\d|Traceback \(| {2,}(?:File \"|\S)|[\w.]{0,60}Error\b)",
    r"\[rank\d{1,5}\]:(?=\[?[EWIF]\d{4})",
    rf"\[?[EWIFV]\d{{4}} {CLOCK} \d{{1,9}} [\w./-]{{1,200}}:\d{{1,6}}\]"  # glog, torch's own logging
    r"(?: \[[^\]\s]{1,40}\]){0,4} ?",
    rf"\[(?P<level_huggingface>{LEVELS})\|[^\]]{{1,120}}\] {DATE} >> ?",  # transformers
    rf"\[?{DATE}\]? ?(?=$|[^\d:])",
    rf"\[?{CLOCK}\]? (?=\S)",
    rf"(?P<level_log>{LEVELS})(?=[\s:|\]-])[ \t]{{0,8}}(?:[:|\]-] ?)?(?:\w{{1,40}}: ?(?=\S))?",
    rf"\[(?P<level_boxed>{LEVELS})\][ :-]{{0,3}}",
    r"\[(?:[\w./-]{1,120}\.py|<\w{1,40}>):\d{1,6}(?::\w{1,80})?\] ?",  # vLLM, DeepSpeed: [core.py:632]
    r"[\w./-]{1,120}\.py:\d{1,6}\] ?",  # vLLM v0: engine.py:366]
    r"- [\w.]{1,60} - (?=\S)|[-|] (?=\S)",  # logging's and loguru's separators
    r"[\w.]{1,60}:[\w<>.]{1,60}:\d{1,6} - ",  # loguru
    r"(?<!\| )(?P<rank_service>[a-z][\w-]{1,40}[-_]\d{1,4}) {1,20}\| ?",  # docker compose, kubectl
    r"##\[error\] ?|wandb: (?:ERROR )?|stderr: |ray::[\w.]{1,80}\(\) ?",
    r"!{3} Exception during processing !{3} {0,4}",  # ComfyUI
    r"(?:> ?){1,4}(?=[A-Z ]{2})",  # mail and forum quotes
    r"E {3,8}(?=\S)",  # pytest
)
BOX = re.compile(r"\s{0,20}[│┃║] ?(.*?)\s{0,200}[│┃║]?\s*$")
MASTER = re.compile(r"[ \t]{0,8}(?:" + "|".join(PREFIXES) + ")")


@dataclass(frozen=True, slots=True)
class Line:
    """The words of a program, and what stood before them."""

    rank: str
    level: str
    text: str


def strip(text: str) -> Line:
    """Takes away every known prefix, keeps the indentation of what follows."""
    tags = {"rank": "", "level": ""}
    position = 0
    for _ in range(8):
        if not (found := MASTER.match(text, position)):
            break
        tags.update({name.split("_")[0]: value for name, value in found.groupdict().items() if value})
        position = found.end()
    boxed = BOX.match(text, position)
    return Line(tags["rank"], tags["level"], boxed[1] if boxed else text[position:].rstrip())
