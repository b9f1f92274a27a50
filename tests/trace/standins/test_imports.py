"""Imports behave as with a real install: probes, stars, versions, and what happens where something is missing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from shapedoc.trace.standins import Settings, standing_in
from shapedoc.trace.standins.known import Known
from shapedoc.trace.standins.unknown import NoContract

Run = Callable[..., ModuleType]


@pytest.fixture
def known(hide: Callable[[str], None]) -> Iterator[Known]:
    hide("natten")
    with standing_in(Settings()) as known:
        yield known


@pytest.fixture
def user(tmp_path: Path) -> Run:
    """Runs a piece of source as a module of the user's."""

    def run(source: str, folder: str = "project") -> ModuleType:
        path = tmp_path / folder / "net.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
        module = ModuleType("net")
        module.__file__ = str(path)
        exec(compile(source, str(path), "exec"), module.__dict__)
        return module

    return run


VERSIONS = {
    "from natten.functional import na2d_av": "0.17.5",
    "from natten.functional import natten2dav": "0.17.4",
    "from natten.functional import na2d_qk_with_bias": "0.15.1",
    "from natten.functional import *\nnatten2dav": "0.17.4",
    "import natten.functional as NF\nNF.na2d_qk": "0.17.5",
    "import natten\nnatten.functional.na1d_av": "0.17.5",
    "from natten import use_fused_na": "0.17.5",
    "from natten import na2d": "0.21.7",
    "import natten": "0.21.7",
}


@pytest.mark.parametrize("source", VERSIONS)
def test_the_newest_version_that_has_all_names(source: str, known: Known, user: Run) -> None:
    user(source)
    assert known.library("natten").version == VERSIONS[source]


def test_a_version_string_is_that_of_what_is_served(known: Known, user: Run) -> None:
    net = user(
        "import natten, importlib.metadata\nfrom natten.functional import na2d_av\n"
        "found = natten.__version__, importlib.metadata.version('natten')"
    )
    assert net.found == ("0.17.5", "0.17.5")


PROBES = {
    "import importlib.util\nfound = importlib.util.find_spec('natten') is not None": True,
    "import importlib.util\nfound = importlib.util.find_spec('natten.nonsense') is not None": False,
    "import natten\nfound = hasattr(natten.functional, 'na2d_av')": False,
    "import natten.functional\nfound = natten.functional.__name__": "natten.functional",
    "try:\n    import natten\n    found = True\nexcept ImportError:\n    found = False": True,
    "try:\n    from natten import nonsense\nexcept ImportError as error:\n    found = 'nonsense' in str(error)": True,
    "try:\n    from natten.functional import na2d_av, nonsense\nexcept ImportError:\n    found = False": False,
    "from contextlib import suppress\nfound = 1\nwith suppress(ImportError):\n    import natten.nonsense\n    found = 2": 1,
    "from natten import has_cuda\nfound = has_cuda()": True,
}


@pytest.mark.parametrize("source", PROBES)
def test_probes_find_what_they_would_find(source: str, known: Known, user: Run) -> None:
    assert user(source).found == PROBES[source]


def test_a_name_that_is_needed_is_served_from_another_version(known: Known, user: Run) -> None:
    net = user("import natten\nif natten.__version__ > '0.20':\n    from natten.functional import na2d\n")
    assert known.library("natten").version == "0.21.7"
    user("from natten.functional import na2d_av")
    assert known.library("natten").version_of("natten.functional.na2d_av") == "0.17.5"
    assert net.na2d.library.version == "0.21.7"


def test_who_goes_on_without_a_package_is_written_down(known: Known, user: Run) -> None:
    net = user("try:\n    import mmcv_of_nobody\nexcept ImportError:\n    mmcv_of_nobody = None\n")
    [miss] = known.misses
    assert (miss.module, miss.path, miss.line) == ("mmcv_of_nobody", net.__file__, 2)


def test_other_packages_find_what_is_really_installed(known: Known, user: Run) -> None:
    probe = (
        "import importlib.util\nfound = importlib.util.find_spec('flash_attn')\n"
        "try:\n    import flash_attn\nexcept ImportError:\n    flash_attn = None\n"
    )
    package = user(probe, "site-packages/somebody")
    assert (package.found, package.flash_attn) == (None, None)
    assert user(probe).flash_attn is not None


def test_a_version_is_known_before_the_import(known: Known, user: Run) -> None:
    net = user("from importlib.metadata import version\nfound = version('natten'), version('flash_attn')")
    assert net.found == ("0.21.7", "2.8.3")


