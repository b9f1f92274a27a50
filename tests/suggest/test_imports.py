"""From a model to the files it imports, by its source alone."""

import pytest

from shapedoc.suggest.imports import ImportGraph

FILES = {
    "nets/__init__.py": "",
    "nets/model.py": "import torch\nfrom nets.blocks import attention\nfrom . import heads\nfrom .heads.linear import Head",
    "nets/blocks/__init__.py": "from .mlp import Mlp",
    "nets/blocks/attention.py": "def build():\n    from nets import scaling",
    "nets/blocks/mlp.py": "import nets.model",
    "nets/heads/__init__.py": "",
    "nets/heads/linear.py": "from ..common.size import SIZE as S",
    "nets/common/size.py": "SIZE = 3",
    "nets/scaling.py": "import sizes",
    "nets/unused.py": "",
    "src/sizes.py": "",
    "scripts/train.py": "import helper, nets.model as m",
    "scripts/helper.py": "",
    "broken.py": "def (",
    "alone.py": "import broken, os, numpy.linalg",
}
MODEL = {
    *("nets/__init__.py", "nets/model.py", "nets/blocks/__init__.py", "nets/blocks/attention.py"),
    *("nets/blocks/mlp.py", "nets/heads/__init__.py", "nets/heads/linear.py", "nets/common/size.py"),
    *("nets/scaling.py", "src/sizes.py"),
}


@pytest.fixture
def graph(tmp_path):
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return ImportGraph(tmp_path.resolve())


@pytest.mark.parametrize(
    ("target", "files"),
    [
        ("nets/model.py:Net", MODEL),
        ("nets/model.py:Net(path='a.py:b')", MODEL),
        ("nets.model:Net", MODEL),
        ("nets/model.py", MODEL),
        ("scripts/train.py:Net", {"scripts/train.py", "scripts/helper.py", *MODEL}),
        ("alone.py:Net", {"alone.py", "broken.py"}),
        ("missing.py:Net", set()),
        ("torch.nn:Linear", set()),
        ("", set()),
    ],
)
def test_every_file_behind_a_target_is_found_and_no_other(graph, target, files):
    assert {path.relative_to(graph.folder).as_posix() for path in graph.behind(target)} == files


def test_each_file_is_read_once(graph):
    graph.behind("nets/model.py:Net")
    (graph.folder / "nets" / "model.py").write_text("")
    assert graph.folder / "nets" / "scaling.py" in graph.behind("nets.model:Net")
