"""Credentials: written in code or config, live ones in an isolated stage, told to others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from botlint.checks.secrets.credentials import find_in_code
from botlint.checks.secrets.entries import find_entries_of, find_in_config
from botlint.checks.secrets.leaks import find_leaks
from botlint.checks.secrets.sightings import find_in_texts
from botlint.checks.secrets.stages import find_live_in_stage
from botlint.checks.secrets.withdrawals import find_withdrawals
from botlint.model import Hit
from botlint.project import Project


def check_secret(project: Project, parameters: Mapping[str, Any]) -> Iterable[Hit]:
    """Hits of one report.

    ``code``: a literal in Python is a credential, or a known form stands anywhere in a text that is
    no config. ``config``: the same in a config file. ``stage``: live credentials or hosts in one of
    ``stages``. ``output``: a credential reaches a log, a notification or an exception.
    ``withdrawal``: something withdraws, or asks for the right to.
    """
    report = _REPORTS[parameters["report"]]
    return sorted(report(project, parameters), key=lambda hit: hit.place)


def _find_code(project: Project, parameters: Mapping[str, Any]) -> Iterator[Hit]:
    yield from find_in_code(project)
    yield from find_in_texts(project, frozenset({"python", "prose", "text"}))
    yield from find_entries_of(project, "text")


def _find_config(project: Project, parameters: Mapping[str, Any]) -> Iterator[Hit]:
    yield from find_in_config(project)


def _find_output(project: Project, parameters: Mapping[str, Any]) -> Iterator[Hit]:
    yield from find_leaks(project)


def _find_withdrawal(project: Project, parameters: Mapping[str, Any]) -> Iterator[Hit]:
    yield from find_withdrawals(project)


_REPORTS: dict[str, Callable[[Project, Mapping[str, Any]], Iterator[Hit]]] = {
    "code": _find_code,
    "config": _find_config,
    "stage": find_live_in_stage,
    "output": _find_output,
    "withdrawal": _find_withdrawal,
}
