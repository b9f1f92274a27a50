import ast
import sys

import pytest

from shapedoc.core.report import Span
from shapedoc.core.source import (
    ast_node_at,
    expression_at,
    nodes_at,
    read_source,
    span_from_positions,
    span_of,
)

NET = """\
class Net:
    def forward(self, x, größe=4):
        größe = größe; y = self.head(x, größe)
        return self.tail(
            y.reshape(2, -1),
            [z for z in self.parts if z],
        )
"""


@pytest.fixture
def net(tmp_path):
    path = tmp_path / "net.py"
    path.write_text(NET, encoding="utf-8")
    return str(path)


def span_in(path, code):
    """The span of the first place where a text stands in a file of one-line matches."""
    for number, line in enumerate(read_source(path).lines, 1):
        if code in line:
            column = line.index(code) + 1
            return Span(path, number, column, number, column + len(code))
    raise AssertionError(code)


def test_columns_count_characters_not_bytes(net):
    call = next(node for node in ast.walk(ast.parse(NET)) if isinstance(node, ast.Call))
    span = span_of(call, net)
    assert span == span_in(net, "self.head(x, größe)")
    assert expression_at(span) == "self.head(x, größe)"


@pytest.mark.skipif(sys.version_info < (3, 11), reason="code objects have columns since Python 3.11")
def test_positions_of_code_objects_give_the_call(net):
    namespace = {}
    exec(compile(NET, net, "exec"), namespace)
    code = namespace["Net"].forward.__code__
    spans = {span_from_positions(net, *position) for position in code.co_positions() if position[0]}
    assert span_in(net, "self.head(x, größe)") in spans


def test_unknown_columns_stay_unknown(net):
    assert span_from_positions(net, 3, None, None, None) == Span(net, 3)
    assert expression_at(Span(net, 3)) == "größe = größe; y = self.head(x, größe)"


def test_an_expression_over_several_lines_is_whole(net):
    call = ast.parse(NET).body[0].body[0].body[-1].value
    text = expression_at(span_of(call, net))
    assert text.startswith("self.tail(\n") and text.endswith("\n        )")


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("y.reshape(2, -1)", ast.Call),
        ("y.reshape", ast.Attribute),
        ("z in self.parts", ast.ListComp),
        ("self.parts", ast.Attribute),
        ("größe=4", ast.FunctionDef),
    ],
)
def test_the_node_at_a_span_is_the_smallest_around_it(net, code, kind):
    assert isinstance(ast_node_at(span_in(net, code)), kind)


def test_nodes_lead_from_the_outermost_to_the_innermost(net):
    nodes = nodes_at(span_in(net, "2, -1"))
    assert [type(node) for node in nodes] == [ast.ClassDef, ast.FunctionDef, ast.Return, ast.Call, ast.Call]


def test_a_line_without_columns_gives_its_statement(net):
    assert isinstance(ast_node_at(Span(net, 2)), ast.FunctionDef)


@pytest.mark.parametrize(
    ("data", "line"),
    [
        ("x = 'é'\n".encode("utf-8-sig"), "x = 'é'"),
        ("# coding: latin-1\nx = 'é'".encode("latin-1"), "# coding: latin-1"),
        (b"x = '\xe9'\n", "x = '\ufffd'"),
        (b"# coding: klingon\n", "# coding: klingon"),
        (b"x = 1\r\ny = 2\r\n", "x = 1"),
        (b"x = '\x0c'\n", "x = '\x0c'"),
    ],
    ids=["mark", "cookie", "wrong bytes", "no such encoding", "windows", "form feed"],
)
def test_any_file_can_be_read(tmp_path, data, line):
    path = tmp_path / "net.py"
    path.write_bytes(data)
    assert read_source(str(path)).line(1) == line


def test_lines_are_counted_as_python_counts_them(tmp_path):
    path = tmp_path / "net.py"
    path.write_bytes("a = '\u2028\x0c'\nb = 1\n".encode())
    assert read_source(str(path)).line(2) == "b = 1"


@pytest.mark.parametrize("name", ["missing.py", "", "<stdin>", "a\0b", "."])
def test_what_is_no_file_has_no_lines(name):
    assert read_source(name).lines == ()
    assert expression_at(Span(name, 3, 1, 3, 5)) == ""
    assert ast_node_at(Span(name, 3, 1, 3, 5)) is None


def test_a_changed_file_is_read_again(net):
    assert read_source(net).line(1) == "class Net:"
    with open(net, "w") as file:
        file.write("class Other:\n    pass\n")
    assert read_source(net).line(1) == "class Other:"


def test_a_notebook_cell_is_found(monkeypatch):
    import linecache

    monkeypatch.setitem(linecache.cache, "<cell 3>", (6, None, ["x = 1\n", "y = x\n"], "<cell 3>"))
    assert read_source("<cell 3>").line(2) == "y = x"


def test_text_that_is_no_python_has_no_nodes(tmp_path):
    path = tmp_path / "net.py"
    path.write_text("def (:\n")
    assert nodes_at(Span(str(path), 1, 1, 1, 4)) == ()
