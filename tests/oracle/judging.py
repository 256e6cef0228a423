"""Holds what the runs of a program have shown against the findings of a subject's rules."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import NamedTuple

from tests.finding import find_all
from tests.oracle.exploring import Seen, Spot, Stretch
from tests.oracle.program import Program
from tests.oracle.runner import Runner
from tests.oracle.subjects import SUBJECTS, explore_for

from botlint.facts.extract import extract_facts
from botlint.model import Confidence, Finding
from botlint.project import link
from botlint.rules import load_rules
from botlint.settings import Settings
from botlint.vocabulary import load_vocabulary


class Disagreement(NamedTuple):
    """``miss``: it happened and botlint is silent; ``false alarm``: it never happens."""

    kind: str
    path: str
    line: int


def _is_within(finding: Finding, stretches: frozenset[Stretch]) -> bool:
    """Whether a step of a finding's trace stands in one of ``stretches``."""
    places = [(step.place.path, step.place.span.line) for step in finding.trace]
    return any(
        path == other and first <= line <= last
        for path, line in places
        for other, first, last in stretches
    )


class Judge:
    """Botlint with the rules of one subject, and a process that runs its programs."""

    def __init__(self, name: str) -> None:
        self.subject = SUBJECTS[name]
        self.runner = Runner(partial(explore_for, name))
        self._settings = Settings(root=Path())
        self._vocabulary = load_vocabulary(self._settings)
        self._rules = [rule for rule in load_rules(()) if rule.code in self.subject.rules]

    def reported(self, program: Program, dead: frozenset[Stretch] = frozenset()) -> frozenset[Spot]:
        """Where findings are, or what they are about besides; of those whose trace leads through
        no function of ``dead``: what nothing runs is an entry point to botlint."""
        facts = tuple(extract_facts(path, text.encode()) for path, text in program.files.items())
        project = link(facts, self._settings, self._vocabulary)
        found: set[Spot] = set()
        for rule in self._rules:
            for finding in find_all(project, (rule,)):
                if finding.confidence >= Confidence.MEDIUM and not _is_within(finding, dead):
                    found |= self.subject.spots(finding)
        return frozenset(found)

    def disagreements(self, program: Program, seen: Seen) -> tuple[Disagreement, ...]:
        """Where botlint and what happened differ; nothing for a program that is strange."""
        if seen.strange:
            return ()
        reported = self.reported(program)
        missed = sorted(min(spots) for spots in seen.wrong if not spots & reported)
        false: list[Spot] = []
        if seen.is_complete and reported & seen.fine:
            found = self.reported(program, seen.dead) & seen.fine
            # What is told beside another finding may stand there because of what nothing runs.
            false = sorted(found and found & self.reported(program.without(seen.dead)))
        return (
            *(Disagreement("miss", *spot) for spot in missed),
            *(Disagreement("false alarm", *spot) for spot in false),
        )

    def doubtful(self, program: Program, seen: Seen) -> tuple[Disagreement, ...]:
        """What is reported of a program that has more runs than were made, and what none of those
        that were has shown."""
        if seen.strange or seen.is_complete:
            return ()
        spots = sorted(self.reported(program) & seen.fine)
        return tuple(Disagreement("doubtful alarm", *spot) for spot in spots)

    def shows(self, kind: str, program: Program) -> bool:
        """Whether a program shows a disagreement of a kind."""
        if kind == "false alarm" and not self.reported(program):
            return False
        found = self.disagreements(program, self.runner.execute(program))
        return any(one.kind == kind for one in found)
