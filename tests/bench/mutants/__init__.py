"""Public models with one expression changed: bugs whose place is known, by the thousand.

A `Mutant` is data: the file of a package, the expression, what stands there instead, and the model that runs it.
What it does is found by running both on real numbers, from the same weights: eager torch refuses it (`crash`),
it gives other values in the same shapes (`silent`), or neither, and then it is no bug and is not kept. Silent
ones in which nothing is wrong are kept, and counted apart: `learnable` ones, that weights in another order would
undo; a `table` of positions, made of sizes alone, the other way round; images that are `turned` before all else,
rows for columns; and `another` model, with another number of heads that fits as well.

    with bench_of("vit_pytorch", folder) as bench:
        for mutant in bench.kept():
            report = bench.report(mutant).value         # what the tool says of the mutated package
            right = bench.reference(mutant).numbers     # what the unmutated model gives
            with bench.broken(mutant) as copy: ...      # the mutated package, for whoever wants to mend it,
                bench.numbers(mutant)                   # and what it gives as it is now
"""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from importlib import metadata
from pathlib import Path

from shapedoc.core.report import Report

from ..isolate import Outcome
from ..models import Entry
from ._copy import Copy, copy_of
from ._learnable import faced, is_learnable, is_of_sizes, is_turned_back, moved
from ._models import Reference, references
from ._numbers import Numbers, Sizes, inputs_of, numbers, same_shapes, same_values, turned
from .kinds import Source, changes_in

NOT_OF_SHAPES = (
    "NameError",
    "AttributeError",
    "TypeError",
    "SyntaxError",
    "UnboundLocalError",
    "ImportError",
)
LEARNABLE, TABLE, TURNED, ANOTHER = "learnable", "table", "turned", "another"
SIZES = ("heads", "features", "channels")  # kinds that change a number, and no order
WAYS = ("softmax", "batch_first")  # kinds that change what is done, and no order
LONG = 300.0  # seconds for what builds and runs a model several times
NO_ANSWER = ("no end after", "the process ended", "MemoryError")


@dataclass(frozen=True)
class Mutant:
    """One changed expression; `start` and `end` count bytes of the file. `effect` is as above."""

    package: str
    entry: str
    file: str
    kind: str
    line: int
    start: int
    end: int
    original: str
    replacement: str
    effect: str = ""
    why: str = ""

    @property
    def name(self) -> str:
        return f"{self.file}:{self.line} {self.kind}: {self.original} => {self.replacement}"


