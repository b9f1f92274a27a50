"""Where inputs come from, in which order, and what is said when they do not fit forward."""

from __future__ import annotations

import sys
import types

import pytest
import torch
from torch import nn

from shapedoc.core.errors import UserError
from shapedoc.core.specs import parse_named_spec
from shapedoc.trace.inputs import Asked, ordinary, plan_inputs


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(64, 8, 3)

    def forward(self, x, mask=None, *, scale=1.0):
        return self.conv(x)


class Pair(nn.Module):
    def forward(self, image, text):
        return image, text


def made(model, *specs, module=None, **asked):
    return plan_inputs(model, module, Asked(specs, **asked)).make(ordinary)


def message(model, *specs, **asked):
    with pytest.raises(UserError) as caught:
        made(model, *specs, **asked)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def beside(**functions):
    module = types.ModuleType("users_model")
    vars(module).update(functions)
    return module


def test_specs_go_by_place_and_by_name():
    inputs = made(Net(), "2,64,8,8", "mask=2,8:bool")
    assert inputs.args[0].shape == (2, 64, 8, 8)
    assert inputs.kwargs["mask"].dtype is torch.bool
    assert [(d.value.name, d.origin) for d in inputs.described] == [("x", "given"), ("mask", "given")]


def test_axes_are_named_by_the_spec():
    value = made(Net(), "b=2 c=64 h=8 w=8").described[0].value
    assert str(value) == "x[b=2 c=64 h=8 w=8]"


def test_integers_stay_in_their_range():
    ids = made(Pair(), "2,3", "text=2,50:int64[5,9)").kwargs["text"]
    assert (ids.dtype, int(ids.min()), int(ids.max())) == (torch.int64, 5, 8)


def test_a_vector_is_told_from_an_axis():
    inputs = made(Pair(), "image=5", "text=7")
    assert [value.shape for value in inputs.kwargs.values()] == [(5,), (7,)]


def test_every_described_input_can_be_given_again():
    for described in made(Pair(), "b=2 c=3", "2,5:int64[0,7)").described + made(Net()).described:
        name, spec = parse_named_spec(described.spec)
        assert name == described.value.name
        assert tuple(dim.size for dim in spec.dims) == tuple(dim.size for dim in described.value.dims)


@pytest.mark.parametrize(
    ("specs", "words"),
    [
        (["img=2,3"], ["'img'", "forward(x, mask=None, *, scale=1.0)", '-i "x=b=2 c=64 h=224 w=224"']),
        (["mask=2,8"], ["x", "missing", '-i "x=b=2 c=64']),
        (["2,3", "2,3", "2,3"], ["too many"]),
        (["2,three"], ["column 3", "'three'"]),
        (["x=2,3:float99"], ["float99"]),
        (["x=2,3", "maks=2,3"], ["did you mean mask?"]),
        (["@nowhere.yaml"], ["nowhere.yaml"]),
    ],
)
def test_inputs_that_do_not_fit_are_explained_in_one_line(specs, words):
    said = message(Net(), *specs)
    assert [word for word in words if word not in said] == []


def test_named_axes_take_other_sizes_everywhere():
    assert made(Pair(), "b=2 c=3", "b=2 t=5", at={"b": 7}).args[1].shape == (7, 5)
    assert made(Net(), at={"h": 96}).args[0].shape == (2, 64, 96, 224)
    assert "'q'" in message(Net(), at={"q": 3})


def test_dtype_is_that_of_floating_inputs():
    inputs = made(Pair(), "2,3", "2,3:int64", dtype="bfloat16")
    assert [value.dtype for value in inputs.args] == [torch.bfloat16, torch.int64]
    assert made(Net().double()).args[0].dtype is torch.float64
    assert "float7" in message(Net(), dtype="float7")


DOCUMENT = """
image: b=2 c=3 h=8 w=8
text:
  ids: 2,5:int64[0,9)
  sizes: !tuple [4, 2.5]
  mode: mean
  many: ["2,3", "2,4"]
  none: null
  flag: true
"""


def test_a_yaml_file_holds_nested_inputs(tmp_path):
    path = tmp_path / "inputs.yaml"
    path.write_text(DOCUMENT)
    inputs = made(Pair(), f"@{path}")
    text = inputs.kwargs["text"]
    assert (text["sizes"], text["mode"], text["none"], text["flag"]) == ((4, 2.5), "mean", None, True)
    assert [part.shape for part in text["many"]] == [(2, 3), (2, 4)]
    assert [d.value.name for d in inputs.described] == ["image", "text.ids", "text.many.0", "text.many.1"]
    assert [bool(d.spec) for d in inputs.described] == [True, False, False, False]


def test_options_after_a_yaml_file_override_it(tmp_path):
    path = tmp_path / "inputs.yaml"
    path.write_text("image: 2,3\ntext: 2,5")
    assert made(Pair(), f"@{path}", "text=b=4 t=6").kwargs["text"].shape == (4, 6)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("image: [2,\n", ":2:1"),
        ("image: 2,3\n  text: 2", ":2:7"),
        ("image: 2,3\ntext: 2,x", ":2:7"),
        ("a: !python/object:os.system x", ":1:4"),
        ("just words", ""),
    ],
)
def test_a_yaml_error_has_line_and_column(tmp_path, text, place):
    path = tmp_path / "inputs.yaml"
    path.write_text(text)
    assert f"{path}{place}" in message(Pair(), f"@{path}") or not place


