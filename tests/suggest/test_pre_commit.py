"""With pre-commit, for real: a wrong head count is not committed, and what mends it is shown."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "samples" / "natten_head_count"
MISSING = [
    *(["git"] if shutil.which("git") is None else []),
    *(["pre-commit"] if importlib.util.find_spec("pre_commit") is None else []),
]
pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"{' and '.join(MISSING)} not installed")


class Repository:
    """A git repository with the hook installed, and a worker's interpreter that counts its starts."""

    def __init__(self, folder, hooks, environment):
        self.folder, self.environment = folder, environment
        self.git("init", "-q")
        (folder / "python").write_text(
            f'#!/bin/sh\necho started >> {folder.parent}/starts\nexec {sys.executable} "$@"\n'
        )
        (folder / "python").chmod(0o755)
        (folder / "shapedoc.yaml").write_text("python: python\nmodels: [nets/decoder.py:Decoder]\n")
        (folder / ".pre-commit-config.yaml").write_text(
            f"repos: [{{repo: {hooks}, rev: v1.0.0, hooks: [{{id: shapedoc-fix-suggest}}]}}]\n"
        )
        (folder / "nets").mkdir()
        self.run(sys.executable, "-m", "pre_commit", "install")

    def run(self, *command):
        return subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=300
        )

    def git(self, *arguments):
        return self.run("git", *arguments)

    def commit(self, message):
        """Commit everything; the hook's answer is in the output."""
        self.git("add", "--all")
        return self.git("commit", "-m", message)

    def model(self, name):
        """Put a file of the sample there, with a last line that tells the versions apart."""
        text = (SAMPLE / name).read_text()
        (self.folder / "nets" / "decoder.py").write_text(f"{text}# from {name}\n")

    @property
    def starts(self):
        log = self.folder.parent / "starts"
        return log.read_text().count("started") if log.exists() else 0


@pytest.fixture
def repository(tmp_path):
    commands = tmp_path / "bin"
    commands.mkdir()
    (commands / "shapedoc").write_text(
        f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m shapedoc "$@"\n'
    )
    (commands / "shapedoc").chmod(0o755)
    identity = {
        f"GIT_{who}_{what}": "nobody" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
    }
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
        **identity,
        "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}",
        "PRE_COMMIT_HOME": str(tmp_path / "pre-commit"),
        "SHAPEDOC_CACHE_DIR": str(tmp_path / "cache"),
        "HOME": str(tmp_path),
        "GIT_CONFIG_NOSYSTEM": "1",
    }
    hooks, project = tmp_path / "hooks", tmp_path / "project"
    for folder in (hooks, project):
        folder.mkdir()
    shutil.copy(ROOT / ".pre-commit-hooks.yaml", hooks)
    for command in (["init", "-q"], ["add", "--all"], ["commit", "-qm", "hooks"], ["tag", "v1.0.0"]):
        subprocess.run(["git", *command], cwd=hooks, env=environment, check=True)
    return Repository(project, hooks, environment)


def test_a_wrong_head_count_is_blocked_shown_mended_and_committed(repository):
    repository.model("fixed.py")
    first = repository.commit("a decoder")
    assert first.returncode == 0, first.stdout + first.stderr
    assert repository.starts == 1

    repository.model("buggy.py")
    blocked = repository.commit("a wrong head count")
    shown = blocked.stdout + blocked.stderr
    assert blocked.returncode == 1 and "SD106" in shown, shown
    assert "\n+        value = rearrange(" in shown and "g=self.num_heads)" in shown
    assert repository.starts == 2

    mended = repository.run("shapedoc", "fix-suggest", "--apply")
    assert mended.returncode == 0, mended.stderr
    assert "g=self.num_heads)" in (repository.folder / "nets" / "decoder.py").read_text()
    starts = repository.starts
    passed = repository.commit("a right head count")
    assert passed.returncode == 0, passed.stdout + passed.stderr
    assert repository.starts == starts  # known since it was mended

    (repository.folder / "README.md").write_text("# Nets\n")
    assert repository.commit("words").returncode == 0
    assert repository.starts == starts
    log = repository.git("log", "--format=%s").stdout.splitlines()
    assert log == ["words", "a right head count", "a decoder"]
