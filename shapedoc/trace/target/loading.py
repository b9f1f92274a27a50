"""From a target's file or dotted name to its module, imported as the user's own program would import it.

A file's folder goes first on `sys.path`, as `python model.py` puts it there; a file inside a package is
imported under its full name, so that its relative imports work. `__main__` guards do not run.

>>> module_name(Path("/work/nets/blocks.py"), Path("/work"))
'nets.blocks'
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from shapedoc.core.targets import FORMS, TargetError, TargetSpec, existing


def import_target(spec: TargetSpec) -> ModuleType:
    """The target's module; the user's own exceptions at import pass through unchanged."""
    try:
        return _import_file(Path(spec.path)) if spec.path else _import_name(spec.module)
    except SyntaxError as error:
        place = f"{error.filename or spec.place}:{error.lineno}:{error.offset or 1}"
        raise TargetError(f"{place}: {error.msg}; Python cannot read this file") from error
    except ImportError as error:
        raise TargetError(_import_failure(spec, error)) from error


def package_root(path: Path) -> Path:
    """The folder to import a file from: above its packages, and as far up as its relative imports reach."""
    root, levels = path.parent, _relative_levels(path)
    while levels > 0 or (root / "__init__.py").exists():
        root, levels = root.parent, levels - 1
    return root


def module_name(path: Path, root: Path) -> str:
    """The dotted name of a file below its root; a plain file's name gives way to a module of that name."""
    name = ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
    taken = sys.modules.get(name)
    return name if taken is None or getattr(taken, "__file__", "") == str(path) else f"{name}_target"


def _import_file(written: Path) -> ModuleType:
    path = existing(written).resolve()
    root = package_root(path)
    name = module_name(path, root)
    sys.path.insert(0, str(root))
    if root != path.parent:
        # Behind everything else: in a package, a sibling named types.py must not hide Python's own.
        sys.path.append(str(path.parent))
        return importlib.import_module(name)
    return sys.modules[name] if name in sys.modules else _execute(name, path)


def _execute(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None, path
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _import_name(name: str) -> ModuleType:
    # As `python -m` does: the modules of the folder one stands in can be named.
    sys.path.insert(0, str(Path.cwd()))
    return importlib.import_module(name)


def _relative_levels(path: Path) -> int:
    """How many folders up the file's relative imports go: 1 for `from . import x`. 0 if it cannot be read."""
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError):
        return 0
    return max((node.level for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)), default=0)


def _import_failure(spec: TargetSpec, error: ImportError) -> str:
    missing = error.name or ""
    if not isinstance(error, ModuleNotFoundError) or not missing:
        return f"{spec.place} cannot be imported: {error}"
    if spec.module == missing or spec.module.startswith(missing + "."):
        return f"no module {missing!r} for {sys.executable}: {FORMS}"
    advice = "install it there, or name another --python"
    return f"{spec.place} imports {missing!r}, which {sys.executable} does not have: {advice}"
