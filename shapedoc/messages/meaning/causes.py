"""Sightings joined to causes: one for each thing that has to be mended.

The same fault on several ranks, in every retry, before and after a wrapper, is one cause. What only
repeats that something failed elsewhere is none, and neither is a warning after which the run went on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from shapedoc.messages._fault import Fault, Reading, Role, Seen
from shapedoc.messages.reading.frames import Frame, users
from shapedoc.messages.reading.scan import Scan
from shapedoc.messages.reading.sighting import Sighting
from shapedoc.messages.reading.traceback import RAISED
from shapedoc.messages.reading.windows import BEHIND
from shapedoc.messages.reading.wording import Fields, Wording

# How many bytes before and after it the fault may stand that a text of this role tells of.
REACH = {Role.WRAPPER: (BEHIND, BEHIND), Role.ANNOUNCED: (0, 1 << 13)}
MILD = frozenset({"DEBUG", "INFO", "NOTICE", "WARNING", "WARN"})


@dataclass(frozen=True, slots=True)
class Cause:
    """One fault, explained."""

    fault: Fault
    reading: Reading
    first: Sighting
    fields: Fields
    frame: Frame | None = None
    count: int = 1
    ranks: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        return self.reading.code

    @property
    def message(self) -> str:
        return self.reading.message

    @property
    def notes(self) -> tuple[str, ...]:
        return self.reading.notes

    @property
    def fixes(self) -> tuple[str, ...]:
        return self.reading.fixes

    def __str__(self) -> str:
        return f"{self.code} {self.message}"


@dataclass(slots=True)
class Group:
    """Sightings of one fault, with the repeats that were only counted."""

    sightings: list[Sighting] = field(default_factory=list)
    count: int = 0
    frame: Frame | None = None
    carriers: list[Sighting] = field(default_factory=list)  # wrappers that carried it further

    @property
    def fault(self) -> Fault:
        return self.sightings[0].fault

    def position(self) -> int:
        """Where in the log it is first seen."""
        return self.sightings[0].position

    @property
    def mild(self) -> bool:
        """Nothing was raised: a warning, or a list that a loader printed before it went on."""
        return not any(RAISED.match(sighting.header) for sighting in self.sightings) and (
            self.fault.gather is not None or all(sighting.line.level in MILD for sighting in self.sightings)
        )


def grouped(scan: Scan) -> list[Group]:
    """One group for each fault at each place, in the order of the log."""
    groups: list[Group] = []
    table: dict[object, Group] = {}
    for index, sighting in enumerate(scan.sightings):
        frame = own_frame(sighting)
        keys = list(_keys(sighting, frame))
        group = next((table[key] for key in keys if key in table and _joins(table[key], frame)), None)
        if group is None:
            groups.append(group := Group())
        group.sightings.append(sighting)
        group.count += 1 + scan.repeats[index]
        group.frame = group.frame or frame
        table.update(dict.fromkeys(keys, group))
    return groups


def _keys(sighting: Sighting, frame: Frame | None) -> Iterator[object]:
    fault = id(sighting.fault)
    if frame:
        yield fault, frame.path, frame.line
    if sighting.fault.gather:
        yield fault, sighting.header if sighting.fields and RAISED.match(sighting.header) else ""
    yield fault, tuple(sighting.fields.items())


def _joins(group: Group, frame: Frame | None) -> bool:
    return not (frame and group.frame) or (frame.path, frame.line) == (group.frame.path, group.frame.line)


def own_frame(sighting: Sighting) -> Frame | None:
    """The user's frame: from what a compiler names as user code, the error's own stack, its carrier's."""
    stacks = (sighting.user_code, sighting.stack.frames, sighting.stack.outer)
    found = [frame for stack in stacks if (frame := users(stack))]
    return next((frame for frame in found if not frame.library), found[0] if found else None)


def attached(groups: list[Group]) -> list[Group]:
    """Wrappers and warnings given to the fault they tell of; one without such a fault stands for itself."""
    kept = [group for group in groups if group.fault.role not in REACH]
    for group in groups:
        if group.fault.role in REACH:
            told = _nearest(group, kept)
            if told is not None:
                told.carriers.append(group.sightings[0])
            elif group.fault.code:
                kept.append(group)
    return kept


