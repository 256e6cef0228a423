"""Suppression: what a team has looked at and said why it may stay.

A comment ``# botlint: ignore[ORD001] -- reason until=2027-01-31`` silences the findings of its
statement, an ``[[tool.botlint.ignore]]`` those of a path. None is blanket, each needs its reason,
and what is unused, malformed, expired or names no rule is a finding (BOT002 to BOT006) that can't
be silenced itself. Nothing is dropped here: what is suppressed stays in the report, counted.
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date
from typing import NamedTuple

import msgspec

from botlint.configs.types import Tree
from botlint.discover import compile_glob, has_path
from botlint.facts.types import Facts
from botlint.model import Confidence, Finding, Fix, Place, Rule, Span, Status
from botlint.settings import Settings
from botlint.suppress.mended import mend_expired, mend_malformed, mend_unused
from botlint.suppress.written import OWN, Suppression, find_text, read_suppressions, settings_path

__all__ = [
    "apply_suppressions",
    "drop_minor",
    "find_broken_sources",
    "find_idle_roles",
    "find_silenced",
    "sort_key",
]


class _Judge(msgspec.Struct, frozen=True):
    """What decides about a suppression: the rules by code and by name, those that ran, the day."""

    rules: dict[str, Rule]
    ran: Collection[str]
    today: date

    def weigh(self, written: Iterable[Suppression]) -> tuple[Suppression, ...]:
        """Those that are in force."""
        return tuple(one for one in written if not one.fault and not _is_expired(one, self.today))

    def find(self, name: str) -> Rule | None:
        return self.rules.get(name.upper()) or self.rules.get(name.lower())

    def report(self, code: str, place: Place, message: str, fix: Fix | None = None) -> Finding:
        return _make_finding(self.rules[code], place, message, fix)


class _Reason(NamedTuple):
    """Why something is silenced, and by which name in which suppression, if it was one."""

    text: str
    by: tuple[Suppression, str] | None = None


_Search = Callable[[str, str, Place], list[_Reason]]
"""The reasons to silence what a rule, by code and by name, says of a place."""


def find_silenced(
    facts: tuple[Facts, ...], rules: tuple[Rule, ...], settings: Settings
) -> Callable[[Rule, Place], bool]:
    """Whether a suppression in force speaks of what a rule says of a place."""
    judge = _make_judge(rules, None, settings)
    search = _make_search(judge.weigh(read_suppressions(facts, settings)), settings, judge)
    return lambda rule, place: bool(search(rule.code, rule.name, place))


def apply_suppressions(
    findings: tuple[Finding, ...],
    facts: tuple[Facts, ...],
    rules: tuple[Rule, ...],
    settings: Settings,
    ran: Collection[str] | None = None,
) -> tuple[Finding, ...]:
    """The findings with their statuses, and what is wrong with the suppressions themselves.

    ``rules`` are all that there are (a suppression of a rule that was not selected is no mistake);
    ``ran`` are the codes of those that were selected, by default all.
    """
    judge = _make_judge(rules, ran, settings)
    written = tuple(read_suppressions(facts, settings))
    used: set[tuple[Suppression, str]] = set()
    silence = _make_silence(_make_search(judge.weigh(written), settings, judge), used)
    outcome = [silence(finding) for finding in findings]
    broken = {one.path for one in facts if one.error}
    seen = {one.path for one in facts} - broken
    for one in written:
        outcome.extend(_review(one, judge, used, seen))
    outcome.extend(_review_paths(settings, judge))
    return tuple(sorted(outcome, key=sort_key))


def find_broken_sources(
    facts: Iterable[Facts], rules: tuple[Rule, ...], trees: Iterable[Tree] = ()
) -> tuple[Finding, ...]:
    """BOT001: a source that can't be parsed, where its syntax breaks."""
    rule = next(rule for rule in rules if rule.code == "BOT001")
    start = Span(1, 1, 1, 1)
    broken = {one.path: (one.error_span or start, one.error) for one in facts if one.error}
    for tree in trees:
        for fault in tree.faults:
            if fault.kind == "syntax":
                broken.setdefault(tree.path, (fault.span, fault.message))
    return tuple(
        _make_finding(rule, Place(path, span), f"not analysed: {error}")
        for path, (span, error) in sorted(broken.items())
    )


