"""Contracts: how a call finds its own, and what comes of the arguments."""

from __future__ import annotations

import itertools
import time
from typing import Any

import pytest
import yaml

from shapedoc.core.mismatch import Bindings, Fault, Mismatch
from shapedoc.core.mismatch import TensorShape as Tensor
from shapedoc.kernels.contracts import Contract, by_name, find, libraries, load
from shapedoc.kernels.reading import ContractError, parse_contracts

ENTRY = """
- op: {op}
  parameters: {parameters}
  signature: "{signature}"
"""


def contract(text: str) -> Contract:
    [one] = parse_contracts(text, "own.yaml")
    return one


def test_every_library_loads() -> None:
    assert "torch" in libraries()
    assert all(load(library) for library in libraries())


@pytest.mark.parametrize(
    ("name", "op"),
    [
        ("conv2d", "torch.conv2d"),
        ("__matmul__", "torch.matmul"),
        ("__iadd__", "torch.Tensor.__iadd__"),
        ("add", "torch.add"),
        ("add_", "torch.Tensor.add_"),
        ("linalg_inv", "torch.linalg.inv"),
        ("__getitem__", "torch.Tensor.__getitem__"),
        ("LSTM", "torch.nn.LSTM"),
        ("GroupNorm.__init__", "torch.nn.GroupNorm.__init__"),
        ("functional.unfold", "torch.nn.functional.unfold"),
        ("Tensor.unfold", "torch.Tensor.unfold"),
        ("unfold", None),
        ("inv", None),
        ("nonsense", None),
    ],
)
def test_a_call_finds_its_contract(name: str, op: str | None) -> None:
    found = by_name("torch", name)
    assert (found.op if found else None) == op


def test_versions_are_told_apart() -> None:
    old, new = (ENTRY.format(op="lib.f", parameters="x", signature=text) for text in ("x[a]", "x[a b]"))
    contracts = parse_contracts(f'{old}  versions: "<2"\n{new}  versions: ">=2"\n', "lib.yaml", "lib")
    assert find(contracts, "f", "1.9") is contracts[0]
    assert find(contracts, "f", "2.0+cpu") is contracts[1]
    assert find(contracts, "f", "2.1") is contracts[1]
    assert find(contracts, "f", "") is contracts[0]


def test_arguments_bind_by_name_place_and_default() -> None:
    conv = by_name("torch", "conv2d")
    assert conv is not None
    bound = conv.bind((Tensor((1, 3, 8, 8)), Tensor((4, 3, 3, 3))), {"stride": [2, 2]})
    assert (bound["input"], bound["bias"], bound["stride"], bound["groups"]) == (
        (1, 3, 8, 8),
        None,
        (2, 2),
        1,
    )


@pytest.mark.parametrize(
    ("args", "kwargs"),
    [
        ((), {}),
        ((Tensor((2,)),), {"other": Tensor((2,)), "unheard_of": 1, "input": 2}),
        ((Tensor((2,)), "no tensor"), {}),
        ((Tensor((2,)), object()), {}),
    ],
)
def test_another_call_is_not_judged(args: Any, kwargs: Any) -> None:
    add = by_name("torch", "add")
    assert add is not None
    assert add.check(args, kwargs) is None


def test_a_number_is_a_tensor_without_dimensions() -> None:
    add = by_name("torch", "add")
    assert add is not None
    assert isinstance(add.check((Tensor((2, 3)), 2.0), {}), Bindings)


def test_results_follow_from_the_call() -> None:
    conv = by_name("torch", "conv2d")
    assert conv is not None
    args = Tensor((2, 3, 32, 32)), Tensor((8, 3, 3, 3))
    assert conv.result(args, {"stride": 2, "padding": 1}) == ((2, 8, 16, 16),)
    assert conv.result(args, {"padding": "same"}) == ((2, 8, None, None),)
    assert conv.result((Tensor((2, 4, 32, 32)), args[1]), {}) is None


