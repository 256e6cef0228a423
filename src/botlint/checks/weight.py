"""How much a finding about an order weighs where it stands: what takes severity off, and why.

An order in a script that somebody runs once, in a file that is there to be shown, or in an old copy
of one that runs, is as little as a finding can be; one in a function that nothing in the program
calls, or in a file that can't be imported, is one level less severe, and one behind an import that
fails, two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from botlint.checks.faults.unloadable import failing_before, unloadable
from botlint.checks.reached import is_by_hand, is_reached
from botlint.checks.running.copies import living_copy
from botlint.checks.showing import ALL, is_for_show
from botlint.flow.names import FunctionRef
from botlint.model import Hit, Span, Step
from botlint.project import Project


class Failing(NamedTuple):
    """What keeps something from running, and how many levels that takes off."""

    step: Step
    levels: int


def weighed(project: Project, hits: Iterable[Hit]) -> Iterator[Hit]:
    """``hits`` with what takes weight off where they stand, and the step that says why."""
    for hit in hits:
        is_of_program = hit.place.path in project.numbers
        yield weigh(project, project.function_at(hit.place), hit) if is_of_program else hit


def weigh(project: Project, ref: FunctionRef, hit: Hit) -> Hit:
    """The same for a hit in function ``ref``."""
    is_shown = is_for_show(hit.place.path)
    if is_shown or hit.mitigation >= ALL or is_by_hand(project, ref):
        return msgspec.structs.replace(hit, mitigation=ALL)
    failing = failing_import(project, ref, hit.place.span)
    if failing is not None:
        levels = max(hit.mitigation, failing.levels)
        return msgspec.structs.replace(
            hit, trace=(failing.step, *hit.trace), mitigation=levels, behind=failing.step.place
        )
    if hit.mitigation or is_reached(project, ref):
        return hit
    return msgspec.structs.replace(hit, trace=(*_uncalled(project, ref), *hit.trace), mitigation=1)


def failing_import(project: Project, ref: FunctionRef, span: Span) -> Failing | None:
    """What keeps what stands at ``span`` in a function from running, if anything does: an import
    that fails, or that all imports mean another file of the same name."""
    copied = living_copy(project, ref)
    if copied is not None:
        text = "this is what runs; the other file of its name is loaded by nothing"
        return Failing(Step(copied, text), ALL)
    step = unloadable(project).get(ref.source)
    if step is not None:
        return Failing(step, 1)
    step = failing_before(project, ref, span)
    return None if step is None else Failing(step, 2)


def _uncalled(project: Project, ref: FunctionRef) -> tuple[Step, ...]:
    """The step that says that nothing calls a function, if that is so."""
    entry = project.program.entries().get(ref)
    is_idle = entry is not None and entry.kind == "uncalled"
    return (Step(entry.place, entry.text),) if entry is not None and is_idle else ()