def test_kernels_are_replaced_whoever_imports_first(installed: Callable[..., None], user: Run) -> None:
    installed("natten", "0.17.3", functional=FUNCTIONS)
    probe = "try:\n    from natten.functional import na2d_av\nexcept ImportError:\n    na2d_av = None"
    with standing_in(Settings()):
        assert hasattr(user(probe, "site-packages/somebody").na2d_av, "contract_for")


def test_a_missing_extension_ends_nothing_until_it_is_called(known: Known, user: Run) -> None:
    net = user(
        "import torch\nimport selective_scan_cuda\nimport flash_attn_2_cuda as flash\nfrom torchvision import _C\n"
        "from flash_attn.modules.mha import FlashSelfAttention\n"
        "class Own(FlashSelfAttention): pass\nscan = selective_scan_cuda.fwd\nx = torch.ones(2, 8)"
    )
    assert "selective_scan_cuda" in known.unknown
    with pytest.raises(NoContract) as stopped:
        net.scan(net.x, net.x, delta_softplus=True)
    assert 'signature: "a[n2 n8], b[n2 n8] -> [n2 n8]"' in str(stopped.value)
    assert "op: selective_scan_cuda.fwd" in str(stopped.value)
    assert "parameters: a, b, delta_softplus" in str(stopped.value)
    assert isinstance(net.Own(16), net.FlashSelfAttention)


def test_a_missing_module_that_is_no_extension_stays_missing(known: Known, user: Run) -> None:
    with pytest.raises(ModuleNotFoundError, match="package_of_nobody"):
        user("import package_of_nobody")


FUNCTIONS = (
    "def na2d_av(attn, value, kernel_size):\n    raise SystemExit(1)\n\n\ndef other(x):\n    return x + 1\n"
)


def test_an_installed_library_keeps_its_python_and_loses_its_kernels(
    installed: Callable[..., None], user: Run
) -> None:
    layers = (
        "from natten.functional import na2d_av\n\n\ndef double(attn, value):\n"
        "    return 2 * na2d_av(attn, value, kernel_size=3)\n"
    )
    installed("natten", "0.17.3", functional=FUNCTIONS, layers=layers)
    with standing_in(Settings()) as known:
        net = user(
            "import torch\nfrom natten.functional import na2d_av, other\nfrom natten.layers import double\n"
            "attn, value = torch.zeros(1, 2, 5, 5, 9), torch.zeros(1, 2, 5, 5, 8)\n"
            "shapes = na2d_av(attn, value, 3).shape, double(attn, value).shape, other(1)"
        )
        assert known.library("natten").version == "0.17.3"
    assert net.shapes == ((1, 2, 5, 5, 8), (1, 2, 5, 5, 8), 2)


def test_an_installed_library_that_cannot_be_imported_is_stood_in_for(
    installed: Callable[..., None], user: Run
) -> None:
    installed("natten", "0.17.5", functional="from torch.cuda import _device_t_of_nobody\n")
    (Path(sys.path[0]) / "natten" / "__init__.py").write_text("from natten import functional\n")
    with standing_in(Settings()) as known:
        net = user("from natten.functional import na2d_av\nimport natten\nversion = natten.__version__")
        assert "_device_t_of_nobody" in known.broken["natten"]
    assert net.version == "0.17.5"


def test_nothing_is_left_behind() -> None:
    finders = list(sys.meta_path)
    with standing_in(Settings()):
        import flash_attn  # noqa: F401
    assert sys.meta_path == finders
    assert "flash_attn" not in sys.modules


COST = """
import time
import torch
import shapedoc.session
import sys

for name in [name for name in sys.modules if name.startswith("shapedoc.trace.standins")]:
    del sys.modules[name]
before = time.process_time()
from shapedoc.trace.standins import standing_in
from shapedoc.trace.standins.settings import read_settings

with standing_in(read_settings((), None)):
    import json.tool
print(time.process_time() - before, "yaml" in sys.modules)
"""


def test_they_cost_less_than_30_ms_where_none_is_used() -> None:
    """Processor time, since other work on the machine counts in any other; modules are compiled once, as ever."""

    def measured() -> tuple[float, bool]:
        seconds, yaml = subprocess.run(
            [sys.executable, "-c", COST], capture_output=True, text=True, check=True
        ).stdout.split()
        return float(seconds), yaml == "True"

    runs: list[Any] = [measured() for _ in range(3)]
    assert min(seconds for seconds, _ in runs) < 0.030
