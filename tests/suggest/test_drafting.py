"""What is written into a new shapedoc.yaml is read as it was tried."""

from __future__ import annotations

from pathlib import Path

import pytest

from shapedoc.config.settings import load_config
from shapedoc.core.report import Report, Target
from shapedoc.suggest.discovery import Model
from shapedoc.suggest.drafting import draft


@pytest.mark.parametrize("arguments", [(), (("dim", 64), ("sizes", [4, 6])), (("dim", 64), ("size", (4, 6)))])
def test_arguments_are_read_as_they_were_guessed(arguments, tmp_path: Path) -> None:
    model = Model("net.py", "Net", arguments)
    path = tmp_path / "shapedoc.yaml"
    path.write_text(draft([model], {model.target: Report(Target("Net"))}, {}, []))
    assert [request.target for request in load_config(path).models] == [model.target]
