"""Only what a change touches runs, and only once."""

import sys

import pytest

from shapedoc.core.errors import UserError
from shapedoc.core.request import Request
from shapedoc.suggest import environment
from shapedoc.suggest.checking import shard

from .projects import Runs, project

ONE, TWO = "one.py:Net", "two.py:Net"
BOTH = {ONE, TWO}


@pytest.fixture
def runs(tmp_path, monkeypatch):
    return Runs(project(tmp_path), monkeypatch)


@pytest.mark.parametrize(
    ("files", "targets"),
    [
        ((), BOTH),
        (("one.py",), {ONE}),
        (("shared.py",), BOTH),
        (("only_one.py",), {ONE}),
        (("README.md",), set()),
        (("README.md", "two.py"), {TWO}),
        (("shapedoc.yaml",), BOTH),
        (("not/there.py",), set()),
    ],
)
def test_models_are_checked_whose_imports_changed(runs, files, targets):
    assert runs.check(*files) == (targets, targets)
    runs.check()
    assert runs.check(*files) == (targets, set())  # all is known by now


@pytest.mark.parametrize(
    ("changed", "ran"), [("one.py", {ONE}), ("only_one.py", {ONE}), ("shared.py", BOTH), ("README.md", set())]
)
def test_a_change_of_what_was_imported_runs_the_model_again_and_no_other(runs, changed, ran):
    assert runs.check() == (BOTH, BOTH)
    assert runs.check() == (BOTH, set())
    path = runs.folder / changed
    path.write_text(path.read_text() + "\n# changed\n")
    assert runs.check() == (BOTH, ran)
    assert runs.check() == (BOTH, set())


def test_a_file_that_only_a_run_has_shown_counts_too(runs):
    """A model may read JSON at import, of which its source tells nothing."""
    runs.reads[TWO] = [runs.folder / "sizes.json"]
    assert runs.check("sizes.json") == (set(), set())
    runs.check()
    assert runs.check("sizes.json") == ({TWO}, set())
    (runs.folder / "sizes.json").write_text('{"dim": 3}')
    assert runs.check("sizes.json") == ({TWO}, {TWO})


def configure(runs, text):
    (runs.folder / "shapedoc.yaml").write_text(text)


def test_a_changed_contract_runs_every_model_again(runs):
    contract = "contracts: [{{op: own.attend, parameters: q, signature: 'q[b {}] -> [b]'}}]\n"
    models = "models: [one.py:Net, two.py:Net]\n"
    configure(runs, models + contract.format("h"))
    runs.check()
    assert runs.check() == (BOTH, set())
    configure(runs, models + contract.format("t"))
    assert runs.check() == (BOTH, BOTH)


def test_a_model_that_is_configured_anew_runs_again_and_no_other(runs):
    runs.check()
    configure(runs, "models: [one.py:Net, {target: two.py:Net, engine: real}, {target: three.py:Net}]")
    assert runs.check() == ({*BOTH, "three.py:Net"}, {TWO, "three.py:Net"})


def test_another_version_of_a_package_runs_every_model_again(runs, tmp_path_factory, monkeypatch):
    site = tmp_path_factory.mktemp("site")
    monkeypatch.setattr(sys, "path", [*sys.path, str(site)])
    for number, names in enumerate((["torch-2.13.0.dist-info"], ["torch-2.14.0.dist-info"])):
        for old in site.iterdir():
            old.rmdir()
        for name in names:
            (site / name).mkdir()
        environment.installed.cache_clear()
        assert runs.check() == (BOTH, BOTH), number
        assert runs.check() == (BOTH, set())
    environment.installed.cache_clear()


def test_another_version_of_our_own_runs_every_model_again(runs, monkeypatch):
    runs.check()
    environment.ourselves.cache_clear()
    monkeypatch.setattr("shapedoc.__version__", "99")
    assert runs.check() == (BOTH, BOTH)
    environment.ourselves.cache_clear()


def test_packages_of_an_environment_are_told_without_starting_it(tmp_path):
    site = tmp_path / "lib" / "python3.11" / "site-packages"
    (site / "torch-2.9.1.dist-info").mkdir(parents=True)
    (site / "torch").mkdir()
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").touch()
    assert "torch-2.9.1.dist-info" in environment.installed(str(tmp_path / "bin" / "python"))
    assert "torch" not in environment.installed(str(tmp_path / "bin" / "python"))


@pytest.mark.parametrize("count", [1, 2, 5])
def test_shards_share_nothing_and_leave_nothing_out(count):
    models = tuple(Request(f"nets/model{number}.py:Net") for number in range(40))
    parts = [shard(models, f"{index}/{count}") for index in range(1, count + 1)]
    assert sorted(model.target for part in parts for model in part) == sorted(
        model.target for model in models
    )
    assert all(len(part) > 40 / count / 3 for part in parts)
    assert shard(models[::-1], f"1/{count}") == parts[0][::-1]


@pytest.mark.parametrize("text", ["0/2", "3/2", "1", "a/b", "1/0", "-1/2", "1/2/3"])
def test_a_shard_that_is_none_is_told(text):
    with pytest.raises(UserError, match="--shard"):
        shard((), text)
