"""A flood of `size mismatch` lines, brought down to what was configured otherwise.

Every dim that differs is put down to a role, by the parameter's name and the place of the dim; pairs of
sizes of one role are one cause. Widths that change together (hidden size, heads, mlp) are one as well.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from shapedoc.core.text import counted
from shapedoc.messages._fault import Reading
from shapedoc.messages.meaning.numbers import elements, heads_of, relation

Shape = tuple[int, ...]
Pair = tuple[int, int]
SHOWN = 3


@dataclass(frozen=True, slots=True)
class Role:
    """What a differing dim stands for, and what to do about it."""

    title: str
    names: str  # a regular expression
    fixes: tuple[str, ...]
    dims: str = ""  # "first": only dim 0; "kernel": only dims 2 and on


ROLES = (
    Role(
        "vocabulary rows",
        r"embed_tokens|lm_head|wte\b|word_embed|token_embed|tok_embed|output_embed|decoder\.bias|predictions|vocab|shared\.weight",
        (
            "model.resize_token_embeddings({checkpoint}) before loading, or vocab_size={checkpoint}",
            "use the tokenizer the checkpoint was trained with",
        ),
        "first",
    ),
    Role(
        "patch kernels",
        r"patch_embed|patch_embedding|patchify|conv_proj|to_patch|patch_proj",
        ("set patch_size={checkpoint}, as the checkpoint has",),
        "kernel",
    ),
    Role(
        "position tables",
        r"pos_embed|position|pos_emb|relative_|rel_pos|wpe\b|rotary|attn_mask|abs_pos|freqs",
        (
            "build the model for the image size or context length of the checkpoint",
            "interpolate the table: torch.nn.functional.interpolate over its side, then load",
        ),
    ),
    Role(
        "key and value projections",
        r"(?:^|[._])(?:k|v|key|value)(?:_proj|_lin|_layer)?\.|k_norm|wk\b|wv\b|qkv|query_key_value|c_attn|Wqkv|in_proj",
        ("set num_key_value_heads={heads}, as the checkpoint has",),
        "first",
    ),
    Role(
        "rows of the classifier",
        r"head|classif|(?:^|\.)fc\d?\.|cls|logits|score|class_embed|out_proj\.(?:weight|bias)$|output\.",
        (
            "set num_labels={checkpoint} (num_classes), as the checkpoint has",
            "ignore_mismatched_sizes=True, or leave these names out, to train the classifier anew",
        ),
        "first",
    ),
    Role(
        "input channels",
        r"conv|stem|patch|proj_in",
        ("set in_channels={checkpoint}, as the checkpoint has",),
        "second",
    ),
)
WIDTH = Role(
    "widths",
    "",
    ("set the configuration the checkpoint was saved with: hidden size {checkpoint}",),
)
ANY_WIDTH = frozenset({"key and value projections", "rows of the classifier"})


UNLISTED = Reading(
    "parameters have another shape in the checkpoint; this log does not hold both shapes of any"
)


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One parameter."""

    key: str
    checkpoint: Shape
    model: Shape


def mismatches(items: Iterable[Mapping[str, object]]) -> tuple[Reading, ...]:
    """What a list of mismatching parameters comes down to, the cause of most of them first."""
    found = [
        Mismatch(str(item.get("key", "")), _shape(item.get("s")), _shape(item.get("t")))
        for item in items
        if "s" in item and "t" in item
    ]
    special, plain = _special(found)
    return (*special, *_by_role(plain)) if found else (UNLISTED,)


def _shape(value: object) -> Shape:
    return tuple(item for item in value if isinstance(item, int)) if isinstance(value, tuple) else ()


def _special(found: list[Mismatch]) -> tuple[list[Reading], list[Mismatch]]:
    """Parameters that are partitioned or packed, and the rest."""
    readings = []
    rest = found
    for test, reading in (
        (_partitioned, _partitioned_reading),
        (_packed, _packed_reading),
        (_other_rank, _rank_reading),
    ):
        hit = [item for item in rest if test(item)]
        rest = [item for item in rest if not test(item)]
        if hit:
            readings.append(reading(hit))
    return readings, rest


def _partitioned(item: Mismatch) -> bool:
    return (item.model == (0,) or item.checkpoint == (0,)) and item.model != item.checkpoint


def _partitioned_reading(found: list[Mismatch]) -> Reading:
    side = "model" if found[0].model == (0,) else "checkpoint"
    many, have = counted(len(found), "parameter"), "has" if len(found) == 1 else "have"
    return Reading(
        f"{many} of the {side} {have} shape [0]: partitioned by ZeRO-3, not of another size",
        notes=(_first(found),),
        fixes=(
            (
                "load inside deepspeed.zero.GatheredParameters(…, modifier_rank=0), or let the engine load: "
                "engine.load_checkpoint"
            ),
            "gather when saving: stage3_gather_16bit_weights_on_model_save, or zero_to_fp32.py",
        ),
    )


def _packed(item: Mismatch) -> bool:
    held, wanted = sorted((elements(item.checkpoint), elements(item.model)))
    column = min((item.checkpoint, item.model), key=elements)
    return held > 0 and 2 * held == wanted and len(column) == 2 and 1 in column


