"""Credentials in code: by their known form, by where they go, by their name and shape."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from botlint.checks.secrets.naming import Naming, naming_of, variable_for
from botlint.checks.secrets.sightings import levels_for, with_article
from botlint.checks.secrets.slots import (
    Slot,
    inner_slots,
    is_name,
    name_of,
    parameter_slots,
    slots_of,
)
from botlint.facts.types import Kind, Sealed
from botlint.flow.program import FunctionRef
from botlint.flow.sealed import Sealing
from botlint.model import Confidence, Edit, Fix, Hit, Place, Safety, Span, Step
from botlint.project import Project
from botlint.secrets.seal import Seal
from botlint.secrets.shapes import Shape

EXAMPLE = ".env.example"


class Reason(NamedTuple):
    """Why a sealed literal is taken for a credential, and the slot that shows it."""

    confidence: Confidence
    what: str
    slot: Slot | None


def find_in_code(project: Project) -> Iterator[Hit]:
    """One hit for each literal that is a credential."""
    found: dict[Sealing, Reason] = {}
    for source, facts in enumerate(project.program.sources):
        for number, seal in enumerate(facts.seals):
            if seal.form:
                what = with_article(seal.form)
                found[source, number] = Reason(Confidence.HIGH, what, None)
        if facts.seals:
            _judge_source(project, source, found)
    _follow(project, found)
    variables = _name_variables(project, found)
    for first, *others in _rows(project, found):
        copies = [_hit(project, one, found[one], variables[first]) for one in others]
        yield _with_copies(_hit(project, first, found[first], variables[first]), copies)


def _rows(project: Project, found: dict[Sealing, Reason]) -> list[list[Sealing]]:
    """The credentials by source and number, those together that stand on adjacent lines and are the
    same one."""
    rows: list[list[Sealing]] = []
    for one in sorted(found, key=lambda one: (one[0], _seal_of(project, one).span)):
        if not (rows and _is_copy_below(project, rows[-1][-1], one)):
            rows.append([])
        rows[-1].append(one)
    return rows


def _is_copy_below(project: Project, above: Sealing, below: Sealing) -> bool:
    first, second = (_seal_of(project, one) for one in (above, below))
    is_next = above[0] == below[0] and second.span.line - first.span.end_line <= 1
    kept = (
        first.same if first.same >= 0 else above[1],
        second.same if second.same >= 0 else below[1],
    )
    return is_next and kept[0] == kept[1]


def _with_copies(hit: Hit, copies: list[Hit]) -> Hit:
    """A hit with those of the same credential below it, whose fix mends all of them or none."""
    if not copies:
        return hit
    fixes = [one.fix for one in (hit, *copies)]
    edits = [edit for fix in fixes if fix is not None for edit in fix.edits]
    fix = hit.fix and msgspec.structs.replace(hit.fix, edits=tuple(_unique(edits)))
    related = tuple(Step(one.place, "the same one here") for one in copies)
    return msgspec.structs.replace(hit, related=related, fix=None if None in fixes else fix)


def _unique(edits: list[Edit]) -> list[Edit]:
    return [one for number, one in enumerate(edits) if one not in edits[:number]]


def _seal_of(project: Project, sealing: Sealing) -> Seal:
    """What is known of a sealed literal."""
    source, number = sealing
    return project.program.sources[source].seals[number]


def _judge_source(project: Project, source: int, found: dict[Sealing, Reason]) -> None:
    """The literals that stand directly in a slot of their source."""
    naming = naming_of(project)
    for index in range(len(project.program.sources[source].functions)):
        ref = FunctionRef(source, index)
        waiting = list(slots_of(project, ref))
        for number, call in enumerate(project.function(ref).calls):
            if any(type(value) is Sealed for value in call.args):
                waiting.extend(parameter_slots(project, ref, number))
        while waiting:
            slot = waiting.pop()
            if type(slot.value) is Sealed:
                _add(found, (source, slot.value.number), _judge(project, naming, slot))
            elif naming.passes(slot, project.function(ref)):
                waiting.extend(inner_slots(slot, project.function(ref)))


def _judge(
    project: Project, naming: Naming, slot: Slot, sealing: Sealing | None = None
) -> Reason | None:
    """Whether the slot makes a credential of the literal in it."""
    if sealing is None and isinstance(slot.value, Sealed):
        sealing = (slot.function.source, slot.value.number)
    if sealing is None:
        return None
    seal = _seal_of(project, sealing)
    place = f" of `{slot.called}`" if slot.called and slot.called != slot.name else ""
    confidence = judge_named(naming, slot.name, seal)
    if confidence is not None:
        return Reason(confidence, f"the value of `{slot.name}`{place}", slot)
    return _judge_place(naming, slot, seal)


def _judge_place(naming: Naming, slot: Slot, seal: Seal) -> Reason | None:
    """Whether a literal is a credential by where it is given without a name."""
    if slot.rank == 1 and naming.takes_credentials(slot.name) and slot.name != slot.called:
        return Reason(Confidence.MEDIUM, f"the second part of `{slot.name}`", slot)
    if not slot.called or not naming.takes_credentials(slot.called):
        return None
    is_random = seal.shape == Shape.RANDOM
    is_first = slot.name == slot.called
    is_later = slot.rank > 0 and seal.trait in ("", "hex")
    if (is_first and is_random) or (is_later and (is_random or seal.shape == Shape.ODD)):
        return Reason(Confidence.MEDIUM, f"an argument of `{slot.called}`", slot)
    return None


def judge_named(naming: Naming, name: str, seal: Seal) -> Confidence | None:
    """How sure it is that what stands under a name is a credential; ``None``: it is none."""
    is_random = seal.shape == Shape.RANDOM
    if naming.is_credential(name):
        if seal.trait in ("hex", "uuid") and naming.is_identifier(name):
            return None
        return Confidence.HIGH if is_random and not seal.trait else Confidence.MEDIUM
    if is_random and seal.trait not in ("hex", "point") and naming.may_be_credential(name):
        return Confidence.MEDIUM
    return None


def _follow(project: Project, found: dict[Sealing, Reason]) -> None:
    """The literals that reach a slot by way of a name: a variable, a key, another module's."""
    names = _names_of_rest(project, found)
    if not names:
        return
    naming = naming_of(project)
    for ref in project.program.functions():
        waiting = [slot for slot in slots_of(project, ref) if is_name(slot.value)]
        for number, call in enumerate(project.function(ref).calls):
            if any(is_name(value) and name_of(value) in names for value in call.args):
                waiting.extend(parameter_slots(project, ref, number))
        for slot in waiting:
            if not is_name(slot.value) or name_of(slot.value) not in names:
                continue
            for sealing in project.program.sealed_in(ref, slot.value):
                _add(found, sealing, _judge(project, naming, slot, sealing))


