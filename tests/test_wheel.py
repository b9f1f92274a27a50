"""The wheel holds all of the package, and its command works where there is no source tree."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "samples" / "natten_head_count"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    pip("wheel", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT))
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def outside(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel in it, and the sample's files, away from the source tree."""
    folder = tmp_path_factory.mktemp("outside")
    venv.create(folder / "venv")
    [packages] = (folder / "venv").glob("lib/*/site-packages")
    # What it depends on is had from here, but for the links that editable installs leave in their own .pth files.
    (packages / "dependencies.pth").write_text("\n".join(filter(is_of_packages, sys.path)))
    pip("--python", str(folder / "venv/bin/python"), "install", "--ignore-installed", str(wheel))
    shutil.copytree(SAMPLE, folder / "sample")
    return folder


def pip(*words: str) -> None:
    """With what is here: neither an index nor dependencies are looked for."""
    offline = {"PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1", "PIP_QUIET": "1"}
    subprocess.run([sys.executable, "-m", "pip", *words], env=os.environ | offline, check=True)


def is_of_packages(folder: str) -> bool:
    return Path(folder).name in ("site-packages", "dist-packages")


def test_every_file_of_the_package_is_in_it(wheel: Path) -> None:
    files = {str(path.relative_to(ROOT)) for path in (ROOT / "shapedoc").rglob("*") if path.is_file()}
    held = set(zipfile.ZipFile(wheel).namelist())
    assert {name for name in files if "__pycache__" not in name} == {
        n for n in held if ".dist-info/" not in n
    }


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        ("--help", 0, "fix-suggest"),
        ("rules", 0, "SD201"),
        ("contracts natten", 0, "na2d_av"),
        ("explain sample/error.log", 1, "SD106"),
        ("trace sample/buggy.py", 1, "SD106 head-count"),
        ("trace sample/buggy.py --format json", 1, '"safety": "safe"'),
        ("trace sample/fixed.py", 0, "clean"),
    ],
)
def test_the_command_works_outside_the_source_tree(outside: Path, words: str, status: int, says: str) -> None:
    done = run(outside, str(outside / "venv/bin/shapedoc"), *words.split())
    assert (done.returncode, says in done.stdout) == (status, True), done.stdout + done.stderr


def test_what_runs_is_the_wheel(outside: Path) -> None:
    """Without this, the tree that the tests are run from might answer."""
    program = "import shapedoc, shapedoc.session; print(shapedoc.__file__, shapedoc.session.__file__)"
    done = run(outside, str(outside / "venv/bin/python"), "-c", program)
    assert all(Path(file).is_relative_to(outside) for file in done.stdout.split()), done.stdout + done.stderr


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)
