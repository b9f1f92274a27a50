import pytest

from shapedoc.core import rules as module
from shapedoc.core.rules import find_rule, rule_name, rules

RULE = '''"""SD901 made-up: the first paragraph,
on two lines.

More.
"""

CODE = "SD901"
NAME = "made-up"

raise AssertionError("a rule is read, not run")
'''


@pytest.fixture
def checks(tmp_path, monkeypatch):
    (tmp_path / "sd901_made_up.py").write_text(RULE)
    (tmp_path / "_helper.py").write_text('"""No rule, though it mentions "SD901"."""\n')
    monkeypatch.setattr(module, "CHECKS", tmp_path)
    rules.cache_clear()
    yield
    rules.cache_clear()


def test_a_rule_is_a_file(checks):
    [rule] = rules()
    assert (rule.code, rule.name, rule.summary) == ("SD901", "made-up", "the first paragraph, on two lines.")


def test_a_rule_is_found_by_its_code(checks):
    assert find_rule("SD901").documentation.endswith("More.")
    assert find_rule("SD902") is None
    assert rule_name("SD902") == ""


def test_every_rule_of_the_package_tells_of_itself():
    assert rules()
    for rule in rules():
        assert rule.documentation.startswith(f"{rule.code} {rule.name}: ")
        assert rule.summary
