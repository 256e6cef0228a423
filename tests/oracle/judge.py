"""Holds what a program did against what botlint says of it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from tests.oracle.program import Program
from tests.oracle.runner import Outcome, Runner

from botlint.facts.extract import extract_facts
from botlint.model import Confidence, Finding
from botlint.project import Project, link
from botlint.rules import apply_rules, load_rules
from botlint.settings import Settings
from botlint.vocabulary import load_vocabulary

ORDER_RULES = ("ORD001", "ORD002", "ORD003")


class Disagreement(NamedTuple):
    """``miss``: it happened and botlint is silent; ``false alarm``: it never happens."""

    kind: str
    path: str
    line: int


class Judge:
    """Botlint with the rules that are judged."""

    def __init__(self) -> None:
        self._settings = Settings(root=Path())
        self._vocabulary = load_vocabulary(self._settings)
        self._rules = {rule.code: rule for rule in load_rules(())}

    def reported(self, program: Program) -> frozenset[tuple[str, int]]:
        """The orders that a finding is at or for."""
        project = self._project(program)
        found: set[tuple[str, int]] = set()
        for code in ORDER_RULES:
            for finding in apply_rules(project, (self._rules[code],)):
                if finding.confidence >= Confidence.MEDIUM:
                    found |= _orders_of(finding)
        return frozenset(found)

    def disagreements(self, program: Program, outcome: Outcome) -> tuple[Disagreement, ...]:
        """Where botlint and what happened differ; nothing for a program that is strange."""
        if outcome.strange:
            return ()
        reported = self.reported(program)
        missed = outcome.unguarded - reported
        fine = outcome.placed - outcome.unguarded - outcome.refused
        false = reported & fine if outcome.is_complete else ()
        return (
            *(Disagreement("miss", *place) for place in sorted(missed)),
            *(Disagreement("false alarm", *place) for place in sorted(false)),
        )

    def kinds(self, program: Program, runner: Runner) -> frozenset[str]:
        """The kinds of disagreement that a program shows."""
        outcome = runner.execute(program)
        return frozenset(one.kind for one in self.disagreements(program, outcome))

    def _project(self, program: Program) -> Project:
        facts = tuple(extract_facts(path, text.encode()) for path, text in program.files.items())
        return link(facts, self._settings, self._vocabulary)


def _orders_of(finding: Finding) -> set[tuple[str, int]]:
    places = [finding.place, finding.trace[-1].place, *(step.place for step in finding.related)]
    return {(place.path, place.span.line) for place in places}
