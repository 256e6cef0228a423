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

import msgspec

from botlint.configs.types import Tree
from botlint.discover import compile_glob, has_path
from botlint.facts.types import Facts
from botlint.model import Confidence, Finding, Fix, Place, Rule, Span, Status
from botlint.settings import Settings
from botlint.suppress.mended import mend_expired, mend_malformed, mend_unused
from botlint.suppress.written import OWN, Suppression, find_text, read_suppressions, settings_path

__all__ = ["apply_suppressions", "drop_minor", "find_broken_sources", "sort_key"]


class _Judge(msgspec.Struct, frozen=True):
    """What decides about a suppression: the rules by code and by name, those that ran, the day."""

    rules: dict[str, Rule]
    ran: Collection[str]
    today: date

    def find(self, name: str) -> Rule | None:
        return self.rules.get(name.upper()) or self.rules.get(name.lower())

    def report(self, code: str, place: Place, message: str, fix: Fix | None = None) -> Finding:
        return _make_finding(self.rules[code], place, message, fix)


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
    by_name = {rule.code: rule for rule in rules} | {rule.name: rule for rule in rules}
    judge = _Judge(by_name, {rule.code for rule in rules} if ran is None else ran, settings.today)
    written = tuple(read_suppressions(facts, settings))
    in_force = tuple(one for one in written if _is_in_force(one, judge))
    used: set[tuple[Suppression, str]] = set()
    silence = _make_silence(in_force, settings, judge, used)
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


def _is_in_force(one: Suppression, judge: _Judge) -> bool:
    return not one.fault and not _is_expired(one, judge.today)


def _is_expired(one: Suppression, today: date) -> bool:
    """The day itself still counts; what is no day does not."""
    if not one.until:
        return False
    try:
        return today > date.fromisoformat(one.until)
    except ValueError:
        return True


def _make_silence(
    in_force: tuple[Suppression, ...],
    settings: Settings,
    judge: _Judge,
    used: set[tuple[Suppression, str]],
) -> Callable[[Finding], Finding]:
    """What turns a finding into a suppressed one, and notes in ``used`` what silenced it."""
    by_path: dict[str, list[Suppression]] = {}
    for one in in_force:
        if one.is_comment:
            by_path.setdefault(one.path, []).append(one)
    entries = [(one, compile_glob(one.path)) for one in in_force if not one.is_comment]
    files = [(entry, compile_glob(entry.glob)) for entry in settings.per_file_ignores]

    def silence(finding: Finding) -> Finding:
        if finding.code.startswith(OWN):
            return finding
        path = finding.place.path
        reasons: list[str] = []
        for one in by_path.get(path, ()):
            reasons.extend(_note_use(one, finding, judge, used) if _covers(one, finding) else ())
        for one, fits in entries:
            reasons.extend(_note_use(one, finding, judge, used) if fits(path) else ())
        for entry, fits in files:
            if fits(path) and _is_among(finding, entry.codes):
                reasons.append(f"per-file-ignores: {entry.glob}")
        if not reasons:
            return finding
        return msgspec.structs.replace(finding, status=Status.SUPPRESSED, reason=reasons[0])

    return silence


def _note_use(
    one: Suppression, finding: Finding, judge: _Judge, used: set[tuple[Suppression, str]]
) -> Iterator[str]:
    for name in one.codes:
        rule = judge.find(name)
        if rule is not None and rule.code == finding.code:
            used.add((one, name))
            yield one.reason


def _covers(one: Suppression, finding: Finding) -> bool:
    span = finding.place.span
    return span.line <= one.covers[1] and one.covers[0] <= span.end_line


def _is_among(finding: Finding, codes: tuple[str, ...]) -> bool:
    """As everywhere in settings: by code, by the beginning of a code, or by name."""
    return any(
        finding.code.startswith(code.upper()) or finding.name == code.lower() for code in codes
    )


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
        if not has_path(settings.root, entry.glob):
            message = f"`{entry.glob}` of `per-file-ignores` fits no file"
            yield judge.report("BOT006", Place(where, entry.span), message)
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
