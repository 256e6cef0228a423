"""Reservations whose refusal nobody heeds: the order goes out without what it was to be paid with.

Told is a call whose answer decides nothing, where the same function's no stops another order.
"""

from __future__ import annotations

from collections.abc import Iterator

from botlint.checks.guards.asked import Asked
from botlint.checks.guards.chains import Link
from botlint.checks.guards.contracts import read_contract
from botlint.checks.guards.open_gates import statuses_of
from botlint.checks.guards.question import Guard
from botlint.checks.guards.signs import Sign
from botlint.checks.guards.states import Mark
from botlint.checks.hits import hit_in
from botlint.checks.roots import names_handed
from botlint.flow.names import FunctionRef
from botlint.model import Hit, Step
from botlint.project import CallRef

_ROLE = "reserve"


def find_unheeded(asked: Asked) -> Iterator[Hit]:
    """Each reservation that an opening order follows whatever it says, while another order waits
    for it to say yes."""
    project = asked.project
    calls = [one for one in project.calls_playing(_ROLE) if _reserved_by(asked, one)]
    reserving = [one for one in calls if not _is_for_exit(asked, one)]
    heeded: dict[FunctionRef, CallRef] = {}
    ignored: dict[CallRef, Link] = {}
    for link in asked.links():
        for one in reserving:
            if one.function != link.call.function or one == link.call:
                continue
            marks = {status.mark for status in statuses_of(asked, link, one.call, Guard(Sign.YES))}
            if Mark.RAN in marks and Mark.GUARDED not in marks:
                ignored.setdefault(one, link)
            elif Mark.GUARDED in marks:
                heeded.setdefault(_reserved_by(asked, one)[0], one)
    for one, link in sorted(ignored.items()):
        other = heeded.get(_reserved_by(asked, one)[0])
        if other is not None:
            yield _hit(asked, one, link, other)


def _reserved_by(asked: Asked, one: CallRef) -> tuple[FunctionRef, ...]:
    """The one function of the program that a reservation runs, if it says yes or no."""
    callees = asked.project.program.callees(one.function, one.call)
    is_telling = len(callees) == 1 and (
        read_contract(asked.project.function(callees[0]), Sign.OBJECT).sign is Sign.YES
    )
    return callees if is_telling else ()


def _is_for_exit(asked: Asked, one: CallRef) -> bool:
    """Whether a reservation is about what gets the bot out: nothing should hold that up."""
    names = names_handed(asked.project.function(one.function), one.call)
    return any(asked.orders.closing.is_closing_name(name.rpartition(".")[2]) for name in names)


def _hit(asked: Asked, one: CallRef, link: Link, other: CallRef) -> Hit:
    project = asked.project
    name, order = project.written(one), project.written(link.call)
    steps = (
        Step(project.call_place(one), f"`{name}` may say no here"),
        Step(project.call_place(link.call), f"and `{order}` is called all the same"),
    )
    related = (Step(project.call_place(other), "here its no stops the order"),)
    saw = {"guard": name, "order": order}
    place = project.call_place(one)
    return hit_in(project, one.function, place, saw, steps, related=related)