def test_a_mismatch_has_its_code_hint_and_shapes() -> None:
    loss = by_name("torch", "cross_entropy")
    assert loss is not None
    broken = loss.check((Tensor((4, 7, 10)), Tensor((4, 7))), {})
    assert isinstance(broken, Mismatch)
    assert (broken.code, broken.shapes) == ("SD102", (("input", (4, 7, 10)), ("target", (4, 7))))
    assert broken.hint


def test_kinds_of_faults_have_codes_of_their_own() -> None:
    conv = by_name("torch", "conv2d")
    assert conv is not None
    weight = Tensor((4, 3, 3, 3))
    codes = [
        getattr(conv.check((Tensor(shape), weight), options), "code", "")
        for shape, options in [
            ((1, 5, 8, 8), {}),
            ((8, 8), {}),
            ((1, 3, 2, 2), {}),
            ((1, 3, 8, 8), {"groups": 3}),
        ]
    ]
    assert codes == ["SD105", "SD111", "SD108", "SD110"]


REFUSED = [
    ("- op: f\n", 1, 3, "parameters"),
    ("- op: f\n  parameters: x\n  colour: red\n", 3, 11, "colour"),
    ('- op: f\n  parameters: "x, x"\n', 2, 16, "parameters"),
    ('- op: f\n  parameters: x\n  signature: "y[b]"\n', 3, 15, "signature"),
    ('- op: f\n  parameters: x\n  signature: ["x[b]", "x[b c}"]\n', 3, 29, "signature"),
    ('- op: f\n  parameters: x, b\n  signature: "x[b]"\n', 3, 15, "signature"),
    ('- op: f\n  parameters: x\n  where: ["len(x) > 1", "len(z) > open()"]\n', 3, 35, "where"),
    ('- op: f\n  parameters: x\n  where: ["len(x) > 1", "len(z) > 1"]\n', 3, 26, "where"),
    ("- op: f\n  parameters: x\n  rule: no_such_rule\n", 3, 9, "rule"),
    ('- op: f\n  parameters: x\n  versions: "two"\n', 3, 14, "versions"),
    ('- op: f\n  parameters: x\n  signature: "x[b]"\n  kinds: {b: colour}\n', 4, 10, "kinds"),
    ("- op: f\n parameters: x\n", 2, 2, ""),
    ("op: f\n", 0, 0, ""),
]


@pytest.mark.parametrize(("text", "line", "column", "key"), REFUSED)
def test_a_bad_file_is_refused_where_it_is_wrong(text: str, line: int, column: int, key: str) -> None:
    with pytest.raises(ContractError) as raised:
        parse_contracts(text, "own.yaml")
    error = raised.value
    assert (error.path, error.line, error.column) == ("own.yaml", line, column)
    assert key in error.message


def test_nothing_in_a_file_is_executed() -> None:
    with pytest.raises((ContractError, yaml.YAMLError)):
        parse_contracts("- !!python/object/apply:os.system ['true']\n", "own.yaml")


def test_rules_are_named_by_contracts_and_return_mismatches() -> None:
    view = contract("- op: lib.view\n  parameters: input, *shape\n  rule: view\n  code: SD103\n")
    broken = view.check((Tensor((2, 3)), 4, 2), {})
    assert isinstance(broken, Mismatch)
    assert (broken.fault, broken.found, broken.expected) == (Fault.COUNT, 6, (8,))


def test_attributes_of_a_module_take_part() -> None:
    class Layer:
        input_size = 4

    text = ENTRY.format(op="lib.Layer", parameters="self, x", signature="x[... features]")
    layer = contract(text + "  attributes: input_size\n  where: features == input_size\n")
    assert isinstance(layer.check((Layer(), Tensor((2, 4))), {}), Bindings)
    assert isinstance(layer.check((Layer(), Tensor((2, 5))), {}), Mismatch)


def test_loading_torch_takes_the_time_of_a_blink() -> None:
    load.__wrapped__("torch")
    times = []
    for _ in range(5):
        start = time.process_time()
        load.__wrapped__("torch")
        times.append(time.process_time() - start)
    assert min(times) < 0.1  # 25 ms on a slow laptop core


def test_no_two_entries_of_one_version_claim_an_operation() -> None:
    for one, other in itertools.combinations(load("torch"), 2):
        assert one.op != other.op or one.versions != other.versions
