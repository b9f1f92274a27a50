"""Rules silenced on a line: `# shapedoc: ignore[SD201]`, or several codes with commas.

>>> codes_on("q = q.view(b, -1)  # shapedoc: ignore[SD201, SD203]")
('SD201', 'SD203')
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from shapedoc.core.report import Finding
from shapedoc.core.source import read_source

_COMMENT = re.compile(r"#\s*shapedoc:\s*ignore\[([A-Z0-9,\s]*)\]")


def codes_on(line: str) -> tuple[str, ...]:
    """The rules that a line of source silences."""
    found = _COMMENT.search(line)
    return tuple(re.findall(r"SD\d+", found[1])) if found else ()


def is_ignored(finding: Finding) -> bool:
    """Whether the line of a finding silences its rule."""
    span = finding.span
    return span is not None and finding.code in codes_on(read_source(span.path).line(span.line))


def unused(paths: Iterable[str], silenced: Iterable[Finding]) -> Iterator[str]:
    """Comments in these files that silence nothing, each as `path:line: …`."""
    used = {(found.span.path, found.span.line, found.code) for found in silenced if found.span}
    for path in sorted(set(paths)):
        for number, line in enumerate(read_source(path).lines, 1):
            for code in codes_on(line):
                if (path, number, code) not in used:
                    yield f"{path}:{number}: ignore[{code}] silences nothing"