def _names_of_rest(project: Project, found: dict[Sealing, Reason]) -> frozenset[str]:
    """The names by which random literals that nothing speaks of can be used, and their aliases."""
    rest = {
        source
        for source, facts in enumerate(project.program.sources)
        for number, seal in enumerate(facts.seals)
        if (source, number) not in found
    }
    names: set[str] = set()
    for source in rest:
        for index in range(len(project.program.sources[source].functions)):
            for slot in slots_of(project, FunctionRef(source, index)):
                if type(slot.value) is Sealed and slot.name:
                    names.add(slot.name)
    if names:
        names |= _aliases(project, names)
    return frozenset(names)


def _aliases(project: Project, names: set[str]) -> set[str]:
    return {
        name_of(node.target)
        for ref in project.program.functions()
        for node in project.function(ref).nodes
        if node.kind is Kind.ASSIGN and node.target is not None and node.value is not None
        if is_name(node.value) and name_of(node.value) in names
    }


def _add(found: dict[Sealing, Reason], sealing: Sealing, reason: Reason | None) -> None:
    if reason is None:
        return
    known = found.get(sealing)
    if known is None or (known.slot is not None and known.confidence < reason.confidence):
        found[sealing] = reason


def _name_variables(project: Project, found: dict[Sealing, Reason]) -> dict[Sealing, str]:
    """For each credential a variable of the environment of its own.

    A literal that goes by the same name, begins alike and is as long is taken for a copy.
    """
    copies: dict[tuple[str, str], str] = {}
    taken: dict[str, int] = {}
    names: dict[Sealing, str] = {}
    for sealing in sorted(found):
        slot, seal = found[sealing].slot, _seal_of(project, sealing)
        name = variable_for(slot.name if slot else seal.form, slot.called if slot else "")
        # What has a known form begins like all of its kind.
        is_copy = not seal.form and seal.shape == Shape.RANDOM and (name, seal.shown) in copies
        if not is_copy:
            taken[name] = taken.get(name, 0) + 1
            number = taken[name]
            copies[name, seal.shown] = name if number == 1 else f"{name}_{number}"
        names[sealing] = copies[name, seal.shown]
    return names


def _fix(seal: Seal, place: Place, variable: str) -> Fix | None:
    if seal.is_part:
        return None
    example = Place(EXAMPLE, Span(1, 1, 1, 1))
    edits = (
        Edit("read-from-environment", place, {"variable": variable}),
        Edit("name-variable", example, {"variable": variable}),
    )
    title = f'Read it from os.environ["{variable}"], and name it in {EXAMPLE}'
    return Fix(title, Safety.UNSAFE, edits)


def _hit(project: Project, sealing: Sealing, reason: Reason, variable: str) -> Hit:
    seal = _seal_of(project, sealing)
    path = project.program.sources[sealing[0]].path
    place = Place(path, seal.span)
    steps = [Step(place, f"{reason.what} is written here: {seal.shown}")]
    slot = reason.slot
    symbol = ""
    if slot is not None:
        symbol = project.program.display(slot.function)
        there = project.place(slot.function, slot.span)
        if there.path != path or there.span.line != seal.span.line:
            into = f"goes into `{slot.called}`" if slot.called else f"is kept as `{slot.name}`"
            steps.append(Step(there, f"it {into} in `{symbol}`"))
    return Hit(
        place=place,
        saw={
            "what": reason.what,
            "shown": seal.shown,
            "name": slot.name if slot else "",
            "where": path,
        },
        confidence=reason.confidence,
        trace=tuple(steps),
        cause=f"{path}:{seal.span.line}:{seal.span.column}",
        symbol=symbol,
        mitigation=levels_for(seal),
        fix=_fix(seal, place, variable),
    )
