"""Applying rules: each one's check is run over the project, and its hits are placed under it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any, NamedTuple

from botlint.checks import CHECKS
from botlint.crashes import Crash, describe_crash
from botlint.model import Hit, Problem, Rule
from botlint.patterns import PatternFault
from botlint.placing import Placed, place_hits
from botlint.processes import begin
from botlint.project import Project
from botlint.roles import UnknownRole
from botlint.rules import RuleFault
from botlint.settings import SettingsFault

PAYS_FROM = 2_000
"""So many calls in a program make a process of its own worth it for some of the checks."""

_APART = frozenset({"config", "forbidden", "inert", "locked", "parity", "secret"})
"""Checks that don't ask how orders are reached, which the others work out together; they take
about as long as these."""


class _Parameters(dict[str, Any]):
    """The parameters of a rule; asking for another raises :class:`MissingParameter`."""

    def __missing__(self, name: str) -> Any:
        raise MissingParameter("", f"the check needs `{name}`")


class MissingParameter(SettingsFault):
    """A parameter that the rule doesn't give."""


class _Outcome(NamedTuple):
    """What some rules' checks yielded, by code, and what can't be told."""

    hits: dict[str, list[Hit]]
    problems: tuple[Problem, ...]


def apply_rules(project: Project, rules: tuple[Rule, ...]) -> tuple[Placed, ...]:
    """Run every rule's check, on two processors where that pays; the hits that stand, by place.

    A check that breaks off costs the hits of its own rules: that is a problem of the project.
    """
    apart = tuple(rule for rule in rules if rule.check in _APART)
    here = tuple(rule for rule in rules if rule.check and rule.check not in _APART)
    is_alone = not (apart and here) or (project.settings.jobs or os.cpu_count() or 1) < 2
    if is_alone or project.size < PAYS_FROM:
        outcomes = (_run_all(project, here), _run_all(project, apart))
    else:
        wait = begin(lambda: _run_all(project, apart))
        outcomes = (_run_all(project, here), wait())
    found: dict[str, list[Hit]] = {}
    for hits, problems in outcomes:
        found |= hits
        project.tell(*problems)
    placed = [Placed(rule, hit) for rule in rules for hit in found.get(rule.code, ())]
    return place_hits(placed, rules)


def _run_all(project: Project, rules: Iterable[Rule]) -> _Outcome:
    found: dict[str, list[Hit]] = {}
    crashes: dict[tuple[str, str], tuple[list[str], Crash]] = {}
    for rule in rules:
        try:
            found[rule.code] = list(CHECKS[rule.check](project, _Parameters(rule.parameters)))
        except (UnknownRole, MissingParameter, PatternFault) as fault:
            raise RuleFault(rule.path, f"parameters: {fault}") from fault
        except Exception as error:
            crash = describe_crash(error)
            codes, _ = crashes.setdefault((rule.check, crash.told), ([], crash))
            codes.append(rule.code)
    broken_off = [
        _tell(check, ", ".join(codes), crash) for (check, _), (codes, crash) in crashes.items()
    ]
    return _Outcome(found, (*project.problems, *broken_off))


def _tell(check: str, codes: str, crash: Crash) -> Problem:
    message = f"the check `{check}` broke off: {crash.told}; {codes} proved nothing"
    return Problem("", message, None, crash.detail)