@dataclass(frozen=True)
class Bench:
    """The mutants of a package. What takes long is kept in `folder`."""

    copy: Copy
    folder: Path

    @cached_property
    def references(self) -> list[Reference]:
        """The unmutated models, the fastest first."""
        return references(self.copy, self.folder / "references.pickle")

    def candidates(self) -> Iterator[Mutant]:
        """Every change of a line that some model runs, with the fastest of those models."""
        for path in self.copy.files():
            file = str(path.relative_to(self.copy.folder))
            source = Source(self.copy.text(file))
            for change in changes_in(source):
                entry = next((r.entry for r in self.references if (file, change.line) in r.lines), "")
                if entry:
                    original = source.text.encode()[change.start : change.end].decode()
                    yield Mutant(self.copy.package, entry, file, original=original, **asdict(change))

    def kept(self, kinds: tuple[str, ...] = (), limit: int = 0, seed: int = 0) -> Iterator[Mutant]:
        """The mutants that are bugs; `limit` of the candidates, chosen at random, where it is given."""
        found = [mutant for mutant in self.candidates() if not kinds or mutant.kind in kinds]
        if limit and limit < len(found):
            found = random.Random(seed).sample(found, limit)
        known = _Known(self.folder / "effects.jsonl")
        for mutant in found:
            effect, why = known.get(mutant) or known.put(mutant, self._effect(mutant))
            if effect:
                yield replace(mutant, effect=effect, why=why)

    def reference(self, mutant: Mutant) -> Reference:
        """The unmutated model."""
        return next(found for found in self.references if found.entry == mutant.entry)

    def broken(self, mutant: Mutant) -> AbstractContextManager[Copy]:
        """The package with the mutant in it, for as long as this lasts."""
        return self.copy.broken(mutant.file, self.text(mutant))

    def text(self, mutant: Mutant) -> str:
        """The mutated file."""
        return Source(self.copy.text(mutant.file)).changed(mutant.start, mutant.end, mutant.replacement)

    def numbers(self, mutant: Mutant) -> Outcome:
        """What the model gives while its package is as it is now, or the error."""
        sizes = self.reference(mutant).sizes
        return self.copy.run(lambda them: numbers(them[mutant.entry], sizes), sizes.small)

    def report(self, mutant: Mutant, timeout: float = 120.0) -> Outcome:
        """What the tool says of the model while its package is mutated."""
        sizes = self.reference(mutant).sizes
        with self.broken(mutant) as copy:
            return copy.run(lambda them: _report(them[mutant.entry], sizes), sizes.small, timeout)

    def _effect(self, mutant: Mutant) -> tuple[str, str]:
        with self.broken(mutant):
            outcome = self.numbers(mutant)
        if outcome.error:
            return _of_error(outcome.error)
        effect, why = _of_numbers(self.reference(mutant).numbers, outcome.value)
        if effect and mutant.kind in SIZES:
            return ANOTHER, "other sizes, which fit"
        for name, reason, shown in (
            (TURNED, "images the other way round", self._is_turned),
            (LEARNABLE, "weights in another order", self._is_learnable),
            (LEARNABLE, "kernels and tables turned over", self._is_turned_back),
            (TABLE, "a table of positions the other way round", self._is_of_sizes),
        ):
            if effect and mutant.kind not in WAYS and shown(mutant):
                return name, reason
        return effect, why

    def _is_turned(self, mutant: Mutant) -> bool:
        """Whether the mutant gives of images turned over what the right model gives of images."""
        reference, name = self.reference(mutant), mutant.entry
        with self.broken(mutant) as copy:
            found = copy.run(
                lambda them: numbers(turned(them[name]), reference.sizes), reference.sizes.small, LONG
            )
        right = reference.numbers
        return not found.error and same_shapes(right, found.value) and same_values(right, found.value)

    def _is_turned_back(self, mutant: Mutant) -> bool:
        """Whether kernels and tables the other way round would undo the mutant."""
        reference, name = self.reference(mutant), mutant.entry
        sizes, numbers = reference.sizes, reference.numbers
        right = self.copy.run(lambda them: faced(them[name], sizes), sizes.small, LONG)
        with self.broken(mutant) as copy:
            found = copy.run(
                lambda them: is_turned_back(them[name], sizes, right.value, numbers), sizes.small, LONG
            )
        return bool(found.value)

    def _is_of_sizes(self, mutant: Mutant) -> bool:
        sizes, place = self.reference(mutant).sizes, (mutant.file, mutant.line)
        with self.broken(mutant) as copy:
            found = copy.run(lambda them: is_of_sizes(them[mutant.entry], sizes, *place), sizes.small, LONG)
        return bool(found.value)

    def _is_learnable(self, mutant: Mutant) -> bool:
        """Whether weights in another order would undo the mutant."""
        reference, place = self.reference(mutant), (mutant.file, mutant.line)
        sizes, name = reference.sizes, mutant.entry
        right = self.copy.run(lambda them: moved(them[name], sizes, *place), sizes.small, LONG)
        if right.error or not right.value:
            return False
        with self.broken(mutant) as copy:
            numbers = reference.numbers
            found = copy.run(
                lambda them: is_learnable(them[name], sizes, place, right.value, numbers), sizes.small, LONG
            )
        return bool(found.value)


def _of_error(error: str) -> tuple[str, str]:
    return ("", error) if error.startswith((*NOT_OF_SHAPES, *NO_ANSWER)) else ("crash", error)


def _of_numbers(right: Numbers, mutated: Numbers) -> tuple[str, str]:
    if right.weights != mutated.weights:
        return "", "other weights"
    if not same_shapes(right, mutated):
        return "", "another output shape"
    return ("", "the same values") if same_values(right, mutated) else ("silent", "other values")


def _report(entry: Entry, sizes: Sizes) -> Report:
    import shapedoc

    args, kwargs = inputs_of(entry, sizes)
    return shapedoc.trace(entry.build, *args, engine="auto", **kwargs)


class _Known:
    """Effects that were found before, a line of a file for each."""

    def __init__(self, path: Path) -> None:
        self.path = path
        lines = path.read_text().splitlines() if path.exists() else []
        self.effects: dict[str, tuple[str, str]] = {
            key: (effect, why) for key, effect, why in map(json.loads, lines)
        }

    def get(self, mutant: Mutant) -> tuple[str, str] | None:
        return self.effects.get(_key(mutant))

    def put(self, mutant: Mutant, effect: tuple[str, str]) -> tuple[str, str]:
        with self.path.open("a") as file:
            file.write(json.dumps([_key(mutant), *effect]) + "\n")
        return effect


def _key(mutant: Mutant) -> str:
    return f"{mutant.entry} {mutant.start} {mutant.name}"


@contextmanager
def bench_of(package: str, folder: Path) -> Iterator[Bench]:
    """The bench of an installed package; what takes long is kept in a folder of its version."""
    version = metadata.version(package.replace("_", "-"))
    home = folder / f"{package}-{version}"
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        yield Bench(copy_of(package, Path(name)), home)
