"""Trials: the examples of rules, run through the whole pipeline.

A *bad* example must give exactly the findings that its ``# expect: CODE`` marks say, a *good* one
none; a *limit* is asserted as it is today. A severity may follow the code. The other rules run as
well, because one of them may stand instead; but only the codes that are named are compared.
"""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import msgspec

from botlint.discover import discover
from botlint.facts.gather import gather_facts
from botlint.facts.texts import look_through
from botlint.looking import link_sources, run_rules
from botlint.model import Confidence, Finding, Rule
from botlint.rules import Trial, roles_of
from botlint.settings import Settings
from botlint.vocabulary import Vocabulary, load_vocabulary

_MARK = re.compile(r"[ \t]*#[ \t]*expect:[ \t]*(\w+)(?:[ \t]+(\w+))?[ \t]*$", re.MULTILINE)
_TODAY = date(2026, 1, 1)


class Mark(msgspec.Struct, frozen=True, order=True):
    """Where a finding stands; ``severity`` is empty where the example doesn't say."""

    path: str
    line: int
    code: str
    severity: str = ""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.code} {self.severity}".rstrip()


class Outcome(msgspec.Struct, frozen=True):
    """How one example went."""

    rule: Rule
    example: Trial
    missing: tuple[Mark, ...]
    unexpected: tuple[Mark, ...]
    problems: tuple[str, ...]

    @property
    def is_passed(self) -> bool:
        return not (self.missing or self.unexpected or self.problems)


def run_trials(tried: Iterable[Rule], rules: tuple[Rule, ...]) -> Iterator[Outcome]:
    """Try every example of the rules in ``tried``; ``rules`` are all that there are."""
    vocabulary = load_vocabulary(Settings(root=Path()), roles_of(rules))
    for rule in tried:
        for example in rule.examples:
            if isinstance(example, Trial):
                yield run_trial(rule, example, rules, vocabulary)


def run_trial(
    rule: Rule, example: Trial, rules: tuple[Rule, ...], vocabulary: Vocabulary
) -> Outcome:
    """Try one example."""
    expected = tuple(_marks(example))
    codes = {rule.code, *(mark.code for mark in expected)}
    chosen = tuple(_adapt(one, rule, example) for one in rules)
    findings, problems = _check(example, chosen, vocabulary)
    found = tuple(
        Mark(
            finding.place.path,
            finding.place.span.line,
            finding.code,
            finding.severity.name.lower(),
        )
        for finding in findings
        if finding.code in codes and finding.confidence >= Confidence.MEDIUM
    )
    missing, unexpected = _compare(expected, found)
    is_marked = any(mark.code == rule.code for mark in expected)
    if is_marked != (example.kind == "bad") and example.kind != "limit":
        said = "expects its rule" if is_marked else "expects nothing of its rule"
        problems = (*problems, f"a {example.kind} example {said}")
    return Outcome(rule, example, missing, unexpected, problems)


def _adapt(one: Rule, rule: Rule, example: Trial) -> Rule:
    if one.code != rule.code or not example.parameters:
        return one
    return msgspec.structs.replace(one, parameters={**one.parameters, **example.parameters})


def _check(
    example: Trial, rules: tuple[Rule, ...], vocabulary: Vocabulary
) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    with tempfile.TemporaryDirectory(prefix="botlint-") as directory:
        settings = Settings(root=Path(directory), jobs=1, today=_TODAY)
        for name, text in example.files.items():
            file = settings.root / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(_MARK.sub("", text), encoding="utf-8")
        discovery = discover((directory,), settings)
        facts, unread = gather_facts(discovery.analysed(), settings.jobs)
        looked = look_through(discovery)
        program = link_sources(discovery, facts, looked.texts, settings, vocabulary, rules)
    findings = run_rules(program, rules, rules)
    problems = (
        *discovery.problems,
        *unread,
        *looked.problems,
        *program.problems,
        *program.project.problems,
    )
    return findings, tuple(f"{one.path}: {one.message}" for one in sorted(set(problems)))


def _marks(example: Trial) -> Iterator[Mark]:
    for path, text in example.files.items():
        for number, line in enumerate(text.split("\n"), start=1):
            found = _MARK.search(line)
            if found:
                yield Mark(path, number, found[1], found[2] or "")


def _compare(
    expected: tuple[Mark, ...], found: tuple[Mark, ...]
) -> tuple[tuple[Mark, ...], tuple[Mark, ...]]:
    """What is marked and not found, and what is found and not marked."""
    careless = {(mark.path, mark.line, mark.code) for mark in expected if not mark.severity}
    seen = [
        Mark(*place) if (place := (mark.path, mark.line, mark.code)) in careless else mark
        for mark in found
    ]
    missing = Counter(expected) - Counter(seen)
    unexpected = Counter(seen) - Counter(expected)
    return tuple(sorted(missing.elements())), tuple(sorted(unexpected.elements()))
