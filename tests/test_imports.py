"""What may import what, and that the front never imports torch."""

import ast
import importlib.util
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import shapedoc

PACKAGE = Path(shapedoc.__file__).parent
MODULES = {module.name: module for module in pkgutil.walk_packages([str(PACKAGE)], "shapedoc.")}

MAY_IMPORT = {
    "core": {"core"},
    "config": {"core", "config"},
    "kernels": {"core", "config", "kernels"},
    "messages": {"core", "messages"},
    "formats": {"core", "formats"},
    "trace": {"core", "config", "kernels", "messages", "formats", "trace"},
    "checks": {"core", "kernels", "messages", "formats", "trace", "checks"},
    "fixes": {"core", "kernels", "messages", "formats", "trace", "fixes"},
    "session": {"core", "config", "kernels", "messages", "formats", "trace", "checks", "fixes", "mending"},
    "mending": {"core", "kernels", "messages", "formats", "trace", "checks", "fixes"},
    "worker": {"core", "worker"},
    "client": {"core", "client"},
    "suggest": {"core", "config", "client", "suggest", "shapedoc"},
    "cli": {"core", "config", "kernels", "messages", "formats", "client", "suggest", "cli", "shapedoc"},
}
WITH_TORCH = {"trace", "checks", "fixes", "mending", "session"}
PLUGINS = {"checks", "fixes", "messages", "formats", "cli"}
SHARED = {"shapedoc.messages.meaning", "shapedoc.messages.reading"}  # packages that are no plugin
# The package is the function `shapedoc.trace`, which the session provides.
EXCEPTIONS = {("shapedoc.trace", "shapedoc.session")}


def layer(name):
    """`core` for `shapedoc.core.axes`, `shapedoc` for the package itself."""
    return name.split(".")[1] if "." in name else name


def plugin(name):
    """The plugin that a module is, or is part of; empty for one that is of none."""
    head = ".".join(name.split(".")[:3])
    public = head in MODULES and head.count(".") == 2 and not head.split(".")[2].startswith("_")
    return head if public and layer(head) in PLUGINS and head not in SHARED else ""


def imports(name):
    """Modules that a module imports anywhere in its source, except for type checkers alone."""
    spec = importlib.util.find_spec(name)
    tree = ast.parse(Path(spec.origin).read_text(encoding="utf-8"))
    package = name if spec.submodule_search_locations else name.rpartition(".")[0]
    hidden = {
        node
        for guard in ast.walk(tree)
        if _for_types_only(guard)
        for part in guard.body
        for node in ast.walk(part)
    }
    for node in ast.walk(tree):
        if node in hidden:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            base = importlib.util.resolve_name("." * node.level + (node.module or ""), package)
            submodules = [f"{base}.{alias.name}" for alias in node.names if f"{base}.{alias.name}" in MODULES]
            yield from submodules or [base]


def _for_types_only(node):
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


@pytest.mark.parametrize("name", sorted(MODULES))
def test_imports_run_one_way(name):
    if layer(name) in MAY_IMPORT:
        ours = {other for other in imports(name) if other.split(".")[0] == "shapedoc"}
        wrong = {other for other in ours if layer(other) not in MAY_IMPORT[layer(name)]}
        assert not {(name, other) for other in wrong} - EXCEPTIONS


def test_the_table_names_every_layer():
    layers = {layer(name) for name in MODULES} - {"__main__"}
    assert layers <= MAY_IMPORT.keys()


@pytest.mark.parametrize("name", sorted(name for name in MODULES if layer(name) not in WITH_TORCH))
def test_only_the_layers_of_the_worker_import_torch(name):
    assert not {other for other in imports(name) if other.split(".")[0] in ("torch", "einops", "numpy")}


@pytest.mark.parametrize("name", sorted(name for name in MODULES if layer(name) == "core"))
def test_the_core_needs_the_standard_library_only(name):
    for other in imports(name):
        assert other.split(".")[0] in sys.stdlib_module_names | {"shapedoc"}


@pytest.mark.parametrize("name", sorted(name for name in MODULES if layer(name) in PLUGINS))
def test_plugins_do_not_import_one_another(name):
    """A plugin is a public module directly in its package; what several share begins with an underscore."""
    own, others = plugin(name), {plugin(other) for other in imports(name)}
    assert not own or others <= {own, ""}


TORCH_FREE = [
    "import shapedoc",
    "import shapedoc; shapedoc.Report",
    "import shapedoc.trace",
    "import shapedoc.client.process, shapedoc.formats.tree, shapedoc.formats.json",
    "from shapedoc.cli import main; main(['--help'])",
    "from shapedoc.cli import main; main(['trace', '--help'])",
    "from shapedoc.cli import main; main(['rules'])",
    "from shapedoc.cli import main; main(['explain', 'SD101'])",
    "from shapedoc.cli import main; main(['contracts'])",
]


def loaded(code, *names):
    """Which modules of these names a process has imported when some code has run in it."""
    program = f"import sys\n{code}\nsys.exit(' '.join(sorted(set(sys.modules) & set({names!r}))) or None)"
    finished = subprocess.run(
        [sys.executable, "-c", program], cwd=PACKAGE.parent, capture_output=True, text=True, timeout=60
    )
    assert "Traceback" not in finished.stderr
    return finished.stderr.split()


@pytest.mark.parametrize("code", TORCH_FREE)
def test_the_front_does_not_import_torch(code):
    assert loaded(code, "torch", "numpy", "einops") == []


@pytest.mark.parametrize("code", ["from shapedoc.cli import main; main(['--help'])", "import shapedoc"])
def test_help_does_not_import_rich(code):
    assert loaded(code, "rich", "yaml") == []


def test_the_absence_of_torch_can_be_missed():
    """Without this, a test of absence that always passes would look the same."""
    assert loaded("import torch", "torch", "numpy") == ["numpy", "torch"]
    assert loaded("import shapedoc.session", "torch") == ["torch"]


@pytest.mark.parametrize(
    "code",
    [
        "import shapedoc; report = shapedoc.trace(nn.Linear(8, 4), torch.ones(2, 6))",
        "import shapedoc, shapedoc.trace.engine; report = shapedoc.trace(nn.Linear(8, 4), torch.ones(2, 6))",
        "from shapedoc.trace import engine; import shapedoc; report = shapedoc.trace(nn.Linear(8, 4), torch.ones(2, 6))",
        "from shapedoc import trace; report = trace(nn.Linear(8, 4), torch.ones(2, 6))",
    ],
)
def test_trace_is_a_function_whatever_was_imported_before(code):
    names = {}
    exec(f"import torch\nfrom torch import nn\n{code}", names)
    assert isinstance(names["report"], shapedoc.Report)
    assert names["report"].exit_status == 1


def test_an_unknown_name_is_no_attribute():
    with pytest.raises(AttributeError, match="nonsense"):
        _ = shapedoc.nonsense
