"""What is given as an example is what the commands take."""

import re
from pathlib import Path

import pytest
import yaml

from shapedoc.cli import main
from shapedoc.cli.init import HOOK

ROOT = Path(__file__).parents[2]
WORKFLOW = yaml.safe_load((ROOT / "samples" / "github-actions.yml").read_text())
STEPS = [step["run"] for job in WORKFLOW["jobs"].values() for step in job["steps"] if "run" in step]


@pytest.mark.parametrize("line", [step for step in STEPS if step.startswith("shapedoc")])
def test_every_option_of_the_workflow_is_one(line, capsys):
    command = line.split()[1]
    main([command, "--help"])
    known = capsys.readouterr().out
    assert all(option in known for option in re.findall(r"--[a-z-]+", line))


def test_the_workflow_runs_every_shard():
    [line] = [step for step in STEPS if "--shard" in step]
    count = int(re.search(r"/(\d+)", line)[1])
    assert WORKFLOW["jobs"]["scan"]["strategy"]["matrix"]["shard"] == list(range(1, count + 1))


def test_the_hook_that_init_prints_is_the_one_of_the_manifest():
    [manifest] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    [printed] = yaml.safe_load(HOOK.partition("\n\n")[2])["repos"][0]["hooks"]
    assert printed == {key: manifest[key] for key in printed}