def test_shapedoc_yaml_holds_inputs_for_all_models_or_by_target(tmp_path):
    path = tmp_path / "shapedoc.yaml"
    path.write_text("inputs: {image: '2,3', text: '2,5'}")
    assert made(Pair(), config=path).kwargs["text"].shape == (2, 5)
    path.write_text("inputs:\n  net.py:Pair: {image: '2,3', text: '2,6'}\n  net.py:Other: {x: '1,1'}")
    assert made(Pair(), config=path, target="net.py:Pair(3)").kwargs["text"].shape == (2, 6)
    assert made(Net(), config=path, target="net.py:Net").described[0].origin.startswith("inferred")
    path.write_text("contracts: []")
    assert made(Net(), config=path).described[0].origin.startswith("inferred")


@pytest.mark.parametrize("name", ["example_inputs", "sample_inputs"])
@pytest.mark.parametrize(
    ("value", "shapes"),
    [
        (torch.ones(2, 64, 9, 9), [(2, 64, 9, 9)]),
        ((torch.ones(1, 64, 9, 9), torch.ones(3)), [(1, 64, 9, 9), (3,)]),
        ({"x": torch.ones(4, 64, 9, 9)}, [(4, 64, 9, 9)]),
        (((torch.ones(5, 64, 9, 9),), {"mask": torch.ones(3)}), [(5, 64, 9, 9), (3,)]),
    ],
)
def test_functions_beside_the_model_are_asked(name, value, shapes):
    inputs = made(Net(), module=beside(**{name: lambda: value}))
    assert [tuple(dim.size for dim in d.value.dims) for d in inputs.described] == shapes
    assert {d.origin for d in inputs.described} == {f"from {name}()"}


def test_a_function_that_wants_arguments_is_not_asked():
    assert made(Net(), module=beside(example_inputs=lambda n: n)).described[0].origin.startswith("inferred")


def test_a_method_goes_before_a_function_and_attributes_follow():
    class Own(Net):
        example_input_array = torch.ones(3, 64, 5, 5)

        def example_inputs(self):
            return torch.ones(7, 64, 5, 5)

    class Lightning(Net):
        @property
        def example_input_array(self):
            return {"x": torch.ones(3, 64, 5, 5)}

    class Dummy(Net):
        @property
        def dummy_inputs(self):
            return {"x": torch.ones(4, 64, 5, 5), "not_of_forward": 1}

    given = beside(example_inputs=lambda: torch.ones(1, 64, 5, 5))
    assert made(Own(), module=given).args[0].shape[0] == 7
    assert made(Lightning(), module=None).kwargs["x"].shape[0] == 3
    assert made(Dummy()).kwargs["x"].shape[0] == 4
    assert made(Own(), "9,64,5,5", module=given).args[0].shape[0] == 9


def test_example_tensors_take_the_dtype_asked_for_and_other_sizes():
    class Ids(nn.Module):
        def forward(self, input_ids):
            return input_ids

        def example_inputs(self):
            return torch.tensor([[3, 1], [0, 5]])

    assert (
        made(Net(), module=beside(example_inputs=lambda: torch.ones(1, 64, 5, 5)), dtype="float16")
        .args[0]
        .dtype
        == torch.float16
    )
    assert str(made(Ids()).described[0].value) == "input_ids[b=2 t=2]"
    assert made(Ids(), at={"t": 6}).args[0].shape == (2, 6)


def test_what_the_users_function_raises_passes_through():
    def example_inputs():
        raise KeyError("their own")

    with pytest.raises(KeyError, match="their own"):
        made(Net(), module=beside(example_inputs=example_inputs))


class Annotated(nn.Module):
    def forward(self, image: Float[Tensor, "batch 3 height width"], ids: Int[Tensor, "batch tokens"]):  # noqa: F821, F722
        return image, ids


def test_string_annotations_are_read_without_jaxtyping():
    assert "jaxtyping" not in sys.modules
    inputs = made(Annotated())
    assert [str(d.value) for d in inputs.described] == [
        "image[batch=2 c=3 height=224 width=224]",
        "ids[batch=2 tokens=24]",
    ]
    assert inputs.args[1].dtype is torch.int64


def test_jaxtyping_classes_are_read():
    class Float:
        __name__ = "Float[Tensor, 'b t d']"
        dim_str = "b t d"

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(12, 2)

        def forward(self, x):
            return self.fc(x)

    Model.forward.__annotations__["x"] = Float()
    assert str(made(Model()).described[0].value) == "x[b=2 t=24 d=12]"


def test_what_was_inferred_says_from_what():
    assert made(Net()).described[0].origin == "inferred: conv is Conv2d(64, …)"
    assert made(nn.ReLU()).described[0].origin == "inferred"


def test_values_are_the_same_in_every_run():
    first, again = (made(Net()).args[0] for _ in range(2))
    assert torch.equal(first, again) and first.unique().numel() > 100


def test_the_front_can_name_sources_without_torch_values():
    """Plans hold no tensors of their own: they are cheap to make, to compare and to change."""
    assert plan_inputs(Net()) == plan_inputs(Net())
