from shapedoc.config.files import nearest_config
from shapedoc.core.request import Request
from shapedoc.session import run

NET = """
from torch import nn
class Net(nn.Module):
    def __init__(self, dim=8):
        super().__init__()
        self.fc = nn.Linear(dim, 4)
    def forward(self, tokens, scale):
        return self.fc(tokens) * scale
"""


def test_the_nearest_file_counts_and_a_project_only_with_its_table(tmp_path):
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text("[tool.shapedoc]\n")
    (tmp_path / "a" / "pyproject.toml").write_text("[tool.ruff]\n")
    assert nearest_config(inner) == tmp_path / "pyproject.toml"
    (tmp_path / "shapedoc.yaml").write_text("")
    assert nearest_config(inner) == tmp_path / "shapedoc.yaml"


def test_a_model_is_fed_what_the_configuration_says(tmp_path):
    (tmp_path / "fed.py").write_text(NET)
    (tmp_path / "shapedoc.yaml").write_text("inputs: {tokens: b=5 d=8, scale: 2.5}")
    report = run(Request(f"{tmp_path}/fed.py:Net"), lambda progress: None)
    assert [given.origin for given in report.inputs] == ["from shapedoc.yaml"]
    assert [str(given.value) for given in report.inputs] == ["tokens[b=5 d=8]"]


def test_inputs_beside_a_model_come_first(tmp_path):
    (tmp_path / "fed_first.py").write_text(NET)
    (tmp_path / "shapedoc.yaml").write_text("inputs: {tokens: b=5 d=8, scale: 2.5}")
    request = Request(f"{tmp_path}/fed_first.py:Net", document="tokens: b=7 d=8\nscale: 1")
    assert [str(given.value) for given in run(request, lambda progress: None).inputs] == ["tokens[b=7 d=8]"]


def test_a_fault_of_the_configuration_is_told_before_anything_runs(tmp_path):
    (tmp_path / "net.py").write_text(NET)
    (tmp_path / "pyproject.toml").write_text("[tool.shapedoc]\nmodles = []")
    stop = run(Request(f"{tmp_path}/net.py:Net"), lambda progress: None).stopped
    assert stop.reason == "target" and "pyproject.toml:2:1" in stop.message


CONTRACT = """
[tool.shapedoc.inputs]
x = "b=2 h=4 t=8 d=16"
[[tool.shapedoc.contracts]]
op = "toml_ops.window_attn"
parameters = "q, window"
signature = "q[b heads tokens d] -> [b heads tokens d]"
where = {"tokens % window == 0" = "tokens fill whole windows"}
"""
WINDOWED = """
from torch import nn
from toml_ops import window_attn
class Net(nn.Module):
    def forward(self, x):
        return window_attn(x, 3)
"""


def test_contracts_and_inputs_may_stand_in_toml(tmp_path):
    (tmp_path / "windowed.py").write_text(WINDOWED)
    (tmp_path / "pyproject.toml").write_text(CONTRACT)
    report = run(Request(f"{tmp_path}/windowed.py:Net"), lambda progress: None)
    assert [finding.code for finding in report.findings] == ["SD110"]
    (tmp_path / "pyproject.toml").write_text(CONTRACT.replace("q[b", "q?[b["))
    stop = run(Request(f"{tmp_path}/windowed.py:Net"), lambda progress: None).stopped
    assert stop.message.startswith(f"{tmp_path / 'pyproject.toml'}: toml_ops.window_attn")