def _nearest(wrapper: Group, groups: list[Group]) -> Group | None:
    """The group whose fault stands nearest to what tells of one, and within its reach."""
    near = [
        (distance, group)
        for group in groups
        for sighting in group.sightings
        for teller in wrapper.sightings
        if (distance := _distance(teller, sighting)) is not None
    ]
    return min(near, key=lambda found: found[0])[1] if near else None


def _distance(wrapper: Sighting, sighting: Sighting) -> int | None:
    """How far a fault stands from what tells of it, if it is within reach; warnings bear no rank."""
    behind, ahead = REACH[wrapper.fault.role]
    distance = sighting.position - wrapper.position
    same = sighting.fault.role is Role.CAUSE and wrapper.line.rank in (sighting.line.rank, "")
    return abs(distance) if same and -behind <= distance <= ahead else None


def explained(group: Group) -> Iterator[Cause]:
    """The causes that a group is: one, or those that a list of mismatches comes down to."""
    first = next((s for s in group.sightings if own_frame(s) == group.frame), group.sightings[0])
    ranks = tuple(dict.fromkeys(s.line.rank for s in group.sightings if s.line.rank))
    seen = _seen(first, group.frame)
    carried = [_seen(carrier, group.frame) for carrier in group.carriers]
    fields = {name: value for each in (*carried, seen) for name, value in each.fields.items()}
    cause = Cause(group.fault, Reading(), first, fields, group.frame, group.count, ranks)
    if group.fault.only and not group.fault.only(seen):
        return
    readings = group.fault.gather(_distinct(group)) if group.fault.gather else (group.fault.reading(seen),)
    notes = [
        note
        for sighting, each in zip(group.carriers, carried, strict=True)
        for note in sighting.fault.reading(each).notes
    ]
    for reading in readings:
        code = reading.code or group.fault.code
        yield replace(cause, reading=replace(reading, notes=(*reading.notes, *notes), code=code))


def _seen(sighting: Sighting, frame: Frame | None) -> Seen:
    frames = (*sighting.stack.outer, *sighting.stack.frames, *sighting.user_code)
    text = "\n".join([sighting.text, *(frame.code for frame in frames)])
    matches = [match for text_near in sighting.fault.around if (match := Wording(text_near).search(text))]
    near = {name: value for match in matches for name, value in match.fields.items()}
    return Seen({**near, **sighting.fields}, sighting.text, frame.code if frame else "", frames)


def _distinct(group: Group) -> tuple[Fields, ...]:
    return tuple({tuple(s.fields.items()): s.fields for s in group.sightings}.values())


def _late(by_role: dict[Role, list[Group]]) -> list[Group]:
    """Assertions of a GPU: the one that says most; none where one of values, not of sizes, stands beside."""
    groups = sorted(by_role[Role.LATE], key=lambda group: "Assertion" not in group.sightings[0].text)
    for group in groups:
        group.frame = None
    return [] if by_role[Role.INNOCENT] else groups[:1]


def split(scan: Scan) -> tuple[list[Group], list[Group], list[Group]]:
    """Groups that stopped the run, those it survived, and echoes of a failure elsewhere."""
    by_role: dict[Role, list[Group]] = {role: [] for role in Role}
    for group in attached(grouped(scan)):
        by_role[group.fault.role].append(group)
    raised = (*by_role[Role.CAUSE], *by_role[Role.WRAPPER], *by_role[Role.ANNOUNCED])
    hard = sorted((*(group for group in raised if not group.mild), *_late(by_role)), key=Group.position)
    soft = [group for group in by_role[Role.CAUSE] if group.mild]
    if not hard and not scan.other and all(not group.sightings[0].line.level for group in soft):
        hard, soft = soft, []  # a bare list of mismatches, pasted without the exception around it
    return hard, [*soft, *by_role[Role.WARNING]], by_role[Role.ECHO]
