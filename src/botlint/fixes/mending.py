"""Mending: fixes are made in memory, the program is looked at again, and only what helped stays.

A round makes all fixes that don't touch each other, and checks the program with them: each of their
findings must be gone and every file sound. Fixes that fail are given up, and the round is made
again without them; those that overlap take turns over the rounds.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping

import msgspec

from botlint.configs.read import form_of, read_tree
from botlint.discover import Discovery, Source, read_source
from botlint.facts.extract import extract_facts
from botlint.fixes.draft import Draft
from botlint.fixes.plans import Drafts, Plan
from botlint.model import (
    Finding,
    Place,
    Problem,
    Replacement,
    Report,
    Safety,
    Status,
)

MOST_ROUNDS = 10

_NUMBER = re.compile(r"[0-9]+")
_Identity = tuple[str, str, str, str]
Look = Callable[[Discovery], Report]


class Changed(msgspec.Struct, frozen=True):
    """A file before and after; one that wasn't there was empty."""

    path: str
    before: bytes
    after: bytes


class Mended(msgspec.Struct, frozen=True):
    """The report after the fixes, with what they mended; and the files, not yet written."""

    report: Report
    files: tuple[Changed, ...]


def mend(discovery: Discovery, look: Look, drafts: Drafts, safeties: frozenset[Safety]) -> Mended:
    """Make all fixes of ``safeties`` that open findings have, in memory."""
    now = hold(discovery)
    report = look(now)
    refused: dict[str, tuple[Finding, str]] = {}
    fixed: list[Finding] = []
    first: dict[str, bytes] = {}
    for _ in range(MOST_ROUNDS):
        plan = Plan(drafts, _data_of(now))
        for finding in _waiting(report, safeties, refused):
            fault = plan.add(finding)
            if fault:
                refused[finding.fingerprint] = (finding, fault)
        if not plan.taken:
            break
        changes = plan.finish()
        then = _replace_data(now, changes)
        outcome = look(then)
        failed = _failed(plan, report, outcome, changes)
        refused.update(failed)
        if failed:
            continue
        for path, after in changes.items():
            first.setdefault(path, plan.before(path))
            drafts = drafts.with_data(path, after)
        fixed += plan.taken
        now, report = then, outcome
    standing = _count(report)
    told = {_refusal(*one) for one in refused.values() if standing[_identity(one[0])]}
    files = tuple(Changed(path, first[path], drafts.known[path]) for path in sorted(first))
    problems = tuple(sorted({*report.problems, *told}))
    return Mended(msgspec.structs.replace(report, problems=problems, fixed=tuple(fixed)), files)


def spell_out(report: Report, drafts: Drafts) -> Report:
    """The report with the replacements that each fix comes to; a fix that can't be made goes."""
    files: dict[str, Draft] = {}
    findings = tuple(_spell(finding, drafts, files) for finding in report.findings)
    return msgspec.structs.replace(report, findings=findings)


def _spell(finding: Finding, drafts: Drafts, files: dict[str, Draft]) -> Finding:
    if finding.fix is None:
        return finding
    plan = Plan(drafts, {}, files)
    if plan.add(finding):
        return msgspec.structs.replace(finding, fix=None)
    replacements = tuple(
        Replacement(Place(path, draft.span_of(one.start, one.end)), one.text)
        for path, draft, changes in plan.listed()
        for one in changes
    )
    fix = msgspec.structs.replace(finding.fix, replacements=replacements)
    return msgspec.structs.replace(finding, fix=fix)


def hold(discovery: Discovery) -> Discovery:
    """The same with the bytes of every file, so that what is analysed is what is changed."""
    return msgspec.structs.replace(
        discovery,
        sources=tuple(map(_hold, discovery.sources)),
        texts=tuple(map(_hold, discovery.texts)),
    )


def _replace_data(discovery: Discovery, changes: Mapping[str, bytes]) -> Discovery:
    """The same with other bytes for some files."""

    def replace(sources: Iterable[Source]) -> tuple[Source, ...]:
        return tuple(
            msgspec.structs.replace(source, data=changes[source.path])
            if source.path in changes
            else source
            for source in sources
        )

    return msgspec.structs.replace(
        discovery, sources=replace(discovery.sources), texts=replace(discovery.texts)
    )


def _hold(source: Source) -> Source:
    data = read_source(source)
    # What can't be read is a problem that is told when it is analysed.
    return source if isinstance(data, Problem) else msgspec.structs.replace(source, data=data)


def _data_of(discovery: Discovery) -> dict[str, bytes]:
    return {
        source.path: source.data
        for source in (*discovery.sources, *discovery.texts)
        if source.data is not None
    }


def _waiting(
    report: Report, safeties: frozenset[Safety], refused: Mapping[str, object]
) -> Iterable[Finding]:
    return (
        finding
        for finding in report.findings
        if finding.status is Status.OPEN
        and finding.fix is not None
        and finding.fix.safety in safeties
        and finding.fingerprint not in refused
    )


def _failed(
    plan: Plan, before: Report, after: Report, changes: Mapping[str, bytes]
) -> dict[str, tuple[Finding, str]]:
    """The fixes that broke a file, or left their finding where it was."""
    broken = {path for path, data in changes.items() if not _is_sound(path, data)}
    left, standing = _count(after), _count(before)
    taken = Counter(_identity(finding) for finding in plan.taken)
    failed = {}
    for finding in plan.taken:
        identity = _identity(finding)
        if finding.fix and any(edit.place.path in broken for edit in finding.fix.edits):
            failed[finding.fingerprint] = (finding, "the file could not be read after it")
        elif left[identity] > standing[identity] - taken[identity]:
            failed[finding.fingerprint] = (finding, "it would not mend the finding")
    return failed


def _identity(finding: Finding) -> _Identity:
    """What stays the same of a finding while lines move and others like it go."""
    return finding.code, finding.place.path, finding.symbol, _NUMBER.sub("0", finding.message)


def _count(report: Report) -> Counter[_Identity]:
    return Counter(_identity(one) for one in report.findings if one.status is Status.OPEN)


def _is_sound(path: str, data: bytes) -> bool:
    if path.endswith((".py", ".pyw", ".pyi")):
        return not extract_facts(path, data).error
    return not form_of(path) or not read_tree(path, data).is_broken


def _refusal(finding: Finding, reason: str) -> Problem:
    return Problem(
        finding.place.path, f"{finding.code} was not fixed: {reason}", finding.place.span
    )