def find_idle_roles(
    idle: Iterable[tuple[str, str]], rules: tuple[Rule, ...], settings: Settings
) -> tuple[Finding, ...]:
    """BOT006 for role patterns, given as (role, pattern), that match nothing in the program."""
    rule = next(rule for rule in rules if rule.code == "BOT006")
    where = settings_path(settings)
    return tuple(
        _make_finding(
            rule,
            Place(where, find_text(settings, pattern)),
            f"the pattern `{pattern}` of the role `{role}` matches nothing in the program",
        )
        for role, pattern in idle
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


def _make_judge(rules: tuple[Rule, ...], ran: Collection[str] | None, settings: Settings) -> _Judge:
    by_name = {rule.code: rule for rule in rules} | {rule.name: rule for rule in rules}
    return _Judge(by_name, {rule.code for rule in rules} if ran is None else ran, settings.today)


def _is_expired(one: Suppression, today: date) -> bool:
    """The day itself still counts; what is no day does not."""
    if not one.until:
        return False
    try:
        return today > date.fromisoformat(one.until)
    except ValueError:
        return True


def _make_silence(
    search: _Search, used: set[tuple[Suppression, str]]
) -> Callable[[Finding], Finding]:
    """What turns a finding into a suppressed one, and notes in ``used`` what silenced it."""

    def silence(finding: Finding) -> Finding:
        if finding.code.startswith(OWN):
            return finding
        reasons = search(finding.code, finding.name, finding.place)
        used.update(reason.by for reason in reasons if reason.by is not None)
        if not reasons:
            return finding
        return msgspec.structs.replace(finding, status=Status.SUPPRESSED, reason=reasons[0].text)

    return silence


def _make_search(in_force: tuple[Suppression, ...], settings: Settings, judge: _Judge) -> _Search:
    by_path: dict[str, list[Suppression]] = {}
    for one in in_force:
        if one.is_comment:
            by_path.setdefault(one.path, []).append(one)
    entries = [(one, compile_glob(one.path)) for one in in_force if not one.is_comment]
    files = [(entry, compile_glob(entry.glob)) for entry in settings.per_file_ignores]

    def search(code: str, name: str, place: Place) -> list[_Reason]:
        found: list[_Reason] = []
        for one in by_path.get(place.path, ()):
            found.extend(_reasons(one, code, judge) if _covers(one, place) else ())
        for one, fits in entries:
            found.extend(_reasons(one, code, judge) if fits(place.path) else ())
        for entry, fits in files:
            if fits(place.path) and any(_is_meant(code, name, word) for word in entry.codes):
                found.append(_Reason(f"per-file-ignores: {entry.glob}"))
        return found

    return search


def _reasons(one: Suppression, code: str, judge: _Judge) -> Iterator[_Reason]:
    for name in one.codes:
        rule = judge.find(name)
        if rule is not None and rule.code == code:
            yield _Reason(one.reason, (one, name))


def _covers(one: Suppression, place: Place) -> bool:
    return place.span.line <= one.covers[1] and one.covers[0] <= place.span.end_line


def _is_meant(code: str, name: str, word: str) -> bool:
    """As everywhere in settings: by code, by the beginning of a code, or by name."""
    return bool(word) and (code.startswith(word.upper()) or name == word.lower())


def _review(
    one: Suppression, judge: _Judge, used: set[tuple[Suppression, str]], seen: Collection[str]
) -> Iterator[Finding]:
    """What is wrong with one suppression."""
    what = "suppression" if one.is_comment else "`ignore` of the settings"
    if one.fault:
        yield judge.report("BOT003", one.place, f"{what} {one.fault}", mend_malformed(one))
        return
    unknown = [name for name in one.codes if judge.find(name) is None]
    for name in unknown:
        hint = _suggest_rule(name, judge)
        yield judge.report("BOT005", one.place, f"{what} names no rule: `{name}`{hint}")
    if _is_expired(one, judge.today):
        message = f"{what} {_describe_end(one.until)}"
        yield judge.report("BOT004", one.place, message, mend_expired(one))
        return
    unused = [
        name
        for name in one.codes
        if (rule := judge.find(name)) and rule.code in judge.ran and (one, name) not in used
    ]
    # A glob may speak of files that this run did not look at.
    if unused and one.path in seen:
        code = "BOT002" if one.is_comment else "BOT006"
        message = f"{what} silences nothing: no {', '.join(unused)} there"
        yield judge.report(code, one.place, message, mend_unused(one, unused))


def _describe_end(until: str) -> str:
    try:
        day = date.fromisoformat(until)
    except ValueError:
        return f"has no day in `until={until}`: write it as 2027-01-31"
    return f"has ended on {day.isoformat()}"


def _review_paths(settings: Settings, judge: _Judge) -> Iterator[Finding]:
    """BOT006: a part of the settings that speaks of files which aren't there."""
    where = settings_path(settings)
    for entry in settings.per_file_ignores:
        place = Place(where, entry.span)
        if not has_path(settings.root, entry.glob):
            message = f"`{entry.glob}` of `per-file-ignores` fits no file"
            yield judge.report("BOT006", place, message)
        for word in entry.codes:
            if not any(_is_meant(one.code, one.name, word) for one in judge.rules.values()):
                message = f"`per-file-ignores` names no rule: `{word}`{_suggest_rule(word, judge)}"
                yield judge.report("BOT005", place, message)
    for one in settings.ignores:
        if not has_path(settings.root, one.path):
            message = f"path `{one.path}` of an `ignore` fits no file"
            yield judge.report("BOT006", Place(where, one.span), message)


def _suggest_rule(name: str, judge: _Judge) -> str:
    same = [key for key in judge.rules if key[:1].isupper() == name[:1].isupper()]
    near = difflib.get_close_matches(name, sorted(same), n=1)
    return f" (did you mean `{near[0]}`?)" if near else ""


def _make_finding(rule: Rule, place: Place, message: str, fix: Fix | None = None) -> Finding:
    told = f"{rule.code}\0{place.path}\0{place.span.line}\0{message}"
    return Finding(
        code=rule.code,
        name=rule.name,
        place=place,
        message=message,
        severity=rule.severity,
        confidence=Confidence.HIGH,
        help=rule.remedy,
        trace=(),
        related=(),
        symbol="",
        fingerprint=hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:16],
        fix=fix,
    )
