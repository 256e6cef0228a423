"""Locks: is what they protect changed only under them, and are they taken in a way that works?

In the spirit of RacerD (Blackshear, Gorogiannis, O'Hearn and Sergey, "RacerD: compositional static
race detection", OOPSLA 2018): no proof that there is no race, but evidence that a store is meant to
be locked, and a path on which it isn't. Where no lock anywhere protects a store, nothing is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from botlint.checks.locks.locked_stores import find_two_locks, find_unlocked
from botlint.checks.locks.looks import find_stale
from botlint.checks.locks.made import find_made
from botlint.checks.locks.order import find_inverted, find_retaken
from botlint.checks.locks.threads import find_shared_by_threads
from botlint.checks.locks.together import find_apart
from botlint.checks.locks.waits import find_waits
from botlint.checks.weight import weighed
from botlint.model import Hit
from botlint.project import Project


def find_unlocked_at_all(project: Project) -> Iterable[Hit]:
    """POS001: changes without the lock of their store, or with none in two threads."""
    yield from find_unlocked(project)
    yield from find_shared_by_threads(project)


REPORTS: Mapping[str, Callable[[Project], Iterable[Hit]]] = {
    "unlocked": find_unlocked_at_all,
    "two-locks": find_two_locks,
    "stale-look": find_stale,
    "waits": find_waits,
    "inverted": find_inverted,
    "made": find_made,
    "retaken": find_retaken,
}


def check_locked(project: Project, parameters: Mapping[str, Any]) -> Iterable[Hit]:
    """The hits of one report, sorted by place. ``together`` are groups of stores for ``apart``."""
    report = parameters["report"]
    if report == "apart":
        groups = tuple(tuple(group) for group in parameters.get("together", ()))
        hits = find_apart(project, groups)
    else:
        hits = REPORTS[report](project)
    return sorted(weighed(project, hits), key=lambda hit: (hit.place, hit.saw.get("store", "")))
