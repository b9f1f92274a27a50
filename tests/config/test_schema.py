"""What does not keep to the schema is told with its place; jsonschema, which knows it all, agrees."""

import json

import jsonschema
import pytest
import yaml

from shapedoc.config.located import ConfigError
from shapedoc.config.schema import schema
from shapedoc.config.settings import load_config

GOOD = """\
python: .venv
select: [SD1, SD201]
ignore: [SD]
per-path-ignores: {"legacy/*": [SD2]}
baseline: accepted.json
kernels: {natten: "0.17"}
contracts: [{op: own.attend, parameters: q}]
inputs: {x: 2,3}
models:
  - net.py:Net
  - target: net.py:Net
    arguments: {dim: 64, name: tiny, sizes: [1, 2]}
    inputs: {x: "b=2 c=3", mode: mean}
    at: {b: 3}
    probe: false
    engine: real
    train: true
    dtype: float64
    timeout: 2.5
    kernels: {natten: "0.14"}
    select: [SD2]
    ignore: [SD206]
"""

BAD = {  # text: line, column, a word of the message
    "modles: []": (1, 1, "models"),
    "models:\n  - target: net.py:Net\n    enginee: real": (3, 5, "engine"),
    "models:\n  - target: net.py:Net\n    engine: rael": (3, 13, "real"),
    "models:\n  - target: net.py:Net\n    timeout: soon": (3, 14, "number"),
    "models:\n  - target: net.py:Net\n    timeout: 0": (3, 14, "small"),
    "models:\n  - target: net.py:Net\n    at: {b: -1}": (3, 13, "small"),
    "models:\n  - target: net.py:Net\n    at: {b: true}": (3, 13, "whole"),
    "models:\n  - engine: real": (2, 5, "target"),
    "models:\n  - target: net.py:Net\n    arguments: {size: (4, 6)}": (3, 27, "tuple"),
    "models: net.py:Net": (1, 9, "list"),
    "models: [3]": (1, 10, "text"),
    "select: SD1": (1, 9, "list"),
    "select: [SD1, E501]": (1, 15, "E501"),
    "kernels: {natten: 0.20}": (1, 19, "quotes"),
    "per-path-ignores: {tests: SD1}": (1, 27, "list"),
    "contracts: [window_attn]": (1, 13, "keys"),
    "baseline: [a.json]": (1, 11, "text"),
}


def written(folder, text, name="shapedoc.yaml"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_every_key_may_be_there(tmp_path):
    config = load_config(written(tmp_path, GOOD))
    plain, full = config.models
    assert plain.target == "net.py:Net" and plain.select == ("SD1", "SD201") and plain.probe
    assert full.target == "net.py:Net(dim=64, name='tiny', sizes=[1, 2])"
    assert (full.engine.value, full.train, full.dtype, full.timeout, full.probe) == (
        "real",
        True,
        "float64",
        2.5,
        False,
    )
    assert full.ignore == ("SD", "SD206") and full.kernels == ("natten=0.14",)
    assert yaml.safe_load(full.document) == {"x": "b=2 c=3", "mode": "mean"}
    assert config.baseline == tmp_path / "accepted.json"
    assert config.per_path_ignores == (("legacy/*", ("SD2",)),)


@pytest.mark.parametrize("text", BAD)
def test_a_fault_is_told_with_line_column_and_what_is_right(tmp_path, text):
    line, column, word = BAD[text]
    with pytest.raises(ConfigError) as caught:
        load_config(written(tmp_path, text))
    message = str(caught.value)
    assert message.startswith(f"{tmp_path / 'shapedoc.yaml'}:{line}:{column}: ")
    assert word in message and "\n" not in message


@pytest.mark.parametrize("text", [GOOD, "{}", *BAD])
def test_the_schema_means_to_jsonschema_what_it_means_to_us(text):
    validator = jsonschema.Draft202012Validator(schema())
    assert validator.is_valid(yaml.safe_load(text)) == (text not in BAD)


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(schema())


def test_every_word_of_the_schema_is_checked():
    """A word that only jsonschema knows would be checked by nobody."""
    known = {
        "type",
        "enum",
        "pattern",
        "minimum",
        "exclusiveMinimum",
        "required",
        "additionalProperties",
        "propertyNames",
        "items",
    }
    silent = {"$schema", "$defs", "$ref", "title", "description", "properties"}
    assert set(_words(schema())) <= known | silent


def _words(rule):
    yield from rule
    for part in (*rule.get("properties", {}).values(), *rule.get("$defs", {}).values()):
        yield from _words(part)
    for word in ("items", "additionalProperties"):
        if isinstance(rule.get(word), dict):
            yield from _words(rule[word])


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("select: [SD1\nmodels: []", "2:7"),
        ("a: 1\n\tb: 2", "2:1"),
        ("select: []\nselect: []", "2:1"),
        ("- a list", "1:1"),
        ("baseline: !!python/name:os.system x", "1:11"),
        ("inputs: &a [*b]", "1:13"),
    ],
)
def test_what_is_no_mapping_is_told_with_its_place(tmp_path, text, place):
    with pytest.raises(ConfigError, match=f"shapedoc.yaml:{place}: "):
        load_config(written(tmp_path, text))


def test_an_alias_inside_of_what_it_names_is_told(tmp_path):
    with pytest.raises(ConfigError, match="alias"):
        load_config(written(tmp_path, "models: &a [*a]"))


def test_arguments_are_for_a_target_that_has_none(tmp_path):
    with pytest.raises(ConfigError, match="yaml:1:35"):
        load_config(written(tmp_path, "models: [{target: 'net.py:Net()', arguments: {dim: 3}}]"))


TOML = """\
[project]
name = "nets"

[tool.shapedoc]
select = ["SD1"]
kernels = {natten = "0.17"}
per-path-ignores."legacy/*" = ["SD2"]

[[tool.shapedoc.models]]
target = "net.py:Net"

[[tool.shapedoc.models]]
target = "net.py:Other"
  timeout = 3
[tool.shapedoc.models.inputs]
x = "b=2 c=3"
"""


def test_toml_says_the_same(tmp_path):
    config = load_config(written(tmp_path, TOML, "pyproject.toml"))
    assert [model.target for model in config.models] == ["net.py:Net", "net.py:Other"]
    assert config.models[1].timeout == 3
    assert json.loads(config.models[1].document) == {"x": "b=2 c=3"}
    assert config.per_path_ignores == (("legacy/*", ("SD2",)),)


@pytest.mark.parametrize(
    ("change", "line", "column", "word"),
    [
        (("select", "selct"), 5, 1, "select"),
        (("  timeout = 3", "  timeot = 3"), 14, 3, "timeout"),
        (("  timeout = 3", '  timeout = "3"'), 14, 3, "number"),
        (('{natten = "0.17"}', "{natten = 0.17}"), 6, 1, "quotes"),
        (('target = "net.py:Other"', 'engine = "real"'), 12, 1, "target"),
    ],
)
def test_faults_in_toml_have_places_too(tmp_path, change, line, column, word):
    with pytest.raises(ConfigError, match=rf"pyproject.toml:{line}:{column}: .*{word}"):
        load_config(written(tmp_path, TOML.replace(*change), "pyproject.toml"))


def test_broken_toml_is_told_with_its_place(tmp_path):
    with pytest.raises(ConfigError, match=r"pyproject\.toml:2: "):
        load_config(written(tmp_path, "[tool.shapedoc]\nselect = [", "pyproject.toml"))
