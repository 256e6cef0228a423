"""What botlint says about its own work: findings of its own codes, which nothing silences."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from botlint.configs.types import Tree
from botlint.facts.types import Facts
from botlint.model import Confidence, Finding, Fix, Place, Rule, Span
from botlint.settings import Settings
from botlint.suppress.written import find_text, settings_path


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
        make_own(rule, Place(path, span), f"not analysed: {error}")
        for path, (span, error) in sorted(broken.items())
    )


def find_idle_roles(
    idle: Iterable[tuple[str, str]], rules: tuple[Rule, ...], settings: Settings
) -> tuple[Finding, ...]:
    """BOT006 for role patterns, given as (role, pattern), that match nothing in the program."""
    rule = next(rule for rule in rules if rule.code == "BOT006")
    where = settings_path(settings)
    return tuple(
        make_own(
            rule,
            Place(where, find_text(settings, pattern)),
            f"the pattern `{pattern}` of the role `{role}` matches nothing in the program",
        )
        for role, pattern in idle
    )


def make_own(rule: Rule, place: Place, message: str, fix: Fix | None = None) -> Finding:
    """A finding of one of botlint's own rules."""
    told = f"{rule.code}\0{place.path}\0{place.span.line}\0{message}"
    return Finding(
        code=rule.code,
        name=rule.name,
        place=place,
        message=message,
        severity=rule.severity,
        confidence=Confidence.HIGH,
        help=" ".join(rule.remedy.split()),
        trace=(),
        related=(),
        symbol="",
        fingerprint=hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:16],
        fix=fix,
    )
