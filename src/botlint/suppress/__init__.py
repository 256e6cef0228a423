"""Suppression: what a team has looked at and said why it may stay.

A comment ``# botlint: ignore[ORD001] -- reason until=2027-01-31`` silences the findings of its
statement, an ``[[tool.botlint.ignore]]`` those of a path. None is blanket, each needs its reason,
and what is unused, malformed, expired or names no rule is a finding (BOT002 to BOT006) that can't
be silenced itself. Nothing is dropped here: what is suppressed stays in the report, counted.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import NamedTuple

from botlint.discover import compile_glob
from botlint.facts.types import Facts
from botlint.model import Finding, Place, Rule
from botlint.placing import Placed
from botlint.settings import Settings
from botlint.suppress.judge import Judge, is_named, make_judge
from botlint.suppress.own import find_broken_sources, find_idle_roles
from botlint.suppress.review import review, review_paths
from botlint.suppress.written import OWN, Suppression, read_suppressions

__all__ = [
    "Silenced",
    "apply_suppressions",
    "drop_minor",
    "find_broken_sources",
    "find_idle_roles",
    "sort_key",
]


class Silenced(NamedTuple):
    """Hits with the reasons why they are silenced, and what is wrong with the suppressions."""

    placed: tuple[Placed, ...]
    findings: tuple[Finding, ...]


class _Reason(NamedTuple):
    """Why something is silenced, and by which name in which suppression, if it was one."""

    text: str
    by: tuple[Suppression, str] | None = None


_Search = Callable[[Rule, Place], list[_Reason]]
"""The reasons to silence what a rule says of a place."""


def apply_suppressions(
    placed: Iterable[Placed],
    facts: tuple[Facts, ...],
    rules: tuple[Rule, ...],
    settings: Settings,
    ran: Collection[str],
) -> Silenced:
    """Say of each hit whether it is silenced, and look through the suppressions.

    ``rules`` are all that there are (a suppression of a rule that was not selected is no mistake);
    ``ran`` are the codes of those that were selected.
    """
    judge = make_judge(rules, ran, settings)
    written = tuple(read_suppressions(facts, settings))
    search = _make_search(tuple(filter(judge.is_in_force, written)), settings, judge)
    told = [(one, search(one.rule, one.hit.place)) for one in placed]
    used = {reason.by for _, reasons in told for reason in reasons if reason.by is not None}
    seen = {one.path for one in facts if not one.error}
    findings = [wrong for one in written for wrong in review(one, judge, used, seen)]
    return Silenced(
        tuple(one._replace(reason=reasons[0].text) if reasons else one for one, reasons in told),
        (*findings, *review_paths(settings, judge)),
    )


def drop_minor(findings: Iterable[Finding], settings: Settings) -> tuple[Finding, ...]:
    """Without what ``min-severity`` and ``min-confidence`` leave out; botlint's own stay."""
    return tuple(
        finding
        for finding in findings
        if finding.code.startswith(OWN)
        or (
            finding.severity >= settings.min_severity
            and finding.confidence >= settings.min_confidence
        )
    )


def sort_key(finding: Finding) -> tuple[Place, str, str]:
    """Reports list findings by place."""
    return finding.place, finding.code, finding.message


def _make_search(in_force: tuple[Suppression, ...], settings: Settings, judge: Judge) -> _Search:
    by_path: dict[str, list[Suppression]] = {}
    for one in in_force:
        if one.is_comment:
            by_path.setdefault(one.path, []).append(one)
    entries = [(one, compile_glob(one.path)) for one in in_force if not one.is_comment]
    files = [(entry, compile_glob(entry.glob)) for entry in settings.per_file_ignores]

    def search(rule: Rule, place: Place) -> list[_Reason]:
        found: list[_Reason] = []
        if rule.code.startswith(OWN):
            return found
        for one in by_path.get(place.path, ()):
            found.extend(_reasons(one, rule, judge) if _covers(one, place) else ())
        for one, fits in entries:
            found.extend(_reasons(one, rule, judge) if fits(place.path) else ())
        for entry, fits in files:
            if fits(place.path) and any(is_named(rule, word) for word in entry.codes):
                found.append(_Reason(f"per-file-ignores: {entry.glob}"))
        return found

    return search


def _reasons(one: Suppression, rule: Rule, judge: Judge) -> Iterator[_Reason]:
    for name in one.codes:
        meant = judge.find(name)
        if meant is not None and meant.code == rule.code:
            yield _Reason(one.reason, (one, name))


def _covers(one: Suppression, place: Place) -> bool:
    return place.span.line <= one.covers[1] and one.covers[0] <= place.span.end_line
