"""Of several guards in a row the first: the one that stops an order before the others are asked."""

from __future__ import annotations

from botlint.checks.guards.chains import Link
from botlint.checks.guards.guards import Guards
from botlint.checks.guards.passages import Passage, rank, show_passage
from botlint.checks.guards.paths import Walk
from botlint.checks.guards.states import Mark
from botlint.project import Project

MOST = 10
"""So many guards in a row are looked through."""


def in_a_row(project: Project, guards: Guards, link: Link, last: Passage) -> tuple[Passage, ...]:
    """The guards that every way to the guard ``last`` of a link has passed before, first first,
    and it itself."""
    found = [last]
    while len(found) < MOST:
        before = _before(project, guards, link, found[0])
        if before is None or any(before.status.node == one.status.node for one in found):
            break
        found.insert(0, before)
    return tuple(found)


def _before(project: Project, guards: Guards, link: Link, passage: Passage) -> Passage | None:
    """The guard that has said yes on every way to where another one is asked."""
    ref, node = link.call.function, passage.status.node
    if node < 0 or passage.step is None:
        return None
    question = guards.question(ref, link.roots)
    end = frozenset({node})
    found = Walk(project.function(ref), question, end).reaching(end)
    there = sorted({state.status for state in found}, key=rank)
    if not there or any(one.mark is not Mark.GUARDED or one.node < 0 for one in there):
        return None
    return show_passage(project, guards.at, ref, there[0])