def _packed_reading(found: list[Mismatch]) -> Reading:
    many = counted(len(found), "weight")
    return Reading(
        f"{many} in 4 bits, two values in a byte: half the elements, not another size",
        notes=(_first(found),),
        fixes=(
            "load with the quantisation the checkpoint was saved with",
            "dequantise before merging or loading into a plain model",
        ),
    )


def _other_rank(item: Mismatch) -> bool:
    return len(item.checkpoint) != len(item.model)


def _rank_reading(found: list[Mismatch]) -> Reading:
    same = elements(found[0].checkpoint) == elements(found[0].model)
    many, have = counted(len(found), "parameter"), "has" if len(found) == 1 else "have"
    return Reading(
        f"{many} {have} another number of dims in the checkpoint",
        notes=(
            _first(found),
            "the element counts agree: another layout, such as a Linear saved as a 1x1 convolution"
            if same
            else "",
        ),
        fixes=("reshape when loading: state[key] = state[key].reshape(model.state_dict()[key].shape)",)
        if same
        else (),
    )


def _by_role(found: list[Mismatch]) -> Iterator[Reading]:
    width = _main_width(found)
    table: dict[tuple[str, Pair], list[Mismatch]] = defaultdict(list)
    widths: Counter[Pair] = Counter()
    wide: list[Mismatch] = []
    for item in found:
        plain = []
        for dim, pair in _differing(item):
            role = _role(item, dim)
            if role is WIDTH or (role.title in ANY_WIDTH and _scales(pair, width)):
                plain.append(pair)
            else:
                table[role.title, pair].append(item)
        widths.update(plain)
        wide += [item] * bool(plain)
    groups = [*table.items()] + ([((WIDTH.title, widths.most_common(1)[0][0]), wide)] if wide else [])
    for (title, pair), items in sorted(groups, key=lambda group: -len(group[1])):
        yield _reading(next((r for r in ROLES if r.title == title), WIDTH), pair, items, widths)


def _differing(item: Mismatch) -> list[tuple[int, Pair]]:
    pairs = zip(item.checkpoint, item.model, strict=True)
    return [(dim, (a, b)) for dim, (a, b) in enumerate(pairs) if a != b]


def _role(item: Mismatch, dim: int) -> Role:
    kernel = len(item.checkpoint) >= 4 and dim >= 2
    place = {"first": dim == 0, "kernel": kernel, "second": len(item.checkpoint) >= 3 and dim == 1, "": True}
    return next((role for role in ROLES if place[role.dims] and re.search(role.names, item.key)), WIDTH)


def _main_width(found: list[Mismatch]) -> Pair:
    """The pair of widths that most parameters share, leaving out what has a role of its own by its name."""
    counts = Counter(pair for item in found for dim, pair in _differing(item) if _role(item, dim) is WIDTH)
    return counts.most_common(1)[0][0] if counts else (0, 0)


def _scales(pair: Pair, width: Pair) -> bool:
    """True for the main width itself and multiples of it, such as a fused qkv."""
    return width != (0, 0) and pair[0] * width[1] == pair[1] * width[0]


def _reading(role: Role, pair: Pair, items: list[Mismatch], widths: Counter[Pair]) -> Reading:
    checkpoint, model = pair
    heads = next((n for n, _ in heads_of(checkpoint)), 1)
    values = {"checkpoint": checkpoint, "model": model, "heads": heads}
    widths_differ = f"{counted(len(items), 'parameter')} of another width"
    names = widths_differ if role is WIDTH else f"{len(items)} {role.title}"
    others = [f"{a} and {b}" for (a, b), _ in widths.most_common(SHOWN + 1) if (a, b) != pair]
    together = f"with it changed {', '.join(others)}" if role is WIDTH and others else ""
    return Reading(
        f"{names}: {checkpoint} in the checkpoint, {model} in the model",
        notes=tuple(
            note
            for note in (*_heads(role, pair), relation(checkpoint, model), together, _first(items))
            if note
        ),
        fixes=tuple(fix.format(**values) for fix in role.fixes),
        parameter=items[0].key,
    )


def _heads(role: Role, pair: Pair) -> tuple[str, ...]:
    small = min(pair)
    ways = list(heads_of(small))[:2]
    grouped = role is WIDTH and small >= 256 and max(pair) // small in (2, 4, 8) and max(pair) % small == 0
    if not ways or not (grouped or "key and value" in role.title):
        return ()
    first, *others = (f"{heads} x {dim}" for heads, dim in ways)
    other = f" (or {others[0]})" if others else ""
    where = "checkpoint" if pair[0] == small else "model"
    condition = "if this is a key or value projection, " if grouped else ""
    return (
        f"{small} = {first.replace(' x', ' kv heads x')}{other}: {condition}the {where} has grouped queries",
    )


def _first(items: list[Mismatch]) -> str:
    item = items[0]
    name = item.key or "the parameter"
    return f"such as {name}: {list(item.checkpoint)} in the checkpoint, {list(item.model)} in the model"
