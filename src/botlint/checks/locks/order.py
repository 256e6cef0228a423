"""Locks that are taken while others are held: in both orders, or twice by one holder."""

from __future__ import annotations

from collections.abc import Iterable

from botlint.checks.locks.chains import chains_of
from botlint.checks.locks.locks import Lock
from botlint.checks.locks.nesting import Nested, all_nested, is_same_object
from botlint.model import Confidence, Hit, Place, Step
from botlint.project import Project


def find_inverted(project: Project) -> Iterable[Hit]:
    """POS006: two locks that are taken in both orders; a hit at each inner one."""
    pairs: dict[tuple[Lock, Lock], list[Nested]] = {}
    for one in all_nested(project):
        if one.outer != one.inner.lock:
            pairs.setdefault((one.outer, one.inner.lock), []).append(one)
    for (outer, inner), nested in sorted(pairs.items(), key=lambda item: item[0]):
        against = pairs.get((inner, outer), ())
        for one in nested:
            other = next((two for two in against if not one.held & two.held), None)
            if other is not None:
                yield _inverted_hit(project, one, other)


def find_retaken(project: Project) -> Iterable[Hit]:
    """POS009: a lock that is not re-entrant, taken again by its holder."""
    locks = chains_of(project).held.locks
    for one in all_nested(project):
        lock = one.inner.lock
        if lock != one.outer or lock.is_keyed or locks.is_reentrant(lock):
            continue
        if is_same_object(project, one):
            yield _retaken_hit(project, one)


def _inner_place(project: Project, one: Nested) -> Place:
    return project.place(one.inner.function, one.inner.taking.span)


def _steps(project: Project, one: Nested) -> list[Step]:
    holder = project.program.display(one.holder)
    steps = [
        Step(project.place(one.holder, taking.span), f"`{holder}` takes `{one.outer.shown}`")
        for taking in chains_of(project).held.sections(one.holder).takings
        if taking.lock == one.outer
    ][:1]
    for call in one.inner.calls:
        name = project.program.display(call.function)
        text = f"`{name}` calls `{project.written(call)}`"
        steps.append(Step(project.call_place(call), text))
    name = project.program.display(one.inner.function)
    text = f"`{name}` takes `{one.inner.lock.shown}` while `{one.outer.shown}` is held"
    steps.append(Step(_inner_place(project, one), text))
    return steps


def _inverted_hit(project: Project, one: Nested, other: Nested) -> Hit:
    place = _inner_place(project, one)
    name = project.program.display(one.inner.function)
    return Hit(
        place=place,
        saw={
            "lock": one.inner.lock.shown,
            "outer": one.outer.shown,
            "function": name,
        },
        confidence=Confidence.HIGH,
        trace=(*_steps(project, one), *_steps(project, other)),
        cause=f"order {place.path}:{place.span.line}",
        symbol=name,
    )


def _retaken_hit(project: Project, one: Nested) -> Hit:
    place = _inner_place(project, one)
    name = project.program.display(one.inner.function)
    return Hit(
        place=place,
        saw={"lock": one.outer.shown, "function": name, "creator": one.outer.creator},
        confidence=Confidence.HIGH,
        trace=tuple(_steps(project, one)),
        cause=f"twice {place.path}:{place.span.line}",
        symbol=name,
    )
