"""The project that a command is for: its configuration, or the models that are found in it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from shapedoc.config.files import nearest_config
from shapedoc.config.settings import Config, load_config
from shapedoc.core.errors import UserError

ADVICE = "`shapedoc init` writes them down, --discover does without"


def find_project(written: Path | None, discover: bool) -> Config:
    """The configuration that is named or nearest; `discover` adds models where it has none."""
    path = written or nearest_config(Path.cwd())
    config = load_config(path.absolute()) if path else Config(Path.cwd())
    if not config.models and discover:
        from shapedoc.suggest.discovery import discovered

        config = replace(config, models=tuple(discovered(config)))
    if not config.models:
        raise UserError(f"{path or 'no shapedoc.yaml here or above: it'} names no models; {ADVICE}")
    return config
