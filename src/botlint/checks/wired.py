"""What a bot must have, and what must run: required parts, their callers, shutdown, breakers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from botlint.checks.running.breakers import find_unbroken
from botlint.checks.running.late import find_late
from botlint.checks.running.parts import find_missing, find_unreached
from botlint.checks.running.reactions import find_unanswered
from botlint.checks.running.shutdown import find_unhandled
from botlint.model import Hit
from botlint.project import Project

Finder = Callable[[Project, Mapping[str, Any]], Iterable[Hit]]


def check_wired(project: Project, parameters: Mapping[str, Any]) -> Iterable[Hit]:
    """The hits of one report: parts that are ``missing`` or ``unreached``, programs whose
    ``shutdown`` is not handled, loops without a ``breaker``, steps that come ``late``, halts
    without a ``reaction``."""
    found = _REPORTS[parameters["report"]](project, parameters)
    return sorted(found, key=lambda hit: (hit.place, hit.cause))


_REPORTS: Mapping[str, Finder] = {
    "breaker": find_unbroken,
    "late": find_late,
    "missing": find_missing,
    "reaction": find_unanswered,
    "shutdown": find_unhandled,
    "unreached": find_unreached,
}
