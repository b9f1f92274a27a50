"""A project of two models that share a layer, and a worker that is only asked."""

import hashlib
from collections import Counter
from pathlib import Path

from shapedoc.config.settings import load_config
from shapedoc.core.report import File, Finding, Report, Span, Target
from shapedoc.suggest import pool
from shapedoc.suggest.cache import Cache, default_folder
from shapedoc.suggest.checking import Check
from shapedoc.suggest.imports import ImportGraph

FILES = {
    "shapedoc.yaml": "models: [one.py:Net, two.py:Net]",
    "one.py": "import shared, only_one",
    "two.py": "import shared",
    "shared.py": "",
    "only_one.py": "",
    "README.md": "",
    "sizes.json": "{}",
}


def project(folder):
    for name, text in FILES.items():
        (folder / name).write_text(text)
    return folder


class Runs:
    """Stands where the pool stands: counts what runs, and answers with what the model imports and reads."""

    def __init__(self, folder, monkeypatch):
        self.folder, self.ran, self.reads, self.findings = folder, Counter(), {}, {}
        monkeypatch.setattr(pool, "run_all", self.run_all)

    def run_all(self, requests, python, folder, jobs):
        for request in requests:
            self.ran[request.target] += 1
            paths = {
                *ImportGraph(folder.resolve()).behind(request.target),
                *self.reads.get(request.target, ()),
            }
            files = tuple(File(str(path), digest(path)) for path in sorted(paths))
            findings = self.findings.get(request.target, ())
            yield request, Report(Target(request.target), findings=tuple(findings), files=files)

    def check(self, *files, **options):
        """The targets that a change of some files leads to, and those that had to run."""
        self.ran.clear()
        check = Check(load_config(self.folder / "shapedoc.yaml"), 1, Cache(default_folder()), **options)
        paths = [self.folder / name for name in files]
        checked = {c.request.target for c, _ in check.run(check.touched(paths or None))}
        return checked, set(self.ran)


def digest(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def finding(path, text, code="SD201", module="block"):
    """A finding at the first place of a text in a file."""
    before, _, _ = path.read_text().partition(text)
    line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
    return Finding(code, "a fault", Span(str(path), line, column, line, column + len(text)), module=module)
